import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupHits, markedParts } from '#/components/inbox/search/hit-groups.ts';
import type { SearchHit } from '#/lib/search/schema.ts';

const hit = (ticket: string, seq: number | null): SearchHit => ({
  ticket: {
    id: ticket,
    number: 1,
    subject: '',
    status: 'open',
    customer: { id: '', name: null, email: null },
  },
  match: seq === null ? 'subject' : 'message',
  conversationId: seq === null ? null : `c-${ticket}`,
  seq,
  at: '2026-05-01T10:00:00.000Z',
  snippet: { text: '', marks: [] },
});

test('a ticket stands where its newest hit stands, with each of its entries once', () => {
  const groups = groupHits([
    hit('a', 9),
    hit('b', 4),
    hit('a', 3),
    hit('a', null),
    hit('b', 4),
    hit('c', null),
  ]);
  expect(groups.map(({ ticket }) => ticket.id)).toEqual(['a', 'b', 'c']);
  expect(groups.map(({ entries }) => entries.map(({ seq }) => seq))).toEqual([[9, 3], [4], []]);
  expect(groups.map(({ own }) => own !== null)).toEqual([true, false, true]);
});

test('the parts of a snippet are the snippet, whatever the marks are', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(fc.tuple(fc.integer({ min: -2, max: 70 }), fc.integer({ min: -2, max: 70 }))),
      (text, marks) => {
        const parts = markedParts({ text, marks });
        expect(parts.map((part) => part.text).join('')).toBe(text);
        expect(parts.every((part) => part.text !== '')).toBe(true);
      },
    ),
  );
});
