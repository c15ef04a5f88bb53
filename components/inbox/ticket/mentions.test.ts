import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  matchingPeople,
  mentionAt,
  mentionedIds,
  mentionParts,
  replaceTrigger,
} from '#/components/inbox/ticket/mentions.ts';

const people = [
  { id: 'a', name: 'Ana Silva' },
  { id: 'b', name: 'Ben Weber' },
  { id: 'j', name: 'José O’Neil' },
  { id: 'x', name: 'Ana' },
  { id: 'y', name: 'Ben Weber' },
];
const none = new Set<string>();

test('a mention begins at an @ that stands alone, and goes to the caret', () => {
  expect(mentionAt('Hi @an', 6)).toEqual({ from: 3, to: 6, query: 'an' });
  expect(mentionAt('@', 1)).toEqual({ from: 0, to: 1, query: '' });
  expect(mentionAt('(@Ana Si', 8)).toEqual({ from: 1, to: 8, query: 'Ana Si' });
  expect(mentionAt('mail@example', 12)).toBeNull();
  expect(mentionAt('@ana was here long ago', 22)).toBeNull();
  expect(mentionAt('Hi @an', 2)).toBeNull();
});

test('people are found by the beginning of any word of their name, accents aside', () => {
  const found = (query: string) => matchingPeople(people, query).map(({ id }) => id);
  expect(found('sil')).toEqual(['a']);
  expect(found('jose')).toEqual(['j']);
  expect(found('Ana Si')).toEqual(['a']);
  expect(found('')).toHaveLength(people.length);
  expect(found('zzz')).toEqual([]);
});

test('choosing puts the name in the place of what was typed and goes on behind it', () => {
  const text = 'Ask @an, please';
  expect(replaceTrigger(text, { from: 4, to: 7, query: 'an' }, '@Ana Silva')).toEqual({
    text: 'Ask @Ana Silva , please',
    caret: 15,
  });
  expect(replaceTrigger('@b then', { from: 0, to: 2, query: 'b' }, '@Ben Weber')).toEqual({
    text: '@Ben Weber then',
    caret: 11,
  });
});

test('the note says who is mentioned; a longer name is not its beginning, and a part of a word is nobody', () => {
  expect(mentionedIds('@Ana Silva, look', people, none)).toEqual(['a']);
  expect(mentionedIds('@ana look', people, none)).toEqual(['x']);
  expect(mentionedIds('@Anabel and x@Ana', people, none)).toEqual([]);
  expect(mentionedIds('nobody', people, none)).toEqual([]);
});

test('of two people with one name the picked one is mentioned, without a pick both', () => {
  expect(mentionedIds('@Ben Weber', people, new Set(['y']))).toEqual(['y']);
  expect(mentionedIds('@Ben Weber', people, none)).toEqual(['b', 'y']);
});

test('the parts of any text joined are the text, whatever people are called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: 'grapheme' })), (text, names) => {
      const all = mentionParts(text + names.map((name) => ` @${name}`).join(''), names);
      expect(all.map((part) => part.text).join('')).toBe(text + names.map((name) => ` @${name}`).join(''));
    }),
  );
});
