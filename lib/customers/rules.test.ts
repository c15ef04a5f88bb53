import { describe, expect, test } from 'vitest';
import { areAttributesOverfull } from '#/lib/customers/rules.ts';

const numbered = (count: number, value: string | null) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, value]));

describe('a customer’s attributes', () => {
  test('are a hundred at most, not counting those that go', () => {
    expect(areAttributesOverfull(numbered(100, 'x'))).toBe(false);
    expect(areAttributesOverfull(numbered(101, 'x'))).toBe(true);
    expect(areAttributesOverfull(numbered(500, null))).toBe(false);
  });

  test('are bounded in bytes, not in characters', () => {
    expect(areAttributesOverfull(numbered(40, 'x'.repeat(390)))).toBe(false);
    expect(areAttributesOverfull(numbered(40, 'é'.repeat(390)))).toBe(true);
  });
});
