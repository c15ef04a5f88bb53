import { expect, test } from 'vitest';
import { isAllowEntry, parseAllowList } from '#/lib/outbound/allow-list.ts';

const place = (name: string, address: string, port = 80) => ({ name, address, port });

test.each([
  '10.0.0.1',
  '10.0.0.0/8',
  '10.0.0.0/8:9000',
  '127.0.0.1:3000',
  '::1',
  'fd00::/8',
  '[::1]:80',
  'hooks.internal',
  'hooks:80',
])('%s is an entry', (entry) => expect(isAllowEntry(entry)).toBe(true));

test.each([
  '',
  '*',
  '10.0.0.0/40',
  '10.0.0.0/x',
  '10.0.0.1:0',
  '10.0.0.1:70000',
  'http://hooks',
  'a b',
  '-a',
  '[::1',
  'a/8',
])('“%s” is no entry, and opens nothing', (entry) => {
  expect(isAllowEntry(entry)).toBe(false);
  expect(parseAllowList([entry]).allows(place('a', '10.0.0.1'))).toBe(false);
});

test('a range opens its addresses and no others, and with a port only that one', () => {
  const { allows } = parseAllowList(['10.0.0.0/8', '127.0.0.1:3000', 'fd00::/8']);
  expect(allows(place('x', '10.9.8.7', 1))).toBe(true);
  expect(allows(place('x', '::ffff:10.9.8.7', 1))).toBe(true);
  expect(allows(place('x', 'fd12::1'))).toBe(true);
  expect(allows(place('x', '127.0.0.1', 3000))).toBe(true);
  expect(allows(place('x', '127.0.0.1', 3001))).toBe(false);
  expect(allows(place('x', '11.0.0.1'))).toBe(false);
  expect(allows(place('x', 'not an address'))).toBe(false);
});

test('a name opens whatever it stands for, and no name that only begins or ends like it', () => {
  const { allows } = parseAllowList(['Hooks.internal']);
  expect(allows(place('hooks.internal', '10.0.0.1'))).toBe(true);
  expect(allows(place('evil-hooks.internal', '10.0.0.1'))).toBe(false);
  expect(allows(place('hooks.internal.evil.example', '10.0.0.1'))).toBe(false);
});

test('an empty list opens nothing', () => {
  expect(parseAllowList([]).allows(place('localhost', '127.0.0.1'))).toBe(false);
});
