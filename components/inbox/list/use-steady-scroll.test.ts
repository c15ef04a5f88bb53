import { expect, test } from 'vitest';
import { hasMovedItself } from '#/components/inbox/list/use-steady-scroll.ts';

test('a row that others came or went above was pushed, one that passed several has moved', () => {
  const before = ['a', 'b', 'c', 'd', 'e'];
  expect(hasMovedItself('c', before, ['new', ...before])).toBe(false);
  expect(hasMovedItself('c', before, ['b', 'c', 'd', 'e'])).toBe(false);
  expect(hasMovedItself('c', before, ['a', 'c', 'd', 'e', 'b'])).toBe(false);
  expect(hasMovedItself('a', before, ['b', 'c', 'd', 'a', 'e'])).toBe(true);
});
