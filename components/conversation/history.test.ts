import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeBubbles } from '#/components/conversation/grouping.ts';
import { cutHistory } from '#/components/conversation/history.ts';
import type { Bubble } from '#/lib/sync/conversation.ts';

/** Entries `first … newest`, now and then by somebody else or on another day, and `waiting` ones behind them. */
function thread(first: number, newest: number, waiting = 0, seed = 7): Bubble[] {
  const confirmed = Array.from({ length: newest - first + 1 }, (_, index) => {
    const order = first + index;
    const isMine = (order * seed) % 5 < 3;
    const day = String(1 + (Math.floor(order / 17) % 28)).padStart(2, '0');
    return bubbleOf(`${order}`, order, isMine, `2026-03-${day}T10:00:00.000Z`);
  });
  return [...confirmed, ...Array.from({ length: waiting }, (_, at) => bubbleOf(`w${at}`, null, true, null))];
}

function bubbleOf(id: string, order: number | null, isMine: boolean, sentAt: string | null): Bubble {
  return {
    id,
    order,
    isMine,
    sentAt,
    kind: 'reply',
    sender: isMine ? 'me' : { kind: 'agent', id: 'a', name: 'Ana' },
    text: '',
    change: null,
    publicOrder: null,
    state: order === null ? 'sending' : 'sent',
    failure: null,
  };
}

const shapes = fc.record({
  first: fc.integer({ min: 1, max: 300 }),
  length: fc.integer({ min: 0, max: 400 }),
  waiting: fc.integer({ min: 0, max: 4 }),
  seed: fc.integer({ min: 1, max: 30 }),
  liveFrom: fc.integer({ min: 1, max: 700 }),
});

test('a cut thread is the whole thread, placed as if it were not cut', () => {
  fc.assert(
    fc.property(shapes, ({ first, length, waiting, seed, liveFrom }) => {
      const whole = thread(first, first + length - 1, waiting, seed);
      const { history, tail, before } = cutHistory(whole, [], liveFrom);
      const placed = history.flatMap((block) => placeBubbles(block.bubbles, block));
      expect([...placed, ...placeBubbles(tail, { before })]).toEqual(placeBubbles(whole));
    }),
  );
});

test('what stays in the page is the newest hundred at most, and all that is on its way', () => {
  fc.assert(
    fc.property(shapes, ({ first, length, waiting }) => {
      const { tail } = cutHistory(thread(first, first + length - 1, waiting), []);
      const confirmed = tail.filter(({ order }) => order !== null);
      expect(confirmed.length).toBeLessThanOrEqual(100);
      expect(confirmed.length).toBeGreaterThanOrEqual(Math.min(50, length));
      expect(tail).toHaveLength(confirmed.length + waiting);
    }),
  );
});

test('what comes from further up never gets among what is read out, and the newest entry always is', () => {
  fc.assert(
    fc.property(shapes, ({ first, length, waiting, liveFrom }) => {
      const newest = first + length - 1;
      const { tail } = cutHistory(thread(first, newest, waiting), [], liveFrom);
      const orders = tail.flatMap(({ order }) => order ?? []);
      expect(orders.every((order) => order >= Math.min(liveFrom, newest))).toBe(true);
      expect(orders.at(-1)).toBe(length === 0 ? undefined : newest);
    }),
  );
});

test('a new message and an earlier page leave the blocks that are there as they were', () => {
  const whole = thread(1, 1_000);
  const shown = cutHistory(whole.slice(400), []);
  const later = cutHistory([...whole.slice(400), bubbleOf('new', 1_001, true, null)], shown.history);
  expect(later.history.slice(0, -1)).toEqual(shown.history);
  for (const [index, block] of shown.history.entries()) expect(later.history[index]).toBe(block);
  const earlier = cutHistory(whole.slice(350), shown.history);
  // The one that was first stands behind something now.
  for (const block of shown.history.slice(1)) expect(earlier.history).toContain(block);
});

test('a waiting message that is confirmed in its place stays in the tail', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), (newest) => {
      const sent = thread(1, newest, 1);
      const waiting = sent.at(-1);
      const confirmed = [...sent.slice(0, -1), bubbleOf(waiting?.id ?? '', newest + 1, true, null)];
      expect(cutHistory(sent, []).tail.at(-1)?.id).toBe(waiting?.id);
      expect(cutHistory(confirmed, []).tail.at(-1)?.id).toBe(waiting?.id);
    }),
  );
});
