import { expect, test } from 'vitest';
import { refusalWords } from '#/components/inbox/ticket/conflict-words.ts';

const now = Date.parse('2026-05-06T08:00:00Z');
const words = (field: Parameters<typeof refusalWords>[0], by: string | null, value: string | null) =>
  refusalWords(field, { code: 'conflict', reason: 'changed_meanwhile', current: { by, value } }, now, 'UTC');

test('a change that somebody else made first is told with their name and what it is now', () => {
  expect(words('assignee', 'Maria', 'Ben')).toBe('Maria assigned it to Ben a moment ago.');
  expect(words('assignee', 'Maria', 'Maria')).toBe('Maria took it a moment ago.');
  expect(words('assignee', 'Maria', null)).toBe('Maria unassigned it a moment ago.');
  expect(words('status', 'Maria', 'resolved')).toBe('Maria set it to Resolved a moment ago.');
  expect(words('priority', 'Maria', 'urgent')).toBe('Maria set it to Urgent priority a moment ago.');
  expect(words('department', 'Maria', null)).toBe('Maria moved it out of its department a moment ago.');
  expect(words('tags', 'Maria', null)).toBe('Maria changed the tags a moment ago.');
  expect(words('snooze', 'Maria', 'resolved')).toBe('Maria set it to Resolved a moment ago.');
  expect(words('snooze', 'Maria', '2026-05-07T09:00:00.000Z')).toBe(
    'Maria snoozed it until tomorrow 09:00 a moment ago.',
  );
});

test('without a name the sentence is about the ticket', () => {
  expect(words('status', null, 'open')).toBe('It was set to Open a moment ago.');
  expect(words('assignee', null, null)).toBe('It was unassigned a moment ago.');
});

test('any other refusal says what to do', () => {
  expect(refusalWords('status', { code: 'forbidden' }, now, 'UTC')).toContain('not allowed');
});
