import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { getWidgetState } from '#/lib/conversations/service.ts';
import { newId } from '#/lib/ids.ts';
import { listMessages, sendMessage } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { rateInputSchema } from '#/lib/ratings/schema.ts';
import { getEnding, rateConversation } from '#/lib/ratings/service.ts';
import { isPublicChangeEvent } from '#/lib/realtime/deliveries.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket, listTimeline } from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
});
afterAll(() => database.close());

const setStatus = (ticketId: string, to: 'open' | 'resolved') =>
  changeTicket(agent, { ticketId, id: newId(), change: { field: 'status', to } });

async function makeResolved() {
  const made = await makeConversation(widget);
  await sendMessage(agent, { conversationId: made.conversationId, id: newId(), text: 'Here it is.' });
  await setStatus(made.ticketId, 'resolved');
  const { resolveId } = await getEnding(made.customer, made.conversationId);
  if (resolveId === null) throw new Error('it is not resolved');
  const rate = (score: number, comment: string | null = null) =>
    rateConversation(made.customer, { conversationId: made.conversationId, resolveId, score, comment });
  return { ...made, resolveId, rate };
}

async function logOf(conversationId: string) {
  const { entries } = await listMessages(agent, conversationId, { limit: 100 });
  return entries.flatMap(({ change, sender }) =>
    change?.field === 'rating' ? [{ ...change, by: sender.kind }] : [],
  );
}
const age = (conversationId: string) =>
  transact((tx) =>
    tx.execute(
      sql`update ratings set created_at = now() - interval '25 hours' where conversation_id = ${conversationId}`,
    ),
  );

describe('a rating', () => {
  test('is kept with its comment, and staff find it in the log and among the changes', async () => {
    const { customer, conversationId, ticketId, rate, resolveId } = await makeResolved();
    const { value, events } = await rate(5, 'Quick and kind');
    expect(value).toMatchObject({ score: 5, comment: 'Quick and kind' });
    expect(events.map(({ type }) => type)).toEqual(['ticket.changed']);
    expect(await getEnding(customer, conversationId)).toEqual({ goesOn: 'reopen', resolveId, rating: value });
    expect(await logOf(conversationId)).toEqual([
      { field: 'rating', from: null, to: 5, comment: 'Quick and kind', by: 'customer' },
    ]);
    const [newest] = await listTimeline(agent, ticketId);
    expect(newest).toMatchObject({
      after: { rating: 5, comment: 'Quick and kind' },
      actor: { kind: 'customer' },
    });
  });

  test('is no message: the ticket stays resolved, nobody waits, and the customer’s own log does not show it', async () => {
    const { customer, conversationId, ticketId, rate } = await makeResolved();
    const before = await listMessages(customer, conversationId, { limit: 100 });
    const listed = (await getWidgetState(customer)).conversations;
    const { events } = await rate(1);
    expect(events.some(isPublicChangeEvent)).toBe(false);
    expect(await listMessages(customer, conversationId, { limit: 100 })).toEqual(before);
    expect((await getWidgetState(customer)).conversations).toEqual(listed);
    expect((await getTicket(agent, ticketId)).ticket).toMatchObject({ status: 'resolved' });
  });

  test('may be changed for a day; the same again writes nothing', async () => {
    const { conversationId, rate } = await makeResolved();
    await rate(2);
    expect((await rate(2)).events).toEqual([]);
    await rate(4);
    await rate(4, 'Thank you');
    expect((await logOf(conversationId)).map(({ from, to, comment }) => [from, to, comment])).toEqual([
      [null, 2, null],
      [2, 4, null],
      [4, 4, 'Thank you'],
    ]);
    const rows = await read((tx) =>
      tx.execute(sql`select score from ratings where conversation_id = ${conversationId}`),
    );
    expect([...rows]).toEqual([{ score: 4 }]);
    await age(conversationId);
    await expect(rate(1)).rejects.toMatchObject({ code: 'conflict', failure: { reason: 'rating_settled' } });
    expect((await rate(4, 'Thank you')).events).toEqual([]);
  });

  test('many at once leave one', async () => {
    const { conversationId, rate } = await makeResolved();
    await Promise.all([1, 2, 3, 4, 5].map((score) => rate(score)));
    const log = await logOf(conversationId);
    expect(log).toHaveLength(5);
    expect(log.slice(1).map(({ from }) => from)).toEqual(log.slice(0, -1).map(({ to }) => to));
    const rows = await read((tx) =>
      tx.execute<{ score: number }>(sql`select score from ratings where conversation_id = ${conversationId}`),
    );
    expect(rows.map(({ score }) => score)).toEqual([log.at(-1)?.to]);
  });

  test('is of one resolve: after another one there is another', async () => {
    const { customer, conversationId, ticketId, rate, resolveId } = await makeResolved();
    await rate(2);
    await sendMessage(customer, { conversationId, id: newId(), text: 'Not quite' });
    await expect(rate(3)).rejects.toMatchObject({ failure: { reason: 'not_resolved' } });
    expect(await getEnding(customer, conversationId)).toEqual({
      goesOn: 'reply',
      resolveId: null,
      rating: null,
    });
    await setStatus(ticketId, 'resolved');
    const again = await getEnding(customer, conversationId);
    expect(again.rating).toBeNull();
    expect(again.resolveId).not.toBe(resolveId);
    await expect(rate(3)).rejects.toMatchObject({ failure: { reason: 'not_resolved' } });
    await rateConversation(customer, {
      conversationId,
      resolveId: again.resolveId ?? '',
      score: 5,
      comment: null,
    });
    expect((await logOf(conversationId)).map(({ to }) => to)).toEqual([2, 5]);
  });

  test('of what is not resolved, of nothing, and of another’s is refused', async () => {
    const open = await makeConversation(widget);
    const { firstId: resolveId, conversationId } = open;
    const asked = { conversationId, resolveId, score: 5, comment: null };
    await expect(rateConversation(open.customer, asked)).rejects.toMatchObject({
      failure: { reason: 'not_resolved' },
    });
    const mine = await makeResolved();
    const foreign = {
      conversationId: mine.conversationId,
      resolveId: mine.resolveId,
      score: 1,
      comment: null,
    };
    await expect(rateConversation(open.customer, foreign)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getEnding(open.customer, mine.conversationId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(rateConversation(mine.customer, { ...foreign, resolveId: newId() })).rejects.toMatchObject({
      failure: { reason: 'not_resolved' },
    });
    expect(await logOf(mine.conversationId)).toEqual([]);
  });

  test('takes whole numbers from 1 to 5 and a comment that somebody reads', () => {
    const isTaken = (part: Record<string, unknown>) =>
      rateInputSchema.safeParse({
        conversationId: newId(),
        resolveId: newId(),
        score: 5,
        comment: null,
        ...part,
      }).success;
    expect(isTaken({})).toBe(true);
    expect(isTaken({ comment: 'x'.repeat(1_000) })).toBe(true);
    for (const wrong of [
      { score: 0 },
      { score: 6 },
      { score: 4.5 },
      { score: '5' },
      { score: null },
      { comment: 'x'.repeat(10_000) },
      { comment: 'a\0b' },
      { comment: 5 },
      { customerId: newId() },
      { resolveId: 'x' },
    ]) {
      expect(isTaken(wrong)).toBe(false);
    }
  });

  test('a conversation that was closed goes on as another one', async () => {
    const { customer, conversationId, ticketId } = await makeResolved();
    await transact((tx) => tx.execute(sql`update tickets set status = 'closed' where id = ${ticketId}`));
    expect(await getEnding(customer, conversationId)).toMatchObject({ goesOn: 'followUp' });
  });
});
