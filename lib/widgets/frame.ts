import { read } from '#/db/client.ts';
import { findWidgetByKey } from '#/db/widgets.ts';
import { getAvailability, getReplyTime } from '#/lib/availability/service.ts';
import { logger } from '#/lib/logger.ts';
import { getPreChatForm } from '#/lib/pre-chat/service.ts';
import type { WidgetServices } from '#/lib/widgets/frame-config.ts';
import { widgetKeySchema } from '#/lib/widgets/schema.ts';

/** What stands around a widget's conversations now; null for a key that is none. */
export async function findWidgetServices(key: string): Promise<WidgetServices | null> {
  if (!widgetKeySchema.safeParse(key).success) return null;
  const widget = await read((tx) => findWidgetByKey(tx, key));
  if (widget === null) return null;
  const visitor = { kind: 'visitor', widgetId: widget.id } as const;
  const [availability, replyWithinMs, asking] = await Promise.all([
    getAvailability(visitor, widget.id),
    replyTimeIfKnown(visitor, widget.id),
    getPreChatForm(visitor, widget.id),
  ]);
  const preChat = asking.form.fields.length === 0 || asking.form.askedOf === 'nobody' ? null : asking.form;
  return { availability, replyWithinMs, preChat, asksRating: asking.asksRating };
}

/** A courtesy that no chat waits for or fails by. */
async function replyTimeIfKnown(
  visitor: { kind: 'visitor'; widgetId: string },
  widgetId: string,
): Promise<number | null> {
  try {
    return await getReplyTime(visitor, widgetId);
  } catch (error) {
    logger().warn('the usual reply time could not be read', { error });
    return null;
  }
}
