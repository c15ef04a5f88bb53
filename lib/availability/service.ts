import { read } from '#/db/client.ts';
import { findHoursOfWidget } from '#/db/opening-hours.ts';
import { findReplyTime } from '#/db/reply-times.ts';
import { openSpansFrom } from '#/lib/availability/rules.ts';
import type { Availability } from '#/lib/availability/schema.ts';
import type { Actor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { processSingleton } from '#/lib/process.ts';

/** When a widget's people are there: by the hours of its department, always where it has none. */
export async function getAvailability(
  actor: Actor,
  widgetId: string,
  atMs = Date.now(),
): Promise<Availability> {
  authorize(actor, 'widget.read', { widgetId });
  const found = await read((tx) => findHoursOfWidget(tx, widgetId));
  return { at: atMs, spans: found === null ? null : openSpansFrom(found.hours, found.timezone, atMs) };
}

type Remembered = { value: Promise<number | null>; untilMs: number; hour: number };
const rememberedMs = 300_000;
const rememberedMax = 1_000;
const remembered = () => processSingleton('reply-times', () => new Map<string, Remembered>());
/** Fewer say nothing about what somebody may expect. */
const samplesMin = 5;

/**
 * How long a first reply usually takes at this hour of the day, from the last thirty days; null when there is too little
 * to tell. At most five minutes old: many ask, and it changes slowly.
 */
export async function getReplyTime(actor: Actor, widgetId: string): Promise<number | null> {
  authorize(actor, 'widget.read', { widgetId });
  const hour = new Date().getUTCHours();
  const held = remembered().get(widgetId);
  if (held !== undefined && held.untilMs > performance.now() && held.hour === hour) return held.value;
  const value = read((tx) => findReplyTime(tx, widgetId)).then(({ medianMs, samples }) =>
    samples < samplesMin || medianMs === null ? null : Math.max(0, Math.round(medianMs)),
  );
  if (remembered().size >= rememberedMax) remembered().clear();
  remembered().set(widgetId, { value, untilMs: performance.now() + rememberedMs, hour });
  // What could not be asked is asked again, and keeps nobody out: it is a courtesy.
  value.catch(() => remembered().delete(widgetId));
  return value;
}
