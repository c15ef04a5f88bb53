import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyFor, linesOf, typedDefault } from '#/components/settings/field-words.ts';
import { fieldKey } from '#/lib/custom-fields/schema.ts';

describe('a field being made', () => {
  test('gets a key from its name that the server takes, or none', () => {
    expect(keyFor('Größe (cm)')).toBe('grosse_cm');
    expect(keyFor('Order number')).toBe('order_number');
    expect(keyFor('2nd address')).toBe('nd_address');
    expect(keyFor('注文番号')).toBe('');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (label) => {
        const key = keyFor(label);
        expect(key === '' || fieldKey.safeParse(key).success).toBe(true);
      }),
    );
  });

  test('has its choices line by line', () => {
    expect(linesOf(' Pro \n\nBasic\r\n')).toEqual(['Pro', 'Basic']);
  });

  test('has a default of its own type', () => {
    expect(typedDefault('text', ' ')).toBeNull();
    expect(typedDefault('number', '2,5')).toBe(2.5);
    expect(typedDefault('number', 'two')).toBe('two');
    expect(typedDefault('boolean', 'false')).toBe(false);
    expect(typedDefault('date', '2026-01-31')).toBe('2026-01-31');
  });
});
