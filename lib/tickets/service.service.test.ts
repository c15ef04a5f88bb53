import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { listMessages, sendMessage } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { listTickets } from '#/lib/tickets/list.ts';
import { changeTicketInputSchema, type TicketChange, ticketListQuerySchema } from '#/lib/tickets/schema.ts';
import {
  createTicketLink,
  findTicket,
  findTicketIdByNumber,
  getTicket,
  getTicketStatus,
  listTimeline,
  revokeTicketLinks,
} from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
});
afterAll(() => database.close());

const change = (ticketId: string, to: TicketChange, actor = agent, id = newId()) =>
  changeTicket(actor, { ticketId, id, change: to });

test('a ticket that cannot be looked up now is not one that nobody may see', async () => {
  const { ticketId } = await makeConversation(widget);
  expect(await findTicket(agent, newId())).toBeNull();
  await openDatabase(Object.assign(new URL(database.url), { port: '1' }).href);
  await expect(findTicket(agent, ticketId)).rejects.toMatchObject({ code: 'unavailable' });
  await openDatabase(database.url);
  expect(await findTicket(agent, ticketId)).toMatchObject({ ticket: { id: ticketId } });
});

describe('changing a ticket', () => {
  test('writes what changed into the log and the timeline, once for one id', async () => {
    const { ticketId, conversationId } = await makeConversation(widget);
    const id = newId();
    const first = await change(ticketId, { field: 'priority', to: 'urgent' }, agent, id);
    const again = await change(ticketId, { field: 'priority', to: 'urgent' }, agent, id);
    expect(first.value.priority).toBe('urgent');
    expect([first.events.length, again.events.length]).toEqual([1, 0]);
    const { entries } = await listMessages(agent, conversationId, { limit: 10 });
    expect(entries.map((entry) => entry.change)).toEqual([
      null,
      { field: 'priority', from: 'normal', to: 'urgent' },
    ]);
    const timeline = await listTimeline(agent, ticketId);
    expect(timeline.map(({ type, before, after }) => [type, before, after])).toEqual([
      ['ticket.changed', { priority: 'normal' }, { priority: 'urgent' }],
      ['ticket.created', null, expect.anything()],
    ]);
  });

  test('to what it is already changes nothing', async () => {
    const { ticketId } = await makeConversation(widget);
    const before = (await getTicket(agent, ticketId)).ticket.version;
    const { value, events } = await change(ticketId, { field: 'status', to: 'open' });
    expect([value.version, events]).toEqual([before, []]);
  });

  test('only resolving, closing and reopening reach the customer', async () => {
    const { customer, ticketId, conversationId } = await makeConversation(widget);
    const assignee = { field: 'assignee', to: agent.id } as const;
    await change(ticketId, assignee);
    expect((await getTicket(agent, ticketId)).ticket.waitingSince).not.toBeNull();
    await change(ticketId, { field: 'status', to: 'pending' });
    expect((await getTicket(agent, ticketId)).ticket.waitingSince).toBeNull();
    await change(ticketId, { field: 'subject', to: 'Parcel 17' });
    await change(ticketId, { field: 'status', to: 'resolved' });
    const own = await listMessages(customer, conversationId, { limit: 10 });
    expect(own.entries.map(({ order, change: seen }) => [order, seen?.field ?? null])).toEqual([
      [1, null],
      [2, 'status'],
    ]);
    const { ticket } = await getTicket(agent, ticketId);
    expect(ticket).toMatchObject({ status: 'resolved', subject: 'Parcel 17', waitingSince: null });
    expect(ticket.assignee?.id).toBe(agent.id);
  });

  test('fifty changes and messages at once leave one gapless log that ends in the final state', async () => {
    const { ticketId, conversationId } = await makeConversation(widget);
    const priorities = ['low', 'normal', 'high', 'urgent'] as const;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        index % 2 === 0
          ? change(ticketId, { field: 'priority', to: priorities[(index / 2) % 4] ?? 'low' })
          : sendMessage(agent, { conversationId, id: newId(), text: 'x' }),
      ),
    );
    const { entries } = await listMessages(agent, conversationId, { limit: 100 });
    expect(entries.map((entry) => entry.order)).toEqual(entries.map((_, index) => index + 1));
    const last = entries.findLast((entry) => entry.change !== null)?.change;
    expect(last).toMatchObject({ to: (await getTicket(agent, ticketId)).ticket.priority });
  });

  test('an assignee has to be an active agent, a department has to exist', async () => {
    const { ticketId } = await makeConversation(widget);
    for (const field of ['assignee', 'department'] as const) {
      await expect(change(ticketId, { field, to: newId() })).rejects.toMatchObject({ code: 'invalid' });
    }
  });

  test('moving it into a restricted department tells who could read it before', async () => {
    const departmentId = await makeDepartment(true);
    const { ticketId } = await makeConversation(widget);
    const admin = await makeAgent('admin');
    const { events } = await change(ticketId, { field: 'department', to: departmentId }, admin);
    expect(events[0]?.readersBefore).toEqual({
      departmentId: widget.departmentId,
      departmentIsRestricted: false,
      assigneeId: null,
    });
    await expect(getTicket(agent, ticketId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(change(ticketId, { field: 'priority', to: 'low' })).rejects.toMatchObject({
      code: 'not_found',
    });
    const timeline = await listTimeline(admin, ticketId);
    expect(JSON.stringify(timeline)).not.toContain('readers');
  });

  test('reaches no other column than the five it names', () => {
    const base = { ticketId: newId(), id: newId() };
    const columns = ['customerId', 'number', 'version', 'waitingSince', 'resolvedAt', 'createdAt', 'id'];
    for (const field of columns) {
      expect(changeTicketInputSchema.safeParse({ ...base, change: { field, to: 'x' } }).success).toBe(false);
    }
    const priority = { field: 'priority', to: 'low' };
    const more = { ...base, change: { ...priority, status: 'closed' } };
    expect(changeTicketInputSchema.safeParse(more).success).toBe(false);
    expect(
      changeTicketInputSchema.safeParse({ ...base, change: priority, customerId: newId() }).success,
    ).toBe(false);
  });
});

describe('the list', () => {
  const query = (given: Record<string, unknown>) => ({ ...ticketListQuerySchema.parse(given), filter: {} });

  test('pages through every ticket once, in order, for both sorts', async () => {
    const all = await Promise.all(Array.from({ length: 7 }, () => makeConversation(widget)));
    const [first] = all;
    if (first === undefined) throw new Error('no conversation');
    await sendMessage(agent, { conversationId: first.conversationId, id: newId(), text: 'answered' });
    for (const sort of ['waiting', 'newest'] as const) {
      const whole = await listTickets(agent, query({ sort, limit: 100 }));
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await listTickets(
          agent,
          query({ sort, limit: 3, ...(cursor === null ? {} : { cursor }) }),
        );
        seen.push(...page.tickets.map((ticket) => ticket.id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen).toEqual(whole.tickets.map((ticket) => ticket.id));
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  test('puts whoever waits longest first and nobody-waits last', async () => {
    const { tickets } = await listTickets(agent, query({ sort: 'waiting', limit: 100 }));
    const since = tickets.map((ticket) => ticket.waitingSince ?? '9999');
    expect(since).toEqual(since.toSorted());
  });

  test('shows mine and unassigned, with counts that agree', async () => {
    const me = await makeAgent();
    const { ticketId } = await makeConversation(widget);
    await change(ticketId, { field: 'assignee', to: me.id });
    const mine = await listTickets(me, query({ view: 'mine' }));
    expect(mine.tickets.map((ticket) => ticket.id)).toEqual([ticketId]);
    const unassigned = await listTickets(me, query({ view: 'unassigned', limit: 100 }));
    expect(unassigned.tickets.every((ticket) => ticket.assignee === null)).toBe(true);
    expect(mine.counts).toMatchObject({ mine: 1, unassigned: unassigned.tickets.length });
  });

  test('counts replies and notes by others after the agent’s own mark', async () => {
    const [me, colleague] = [await makeAgent(), await makeAgent()];
    const { ticketId, conversationId, customer } = await makeConversation(widget);
    await sendMessage(colleague, { conversationId, id: newId(), text: 'hi' });
    await sendMessage(me, { conversationId, id: newId(), text: 'me too' });
    await sendMessage(customer, { conversationId, id: newId(), text: 'thanks' });
    await change(ticketId, { field: 'priority', to: 'high' }, colleague);
    const row = async (actor: AgentActor) =>
      (await listTickets(actor, query({ limit: 100 }))).tickets.find((ticket) => ticket.id === ticketId);
    expect((await row(me))?.unreadCount).toBe(1);
    expect((await row(colleague))?.unreadCount).toBe(2);
  });

  test('refuses a cursor of another list', async () => {
    const page = await listTickets(agent, query({ limit: 1 }));
    const cursor = page.nextCursor ?? '';
    await expect(listTickets(agent, query({ cursor, sort: 'newest' }))).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(listTickets(agent, query({ cursor: 'bm9uc2Vuc2U' }))).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test('leaves out what a restricted department hides, from rows, counts and the customer’s earlier tickets', async () => {
    const departmentId = await makeDepartment(true);
    const { ticketId } = await makeConversation(widget, 'hidden matter');
    const before = await listTickets(agent, query({ limit: 100 }));
    await transact((tx) =>
      tx.execute(sql`update tickets set department_id = ${departmentId} where id = ${ticketId}`),
    );
    const after = await listTickets(agent, query({ limit: 100 }));
    expect(after.tickets.map((ticket) => ticket.id)).not.toContain(ticketId);
    expect(after.counts.all).toBe(before.counts.all - 1);
  });
});

describe('a ticket’s number', () => {
  test('leads to the ticket, and nowhere for whoever may not see it', async () => {
    const { ticketId } = await makeConversation(widget);
    const { number } = (await getTicket(agent, ticketId)).ticket;
    expect(await findTicketIdByNumber(agent, number)).toBe(ticketId);
    expect(await findTicketIdByNumber(agent, 999_999_999)).toBeNull();
    const member = await makeAgent();
    await change(ticketId, { field: 'assignee', to: member.id });
    await change(ticketId, { field: 'department', to: await makeDepartment(true) });
    expect(await findTicketIdByNumber(agent, number)).toBeNull();
    expect(await findTicketIdByNumber(member, number)).toBe(ticketId);
  });
});

describe('a status link', () => {
  test('shows number, subject, status and public history, and nothing else', async () => {
    const { customer, ticketId } = await makeConversation(widget, 'A private matter');
    await change(ticketId, { field: 'status', to: 'pending' });
    const { value } = await createTicketLink(customer, ticketId);
    const open = await getTicketStatus(value.token);
    expect(Object.keys(open).toSorted()).toEqual(['number', 'status', 'subject', 'timeline']);
    expect(open).toMatchObject({ status: 'open', timeline: [{ what: 'opened' }] });
    await change(ticketId, { field: 'status', to: 'resolved' });
    await change(ticketId, { field: 'status', to: 'open' });
    const later = await getTicketStatus(value.token);
    expect(later.timeline.map((step) => step.what)).toEqual(['opened', 'resolved', 'reopened']);
  });

  test('is stored as a hash, can be revoked, expires, and refuses every other token alike', async () => {
    const { customer, ticketId } = await makeConversation(widget);
    const { value } = await createTicketLink(agent, ticketId);
    const stored = await read((tx) =>
      tx.execute(sql`select * from ticket_links where ticket_id = ${ticketId}`),
    );
    expect(JSON.stringify(stored)).not.toContain(value.token);
    expect((await revokeTicketLinks(customer, ticketId)).value).toEqual({ revoked: 1 });
    const refused = { failure: { code: 'not_found', reason: 'token_invalid' } };
    await expect(getTicketStatus(value.token)).rejects.toMatchObject(refused);
    await expect(getTicketStatus('x'.repeat(43))).rejects.toMatchObject(refused);
    await expect(getTicketStatus('')).rejects.toMatchObject(refused);
    const next = await createTicketLink(agent, ticketId);
    await transact((tx) => tx.execute(sql`update ticket_links set expires_at = now() - interval '1 s'`));
    await expect(getTicketStatus(next.value.token)).rejects.toMatchObject(refused);
  });

  test('is not made for somebody else’s ticket', async () => {
    const { ticketId } = await makeConversation(widget);
    const { customer: stranger } = await makeConversation(widget);
    await expect(createTicketLink(stranger, ticketId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(revokeTicketLinks(stranger, ticketId)).rejects.toMatchObject({ code: 'not_found' });
  });
});
