import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mismatchOf } from '#/bench/api-fuzz/conformance.ts';
import { damaged, sampleOf } from '#/bench/api-fuzz/values.ts';
import { randomFrom } from '#/bench/random.ts';
import type { JsonSchema } from '#/lib/api/schema.ts';

const named: Record<string, JsonSchema> = {
  Person: {
    type: 'object',
    required: ['id', 'name'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      name: { type: ['string', 'null'], maxLength: 200 },
      kind: { type: 'string', enum: ['a', 'b'] },
      seenAt: { type: 'string', format: 'date-time' },
      friends: { type: 'array', items: { $ref: '#/components/schemas/Friend' }, maxItems: 3 },
    },
  },
  Friend: { type: 'object', properties: { age: { type: 'integer', minimum: 0, maximum: 120 } } },
};
const person: JsonSchema = { $ref: '#/components/schemas/Person' };
const maker = (seed: number) => ({
  random: randomFrom(seed),
  named,
  known: () => [],
  special: () => undefined,
});

describe('whether an answer is as the document has it', () => {
  test.each<[unknown, string | null]>([
    [{ id: '01992a10-7c1e-7000-8000-000000000001', name: null }, null],
    [{ id: 'x', name: null }, '.id: is no UUID'],
    [{ name: 'Ada' }, '.id: is missing'],
    [{ id: '01992a10-7c1e-7000-8000-000000000001', name: 1 }, '.name: is integer instead of string or null'],
    [
      { id: '01992a10-7c1e-7000-8000-000000000001', name: 'Ada', secret: 1 },
      '.secret: is not in the document',
    ],
    [
      { id: '01992a10-7c1e-7000-8000-000000000001', name: 'Ada', friends: [{ age: 'old' }] },
      '.friends[0].age: is string instead of integer',
    ],
    [[], ': is array instead of object'],
  ])('%j: %s', (value, wanted) => {
    expect(mismatchOf(value, person, named)).toBe(wanted);
  });

  test('what is asked for in part may be missing, and may not be wrong', () => {
    expect(mismatchOf({ name: 'Ada' }, person, named, true)).toBeNull();
    expect(mismatchOf({ name: 7 }, person, named, true)).not.toBeNull();
  });
});

describe('what the fuzz sends', () => {
  test('is as the document has it, when it is meant well', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(mismatchOf(sampleOf(person, maker(seed)), person, named)).toBeNull();
      }),
    );
  });

  test('is mostly wrong somewhere, when it is damaged, and always can be sent', () => {
    const seeds = Array.from({ length: 500 }, (_, index) => index);
    const wrong = seeds.filter((seed) => {
      const value = damaged(sampleOf(person, maker(seed)), randomFrom(seed));
      expect(() => JSON.stringify(value)).not.toThrow();
      return mismatchOf(value, person, named) !== null;
    });
    expect(wrong.length).toBeGreaterThan(300);
  });

  test('is the same for the same seed', () => {
    expect(sampleOf(person, maker(7))).toEqual(sampleOf(person, maker(7)));
  });
});
