import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldGroupsOf, typeWords } from '#/components/api-docs/fields.ts';
import type { JsonSchema } from '#/lib/api/schema.ts';

const row = (name: string, type: string, isRequired = false) => ({
  name,
  type,
  isRequired,
  references: [],
  says: [],
});

describe('the table of fields', () => {
  test('names a field of a field with a dot and one of a list’s items with brackets', () => {
    const schema: JsonSchema = {
      type: 'object',
      required: ['message'],
      properties: {
        message: { type: 'object', properties: { text: { type: 'string', maxLength: 10_000 } } },
        tags: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
      },
    };
    expect(fieldGroupsOf(schema)).toEqual([
      [
        row('message', 'object', true),
        row('message.text', 'text, at most 10,000 characters'),
        row('tags', 'list of object'),
        row('tags[].name', 'text'),
      ],
    ]);
  });

  test('shows each shape of a body that has several, and a field of several shapes once', () => {
    const shape = (name: string): JsonSchema => ({
      type: 'object',
      properties: { [name]: { type: 'boolean' } },
    });
    expect(fieldGroupsOf({ anyOf: [shape('one'), shape('other')] })).toHaveLength(2);
    const inner = fieldGroupsOf({
      type: 'object',
      properties: { value: { oneOf: [shape('same'), shape('same'), { type: 'null' }] } },
    });
    expect(inner.flat().map(({ name }) => name)).toEqual(['value', 'value.same']);
  });

  test('leads to a named record instead of repeating it', () => {
    const [rows = []] = fieldGroupsOf({
      type: 'object',
      properties: {
        ticket: { anyOf: [{ $ref: '#/components/schemas/Ticket' }, { type: 'null' }] },
      },
    });
    expect(rows).toEqual([{ ...row('ticket', 'Ticket or null'), references: ['Ticket'] }]);
  });
});

describe('a type in words', () => {
  test.each<[JsonSchema, string]>([
    [{ type: 'string', format: 'uuid' }, 'UUID'],
    [{ type: 'string', format: 'date-time' }, 'time'],
    [{ type: ['string', 'null'] }, 'text or null'],
    [{ type: ['string', 'null'], maxLength: 35 }, 'text, at most 35 characters, or null'],
    [{ type: 'integer', minimum: 1, maximum: 100 }, 'whole number, 1 to 100'],
    [{ type: 'integer', exclusiveMinimum: 0 }, 'whole number, 1 or more'],
    [{ type: 'string', enum: ['open', 'closed'] }, '"open" or "closed"'],
    [{ const: true }, 'true'],
    [{ type: 'array', items: { type: 'string' }, maxItems: 20 }, 'list of text, at most 20'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'values by name: number'],
    [{}, 'anything'],
  ])('%j is %s', (schema, wanted) => {
    expect(typeWords(schema)).toBe(wanted);
  });

  test('is said of every schema, however deep', () => {
    const { tree } = fc.letrec<{ tree: JsonSchema }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<JsonSchema>(
          { type: 'string' },
          { type: 'null' },
          {},
          { $ref: '#/components/schemas/A' },
        ),
        fc.record({ type: fc.constant('array'), items: tie('tree') }),
        fc.record({ anyOf: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ type: fc.constant('object'), properties: fc.dictionary(fc.string(), tie('tree')) }),
      ),
    }));
    fc.assert(
      fc.property(tree, (schema) => {
        expect(typeWords(schema)).not.toBe('');
        for (const each of fieldGroupsOf(schema).flat()) expect(each.type).not.toBe('');
      }),
    );
  });
});
