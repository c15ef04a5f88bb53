import * as z from 'zod/mini';

export const notificationKinds = ['mention', 'assigned', 'woke'] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** What one agent is told about. Times are ISO 8601 in UTC. */
export const notificationItemSchema = z.object({
  id: z.uuid(),
  kind: z.enum(notificationKinds),
  ticket: z.object({ id: z.uuid(), number: z.int(), subject: z.string() }),
  conversationId: z.nullable(z.uuid()),
  /** The log entry that it is about, in staff's order. */
  seq: z.nullable(z.int()),
  /** Whose doing it was; null: nobody's, or of somebody who is gone. */
  actor: z.nullable(z.object({ id: z.uuid(), name: z.string() })),
  at: z.string(),
  readAt: z.nullable(z.string()),
});
export type NotificationItem = z.infer<typeof notificationItemSchema>;

/** Newest first. `unread` counts all that this agent may see, bounded at 100 (shown as "99+"). */
export type NotificationList = { items: NotificationItem[]; nextCursor: string | null; unread: number };
export const unreadNotificationsMax = 100;
export const notificationsPerPage = 30;

export const notificationsQuerySchema = z.strictObject({ cursor: z.optional(z.uuid()) });

const notificationsPerRead = 100;
export const readNotificationsInputSchema = z.union([
  z.strictObject({ ids: z.array(z.uuid()).check(z.minLength(1), z.maxLength(notificationsPerRead)) }),
  z.strictObject({ ticketId: z.uuid() }),
  z.strictObject({ all: z.literal(true) }),
]);
export type ReadNotificationsInput = z.infer<typeof readNotificationsInputSchema>;
