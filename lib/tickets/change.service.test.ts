import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { changeField, createField } from '#/lib/custom-fields/service.ts';
import { newId } from '#/lib/ids.ts';
import { listMessages, sendMessage } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { createTag } from '#/lib/tags/service.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import type { ChangeTicketInput, TicketChange } from '#/lib/tickets/schema.ts';
import { getTicket, listTimeline } from '#/lib/tickets/service.ts';
import { wakeDueTickets } from '#/lib/tickets/wake.ts';

// Nobody listens here; what is told of a change is tested with publishing.
vi.mock('#/lib/realtime/publish.ts', () => ({ publishChanges: () => {} }));

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let admin: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  admin = await makeAgent('admin');
});
afterAll(() => database.close());

const change = (
  ticketId: string,
  to: TicketChange,
  given: { actor?: AgentActor; from?: ChangeTicketInput['from'] } = {},
) => {
  const { actor = agent, from } = given;
  return changeTicket(actor, { ticketId, id: newId(), change: to, ...(from === undefined ? {} : { from }) });
};
const changesOf = async (conversationId: string) =>
  (await listMessages(agent, conversationId, { limit: 100 })).entries
    .filter((entry) => entry.change !== null)
    .map((entry) => entry.change);
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const dayMs = 86_400_000;
/** As if its time had come. */
const makeDue = (ticketId: string) =>
  transact((tx) =>
    tx.execute(sql`update tickets set snoozed_until = now() - interval '1 s' where id = ${ticketId}`),
  );
const notificationsOf = (agentId: string) =>
  read((tx) =>
    tx.execute<{ kind: string; ticket_id: string }>(
      sql`select kind, ticket_id from notifications where agent_id = ${agentId}`,
    ),
  );

describe('two people at the same moment', () => {
  test('assign to two others: one wins, the other learns who did it and what it is now', async () => {
    const { ticketId, conversationId } = await makeConversation(widget);
    const [ben, cem] = [await makeAgent(), await makeAgent()];
    const people = [
      { actor: await makeAgent(), to: ben },
      { actor: await makeAgent(), to: cem },
    ];
    const settled = await Promise.allSettled(
      people.map(({ actor, to }) =>
        change(ticketId, { field: 'assignee', to: to.id }, { actor, from: null }),
      ),
    );
    const won = settled.findIndex(({ status }) => status === 'fulfilled');
    const lost = settled.find((each) => each.status === 'rejected');
    const winner = people[won];
    if (winner === undefined || lost === undefined) throw new Error('not one winner and one loser');
    const name = (id: string) => `Agent ${id.slice(-4)}`;
    expect(lost.reason).toMatchObject({
      failure: {
        code: 'conflict',
        reason: 'changed_meanwhile',
        current: { by: name(winner.actor.id), value: name(winner.to.id) },
      },
    });
    expect((await getTicket(agent, ticketId)).ticket.assignee?.id).toBe(winner.to.id);
    expect(await changesOf(conversationId)).toHaveLength(1);
    expect(await notificationsOf(winner.to.id)).toEqual([{ kind: 'assigned', ticket_id: ticketId }]);
  });

  test('resolve: both succeed and it is resolved once', async () => {
    const { ticketId, conversationId } = await makeConversation(widget);
    const resolve = () => change(ticketId, { field: 'status', to: 'resolved' }, { from: 'open' });
    const done = await Promise.all([resolve(), resolve()]);
    expect(done.map(({ events }) => events.length).toSorted()).toEqual([0, 1]);
    expect(await changesOf(conversationId)).toHaveLength(1);
  });

  test('one snoozes and one resolves: one wins, the other learns what it is', async () => {
    const { ticketId } = await makeConversation(widget);
    const settled = await Promise.allSettled([
      change(ticketId, { field: 'snooze', until: inMs(dayMs) }, { from: 'open' }),
      change(ticketId, { field: 'status', to: 'resolved' }, { from: 'open' }),
    ]);
    const lost = settled.find((each) => each.status === 'rejected');
    const { status } = (await getTicket(agent, ticketId)).ticket;
    expect(settled.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const value = lost === settled[0] ? 'resolved' : 'snoozed';
    expect(lost?.reason).toMatchObject({ failure: { reason: 'changed_meanwhile', current: { value } } });
    expect(status).toBe(value);
  });

  test('a snooze is compared with the end that was shown, or with the status, or with there being none', async () => {
    const { ticketId } = await makeConversation(widget);
    const [soon, later] = [inMs(dayMs), inMs(2 * dayMs)];
    const snooze = (until: string | null, from: string | null) =>
      change(ticketId, { field: 'snooze', until }, { from });
    await snooze(soon, 'open');
    await expect(snooze(later, 'open')).rejects.toMatchObject({ failure: { current: { value: soon } } });
    await expect(snooze(later, null)).rejects.toMatchObject({ code: 'conflict' });
    expect((await snooze(soon, 'open')).events).toEqual([]);
    await snooze(later, soon);
    await snooze(null, later);
    expect((await snooze(null, later)).events).toEqual([]);
    await change(ticketId, { field: 'status', to: 'resolved' });
    await expect(snooze(soon, 'open')).rejects.toMatchObject({ failure: { current: { value: 'resolved' } } });
    await snooze(soon, null);
  });

  test('what the screen showed is compared for every field that has one value', async () => {
    const { ticketId } = await makeConversation(widget);
    await change(ticketId, { field: 'priority', to: 'high' });
    const stale = { failure: { reason: 'changed_meanwhile', current: { value: 'high' } } };
    await expect(
      change(ticketId, { field: 'priority', to: 'low' }, { from: 'normal' }),
    ).rejects.toMatchObject(stale);
    await change(ticketId, { field: 'priority', to: 'high' }, { from: 'normal' });
    await change(ticketId, { field: 'priority', to: 'low' }, { from: 'high' });
    await expect(change(ticketId, { field: 'subject', to: 'New' }, { from: 'Never' })).rejects.toMatchObject({
      code: 'conflict',
    });
    const departmentId = await makeDepartment(false);
    const move = (from: string | null) =>
      change(ticketId, { field: 'department', to: departmentId }, { from });
    await expect(move(null)).rejects.toMatchObject({ failure: { current: { value: 'Support' } } });
    expect((await move(widget.departmentId)).value.department?.id).toBe(departmentId);
  });
});

describe('snoozing', () => {
  test('says who and until when, and a later time is a change of its own', async () => {
    const { ticketId, conversationId, customer } = await makeConversation(widget);
    const [soon, later] = [inMs(dayMs), inMs(2 * dayMs)];
    const { value } = await change(ticketId, { field: 'snooze', until: soon });
    expect(value).toMatchObject({ status: 'snoozed', snoozedUntil: soon, snoozedBy: { id: agent.id } });
    expect(value.waitingSince).not.toBeNull();
    expect((await change(ticketId, { field: 'snooze', until: soon })).events).toEqual([]);
    await change(ticketId, { field: 'snooze', until: later });
    await change(ticketId, { field: 'snooze', until: null });
    expect(await changesOf(conversationId)).toEqual([
      { field: 'status', from: 'open', to: 'snoozed', until: soon },
      { field: 'snooze', from: soon, to: later },
      { field: 'status', from: 'snoozed', to: 'open' },
    ]);
    const timeline = await listTimeline(agent, ticketId);
    expect(timeline.at(-2)).toMatchObject({
      actor: { id: agent.id },
      before: { status: 'open' },
      after: { status: 'snoozed', until: soon },
    });
    const own = await listMessages(customer, conversationId, { limit: 10 });
    expect(own.entries.map(({ kind }) => kind)).toEqual(['reply']);
  });

  test('into the past or a lifetime ahead is refused', async () => {
    const { ticketId } = await makeConversation(widget);
    for (const [ms, reason] of [
      [-1_000, 'moment_past'],
      [20 * 366 * dayMs, 'moment_too_far'],
    ] as const) {
      await expect(change(ticketId, { field: 'snooze', until: inMs(ms) })).rejects.toMatchObject({
        failure: { code: 'invalid', reason },
      });
    }
  });

  test('ends at its time, at the top and with its reason, however many processes look', async () => {
    const me = await makeAgent();
    const due = [];
    for (let index = 0; index < 5; index++) {
      const made = await makeConversation(widget);
      await change(made.ticketId, { field: 'snooze', until: inMs(dayMs) }, { actor: me });
      await makeDue(made.ticketId);
      due.push(made);
    }
    const later = await makeConversation(widget);
    await change(later.ticketId, { field: 'snooze', until: inMs(dayMs) });
    const woken = await Promise.all(Array.from({ length: 4 }, () => wakeDueTickets()));
    expect(woken.reduce((sum, count) => sum + count, 0)).toBe(5);
    for (const { ticketId, conversationId } of due) {
      const { ticket } = await getTicket(agent, ticketId);
      expect(ticket).toMatchObject({ status: 'open', snoozedUntil: null, snoozedBy: { id: me.id } });
      expect(ticket.wokeAt).not.toBeNull();
      expect((await changesOf(conversationId)).at(-1)).toEqual({
        field: 'status',
        from: 'snoozed',
        to: 'open',
        reason: 'snooze_ended',
      });
    }
    expect((await getTicket(agent, later.ticketId)).ticket.status).toBe('snoozed');
    expect((await notificationsOf(me.id)).map(({ kind }) => kind)).toEqual(Array(5).fill('woke'));
    expect(await wakeDueTickets()).toBe(0);
  });

  test('wakes the one who has the ticket, rather than the one who snoozed it', async () => {
    const [snoozer, holder] = [await makeAgent(), await makeAgent()];
    const { ticketId } = await makeConversation(widget);
    await change(ticketId, { field: 'assignee', to: holder.id }, { actor: holder });
    await change(ticketId, { field: 'snooze', until: inMs(dayMs) }, { actor: snoozer });
    await makeDue(ticketId);
    await wakeDueTickets();
    expect(await notificationsOf(holder.id)).toEqual([{ kind: 'woke', ticket_id: ticketId }]);
    expect(await notificationsOf(snoozer.id)).toEqual([]);
  });

  test('ends at once when the customer writes', async () => {
    const { ticketId, conversationId, customer } = await makeConversation(widget);
    await change(ticketId, { field: 'snooze', until: inMs(dayMs) });
    await sendMessage(customer, { conversationId, id: newId(), text: 'hello?' });
    const { ticket } = await getTicket(agent, ticketId);
    expect(ticket).toMatchObject({ status: 'open', snoozedUntil: null });
    expect((await changesOf(conversationId)).at(-1)).toMatchObject({
      field: 'status',
      to: 'open',
      reason: 'customer_replied',
    });
  });

  test.each([
    [
      'a reply',
      (conversationId: string) => sendMessage(agent, { conversationId, id: newId(), text: 'here I am' }),
    ],
    ['a status', (_: string, ticketId: string) => change(ticketId, { field: 'status', to: 'pending' })],
    ['an assignee', (_: string, ticketId: string) => change(ticketId, { field: 'assignee', to: agent.id })],
  ] as const)('%s of an agent takes it down from the top', async (_name, act) => {
    const { ticketId, conversationId } = await makeConversation(widget);
    await change(ticketId, { field: 'snooze', until: inMs(dayMs) });
    await makeDue(ticketId);
    await wakeDueTickets();
    await act(conversationId, ticketId);
    expect((await getTicket(agent, ticketId)).ticket.wokeAt).toBeNull();
  });
});

test('going on with what was resolved by mistake lets the customer wait since the first unanswered word', async () => {
  const { ticketId, conversationId, customer } = await makeConversation(widget);
  await sendMessage(agent, { conversationId, id: newId(), text: 'Sent.' });
  const { value: asked } = await sendMessage(customer, {
    conversationId,
    id: newId(),
    text: 'And the bill?',
  });
  await sendMessage(customer, { conversationId, id: newId(), text: 'Please' });
  await change(ticketId, { field: 'status', to: 'resolved' });
  expect((await getTicket(agent, ticketId)).ticket.waitingSince).toBeNull();
  await change(ticketId, { field: 'status', to: 'open' });
  expect((await getTicket(agent, ticketId)).ticket.waitingSince).toBe(asked.sentAt);
});

describe('tags of a ticket', () => {
  const makeTag = async (name: string) =>
    (await createTag(agent, { id: newId(), name, color: 'blue' })).value;

  test('come and go with their names in the log, and twice is once', async () => {
    const [refund, vip] = [await makeTag('Refund'), await makeTag('VIP')];
    const { ticketId, conversationId } = await makeConversation(widget);
    const { value } = await change(ticketId, { field: 'tags', add: [vip.id, refund.id, vip.id], remove: [] });
    expect(value.tags).toEqual([refund, vip]);
    expect((await change(ticketId, { field: 'tags', add: [vip.id], remove: [] })).events).toEqual([]);
    await change(ticketId, { field: 'tags', add: [], remove: [refund.id] });
    const [ref, v] = [refund, vip].map(({ id, name }) => ({ id, name }));
    expect(await changesOf(conversationId)).toEqual([
      { field: 'tags', from: [], to: [ref, v] },
      { field: 'tags', from: [ref, v], to: [v] },
    ]);
  });

  test('put on by two at the same moment are both there', async () => {
    const [one, two] = [await makeTag('One'), await makeTag('Two')];
    const { ticketId } = await makeConversation(widget);
    await Promise.all([one, two].map(({ id }) => change(ticketId, { field: 'tags', add: [id], remove: [] })));
    expect((await getTicket(agent, ticketId)).ticket.tags).toEqual([one, two]);
  });

  test('have to exist, and a ticket takes twenty', async () => {
    const { ticketId } = await makeConversation(widget);
    await expect(change(ticketId, { field: 'tags', add: [newId()], remove: [] })).rejects.toMatchObject({
      failure: { code: 'invalid', reason: 'tag_unknown' },
    });
    const many = [];
    for (let index = 0; index < 21; index++) many.push((await makeTag(`Tag ${index}`)).id);
    await change(ticketId, { field: 'tags', add: many.slice(0, 20), remove: [] });
    await expect(change(ticketId, { field: 'tags', add: many.slice(20), remove: [] })).rejects.toMatchObject({
      failure: { code: 'invalid', reason: 'too_many_tags' },
    });
  });
});

describe('fields of a ticket', () => {
  test('take what fits them, until they are archived', async () => {
    const field = {
      id: newId(),
      subject: 'ticket',
      key: 'amount',
      label: 'Amount',
      type: 'number',
      options: [],
      defaultValue: null,
    } as const;
    await createField(admin, { ...field, options: [] });
    const { ticketId, conversationId } = await makeConversation(widget);
    const set = (to: string | number | null, from?: number | null) =>
      change(ticketId, { field: 'fields', key: 'amount', to }, from === undefined ? {} : { from });
    expect((await set(12)).value.fields).toEqual({ amount: 12 });
    await expect(set('12')).rejects.toMatchObject({ failure: { reason: 'value_not_number' } });
    await expect(set(14, null)).rejects.toMatchObject({
      failure: { reason: 'changed_meanwhile', current: { value: '12' } },
    });
    expect((await set(null)).value.fields).toEqual({});
    expect(await changesOf(conversationId)).toEqual([
      { field: 'fields', key: 'amount', label: 'Amount', from: null, to: 12 },
      { field: 'fields', key: 'amount', label: 'Amount', from: 12, to: null },
    ]);
    await changeField(admin, { id: field.id, isArchived: true });
    await expect(set(1)).rejects.toMatchObject({ failure: { reason: 'field_unknown' } });
    await expect(change(ticketId, { field: 'fields', key: 'nothing', to: 1 })).rejects.toMatchObject({
      failure: { reason: 'field_unknown' },
    });
  });
});

test('what a restricted department hides takes no change of any kind', async () => {
  const { ticketId } = await makeConversation(widget);
  await change(ticketId, { field: 'department', to: await makeDepartment(true) }, { actor: admin });
  const tries: TicketChange[] = [
    { field: 'snooze', until: inMs(dayMs) },
    { field: 'tags', add: [], remove: [] },
    { field: 'fields', key: 'amount', to: 1 },
  ];
  for (const each of tries) await expect(change(ticketId, each)).rejects.toMatchObject({ code: 'not_found' });
});
