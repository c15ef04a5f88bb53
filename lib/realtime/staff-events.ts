import * as z from 'zod/mini';
import { notificationItemSchema } from '#/lib/notifications/schema.ts';
import type { ChannelKind } from '#/lib/realtime/channels.ts';

/** The catalogue's part that only the inbox reads; no widget ever loads it. */

/** Tags, fields, departments, shared views and replies, agents or the workspace's name changed: fetch them again. */
export const catalogueChanged = z.object({});
export const notificationCreated = z.object({ notification: notificationItemSchema });
/** These were read, or all for null; `unread` is what is left, bounded as in the list. */
export const notificationRead = z.object({ ids: z.nullable(z.array(z.uuid())), unread: z.int() });

export const staffEventPayloads = {
  'catalogue.changed': catalogueChanged,
  'notification.created': notificationCreated,
  'notification.read': notificationRead,
} as const;

export const staffEventChannels: Record<keyof typeof staffEventPayloads, readonly ChannelKind[]> = {
  'catalogue.changed': ['staff'],
  'notification.created': ['agent'],
  'notification.read': ['agent'],
};
