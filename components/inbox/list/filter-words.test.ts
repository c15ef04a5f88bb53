import { expect, test } from 'vitest';
import {
  chipText,
  filterSummary,
  goneWords,
  partValues,
  spanText,
  viewName,
} from '#/components/inbox/list/filter-words.ts';

const ben = { id: '0198c0de-0000-7000-8000-00000000000b', name: 'Ben Weber' };
const billing = { id: '0198c0de-0000-7000-8000-00000000000d', name: 'Billing' };
const gone = '0198c0de-0000-7000-8000-0000000000ff';
const plan = {
  id: '0198c0de-0000-7000-8000-0000000000f1',
  subject: 'customer' as const,
  key: 'since',
  label: 'Customer since',
  type: 'date' as const,
  options: [],
  defaultValue: null,
  position: 0,
  isArchived: false,
};
const people = { agents: [ben], departments: [billing], tags: [], fields: [plan] };
const reading = {
  me: { id: '0198c0de-0000-7000-8000-00000000000a' },
  now: Date.parse('2026-11-22T16:00:00Z'),
  zone: 'UTC',
  customers: new Map([['c', { name: 'Maya Okafor', email: null }]]),
};

test('conditions are told in the names that people know, and say so when somebody or something is gone', () => {
  const words = (filter: Parameters<typeof partValues>[1], part: Parameters<typeof partValues>[0]) =>
    partValues(part, filter, people, reading);
  expect(words({ assignee: ['me', 'none', ben.id, gone] }, 'assignee')).toEqual([
    'Me',
    'Unassigned',
    'Ben Weber',
    'Somebody who left',
  ]);
  expect(words({ department: [billing.id, gone] }, 'department')).toEqual(['Billing', 'One that is gone']);
  expect(words({ customer: 'c' }, 'customer')).toEqual(['Maya Okafor']);
  expect(words({ waitingMinutes: 90 }, 'waiting')).toEqual(['over 1 h 30 min']);
  const fields = [{ subject: 'customer' as const, key: 'since', is: '2026-03-01' }];
  expect(words({ fields }, 'field:customer.since')).toEqual(['1 Mar']);
});

test('a range of days is told with its last day, not the moment after it', () => {
  const days = (createdFrom: string | null, createdTo: string | null) =>
    partValues('created', { createdFrom, createdTo }, people, reading);
  expect(days('2026-11-01T00:00:00.000Z', '2026-11-08T00:00:00.000Z')).toEqual(['1 Nov – 7 Nov']);
  expect(days('2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z')).toEqual(['1 Nov']);
  expect(days('2026-11-01T00:00:00.000Z', null)).toEqual(['since 1 Nov']);
  expect(days(null, '2026-11-02T00:00:00.000Z')).toEqual(['until 1 Nov']);
});

test('a chip names two values and counts the rest', () => {
  expect(chipText('Status', ['Open', 'Pending', 'Snoozed', 'Closed'])).toBe('Status: Open, Pending +2');
  expect(chipText('Status', [])).toBe('Status: any');
});

test('a whole filter is one sentence', () => {
  expect(filterSummary({ status: ['open'], assignee: ['me'] }, people, reading)).toBe(
    'Status: Open · Assignee: Me',
  );
  expect(filterSummary({}, people, reading)).toBe('Every ticket that you may see');
});

test('a broken view says what is missing', () => {
  expect(goneWords(['department', 'tag'])).toBe('a department and a tag');
  expect(goneWords([])).toBe('something');
});

test('a view is called by its own name, and by none when it is gone', () => {
  const catalogue = { departments: [billing], views: [] };
  expect(viewName('mine', catalogue)).toBe('Mine');
  expect(viewName(`department:${billing.id}`, catalogue)).toBe('Billing');
  expect(viewName(`saved:${gone}`, catalogue)).toBeNull();
});

test('spans stay exact', () => {
  expect([45, 60, 90, 240, 1_440, 4_320].map(spanText)).toEqual([
    '45 min',
    '1 h',
    '1 h 30 min',
    '4 h',
    '1 d',
    '3 d',
  ]);
});
