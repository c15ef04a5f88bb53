import { expect, test } from 'vitest';
import type { TimelineChange } from '#/components/inbox/ports.ts';
import { timelineWords } from '#/components/inbox/ticket/timeline-words.ts';

const now = Date.parse('2026-05-06T08:00:00Z');
const ana = { kind: 'agent', id: 'a', name: 'Ana' } as const;
function words(
  before: Record<string, unknown> | null,
  after: Record<string, unknown>,
  actor: TimelineChange['actor'] = ana,
) {
  const change = { id: '1', at: '', type: 'ticket.changed', actor, before, after };
  return timelineWords(change, now, 'UTC');
}
const what = (...of: Parameters<typeof words>) => words(...of)?.what;

test('a change is told with what it was and what it became', () => {
  expect(words({ priority: 'low' }, { priority: 'urgent' })).toEqual({
    what: 'changed the priority',
    from: 'Low',
    to: 'Urgent',
  });
  expect(words({ assignee: { id: 'b', name: 'Ben' } }, { assignee: { id: 'c', name: 'Cleo' } })).toEqual({
    what: 'changed the assignee',
    from: 'Ben',
    to: 'Cleo',
  });
  expect(
    words({ fields: { label: 'Plan', value: null } }, { fields: { label: 'Plan', value: 'Pro' } }),
  ).toEqual({ what: 'changed Plan', from: null, to: 'Pro' });
});

test('a snooze says until when, and why it ended', () => {
  expect(what({ status: 'open' }, { status: 'snoozed', until: '2026-05-07T09:00:00.000Z' })).toBe(
    'snoozed it until tomorrow 09:00',
  );
  const system = { kind: 'system', id: null, name: null } as const;
  expect(what({ status: 'snoozed' }, { status: 'open', reason: 'snooze_ended' }, system)).toBe(
    'woke it up: the snooze ended',
  );
  expect(what({ status: 'snoozed' }, { status: 'open', reason: 'customer_replied' })).toBe(
    'replied, so it woke up',
  );
});

test('tags and merges are told by what came and what went', () => {
  const tag = { id: 't', name: 'Refund' };
  expect(what({ tags: [] }, { tags: [tag] })).toBe('added Refund');
  const ticket = { id: 'x', number: 981, subject: 'Late' };
  expect(what(null, { merge: { role: 'target', ticket, isUndone: false } })).toBe('merged #981 into it');
  expect(words(null, { merge: { role: 'source', ticket, isUndone: false } })).toMatchObject({ to: '#981' });
  expect(what(null, { merge: { role: 'source', ticket, isUndone: true } })).toBe(
    'took the merge with #981 back',
  );
});

test('a visitor who turned out to be somebody is told so', () => {
  const actor = { kind: 'customer', id: 'c', name: 'Ada' } as const;
  const change = { id: '1', at: '', type: 'customer.merged', actor, before: null, after: null };
  expect(timelineWords(change, now, 'UTC')?.what).toBe('signed in on your site');
});

test('a rating is told with its words, and what it was before', () => {
  const maya = { kind: 'customer', id: 'm', name: 'Maya' } as const;
  expect(what({ rating: null }, { rating: 5, comment: 'Quick' }, maya)).toBe(
    'rated this great (5 of 5): “Quick”',
  );
  expect(what({ rating: 5 }, { rating: 2 }, maya)).toBe('changed the rating to bad (2 of 5)');
  expect(what({ rating: 2 }, { rating: 2, comment: 'Slow' }, maya)).toBe(
    'added to the rating bad (2 of 5): “Slow”',
  );
});

test('what somebody agreed to stands where they opened the ticket', () => {
  const opened = (after: Record<string, unknown>) =>
    timelineWords({ id: '1', at: '', type: 'ticket.created', actor: ana, before: null, after }, now, 'UTC')
      ?.what;
  expect(opened({ consent: { text: 'I agree', url: null } })).toBe('opened the ticket and agreed: “I agree”');
  expect(opened({ subject: 'Help' })).toBe('opened the ticket');
});

test('what a newer server records is left out, not told wrongly', () => {
  expect(words(null, { brandNew: 1 })).toBeNull();
  expect(what({ tags: 'x' }, { tags: 3 })).toBe('changed the tags');
});
