import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import { listPublishedTickets } from '#/db/tickets.ts';
import type { Widget } from '#/db/widgets.ts';
import { getWidgetState, startTicket } from '#/lib/conversations/service.ts';
import { newId } from '#/lib/ids.ts';
import { mergeTickets, previewMerge, undoMerge } from '#/lib/merges/service.ts';
import { listMessages, markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';
import {
  createTicketLink,
  findTicket,
  getTicket,
  getTicketStatus,
  listTimeline,
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

type Made = { ticketId: string; conversationId: string };
async function makeSibling(customer: CustomerActor, text = 'Any news?'): Promise<Made> {
  const ids = { ticketId: newId(), conversationId: newId() };
  await startTicket(customer, { ...ids, id: newId(), text });
  return ids;
}
/** A customer with two tickets, the second one newer. */
async function makePair(): Promise<{ customer: CustomerActor; target: Made; source: Made }> {
  const { customer, ticketId, conversationId } = await makeConversation(widget);
  return { customer, target: { ticketId, conversationId }, source: await makeSibling(customer) };
}
const merge = (source: Made, target: Made, actor = agent, id = newId()) =>
  mergeTickets(actor, { id, sourceId: source.ticketId, targetId: target.ticketId });
const change = (ticketId: string, to: TicketChange) =>
  changeTicket(agent, { ticketId, id: newId(), change: to });
const say = (actor: CustomerActor | AgentActor, conversationId: string, text = 'x') =>
  sendMessage(actor, { conversationId, id: newId(), text });
const staffLog = async (conversationId: string) =>
  (await listMessages(agent, conversationId, { limit: 100 })).entries;
const statusOf = async (ticketId: string) => (await getTicket(agent, ticketId)).ticket.status;
const conflict = (reason: string) => ({ failure: { code: 'conflict', reason } });

describe('merging', () => {
  test('brings the conversations over whole and closes the source, which says where they went', async () => {
    const { customer, source, target } = await makePair();
    await writeNote(agent, { conversationId: source.conversationId, id: newId(), text: 'careful' });
    await markRead(customer, { conversationId: source.conversationId, through: 1 });
    const before = await staffLog(source.conversationId);
    const marks = (await listMessages(agent, source.conversationId, { limit: 1 })).marks;
    const { value, events } = await merge(source, target);
    expect(value).toMatchObject({ source: { status: 'closed' }, target: { status: 'open' } });
    expect(events.map(({ ticketId }) => ticketId)).toEqual([target.ticketId, source.ticketId]);
    expect(await staffLog(source.conversationId)).toEqual(before);
    expect((await listMessages(agent, source.conversationId, { limit: 1 })).marks).toEqual(marks);
    const merged = await getTicket(agent, target.ticketId);
    expect(merged.conversations.map(({ id }) => id)).toEqual([target.conversationId, source.conversationId]);
    expect(merged.merged).toMatchObject([{ mergeId: value.id, id: source.ticketId }]);
    const gone = await getTicket(agent, source.ticketId);
    expect(gone.mergedInto).toMatchObject({ mergeId: value.id, id: target.ticketId });
    expect(gone.page.entries.map((entry) => entry.change)).toMatchObject([
      { field: 'merge', role: 'source', ticket: { id: target.ticketId }, isUndone: false },
    ]);
    expect((await listTimeline(agent, source.ticketId))[0]).toMatchObject({
      actor: { id: agent.id },
      after: { merge: { role: 'source' } },
    });
    expect((await listTimeline(agent, target.ticketId))[0]).toMatchObject({
      after: { merge: { role: 'target', ticket: { id: source.ticketId } } },
    });
  });

  test('lets the customer go on in each conversation, under the status of the target', async () => {
    const { customer, source, target } = await makePair();
    await merge(source, target);
    await change(target.ticketId, { field: 'status', to: 'resolved' });
    const { conversations } = await getWidgetState(customer);
    expect(conversations.map(({ id, status, ticketId }) => [id, status, ticketId]).toSorted()).toEqual(
      [target, source].map(({ conversationId }) => [conversationId, 'resolved', target.ticketId]).toSorted(),
    );
    await say(customer, source.conversationId, 'still there?');
    expect(await statusOf(target.ticketId)).toBe('open');
    expect(await statusOf(source.ticketId)).toBe('closed');
    const published = await read((tx) => listPublishedTickets(tx, [target.ticketId, source.ticketId]));
    expect(published.get(target.ticketId)?.conversations.map(({ id, status }) => [id, status])).toHaveLength(
      2,
    );
    // Of the closed source the customer hears nothing: what is in it are staff's words.
    expect(published.get(source.ticketId)?.conversations).toEqual([]);
  });

  test('leads a link to the source on to where it went', async () => {
    const { customer, source, target } = await makePair();
    const { value } = await createTicketLink(customer, source.ticketId);
    const { number } = (await getTicket(agent, target.ticketId)).ticket;
    const third = await makeSibling(customer);
    await merge(source, third);
    await merge(third, target);
    expect(await getTicketStatus(value.token)).toMatchObject({ number, status: 'open' });
  });

  test('shows the conversation that was written in last', async () => {
    const { customer, source, target } = await makePair();
    await merge(source, target);
    await say(customer, target.conversationId, 'the old one');
    const { ticket } = await getTicket(agent, target.ticketId);
    expect([ticket.conversationId, ticket.lastMessage]).toEqual([target.conversationId, 'the old one']);
    await say(agent, source.conversationId, 'the new one');
    expect((await getTicket(agent, target.ticketId)).ticket.conversationId).toBe(source.conversationId);
  });

  test('opens a target that was over, when somebody waits in the source, and keeps the longer wait', async () => {
    const { source, target } = await makePair();
    const since = (await getTicket(agent, source.ticketId)).ticket.waitingSince;
    await change(target.ticketId, { field: 'status', to: 'resolved' });
    await merge(source, target);
    const { ticket } = await getTicket(agent, target.ticketId);
    expect([ticket.status, ticket.waitingSince]).toEqual(['open', since]);
    const own = (await staffLog(target.conversationId)).map((entry) => entry.change);
    expect(own).toContainEqual({ field: 'status', from: 'resolved', to: 'open', reason: 'merged' });
  });

  test('the same merge again is the same, the same id for another is not', async () => {
    const { customer, source, target } = await makePair();
    const id = newId();
    await merge(source, target, agent, id);
    expect((await merge(source, target, agent, id)).events).toEqual([]);
    const other = await makeSibling(customer);
    await expect(merge(other, target, agent, id)).rejects.toMatchObject(conflict('id_used'));
  });

  test('is refused with itself, across customers, and of what was merged already', async () => {
    const { customer, source, target } = await makePair();
    await expect(merge(target, target)).rejects.toMatchObject(conflict('same_ticket'));
    const stranger = await makeConversation(widget);
    await expect(merge(stranger, target)).rejects.toMatchObject(conflict('other_customer'));
    await merge(source, target);
    const third = await makeSibling(customer);
    const { number } = (await getTicket(agent, target.ticketId)).ticket;
    await expect(merge(source, third)).rejects.toMatchObject({
      failure: { reason: 'source_merged', current: { value: String(number) } },
    });
    await expect(merge(third, source)).rejects.toMatchObject(conflict('target_merged'));
  });

  test('what was merged takes no change, reply or note of an agent any more', async () => {
    const { source, target } = await makePair();
    await merge(source, target);
    await expect(change(source.ticketId, { field: 'status', to: 'open' })).rejects.toMatchObject(
      conflict('merged'),
    );
    const held = (await getTicket(agent, source.ticketId)).ticket.conversationId;
    await expect(say(agent, held)).rejects.toMatchObject(conflict('merged'));
    await expect(writeNote(agent, { conversationId: held, id: newId(), text: 'x' })).rejects.toMatchObject(
      conflict('merged'),
    );
  });

  test('takes sight of both: who may not see one of them is told that there is none', async () => {
    const { source, target } = await makePair();
    const departmentId = await makeDepartment(true);
    const member = await makeAgent('agent', departmentId);
    await transact((tx) => updateTicketDepartment(tx, source.ticketId, departmentId));
    for (const [from, to] of [
      [source, target],
      [target, source],
    ] as const) {
      await expect(merge(from, to)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(
      previewMerge(agent, { ticketId: target.ticketId, with: source.ticketId }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const { value } = await merge(source, target, member);
    await expect(undoMerge(agent, { id: value.id })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('into a restricted department names who could read the conversations before', async () => {
    const { source, target } = await makePair();
    const departmentId = await makeDepartment(true);
    const member = await makeAgent('agent', departmentId);
    await transact((tx) => updateTicketDepartment(tx, target.ticketId, departmentId));
    const { events } = await merge(source, target, member);
    const told = events.find(({ ticketId }) => ticketId === target.ticketId);
    expect(told?.readersBefore).toMatchObject({ departmentIsRestricted: false });
    await expect(listMessages(agent, source.conversationId, { limit: 1 })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await findTicket(agent, source.ticketId)).not.toBeNull();
  });
});

describe('two people merge at the same moment', () => {
  test('the same two, each way round: one wins, the other is told', async () => {
    const { source, target } = await makePair();
    const settled = await Promise.allSettled([merge(source, target), merge(target, source)]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const lost = settled.find((each) => each.status === 'rejected');
    expect(['source_merged', 'target_merged']).toContain(lost?.reason.failure.reason);
    const both = [await statusOf(source.ticketId), await statusOf(target.ticketId)];
    expect(both.toSorted()).toEqual(['closed', 'open']);
  });

  test('one ticket into two others, while the customer writes: every word is kept, in one place', async () => {
    const { customer, source, target } = await makePair();
    const third = await makeSibling(customer);
    const words = Array.from({ length: 20 }, (_, index) => say(customer, source.conversationId, `${index}`));
    const merges = [merge(source, target), merge(source, third)];
    const settled = await Promise.allSettled(merges);
    await Promise.all(words);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const log = await staffLog(source.conversationId);
    expect(log.map((entry) => entry.order)).toEqual(log.map((_, index) => index + 1));
    expect(log.filter(({ kind }) => kind === 'reply')).toHaveLength(21);
  });
});

describe('undoing a merge', () => {
  test('brings back what was moved with what was written since, and both tickets’ states', async () => {
    const { customer, source, target } = await makePair();
    await change(source.ticketId, { field: 'status', to: 'pending' });
    const { value } = await merge(source, target);
    await say(agent, source.conversationId, 'after the merge');
    const { events } = await undoMerge(agent, { id: value.id });
    expect(events.map(({ ticketId }) => ticketId)).toEqual([source.ticketId, target.ticketId]);
    const back = await getTicket(agent, source.ticketId);
    expect(back).toMatchObject({
      ticket: { status: 'pending', lastMessage: 'after the merge' },
      mergedInto: null,
    });
    expect((await getTicket(agent, target.ticketId)).conversations).toHaveLength(1);
    expect((await undoMerge(agent, { id: value.id })).events).toEqual([]);
    await say(customer, source.conversationId, 'hello');
    expect(await statusOf(source.ticketId)).toBe('open');
    expect(await statusOf(target.ticketId)).toBe('open');
    // Merged and taken back, it can be merged again.
    await merge(source, target);
    expect(await statusOf(source.ticketId)).toBe('closed');
  });

  test('opens the source when the customer wrote in it meanwhile, waiting since then', async () => {
    const { customer, source, target } = await makePair();
    await change(source.ticketId, { field: 'status', to: 'resolved' });
    const { value } = await merge(source, target);
    const { value: asked } = await say(customer, source.conversationId, 'one more thing');
    await undoMerge(agent, { id: value.id });
    const { ticket } = await getTicket(agent, source.ticketId);
    expect([ticket.status, ticket.waitingSince]).toEqual(['open', asked.sentAt]);
  });

  test('keeps what people did to the target since: a resolved one stays so', async () => {
    const { source, target } = await makePair();
    const { value } = await merge(source, target);
    await change(target.ticketId, { field: 'status', to: 'resolved' });
    await undoMerge(agent, { id: value.id });
    expect([await statusOf(source.ticketId), await statusOf(target.ticketId)]).toEqual(['open', 'resolved']);
  });

  test('ends again what the merge alone had opened', async () => {
    const { source, target } = await makePair();
    await change(target.ticketId, { field: 'status', to: 'resolved' });
    const { value } = await merge(source, target);
    await undoMerge(agent, { id: value.id });
    expect([await statusOf(source.ticketId), await statusOf(target.ticketId)]).toEqual(['open', 'resolved']);
  });

  test('is refused while the target is itself merged, and for a merge that there is none of', async () => {
    const { customer, source, target } = await makePair();
    const { value } = await merge(source, target);
    const third = await makeSibling(customer);
    const later = await merge(target, third);
    await expect(undoMerge(agent, { id: value.id })).rejects.toMatchObject(conflict('target_merged'));
    await undoMerge(agent, { id: later.value.id });
    await undoMerge(agent, { id: value.id });
    expect(await statusOf(source.ticketId)).toBe('open');
    await expect(undoMerge(agent, { id: newId() })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('at the same moment by two happens once', async () => {
    const { source, target } = await makePair();
    const { value } = await merge(source, target);
    const done = await Promise.all([undoMerge(agent, value), undoMerge(agent, value)]);
    expect(done.map(({ events }) => events.length).toSorted()).toEqual([0, 2]);
  });
});

test('a preview shows both threads as one, by time, each in its own order', async () => {
  const { customer, source, target } = await makePair();
  await say(customer, target.conversationId, 'third');
  await say(agent, source.conversationId, 'fourth');
  const preview = await previewMerge(agent, { ticketId: target.ticketId, with: source.ticketId });
  expect(preview.entries.map(({ ticketId }) => ticketId)).toEqual(
    [target, source, target, source].map(({ ticketId }) => ticketId),
  );
  expect(preview).toMatchObject({
    hasMore: false,
    ticket: { id: target.ticketId },
    other: { id: source.ticketId },
  });
});

test('whatever is sent, merged and taken back meanwhile, each log stays gapless, in order and in one place', async () => {
  const act = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ act: fc.constant('send' as const), from: fc.nat(2), by: fc.boolean() }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ act: fc.constant('merge' as const), from: fc.nat(2), into: fc.nat(2) }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('undo' as const), pick: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('resolve' as const), from: fc.nat(2) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
      const { customer, target, source } = await makePair();
      const places = [target, source, await makeSibling(customer)];
      const merges: string[] = [];
      const sent: { conversationId: string; id: string }[] = [];
      // Three at a time, so that they meet.
      for (let index = 0; index < acts.length; index += 3) {
        const settled = await Promise.allSettled(
          acts.slice(index, index + 3).map(async (each) => {
            const place = places['from' in each ? each.from : 0];
            if (place === undefined) return;
            switch (each.act) {
              case 'send': {
                const id = newId();
                const { conversationId } = place;
                await sendMessage(each.by ? agent : customer, { conversationId, id, text: 'x' });
                sent.push({ conversationId, id });
                break;
              }
              case 'merge': {
                const into = places[each.into];
                if (into !== undefined) merges.push((await merge(place, into)).value.id);
                break;
              }
              case 'undo': {
                const id = merges[each.pick];
                if (id !== undefined) await undoMerge(agent, { id });
                break;
              }
              case 'resolve':
                await change(place.ticketId, { field: 'status', to: 'resolved' });
            }
          }),
        );
        // Refused for a reason that people understand, never for having met.
        for (const each of settled) {
          if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'conflict' });
        }
      }
      const rows = await read((tx) =>
        tx.execute<{
          conversation_id: string;
          seq: number;
          public_seq: number | null;
          id: string;
          last: number;
        }>(sql`
          select messages.conversation_id, messages.seq::float8 as seq, messages.public_seq::float8 as public_seq,
            messages.id, conversations.last_seq::float8 as last
          from messages join conversations on conversations.id = messages.conversation_id
          join tickets on tickets.id = conversations.ticket_id
          where tickets.customer_id = ${customer.id} order by messages.conversation_id, messages.seq`),
      );
      for (const conversationId of new Set(rows.map((row) => row.conversation_id))) {
        const log = rows.filter((row) => row.conversation_id === conversationId);
        expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
        expect(log.at(-1)?.last).toBe(log.length);
        const seen = log.flatMap(({ public_seq }) => (public_seq === null ? [] : [public_seq]));
        expect(seen).toEqual(seen.map((_, index) => index + 1));
      }
      for (const { conversationId, id } of sent) {
        expect(rows.filter((row) => row.id === id).map((row) => row.conversation_id)).toEqual([
          conversationId,
        ]);
      }
      // Every conversation with public words is on a ticket that is none's source.
      const [lost] = await read((tx) =>
        tx.execute<{ count: number }>(sql`
          select count(*)::int as count from conversations
          join ticket_merges on ticket_merges.source_id = conversations.ticket_id and ticket_merges.undone_at is null
          where conversations.last_public_seq > 0`),
      );
      expect(lost?.count).toBe(0);
    }),
    { numRuns: 20 },
  );
});
