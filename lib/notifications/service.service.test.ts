import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { insertNotification, listNotificationsOfEvent } from '#/db/notifications.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { writeNote } from '#/lib/messages/service.ts';
import { notificationsPerPage } from '#/lib/notifications/schema.ts';
import { listNotifications, readNotifications } from '#/lib/notifications/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { mayNotify } from '#/lib/realtime/deliveries.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;
let writer: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  writer = await makeAgent();
});
afterAll(() => database.close());

async function mention(agentIds: string[], conversationId: string, id = newId()) {
  return writeNote(writer, { conversationId, id, text: 'look at this', mentions: agentIds });
}

describe('a mention', () => {
  test('is one row for each colleague, in the transaction of its note, and none for oneself', async () => {
    const [ana, ben] = [await makeAgent(), await makeAgent()];
    const { conversationId, ticketId } = await makeConversation(widget, 'Where is it?');
    const id = newId();
    const { events } = await mention([ana.id, ben.id, ana.id, writer.id], conversationId, id);
    await mention([ana.id, ben.id], conversationId, id);
    for (const colleague of [ana, ben]) {
      expect(await listNotifications(colleague, {})).toMatchObject({
        items: [
          {
            kind: 'mention',
            ticket: { id: ticketId, subject: 'Where is it?' },
            conversationId,
            seq: 2,
            actor: { id: writer.id },
            readAt: null,
          },
        ],
        unread: 1,
        nextCursor: null,
      });
    }
    expect((await listNotifications(writer, {})).items).toEqual([]);
    const [event] = events;
    if (event === undefined) throw new Error('nothing was told');
    expect(mayNotify(event)).toBe(true);
    const told = await read((tx) => listNotificationsOfEvent(tx, event.id));
    expect(told.map(({ agent }) => agent.id).toSorted()).toEqual([ana.id, ben.id].toSorted());
  });
});

describe('what one is told', () => {
  test('is hidden as long as one may not see its ticket, and counted as hidden', async () => {
    const ana = await makeAgent();
    const { conversationId, ticketId } = await makeConversation(widget);
    await mention([ana.id], conversationId);
    const departmentId = await makeDepartment(true);
    await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
    expect(await listNotifications(ana, {})).toEqual({ items: [], nextCursor: null, unread: 0 });
    expect(await listNotifications({ ...ana, departmentId }, {})).toMatchObject({ unread: 1 });
  });

  test('comes once for each cause, and not to who is switched off', async () => {
    const [ana, gone] = [await makeAgent(), await makeAgent()];
    await transact((tx) => tx.execute(sql`update agents set deactivated_at = now() where id = ${gone.id}`));
    const { conversationId, ticketId } = await makeConversation(widget);
    const cause = {
      kind: 'assigned',
      ticketId,
      conversationId,
      seq: 1,
      eventId: newId(),
      actorId: writer.id,
    } as const;
    for (const agentId of [ana.id, ana.id, gone.id]) {
      await transact((tx) => insertNotification(tx, { ...cause, id: newId(), agentId }));
    }
    expect((await listNotifications(ana, {})).items).toHaveLength(1);
    const told = await read((tx) => listNotificationsOfEvent(tx, cause.eventId));
    expect(told.map(({ agent }) => agent.id)).toEqual([ana.id]);
  });

  test('is paged newest first without gap or repeat, and read by id, by ticket and altogether', async () => {
    const [ana, ben] = [await makeAgent(), await makeAgent()];
    const tickets = [await makeConversation(widget), await makeConversation(widget)];
    const total = notificationsPerPage + 5;
    for (let index = 0; index < total; index++) {
      await mention([ana.id, ben.id], tickets[index % 2]?.conversationId ?? '');
    }
    const first = await listNotifications(ana, {});
    const second = await listNotifications(ana, { cursor: first.nextCursor ?? '' });
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect([ids.length, first.unread, second.nextCursor]).toEqual([total, total, null]);

    const theirs = (await listNotifications(ben, {})).items[0]?.id ?? '';
    const one = ids[0] ?? '';
    expect(await readNotifications(ana, { ids: [one, theirs] })).toEqual({
      unread: total - 1,
      ids: [one],
      hasChanged: true,
    });
    expect(await readNotifications(ana, { ids: [one] })).toMatchObject({ ids: [], hasChanged: false });
    const ofTicket = await readNotifications(ana, { ticketId: tickets[0]?.ticketId ?? '' });
    expect(ofTicket.ids?.length).toBeGreaterThan(10);
    expect(await readNotifications(ana, { all: true })).toMatchObject({ unread: 0, ids: null });
    expect((await listNotifications(ben, {})).unread).toBe(total);
  });
});
