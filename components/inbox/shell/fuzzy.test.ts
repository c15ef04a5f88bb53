import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzyMatch, fuzzySort } from '#/components/inbox/shell/fuzzy.ts';

const words = [
  'Assign to me',
  'Assign to…',
  'Unassign',
  'Resolve',
  'Resolve and go to the next',
  'Priority…',
];
const find = (typed: string) => fuzzySort(words, typed, (text) => text);

test('what begins a word comes before what stands inside one, and the shorter before the longer', () => {
  expect(find('res')).toEqual(['Resolve', 'Resolve and go to the next']);
  expect(find('assign')).toEqual(['Assign to…', 'Assign to me', 'Unassign']);
  expect(find('next')).toEqual(['Resolve and go to the next']);
  expect(fuzzySort(['Priority: High', 'Priority…'], 'priority', (text) => text)[0]).toBe('Priority…');
});

test('words may come in any order, shortened, without accents, as initials, and with letters left out', () => {
  expect(find('me assign')).toEqual(['Assign to me']);
  expect(find('atm')[0]).toBe('Assign to me');
  expect(find('prty')).toEqual(['Priority…']);
  expect(fuzzyMatch('Zoë Müller', 'zoe mul')).not.toBeNull();
  expect(find('resolve everything')).toEqual([]);
});

test('nothing typed leaves all as it is; anything finds itself', () => {
  expect(find('  ')).toEqual(words);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      expect(fuzzySort([text], text, (each) => each)).toEqual([text]);
    }),
  );
});
