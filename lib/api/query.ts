import * as z from 'zod/mini';
import { RefusedError } from '#/lib/errors.ts';

/**
 * What a list of the public API can be asked for: `where`, `order`, `cursor`, `limit`, `include` and `fields`, each from
 * the list's own allow-lists. Pure: text in, what is meant out, or a refusal that names the part that is not understood.
 */

export const fieldTypes = ['id', 'choice', 'text', 'integer', 'boolean', 'time'] as const;
export type FieldType = (typeof fieldTypes)[number];
export const operators = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'contains', 'isNull'] as const;
export type Operator = (typeof operators)[number];

export type FieldSpec = {
  type: FieldType;
  /** Of a choice. */
  values?: readonly string[];
  isNullable?: boolean;
  /** Fewer than its type has. */
  operators?: readonly Operator[];
};
/** What one list allows. The names are those of the record's fields. */
export type ListSpec = {
  filterable: Readonly<Record<string, FieldSpec>>;
  /** Of what is never null; ties are broken by id. Empty where there is nothing to order: counts and single records. */
  orderable: readonly string[];
  defaultOrder: string;
  includable: readonly string[];
  /** Fields that `fields` may name. */
  selectable: readonly string[];
};

export type Scalar = string | number | boolean;
export type Condition = { field: string; operator: Operator; value: Scalar | readonly Scalar[] };
/** Where a page ended: the order's value as the database writes it, and the id that breaks ties. */
export type Position = { key: string; id: string };
/** `bound` names the list that a cursor is of; with another one it does not open. */
export type Cursors = {
  seal(position: Position, bound: string): string;
  open(text: string, bound: string): Position | null;
};

/** What a request asks for, understood. */
export type Asked = {
  where: readonly Condition[];
  order: { field: string; isDescending: boolean };
  limit: number;
  /** Where the page before ended; null for the first. */
  after: Position | null;
  include: ReadonlySet<string>;
  /** Null: all of them. */
  fields: ReadonlySet<string> | null;
  /** The cursor for what follows this position. */
  cursorAfter(position: Position): string;
};

export const pageItemsMax = 100;
export const pageItemsDefault = 50;
export const conditionsMax = 20;
export const valuesMax = 100;
const textCharsMax = 500;
const namesCharsMax = 1_000;
/** An id from outside, in the letters that PostgreSQL answers it in, since records are looked up by it. */
export const apiId = z.uuid().check(z.toLowerCase());

const whereText = z.optional(z.string().check(z.maxLength(6_000))).register(z.globalRegistry, {
  description:
    'Conditions as JSON, all of which hold: `{"status":"open","createdAt":{"gte":"2026-11-01T00:00:00Z"}}`.',
});
const includeText = z.optional(z.string().check(z.maxLength(namesCharsMax))).register(z.globalRegistry, {
  description: 'Related records to answer along, separated by commas.',
});
const fieldsText = z.optional(z.string().check(z.maxLength(namesCharsMax))).register(z.globalRegistry, {
  description: 'Only these fields of each record, separated by commas; the id always comes.',
});
/** The query of a list. */
export const listQuery = z.strictObject({
  where: whereText,
  order: z.optional(z.string().check(z.maxLength(100))).register(z.globalRegistry, {
    description: 'A field to order by, with a minus in front for descending.',
  }),
  limit: z
    ._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(pageItemsMax)), pageItemsDefault)
    .register(z.globalRegistry, {
      description: 'How many at most.',
    }),
  cursor: z.optional(z.string().check(z.maxLength(1_000))).register(z.globalRegistry, {
    description: 'The `nextCursor` of the page before. Good for the same list, conditions, order and key.',
  }),
  include: includeText,
  fields: fieldsText,
});
/** The query of a count. */
export const countQuery = z.strictObject({ where: whereText });
/** The query of a single record. */
export const recordQuery = z.strictObject({ include: includeText, fields: fieldsText });

const comparisons = ['eq', 'ne', 'in'] as const;
const orders = ['lt', 'lte', 'gt', 'gte'] as const;
const operatorsOfType: Readonly<Record<FieldType, readonly Operator[]>> = {
  id: comparisons,
  choice: comparisons,
  text: [...comparisons, 'contains'],
  integer: [...comparisons, ...orders],
  boolean: ['eq', 'ne'],
  time: ['eq', 'ne', ...orders],
};

/** What a field may be compared by. */
export function operatorsOf(field: FieldSpec): readonly Operator[] {
  if (field.operators !== undefined) return field.operators;
  const ofType = operatorsOfType[field.type];
  return field.isNullable === true ? [...ofType, 'isNull'] : ofType;
}

const noList: ListSpec = { filterable: {}, orderable: [], defaultOrder: '', includable: [], selectable: [] };

/**
 * What the query means for this list; throws `invalid` with a reason and the part that it is about. `bound` names the
 * list, its parameters and its reader: a cursor is good for exactly these, the same conditions and the same order.
 */
export function parseAsked(
  spec: ListSpec | undefined,
  query: Readonly<Record<string, string>>,
  cursors: Cursors,
  bound: string,
): Asked {
  const list = spec ?? noList;
  const where = query.where === undefined ? [] : parseWhere(list.filterable, query.where);
  const order = parseOrder(list, query.order);
  const whole = JSON.stringify([bound, where, order]);
  const after = query.cursor === undefined ? null : cursors.open(query.cursor, whole);
  if (query.cursor !== undefined && after === null) throw invalid('cursor_not_valid', 'cursor');
  const fields = parseNames(list.selectable, query.fields, 'fields', 'unknown_field');
  return {
    where,
    order,
    limit: query.limit === undefined ? pageItemsDefault : Number(query.limit),
    after,
    include: parseNames(list.includable, query.include, 'include', 'unknown_include') ?? new Set(),
    fields,
    cursorAfter: (position) => cursors.seal(position, whole),
  };
}

/** The conditions of a `where`, in the order of its text. */
export function parseWhere(filterable: ListSpec['filterable'], text: string): Condition[] {
  const value = parseJson(text);
  if (!isPlainObject(value)) throw invalid('where_not_valid', 'where');
  const conditions: Condition[] = [];
  for (const [field, wanted] of Object.entries(value)) {
    const path = `where.${clipped(field)}`;
    const spec = Object.hasOwn(filterable, field) ? filterable[field] : undefined;
    if (spec === undefined) throw invalid('unknown_field', path);
    for (const condition of conditionsOn(field, spec, wanted, path)) {
      conditions.push(condition);
      if (conditions.length > conditionsMax) throw invalid('too_many_conditions', 'where');
    }
  }
  return conditions;
}

function conditionsOn(field: string, spec: FieldSpec, wanted: unknown, path: string): Condition[] {
  if (wanted === null) return [conditionOf(field, spec, 'isNull', true, path)];
  if (!isPlainObject(wanted)) return [conditionOf(field, spec, 'eq', wanted, path)];
  const entries = Object.entries(wanted);
  if (entries.length === 0) throw invalid('value_not_valid', path);
  return entries.map(([operator, value]) => conditionOf(field, spec, operator, value, path));
}

function conditionOf(
  field: string,
  spec: FieldSpec,
  operator: string,
  value: unknown,
  path: string,
): Condition {
  const known = operatorsOf(spec).find((each) => each === operator);
  if (known === undefined) throw invalid('unknown_operator', `${path}.${clipped(operator)}`);
  if (known === 'isNull') {
    if (typeof value !== 'boolean') throw invalid('value_not_valid', `${path}.isNull`);
    return { field, operator: known, value };
  }
  if (known !== 'in') return { field, operator: known, value: scalarOf(spec, value, path) };
  if (!Array.isArray(value)) throw invalid('value_not_valid', `${path}.in`);
  if (value.length > valuesMax) throw invalid('too_many_values', `${path}.in`);
  const each: unknown[] = value;
  return { field, operator: known, value: each.map((one) => scalarOf(spec, one, `${path}.in`)) };
}

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** A value as the database is given it; a number is no text and a text is no number. */
function scalarOf(spec: FieldSpec, value: unknown, path: string): Scalar {
  const scalar = scalarIn(spec, value);
  if (scalar === null) throw invalid('value_not_valid', path);
  return scalar;
}

function scalarIn(spec: FieldSpec, value: unknown): Scalar | null {
  switch (spec.type) {
    case 'id':
      return typeof value === 'string' && idPattern.test(value) ? value.toLowerCase() : null;
    case 'choice':
      return spec.values?.find((known) => known === value) ?? null;
    case 'text':
      return typeof value === 'string' && isPlainText(value) ? value : null;
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'time':
      return typeof value === 'string' && timePattern.test(value) ? momentOf(value) : null;
  }
}

function isPlainText(text: string): boolean {
  return text.length <= textCharsMax && !text.includes('\0') && text.isWellFormed();
}

/** As times are answered; null for one that there is not, or that no record can have. */
function momentOf(text: string): string | null {
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || ms < 0) return null;
  const moment = new Date(ms).toISOString();
  return moment.startsWith('+') ? null : moment;
}

function parseOrder(list: ListSpec, text: string | undefined): Asked['order'] {
  const wanted = text ?? list.defaultOrder;
  const isDescending = wanted.startsWith('-');
  const field = isDescending ? wanted.slice(1) : wanted;
  if (text !== undefined && !list.orderable.includes(field)) throw invalid('unknown_order', 'order');
  return { field, isDescending };
}

function parseNames(
  known: readonly string[],
  text: string | undefined,
  parameter: string,
  reason: string,
): Set<string> | null {
  if (text === undefined) return null;
  const names = new Set(text.split(',').map((name) => name.trim()));
  const unknown = [...names].find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(reason, `${parameter}.${clipped(unknown)}`);
  return names;
}

/** One row that was found: its record, and the place where a page that ends with it is taken up again. */
export type Found<Item> = { item: Item; id: string; sortKey: string };

/** A page from `limit + 1` rows: the one too many tells that there is more. */
export function toPage<Item>(
  asked: Pick<Asked, 'limit' | 'cursorAfter'>,
  found: readonly Found<Item>[],
): { data: Item[]; nextCursor: string | null } {
  const page = found.slice(0, asked.limit);
  const last = page.at(-1);
  const hasMore = found.length > asked.limit && last !== undefined;
  return {
    data: page.map(({ item }) => item),
    nextCursor: hasMore ? asked.cursorAfter({ key: last.sortKey, id: last.id }) : null,
  };
}

/** The answer with only the fields that were asked for in its record, or in each record of its page. */
export function selectFields(value: unknown, asked: Pick<Asked, 'fields' | 'include'>): unknown {
  const { fields, include } = asked;
  if (fields === null || !isPlainObject(value)) return value;
  const pick = (record: unknown) =>
    isPlainObject(record)
      ? Object.fromEntries(
          Object.entries(record).filter(([name]) => name === 'id' || fields.has(name) || include.has(name)),
        )
      : record;
  return Array.isArray(value.data) ? { ...value, data: value.data.map(pick) } : pick(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name that the client made up, short enough to be told back. */
function clipped(name: string): string {
  return name.length <= 60 ? name : `${name.slice(0, 60)}…`;
}

function invalid(reason: string, field: string): RefusedError {
  return new RefusedError({ code: 'invalid', reason, field });
}
