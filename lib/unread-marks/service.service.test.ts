import { afterAll, beforeAll, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { markRead } from '#/lib/messages/service.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { listTickets } from '#/lib/tickets/list.ts';
import { setUnread } from '#/lib/unread-marks/service.ts';

let database: TestDatabase;
let widget: Widget;

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    REALTIME_APP_ID: 'app',
    REALTIME_KEY: 'key',
    REALTIME_SECRET: 's'.repeat(32),
  });
  widget = await makeWidget();
});
afterAll(() => database.close());

test('a ticket that is put back is unread for this agent alone, until taken out again; marks stay', async () => {
  const [agent, colleague] = [await makeAgent(), await makeAgent()];
  const { ticketId, conversationId } = await makeConversation(widget);
  for (const each of [agent, colleague]) await markRead(each, { conversationId, through: 1 });
  const unread = async (who: typeof agent) => {
    const { tickets } = await listTickets(who, { view: 'all', filter: {}, sort: 'newest', limit: 10 });
    return tickets.find(({ id }) => id === ticketId)?.unreadCount;
  };
  await setUnread(agent, { ticketId, isUnread: true });
  await setUnread(agent, { ticketId, isUnread: true });
  expect([await unread(agent), await unread(colleague)]).toEqual([1, 0]);
  expect(await markRead(agent, { conversationId, through: 1 })).toBeNull();
  await setUnread(agent, { ticketId, isUnread: false });
  expect(await unread(agent)).toBe(0);
});

test('who may not see a ticket cannot mark it', async () => {
  const { ticketId } = await makeConversation(widget);
  const departmentId = await makeDepartment(true);
  await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
  const outsider = await makeAgent();
  await expect(setUnread(outsider, { ticketId, isUnread: true })).rejects.toMatchObject({
    code: 'not_found',
  });
});
