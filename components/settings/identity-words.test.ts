import { expect, test } from 'vitest';
import { problemWords } from '#/components/settings/identity-words.ts';
import { tokenReasons } from '#/lib/identity/schema.ts';

test('every reason says what is wrong and what to change, and no two say the same', () => {
  const said = tokenReasons.map((reason) => problemWords({ reason, claim: 'x', found: 'y', expected: 'z' }));
  for (const { wrong, change } of said) {
    expect(wrong).toMatch(/^.{10,}\.$/);
    expect(change).toMatch(/^.{10,}\.$/s);
  }
  expect(new Set(said.map(({ wrong }) => wrong)).size).toBe(tokenReasons.length);
});

test('an attribute of the wrong type is told by its custom field', () => {
  const told = (expected: string) =>
    problemWords({ reason: 'attribute_wrong', claim: 'attributes.seats', found: '"five"', expected });
  expect(told('value_not_number')).toEqual({
    wrong: '“attributes.seats” is "five", which does not fit.',
    change: 'Your custom field of this key takes a number: 5, not “5”.',
  });
  expect(told('value').change).toContain('a number, true, false or null');
});
