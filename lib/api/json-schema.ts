import * as z from 'zod/mini';
import { type JsonSchema, jsonSchema } from '#/lib/api/schema.ts';

/** `input`: what a client sends. `output`: what it is answered. */
export type Direction = 'input' | 'output';

export type SchemaWriter = {
  /** The schema in JSON Schema; what has a name stands there as a reference to it. */
  write(schema: z.ZodMiniType, direction: Direction): JsonSchema;
  /** The named ones that were written until now, in the order of their names. */
  named(): Record<string, JsonSchema>;
};

const namesPath = '#/components/schemas/';

/** Writes zod schemas as the JSON Schema of an OpenAPI document; `records` gives some of them names. */
export function openSchemaWriter(records: Readonly<Record<string, z.ZodMiniType>>): SchemaWriter {
  const names = z.registry<{ id: string }>();
  for (const [id, record] of Object.entries(records)) names.add(record, { id });
  const found = new Map<string, JsonSchema>();

  function keep(name: string, schema: JsonSchema): void {
    const known = found.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(
        `"${name}" is sent otherwise than it is answered: give what is sent a schema of its own`,
      );
    }
    found.set(name, schema);
  }

  return {
    write(schema, direction) {
      // As a list's item, so that a record which is the whole answer becomes a reference like any other.
      const list = z.toJSONSchema(z.array(schema), {
        metadata: names,
        io: direction,
        override: ({ zodSchema, jsonSchema: written }) => {
          const description = z.globalRegistry.get(zodSchema)?.description;
          if (description !== undefined) written.description = description;
          tidy(written, direction);
        },
      });
      const { items, $defs } = z
        .looseObject({ items: jsonSchema, $defs: z.optional(definitions) })
        .parse(list);
      for (const [name, definition] of Object.entries($defs ?? {})) keep(name, pointed(definition));
      return pointed(items);
    },
    named: () => Object.fromEntries([...found].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}

const definitions = z.record(z.string(), jsonSchema);
/** Formats that say by themselves what zod's pattern says once more. */
const formats = new Set(['uuid', 'date-time', 'date', 'email', 'uri']);

/** Leaves out what tells a reader nothing, and what an answer may not promise: that it will never have more fields. */
function tidy(schema: Record<string, unknown>, direction: Direction): void {
  if (typeof schema.format === 'string' && formats.has(schema.format)) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (direction === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
}

/** The same schema with its references into the document's components; names as `sentAt` and `waitingSince` are moments. */
function pointed(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value: unknown) => {
    if (key === '~standard' || key === '$schema') return undefined;
    if (key === '$ref' && typeof value === 'string') return value.replace('#/$defs/', namesPath);
    return /(?:At|Since|Until)$|^at$/.test(key) && isPlainText(value)
      ? { ...value, format: 'date-time' }
      : value;
  });
  return jsonSchema.parse(JSON.parse(text));
}

function isPlainText(value: unknown): value is { type: unknown } {
  if (typeof value !== 'object' || value === null || !('type' in value) || 'format' in value) return false;
  return value.type === 'string' || (Array.isArray(value.type) && value.type.includes('string'));
}
