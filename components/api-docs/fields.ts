import type { JsonSchema } from '#/lib/api/schema.ts';

/** One line of a table of fields. A field of a field is named with a dot, one of a list's items with brackets. */
export type FieldRow = {
  name: string;
  /** In words: `text, at most 200 characters`. Names that `references` holds stand in it as they are. */
  type: string;
  references: string[];
  isRequired: boolean;
  /** What it means, in lines. */
  says: string[];
};

const depthMax = 4;

/** The fields of a schema; of one with several shapes, those of each shape. */
export function fieldGroupsOf(schema: JsonSchema): FieldRow[][] {
  const shapes = shapesOf(schema);
  return shapes.map((shape) => rowsOf(shape, '', 0)).filter((rows) => rows.length > 0);
}

function shapesOf(schema: JsonSchema): JsonSchema[] {
  const options = schema.oneOf ?? schema.anyOf;
  return options === undefined ? [schema] : options.flatMap(shapesOf);
}

function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix: string, depth: number): FieldRow[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const row: FieldRow = {
      name,
      type: typeWords(schema),
      references: referencesOf(schema),
      isRequired: required.includes(key),
      says: schema.description === undefined ? [] : [schema.description],
    };
    return [row, ...(depth < depthMax ? innerRows(schema, name, depth + 1) : [])];
  });
}

function innerRows(schema: JsonSchema, name: string, depth: number): FieldRow[] {
  const seen = new Set<string>();
  return shapesOf(schema).flatMap((shape) => {
    const item = typeof shape.items === 'object' ? shape.items : null;
    const rows = item === null ? rowsOf(shape, `${name}.`, depth) : innerRows(item, `${name}[]`, depth);
    return rows.filter((row) => !seen.has(row.name) && seen.add(row.name) !== undefined);
  });
}

/** What a value may be, in words. */
export function typeWords(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return nameIn(schema.$ref);
  const options = schema.oneOf ?? schema.anyOf;
  if (options !== undefined) return eitherOf([...new Set(options.map(typeWords))]);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (Array.isArray(schema.type)) {
    return eitherOf(schema.type.map((type) => typeWords({ ...schema, type })));
  }
  switch (schema.type) {
    case 'string':
      return `${stringWords[schema.format ?? ''] ?? 'text'}${lengthWords(schema)}`;
    case 'integer':
      return `whole number${rangeWords(schema)}`;
    case 'number':
      return `number${rangeWords(schema)}`;
    case 'boolean':
      return 'yes or no';
    case 'null':
      return 'null';
    case 'array':
      return typeof schema.items === 'object'
        ? `list of ${typeWords(schema.items)}${itemWords(schema)}`
        : 'list';
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `values by name: ${typeWords(schema.additionalProperties)}`
        : 'object';
    default:
      return 'anything';
  }
}

/** After a bound stands a comma: `text, at most 200 characters, or null`. */
function eitherOf(words: readonly string[]): string {
  return words.reduce((before, word) => `${before}${before.includes(',') ? ',' : ''} or ${word}`);
}

const stringWords: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  'date-time': 'time',
  email: 'e-mail address',
  uri: 'address',
};

function lengthWords({ format, maxLength }: JsonSchema): string {
  return maxLength === undefined || format === 'uuid' ? '' : `, at most ${counted(maxLength)} characters`;
}

function itemWords({ maxItems }: JsonSchema): string {
  return maxItems === undefined ? '' : `, at most ${counted(maxItems)}`;
}

function rangeWords({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const from = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  if (from === undefined) return maximum === undefined ? '' : `, at most ${counted(maximum)}`;
  return maximum === undefined ? `, ${counted(from)} or more` : `, ${counted(from)} to ${counted(maximum)}`;
}

function counted(value: number): string {
  return value.toLocaleString('en-GB');
}

function referencesOf(schema: JsonSchema): string[] {
  const inner = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  if (typeof schema.items === 'object') inner.push(schema.items);
  if (typeof schema.additionalProperties === 'object') inner.push(schema.additionalProperties);
  const own = schema.$ref === undefined ? [] : [nameIn(schema.$ref)];
  return [...new Set([...own, ...inner.flatMap(referencesOf)])];
}

function nameIn(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
