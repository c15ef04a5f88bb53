import { read } from '#/db/client.ts';
import { listWidgets } from '#/db/widgets.ts';
import { authorize } from '#/lib/permissions/can.ts';

/** The key that the demo shop embeds: the oldest widget's. Null before the first run has made one. Keys are public. */
export async function findDemoWidgetKey(): Promise<string | null> {
  const [widget] = await read((tx) => listWidgets(tx));
  if (widget === undefined) return null;
  authorize({ kind: 'visitor', widgetId: widget.id }, 'widget.read', { widgetId: widget.id });
  return widget.key;
}
