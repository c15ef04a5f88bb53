import { between, pick } from '#/bench/random.ts';
import type { JsonSchema } from '#/lib/api/schema.ts';

/** What values are made from: the document's named schemas, and what is known of the running system. */
export type Maker = {
  random: () => number;
  named: Readonly<Record<string, JsonSchema>>;
  /** Ids that answers named so, such as `ticketId`. */
  known(name: string): readonly string[];
  /** What no schema can say how to make, such as a signed token; undefined for everything else. */
  special(name: string): unknown;
};

const depthMax = 6;

/** A value that the schema allows, as far as a schema says it. */
export function sampleOf(schema: JsonSchema, maker: Maker, name = '', depth = 0): unknown {
  const { random } = maker;
  const special = maker.special(name);
  if (special !== undefined && random() < 0.8) return special;
  if (schema.$ref !== undefined) return sampleOf(maker.named[nameIn(schema.$ref)] ?? {}, maker, name, depth);
  const options = schema.oneOf ?? schema.anyOf;
  if (options !== undefined && options.length > 0) return sampleOf(pick(random, options), maker, name, depth);
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined && schema.enum.length > 0) return pick(random, schema.enum);
  const type = Array.isArray(schema.type) ? pick(random, schema.type) : schema.type;
  switch (type) {
    case 'string':
      return textOf(schema, maker, name);
    case 'integer':
    case 'number':
      return numberOf(schema, random, type === 'integer');
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    case 'array':
      return listOf(schema, maker, name, depth);
    case 'object':
      return objectOf(schema, maker, depth);
    default:
      return pick(random, [null, 1, 'x', true, {}]);
  }
}

function objectOf(schema: JsonSchema, maker: Maker, depth: number): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const entries = Object.entries(properties)
    .filter(([name]) => required.includes(name) || (depth < depthMax && maker.random() < 0.4))
    .map(([name, each]): [string, unknown] => [name, sampleOf(each, maker, name, depth + 1)]);
  if (typeof additionalProperties === 'object' && maker.random() < 0.5) {
    entries.push(['plan', sampleOf(additionalProperties, maker, '', depth + 1)]);
  }
  return Object.fromEntries(entries);
}

function listOf(schema: JsonSchema, maker: Maker, name: string, depth: number): unknown[] {
  const { items, minItems = 0, maxItems = minItems + 3 } = schema;
  const count = Math.min(maxItems, minItems + Math.floor(maker.random() * 3));
  const item = typeof items === 'object' ? items : {};
  // `tagIds` is a list of what is named `tagId` elsewhere.
  return Array.from({ length: count }, () => sampleOf(item, maker, name.replace(/s$/, ''), depth + 1));
}

function numberOf(schema: JsonSchema, random: () => number, isWhole: boolean): number {
  const min = schema.minimum ?? (schema.exclusiveMinimum === undefined ? 0 : schema.exclusiveMinimum + 1);
  const max =
    schema.maximum ?? (schema.exclusiveMaximum === undefined ? min + 50 : schema.exclusiveMaximum - 1);
  const value = pick(random, [min, max, between(random, min, max)]);
  return isWhole ? Math.floor(value) : value;
}

const words = ['Where', 'is', 'my', 'order', '1042', 'Grüße', 'مرحبا', '注文', '👩‍👩‍👧', '<b>', '$1', 'null'];

function textOf(schema: JsonSchema, maker: Maker, name: string): string {
  const { random } = maker;
  switch (schema.format) {
    case 'uuid': {
      const known = maker.known(name);
      return known.length > 0 && random() < 0.75 ? pick(random, known) : idFrom(random);
    }
    case 'date-time':
      return new Date(Math.floor(between(random, 0, 2_000_000_000_000))).toISOString();
    case 'email':
      return `${idFrom(random)}@example.com`;
    case 'uri':
      return pick(random, ['https://example.com/hook', 'http://127.0.0.1:5432/', 'https://[::1]/']);
    default:
      return ordinaryText(schema, random);
  }
}

function ordinaryText({ pattern, minLength = 0, maxLength = 80 }: JsonSchema, random: () => number): string {
  const text = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(random, words)).join(' ');
  const fitting = text.padEnd(minLength, 'x').slice(0, Math.max(minLength, Math.min(maxLength, 200)));
  if (pattern === undefined) return fitting;
  const tries = [fitting, 'x', 'abc', '1', '+493012345678', '09:00', 'wk_demo12345', '"1"', '1.2'];
  return tries.find((each) => new RegExp(pattern).test(each)) ?? fitting;
}

/** A new UUIDv7 that is the same for the same seed. */
export function idFrom(random: () => number): string {
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
  const atMs = Date.UTC(2026, 0, 1) + Math.floor(random() * 1e9);
  const time = atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digits(3)}-8${digits(3)}-${digits(12)}`;
}

export function nameIn(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** Texts that have broken something somewhere. */
export const hostileTexts: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\u202egnp.exe',
  '\u0300'.repeat(500),
  'x'.repeat(10_001),
  '𝕏'.repeat(6_000),
  "'; drop table tickets; --",
  '") or 1=1 --',
  '%',
  '_%\\',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant to stand there.
  '${7*7}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  'null',
  'NaN',
  '1e309',
  '-0',
  '1',
  'true',
  '[object Object]',
  '__proto__',
  '2026-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '9999999-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '2026-01-01',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'İstanbul',
  'javascript:alert(1)',
];

const hostileNumbers = [-1, 0, 0.5, 101, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308];
/** Columns, and names that every object has: none of them may be written by naming it. */
const foreignNames = [
  'id',
  'role',
  'number',
  'version',
  'seq',
  'publicSeq',
  'position',
  'ordinal',
  'isExample',
  'passwordHash',
  'tokenHash',
  'createdAt',
  'agentId',
  'customerId',
  'departmentId',
  'sessionVersion',
  '__proto__',
  'constructor',
  'toString',
];

/** The value with something wrong in one place of it. */
export function damaged(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) {
    if (value.length > 0 && random() < 0.6) return damagedAt(value, random);
    return pick<() => unknown>(random, [
      () => Array.from({ length: 10_000 }, () => idFrom(random)),
      () => [...value, ...value],
      () => [...value, null],
      () => wrong(random),
    ])();
  }
  if (typeof value !== 'object' || value === null) return wrong(random);
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0 || random() < 0.25) {
    return Object.fromEntries([...entries, [pick(random, foreignNames), wrong(random)]]);
  }
  const chosen = Math.floor(random() * entries.length);
  if (random() < 0.2) return Object.fromEntries(entries.toSpliced(chosen, 1));
  return Object.fromEntries(
    entries.map(([name, each], index) => [name, index === chosen ? damaged(each, random) : each]),
  );
}

function damagedAt(list: readonly unknown[], random: () => number): unknown[] {
  const chosen = Math.floor(random() * list.length);
  return list.map((each, index) => (index === chosen ? damaged(each, random) : each));
}

function wrong(random: () => number): unknown {
  return pick<() => unknown>(random, [
    () => pick(random, hostileTexts),
    () => pick(random, hostileNumbers),
    () => null,
    () => random() < 0.5,
    () => [],
    () => ({}),
    () => [[[[{}]]]],
    () => nested(30),
    () => idFrom(random),
  ])();
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}
