import { expect, test } from 'vitest';
import { lineProblemIn, originsOf } from '#/components/settings/origin-lines.ts';

test('origins may stand on lines, after commas or spaces', () => {
  expect(originsOf('https://a.test\n\n https://b.test, https://c.test ')).toEqual([
    'https://a.test',
    'https://b.test',
    'https://c.test',
  ]);
});

test('what is no origin is named by its line, with what to write instead where that can be told', () => {
  expect(lineProblemIn('https://a.test\nhttp://localhost:3000\n')).toBeNull();
  expect(lineProblemIn('https://a.test\nhttps://a.test/cart?x=1')).toBe(
    'Line 2: write https://a.test instead of https://a.test/cart?x=1.',
  );
  expect(lineProblemIn('shop.example')).toBe('Line 1: write https://shop.example instead of shop.example.');
  expect(lineProblemIn('my shop')).toMatch(/^Line 1: “my” is not a site’s address/);
});
