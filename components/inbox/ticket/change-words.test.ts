import { expect, test } from 'vitest';
import { changeWords } from '#/components/inbox/ticket/change-words.ts';
import type { Change } from '#/lib/messages/schema.ts';

const ana = { kind: 'agent', id: 'a', name: 'Ana' } as const;
const maya = { kind: 'customer', id: 'c', name: null } as const;
const system = { kind: 'system' } as const;
const now = Date.parse('2026-05-06T08:00:00Z');
const words = (change: Change, sender: Parameters<typeof changeWords>[1] = ana) =>
  changeWords(change, sender, now, 'UTC');

test('a status is told by what happened', () => {
  expect(words({ field: 'status', from: 'open', to: 'resolved' })).toBe('Ana resolved this');
  expect(words({ field: 'status', from: 'resolved', to: 'open' }, 'me')).toBe('You reopened this');
  expect(words({ field: 'status', from: 'resolved', to: 'open' }, maya)).toBe(
    'Open again: The customer replied',
  );
  expect(words({ field: 'status', from: 'open', to: 'snoozed', until: '2026-05-11T09:00:00.000Z' })).toBe(
    'Ana snoozed this until Monday 09:00',
  );
  expect(words({ field: 'status', from: 'snoozed', to: 'open', reason: 'snooze_ended' }, system)).toBe(
    'Woke up: the snooze ended',
  );
  expect(words({ field: 'status', from: 'snoozed', to: 'open', reason: 'customer_replied' }, maya)).toBe(
    'Woke up: The customer replied',
  );
  expect(words({ field: 'status', from: 'open', to: 'pending' })).toBe(
    'Ana changed status from Open to Pending',
  );
});

test('assignment says who took it and who was given it', () => {
  expect(words({ field: 'assignee', from: null, to: { id: 'a', name: 'Ana' } })).toBe('Ana took this');
  expect(words({ field: 'assignee', from: null, to: { id: 'b', name: 'Ben' } })).toBe(
    'Ana assigned this to Ben',
  );
  expect(words({ field: 'assignee', from: { id: 'b', name: 'Ben' }, to: null })).toBe('Ana unassigned Ben');
});

test('tags are told by what came and what went', () => {
  const tag = (name: string) => ({ id: name, name });
  expect(words({ field: 'tags', from: [tag('Bug')], to: [tag('Refund'), tag('VIP')] })).toBe(
    'Ana added Refund and VIP, removed Bug',
  );
  expect(words({ field: 'tags', from: [tag('Bug')], to: [] })).toBe('Ana removed Bug');
});

test('a rating says how it was, in words and numbers', () => {
  expect(words({ field: 'rating', from: null, to: 4, comment: null }, maya)).toBe(
    'The customer rated this good (4 of 5)',
  );
  expect(words({ field: 'rating', from: 4, to: 1, comment: 'It broke' }, maya)).toBe(
    'The customer changed the rating to terrible (1 of 5): “It broke”',
  );
});

test('a merge says which way it went', () => {
  const ticket = { id: 't', number: 981, subject: 'Late parcel' };
  expect(words({ field: 'merge', role: 'target', ticket, isUndone: false })).toBe(
    'Ana merged #981 “Late parcel” into this',
  );
  expect(words({ field: 'merge', role: 'source', ticket, isUndone: false })).toBe(
    'Ana merged this into #981 “Late parcel”',
  );
  expect(words({ field: 'merge', role: 'target', ticket, isUndone: true })).toBe(
    'Ana took the merge with #981 back',
  );
});

test('a custom field is told by its label, yes and no in words', () => {
  expect(words({ field: 'fields', key: 'vip', label: 'VIP', from: null, to: true })).toBe(
    'Ana set VIP to yes',
  );
  expect(words({ field: 'fields', key: 'vip', label: 'VIP', from: true, to: null })).toBe('Ana emptied VIP');
});
