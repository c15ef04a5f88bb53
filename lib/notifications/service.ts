import { read, transact } from '#/db/client.ts';
import {
  countUnreadNotifications,
  listNotifications as list,
  markNotificationsRead,
} from '#/db/notifications.ts';
import { ticketScope } from '#/db/scope.ts';
import {
  type NotificationList,
  notificationsPerPage,
  type ReadNotificationsInput,
} from '#/lib/notifications/schema.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';

/** What the agent was told about tickets that the agent may see now, newest first. */
export async function listNotifications(
  actor: AgentActor,
  query: { cursor?: string | undefined },
): Promise<NotificationList> {
  authorize(actor, 'notification.read', { agentId: actor.id });
  const scope = ticketScope(actor);
  const [items, unread] = await read((tx) =>
    Promise.all([
      // One more than a page tells whether there is a next one.
      list(tx, actor.id, scope, { before: query.cursor ?? null, limit: notificationsPerPage + 1 }),
      countUnreadNotifications(tx, actor.id, scope),
    ]),
  );
  const page = items.slice(0, notificationsPerPage);
  const nextCursor = items.length > page.length ? (page.at(-1)?.id ?? null) : null;
  return { items: page, nextCursor, unread };
}

/** Marks the agent's own as read. `ids` are those that were not, for the agent's other tabs; null when it was all. */
export async function readNotifications(
  actor: AgentActor,
  input: ReadNotificationsInput,
): Promise<{ unread: number; ids: string[] | null; hasChanged: boolean }> {
  authorize(actor, 'notification.read', { agentId: actor.id });
  return transact(async (tx) => {
    const ids = await markNotificationsRead(tx, actor.id, input);
    const unread = await countUnreadNotifications(tx, actor.id, ticketScope(actor));
    return { unread, ids: 'all' in input ? null : ids, hasChanged: ids.length > 0 };
  });
}
