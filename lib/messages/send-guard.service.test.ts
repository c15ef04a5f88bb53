import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { listMessages, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let colleague: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  [agent, colleague] = [await makeAgent(), await makeAgent()];
});
afterAll(() => database.close());

const page = { limit: 100 };
const guarded = { code: 'conflict', failure: { reason: 'newer_entries' } };

describe('a reply that was written before somebody else’s newer entry', () => {
  test.each(['customer’s reply', 'colleague’s reply', 'colleague’s note'] as const)(
    'is held by a %s and stores nothing',
    async (newer) => {
      const { customer, conversationId } = await makeConversation(widget);
      const entry = { conversationId, id: newId(), text: 'meanwhile' };
      if (newer === 'customer’s reply') await sendMessage(customer, entry);
      else if (newer === 'colleague’s reply') await sendMessage(colleague, entry);
      else await writeNote(colleague, entry);
      const input = { conversationId, id: newId(), text: 'an answer' };
      await expect(sendMessage(agent, { ...input, expected: 1 })).rejects.toMatchObject(guarded);
      await expect(writeNote(agent, { ...input, expected: 1 })).rejects.toMatchObject(guarded);
      expect((await listMessages(agent, conversationId, page)).head).toBe(2);
      // Sent anyway, by who has seen it.
      const { value } = await sendMessage(agent, { ...input, expected: 2 });
      expect(value.order).toBe(3);
    },
  );

  test('goes when what is newer is one’s own, or a change of the ticket', async () => {
    const { conversationId, ticketId } = await makeConversation(widget);
    await sendMessage(agent, { conversationId, id: newId(), text: 'first half', expected: 1 });
    await changeTicket(colleague, { ticketId, id: newId(), change: { field: 'priority', to: 'high' } });
    await changeTicket(colleague, { ticketId, id: newId(), change: { field: 'status', to: 'resolved' } });
    const second = { conversationId, id: newId(), text: 'second half', expected: 1 };
    expect((await sendMessage(agent, second)).value.order).toBe(5);
  });

  test('is answered as stored when it was, whatever it expected and whatever came since', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const input = { conversationId, id: newId(), text: 'once', expected: 1 };
    const first = await sendMessage(agent, input);
    await sendMessage(customer, { conversationId, id: newId(), text: 'and now?' });
    const again = await sendMessage(agent, input);
    expect(again.value).toEqual(first.value);
    expect(again.events).toEqual([]);
    const note = { conversationId, id: newId(), text: 'noted', expected: 3 };
    const noted = await writeNote(agent, note);
    await sendMessage(customer, { conversationId, id: newId(), text: 'hello?' });
    expect((await writeNote(agent, { ...note, expected: 0 })).value).toEqual(noted.value);
  });

  test('holds up no customer, who has no such word', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    await sendMessage(agent, { conversationId, id: newId(), text: 'an answer' });
    const input = { conversationId, id: newId(), text: 'mine', expected: 0 };
    expect((await sendMessage(customer, input)).value.order).toBe(3);
  });

  test('never stands behind an entry that its writer had not seen, in two hundred races', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const seenBy = new Map<string, number>();
    let heldUp = 0;
    const race = async (index: number) => {
      const { head } = await listMessages(agent, conversationId, { limit: 1 });
      const id = newId();
      seenBy.set(id, head);
      const reply = { conversationId, id, text: `answer ${index}`, expected: head };
      const own = { conversationId, id: newId(), text: `question ${index}` };
      const [answer] = await Promise.allSettled(
        index % 2 === 0
          ? [sendMessage(agent, reply), sendMessage(customer, own)]
          : [sendMessage(agent, reply), customerLater(customer, own, index)],
      );
      if (answer.status === 'fulfilled') return;
      expect(answer.reason).toMatchObject(guarded);
      heldUp++;
    };
    for (let index = 0; index < 200; index++) await race(index);
    const stored = await read((tx) =>
      tx.execute<{ seq: number; id: string; agent_id: string | null }>(sql`
        select seq::float8 as seq, id, agent_id from messages where conversation_id = ${conversationId}
        order by seq`),
    );
    const replies = stored.filter((row) => seenBy.has(row.id));
    expect(replies).toHaveLength(200 - heldUp);
    for (const reply of replies) {
      const unseen = stored.filter(
        (row) => row.agent_id === null && row.seq < reply.seq && row.seq > (seenBy.get(reply.id) ?? 0),
      );
      expect(unseen).toEqual([]);
    }
    // Both orders happened, or this would show nothing.
    expect(heldUp).toBeGreaterThan(0);
    expect(heldUp).toBeLessThan(200);
  });
});

/** A turn or two of the event loop later, so that either may be the first at the lock. */
async function customerLater(
  customer: Parameters<typeof sendMessage>[0],
  input: Parameters<typeof sendMessage>[1],
  index: number,
) {
  for (let turn = 0; turn < index % 7; turn++) await new Promise((resolve) => setImmediate(resolve));
  return sendMessage(customer, input);
}

describe('a note that mentions colleagues', () => {
  test('names them to staff, and to nobody else', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const gone = await makeAgent();
    await transact((tx) => tx.execute(sql`update agents set deactivated_at = now() where id = ${gone.id}`));
    const mentions = [colleague.id, gone.id, newId(), agent.id];
    const note = { conversationId, id: newId(), text: '@you two', mentions };
    const { value, events } = await writeNote(agent, note);
    expect(value.mentions?.map(({ id }) => id).toSorted()).toEqual([agent.id, colleague.id].toSorted());
    expect(events).toMatchObject([{ type: 'message.created', entry: { mentions: value.mentions } }]);
    const { entries } = await listMessages(agent, conversationId, page);
    expect(entries.at(-1)?.mentions).toEqual(value.mentions);
    expect(entries[0]).not.toHaveProperty('mentions');
    expect((await writeNote(agent, note)).value).toEqual(value);
    expect(JSON.stringify(await listMessages(customer, conversationId, page))).not.toContain('mention');
  });
});

describe('an entry that wakes', () => {
  test('is a customer’s to a snoozed ticket, at once, with its reason for staff', async () => {
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    await transact((tx) =>
      tx.execute(sql`update tickets set status = 'snoozed', snoozed_until = now() + interval '1 day',
        snoozed_at = now() where id = ${ticketId}`),
    );
    await sendMessage(customer, { conversationId, id: newId(), text: 'sooner, please' });
    const { entries } = await listMessages(agent, conversationId, page);
    expect(entries.at(-1)?.change).toEqual({
      field: 'status',
      from: 'snoozed',
      to: 'open',
      reason: 'customer_replied',
    });
    const ticketOf = () =>
      read((tx) =>
        tx.execute(sql`select status, snoozed_until, woke_at is not null as is_woken from tickets
          where id = ${ticketId}`),
      );
    expect(await ticketOf()).toEqual([{ status: 'open', snoozed_until: null, is_woken: true }]);
    await writeNote(agent, { conversationId, id: newId(), text: 'a note leaves it' });
    expect(await ticketOf()).toMatchObject([{ is_woken: true }]);
    await sendMessage(agent, { conversationId, id: newId(), text: 'an answer' });
    expect(await ticketOf()).toMatchObject([{ is_woken: false }]);
  });
});
