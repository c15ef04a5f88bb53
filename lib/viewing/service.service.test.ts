import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { deliveriesOfViewing } from '#/lib/realtime/deliveries.ts';
import { channels } from '#/lib/realtime/events.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { listTickets } from '#/lib/tickets/list.ts';
import { expireViewing } from '#/lib/viewing/expiry.ts';
import { setViewing } from '#/lib/viewing/service.ts';

let database: TestDatabase;
let widget: Widget;
let departmentId: string;
let ana: AgentActor;
let ben: AgentActor;
let ticketId: string;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  departmentId = await makeDepartment(true);
});
afterAll(() => database.close());
beforeEach(async () => {
  await transact((tx) => tx.execute(sql`delete from viewing_status`));
  ana = await makeAgent('agent', departmentId);
  ben = await makeAgent();
  ticketId = (await makeConversation(widget)).ticketId;
});

const view = (actor: AgentActor, pageId: string, on: string | null, isTyping = false) =>
  setViewing(actor, { pageId, ticketId: on, isTyping });
const told = (seen: Awaited<ReturnType<typeof view>>['seen']) =>
  seen.map((each) => [each.ticketId, each.agent.id, each.state]);
async function fallSilent(): Promise<void> {
  await transact((tx) => tx.execute(sql`update viewing_status set expires_at = now() - interval '1 ms'`));
}

describe('who looks at a ticket', () => {
  test('is told with each word, shown on the row and to who opens it late', async () => {
    const page = newId();
    expect(told((await view(ana, page, ticketId)).seen)).toEqual([[ticketId, ana.id, 'viewing']]);
    expect(told((await view(ana, page, ticketId, true)).seen)).toEqual([[ticketId, ana.id, 'typing']]);
    const { viewers } = await view(ben, newId(), ticketId);
    expect(viewers).toMatchObject([{ id: ana.id, isTyping: true }]);
    const query = { view: 'all' as const, filter: {}, sort: 'newest' as const, limit: 50 };
    const row = (await listTickets(ben, query)).tickets.find(({ id }) => id === ticketId);
    expect(row?.viewers).toMatchObject([{ id: ana.id, isTyping: true }]);
    const own = (await listTickets(ana, query)).tickets.find(({ id }) => id === ticketId);
    expect(own?.viewers).toMatchObject([{ id: ben.id, isTyping: false }]);
  });

  test('is one person with three pages, gone with the last of them', async () => {
    const pages = [newId(), newId(), newId()];
    for (const page of pages) await view(ana, page, ticketId);
    expect((await view(ben, newId(), ticketId)).viewers).toHaveLength(1);
    const [first = '', second = '', third = ''] = pages;
    expect(told((await view(ana, first, null)).seen)).toEqual([[ticketId, ana.id, 'viewing']]);
    await view(ana, second, ticketId, true);
    expect(told((await view(ana, third, null)).seen)).toEqual([[ticketId, ana.id, 'typing']]);
    expect(told((await view(ana, second, null)).seen)).toEqual([[ticketId, ana.id, 'gone']]);
  });

  test('leaves one ticket for another in one word', async () => {
    const page = newId();
    const other = (await makeConversation(widget)).ticketId;
    await view(ana, page, ticketId);
    expect(told((await view(ana, page, other)).seen)).toEqual([
      [ticketId, ana.id, 'gone'],
      [other, ana.id, 'viewing'],
    ]);
  });

  test('is gone when every page fell silent, and not before', async () => {
    await view(ana, newId(), ticketId);
    expect(await expireViewing()).toEqual([]);
    await fallSilent();
    await view(ana, newId(), ticketId);
    expect(told(await expireViewing())).toEqual([[ticketId, ana.id, 'viewing']]);
    await fallSilent();
    expect((await view(ben, newId(), ticketId)).viewers).toEqual([]);
    expect(told(await expireViewing())).toEqual([[ticketId, ana.id, 'gone']]);
    expect(await expireViewing()).toEqual([]);
  });

  test('of a restricted department is told to its members only, and nobody else may look', async () => {
    await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
    const { seen } = await view(ana, newId(), ticketId);
    const [word] = seen;
    if (word === undefined) throw new Error('nothing was told');
    expect(deliveriesOfViewing(word).map(({ channel }) => channel)).toEqual([
      channels.department(departmentId),
    ]);
    await expect(view(ben, newId(), ticketId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(view(ben, newId(), newId())).rejects.toMatchObject({ code: 'not_found' });
    await fallSilent();
    const [last] = await expireViewing();
    expect(last?.readers).toEqual({ departmentId, departmentIsRestricted: true, assigneeId: null });
  });

  test('cannot be said with another agent’s page', async () => {
    const page = newId();
    await view(ana, page, ticketId);
    await expect(view(ben, page, ticketId)).rejects.toMatchObject({ code: 'conflict' });
    expect((await view(ben, page, null)).seen).toEqual([]);
    expect((await view(ben, newId(), ticketId)).viewers).toMatchObject([{ id: ana.id }]);
  });
});
