import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { startFollowUp } from '#/lib/conversations/follow-up.ts';
import { getWidgetState } from '#/lib/conversations/service.ts';
import { newId } from '#/lib/ids.ts';
import { listMessages, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket } from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
});
afterAll(() => database.close());

/** A conversation whose ticket was resolved longer ago than it may be reopened. */
async function makeOver(text = 'Where is it?') {
  const made = await makeConversation(widget, text);
  await changeTicket(agent, {
    ticketId: made.ticketId,
    id: newId(),
    change: { field: 'status', to: 'resolved' },
  });
  await transact((tx) =>
    tx.execute(sql`update tickets set resolved_at = now() - interval '30 days' where id = ${made.ticketId}`),
  );
  const input = (over: Partial<Parameters<typeof startFollowUp>[1]> = {}) => ({
    followsConversationId: made.conversationId,
    conversationId: newId(),
    id: newId(),
    text: 'it broke again',
    ...over,
  });
  return { ...made, input };
}

async function conversationsOf(ticketId: string) {
  const rows = await read((tx) =>
    tx.execute<{ id: string }>(
      sql`select id from conversations where ticket_id = ${ticketId} order by created_at, id`,
    ),
  );
  return rows.map(({ id }) => id);
}

describe('a customer’s message after the reopening window', () => {
  test('begins a further conversation on the same ticket, which is open again, for both sides to see', async () => {
    const { customer, ticketId, conversationId, input } = await makeOver();
    const started = input();
    await expect(
      sendMessage(customer, { conversationId, id: newId(), text: 'too late' }),
    ).rejects.toMatchObject({ failure: { reason: 'followup_needed' } });
    const { value, events } = await startFollowUp(customer, started);
    expect(value.conversation).toMatchObject({ id: started.conversationId, ticketId, status: 'open' });
    expect(value.entry).toMatchObject({ id: started.id, order: 1, text: 'it broke again' });
    expect(events.map(({ type }) => type)).toEqual(['message.created', 'ticket.changed']);
    const detail = await getTicket(agent, ticketId);
    expect(detail.ticket).toMatchObject({ status: 'open', conversationId: started.conversationId });
    expect(detail.ticket.waitingSince).not.toBeNull();
    expect(detail.conversations.map(({ id }) => id)).toEqual([conversationId, started.conversationId]);
    const log = await listMessages(agent, started.conversationId, { limit: 10 });
    expect(log.entries.map(({ text, change }) => change ?? text)).toEqual([
      'it broke again',
      { field: 'status', from: 'resolved', to: 'open' },
    ]);
    const state = await getWidgetState(customer);
    expect(state.conversations.map(({ id }) => id)).toEqual([started.conversationId, conversationId]);
    // Both sides go on in it.
    await sendMessage(agent, { conversationId: started.conversationId, id: newId(), text: 'again?' });
    await sendMessage(customer, { conversationId: started.conversationId, id: newId(), text: 'yes' });
    await writeNote(agent, { conversationId, id: newId(), text: 'see below' });
    expect((await listMessages(customer, started.conversationId, { limit: 10 })).head).toBe(4);
  });

  test('sent again, or by ten at once, makes one of everything', async () => {
    const { customer, ticketId, input } = await makeOver();
    const started = input();
    const answers = await Promise.all(Array.from({ length: 10 }, () => startFollowUp(customer, started)));
    await startFollowUp(customer, started);
    expect(new Set(answers.map(({ value }) => JSON.stringify(value.entry))).size).toBe(1);
    expect(await conversationsOf(ticketId)).toHaveLength(2);
    expect((await listMessages(customer, started.conversationId, { limit: 10 })).head).toBe(2);
  });

  test('from two tabs with the same new conversation joins them in it', async () => {
    const { customer, ticketId, input } = await makeOver();
    const first = input();
    const second = { ...first, id: newId(), text: 'and again' };
    const answers = await Promise.all([startFollowUp(customer, first), startFollowUp(customer, second)]);
    expect(answers.map(({ value }) => value.entry.order).toSorted()).toEqual([1, 3]);
    expect(await conversationsOf(ticketId)).toHaveLength(2);
  });

  test('from two devices at once ends in one follow-up: the other is told to write there', async () => {
    for (let race = 0; race < 20; race++) {
      const { customer, ticketId, conversationId, input } = await makeOver();
      const starts = [input(), input()];
      const outcomes = await Promise.allSettled(starts.map((start) => startFollowUp(customer, start)));
      const [won, ...others] = outcomes.filter(({ status }) => status === 'fulfilled');
      expect([won === undefined, others.length]).toEqual([false, 0]);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { failure: { code: 'conflict', reason: 'followup_over' } },
      });
      const [, followUp, ...more] = await conversationsOf(ticketId);
      expect(more).toEqual([]);
      const newest = (await getWidgetState(customer)).conversations[0];
      expect([newest?.id, newest?.id === conversationId]).toEqual([followUp, false]);
      const late = { conversationId: followUp ?? '', id: newId(), text: 'here, then' };
      expect((await sendMessage(customer, late)).value.order).toBe(3);
    }
  });

  test('can itself be followed up, each time on the same ticket', async () => {
    const { customer, ticketId, input } = await makeOver();
    const first = input();
    await startFollowUp(customer, first);
    await changeTicket(agent, { ticketId, id: newId(), change: { field: 'status', to: 'resolved' } });
    await transact((tx) =>
      tx.execute(sql`update tickets set resolved_at = now() - interval '30 days' where id = ${ticketId}`),
    );
    const second = input({ followsConversationId: first.conversationId });
    await startFollowUp(customer, second);
    expect(await conversationsOf(ticketId)).toHaveLength(3);
    // A retry of the first is answered as it was, whatever happened since.
    expect((await startFollowUp(customer, first)).value.entry.id).toBe(first.id);
  });

  test('opens nothing to a stranger, and takes no id of theirs', async () => {
    const over = await makeOver();
    const stranger = await makeConversation(widget, 'somebody else');
    const gone = { code: 'not_found' };
    await expect(startFollowUp(stranger.customer, over.input())).rejects.toMatchObject(gone);
    await expect(
      startFollowUp(over.customer, over.input({ followsConversationId: newId() })),
    ).rejects.toMatchObject(gone);
    for (const conversationId of [stranger.conversationId, over.conversationId]) {
      await expect(startFollowUp(over.customer, over.input({ conversationId }))).rejects.toMatchObject({
        failure: { code: 'conflict', reason: 'id_used' },
      });
    }
    expect(await conversationsOf(over.ticketId)).toHaveLength(1);
  });

  test('within the window is none: the ticket takes messages', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    const input = { followsConversationId: conversationId, conversationId: newId(), id: newId(), text: 'x' };
    await expect(startFollowUp(customer, input)).rejects.toMatchObject({
      failure: { code: 'conflict', reason: 'followup_over' },
    });
  });
});
