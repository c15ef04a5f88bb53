import { read } from '#/db/client.ts';
import { findWidgetByKey } from '#/db/widgets.ts';
import { RefusedError } from '#/lib/errors.ts';
import { identify } from '#/lib/identity/service.ts';
import { newToken } from '#/lib/ids.ts';
import type { Done } from '#/lib/realtime/changes.ts';

/** A program asks for another in good time; who has none any more asks their site's server again. */
const appSessionLivesMs = 3_600_000;

export type AppSession = { token: string; customerId: string; livesMs: number };

/**
 * A short session for the person whom a site's token names, for an app that shows no widget: `identify` without anything
 * that a visitor had before. The token is the right, so there is no page whose origin could be asked about.
 */
export async function openAppSession(input: {
  widgetKey: string;
  token: string;
  locale: string | null;
  timezone: string | null;
}): Promise<Done<AppSession>> {
  const widget = await read((tx) => findWidgetByKey(tx, input.widgetKey));
  if (widget === null)
    throw new RefusedError({ code: 'invalid', reason: 'widget_unknown', field: 'widgetKey' });
  const next = newToken();
  const { value, events } = await identify(
    { kind: 'visitor', widgetId: widget.id },
    { ...input, origin: null, held: null, next },
    appSessionLivesMs,
  );
  return { value: { token: next, customerId: value.customerId, livesMs: value.livesMs }, events };
}
