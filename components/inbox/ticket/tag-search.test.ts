import { expect, test } from 'vitest';
import { rarestColor, tagOptions } from '#/components/inbox/ticket/tag-search.ts';

const tags = [
  { id: '1', name: 'Refund', color: 'red' as const },
  { id: '2', name: 'late refund', color: 'orange' as const },
  { id: '3', name: 'VIP', color: 'yellow' as const },
];
const shown = (query: string) =>
  tagOptions(tags, query).map((option) => (option.kind === 'tag' ? option.tag.name : `+${option.name}`));

test('tags that begin with what was typed come first; a name that nobody has can be made', () => {
  expect(shown('ref')).toEqual(['Refund', 'late refund', '+ref']);
  expect(shown('refund')).toEqual(['Refund', 'late refund']);
  expect(shown(' vip ')).toEqual(['VIP']);
  expect(shown('Big   order')).toEqual(['+Big order']);
  expect(shown('')).toEqual(['late refund', 'Refund', 'VIP']);
  expect(shown('x'.repeat(41))).toEqual([]);
});

test('a new tag gets a colour that the fewest have', () => {
  expect(rarestColor(tags)).toBe('green');
  expect(rarestColor([])).toBe('red');
});
