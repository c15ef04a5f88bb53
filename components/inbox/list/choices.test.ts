import { expect, test } from 'vitest';
import { foundChoices, waitingMinutesFor } from '#/components/inbox/list/choices.ts';

const people = ['Zoë Adams', 'Ana Zoric', 'Ben Weber'].map((label) => ({ id: label, label }));
const found = (text: string) => foundChoices(people, text).map(({ label }) => label);

test('names are found by any part, without accents or case, those that begin with it first', () => {
  expect(found('zo')).toEqual(['Zoë Adams', 'Ana Zoric']);
  expect(found('ZOE')).toEqual(['Zoë Adams']);
  expect(found('weber ben')).toEqual(['Ben Weber']);
  expect(found('  ')).toHaveLength(3);
  expect(found('nobody')).toEqual([]);
});

test('a typed number is a waiting time in each unit that it can mean', () => {
  expect(waitingMinutesFor('')).toContain(60);
  expect(waitingMinutesFor('45')).toEqual([45, 2_700, 64_800]);
  expect(waitingMinutesFor('2 hours')).toEqual([120]);
  expect(waitingMinutesFor('3d')).toEqual([4_320]);
  expect(waitingMinutesFor('0')).toEqual([]);
  expect(waitingMinutesFor('soon')).toEqual([]);
});
