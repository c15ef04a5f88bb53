import { expect, test } from 'vitest';
import { moved, ordered } from '#/components/inbox/list/view-order.ts';

test('one view takes another’s place, and the ends are the ends', () => {
  const ids = ['a', 'b', 'c'];
  expect(moved(ids, 'c', 0)).toEqual(['c', 'a', 'b']);
  expect(moved(ids, 'a', 1)).toEqual(['b', 'a', 'c']);
  expect(moved(ids, 'a', 9)).toEqual(['b', 'c', 'a']);
  expect(moved(ids, 'a', -1)).toBe(ids);
  expect(moved(ids, 'gone', 1)).toBe(ids);
});

test('a view that came meanwhile stands behind the wished order', () => {
  const things = ['a', 'new', 'b'].map((id) => ({ id }));
  expect(ordered(things, ['b', 'a']).map(({ id }) => id)).toEqual(['b', 'a', 'new']);
});
