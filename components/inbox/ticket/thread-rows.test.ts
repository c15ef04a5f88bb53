import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeThread, type ThreadRow } from '#/components/inbox/ticket/thread-rows.ts';
import type { ThreadBubble } from '#/lib/sync/thread.ts';

const startedAt = '2026-05-03T12:00:00.000Z';
const noon = Date.UTC(2026, 4, 3, 12);
let made = 0;
function entry(kind: ThreadBubble['kind'], minute: number, over: Partial<ThreadBubble> = {}): ThreadBubble {
  made += 1;
  return {
    id: `e${made}`,
    kind,
    sender: { kind: 'agent', id: 'a', name: 'Ana' },
    text: '',
    change: null,
    sentAt: new Date(noon + minute * 60_000).toISOString(),
    order: made,
    publicOrder: null,
    state: 'sent',
    failure: null,
    isMine: false,
    heldUntil: null,
    conversationId: 'c1',
    startedAt: null,
    ...over,
  };
}
const shape = (rows: readonly ThreadRow[]) =>
  rows.map((row) => (row.kind === 'fold' ? `fold ${row.bubbles.length}` : row.kind)).join(', ');

test('three changes in a row are folded, two are told', () => {
  const reply = entry('reply', 0);
  const three = [entry('event', 1), entry('event', 2), entry('event', 3)];
  expect(shape(placeThread([reply, ...three], null))).toBe('day, bubble, fold 3');
  expect(shape(placeThread([reply, ...three.slice(1)], null))).toBe('day, bubble, event, event');
});

test('a rating is never folded, whatever was changed before and after it', () => {
  const rating = entry('event', 4, { change: { field: 'rating', from: null, to: 5, comment: null } });
  const before = [entry('event', 1), entry('event', 2), entry('event', 3)];
  const after = [entry('event', 5), entry('event', 6)];
  expect(shape(placeThread([...before, rating, ...after], null))).toBe('day, fold 3, event, event, event');
});

test('what is new is not folded with what was read', () => {
  const events = [1, 2, 3, 4, 5].map((minute) => entry('event', minute));
  expect(shape(placeThread(events, events[3]?.id ?? ''))).toBe('day, fold 3, new, event, event');
});

test('a day and another conversation each have their line and end what is folded', () => {
  const rows = placeThread(
    [
      ...[1, 2, 3].map((minute) => entry('event', minute)),
      entry('event', 3 * 24 * 60),
      entry('reply', 3 * 24 * 60 + 1, { conversationId: 'c2', startedAt }),
    ],
    null,
  );
  expect(shape(rows)).toBe('day, fold 3, day, event, conversation, bubble');
});

test('a run of one writer ends at a line between two conversations', () => {
  const rows = placeThread([entry('reply', 0), entry('reply', 1, { conversationId: 'c2', startedAt })], null);
  expect(rows).toMatchObject([
    { kind: 'day' },
    { kind: 'bubble', isFirst: true, isLast: true },
    { kind: 'conversation', startedAt },
    { kind: 'bubble', isFirst: true, isLast: true },
  ]);
});

test('what was done on the ticket begins no conversation', () => {
  const rows = placeThread(
    [
      entry('reply', 0, { startedAt }),
      entry('event', 1, { conversationId: 'c2', startedAt }),
      entry('reply', 2, { startedAt }),
      entry('reply', 3, { conversationId: 'c2', startedAt }),
    ],
    null,
  );
  expect(shape(rows)).toBe('day, conversation, bubble, event, bubble, conversation, bubble');
});

test('every entry is shown once, in the order given, and every row has a key of its own', () => {
  const kinds = fc.constantFrom('reply', 'note', 'event');
  const one = fc.tuple(kinds, fc.integer({ min: 0, max: 6_000 }), fc.constantFrom(null, startedAt));
  fc.assert(
    fc.property(fc.array(one), fc.nat(), (seeds, at) => {
      const bubbles = seeds.map(([kind, minute, begun]) => entry(kind, minute, { startedAt: begun }));
      const rows = placeThread(bubbles, bubbles[at % 20]?.id ?? null);
      const shown = rows.flatMap((row) => {
        if (row.kind === 'fold') return row.bubbles;
        return row.kind === 'bubble' || row.kind === 'event' ? [row.bubble] : [];
      });
      expect(shown).toEqual(bubbles);
      expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
    }),
  );
});
