import { expect, test } from 'vitest';
import { placeBubbles } from '#/components/conversation/grouping.ts';
import type { Bubble } from '#/lib/sync/conversation.ts';

let count = 0;
function make(more: Partial<Bubble>): Bubble {
  count += 1;
  return {
    id: String(count),
    kind: 'reply',
    sender: 'me',
    text: 'Hello',
    change: null,
    sentAt: new Date(2026, 10, 22, 9, 0).toISOString(),
    order: count,
    publicOrder: count,
    state: 'sent',
    failure: null,
    isMine: true,
    ...more,
  };
}
const ana = { sender: { kind: 'agent', id: 'a', name: 'Ana' } as const, isMine: false };
const ben = { sender: { kind: 'agent', id: 'b', name: 'Ben' } as const, isMine: false };
const shape = (bubbles: Bubble[]) => placeBubbles(bubbles).map(({ isFirst, isLast }) => [isFirst, isLast]);

test('a run of one person has one beginning and one tail', () => {
  expect(shape([make({}), make({}), make(ana), make(ben)])).toEqual([
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ]);
});

test('five quiet minutes, a note or an event end a run', () => {
  const later = new Date(2026, 10, 22, 9, 6).toISOString();
  expect(shape([make({}), make({ sentAt: later })])).toEqual([
    [true, true],
    [true, true],
  ]);
  expect(shape([make(ana), make({ ...ana, kind: 'note' }), make(ana)]).every(([a, b]) => a && b)).toBe(true);
});

test('what is on its way joins the run before it', () => {
  expect(shape([make({}), make({ sentAt: null, order: null, state: 'sending' })])).toEqual([
    [true, false],
    [false, true],
  ]);
});

test('each day is told once, at its first entry', () => {
  const yesterday = new Date(2026, 10, 21, 23, 59).toISOString();
  const days = placeBubbles([make({ sentAt: yesterday }), make({}), make({})]).map(
    ({ dayAt }) => dayAt !== null,
  );
  expect(days).toEqual([true, true, false]);
});
