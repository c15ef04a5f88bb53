import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeCursors } from '#/lib/api/cursor.ts';
import {
  conditionsMax,
  type FieldSpec,
  type Found,
  type ListSpec,
  parseAsked,
  parseWhere,
  selectFields,
  toPage,
  valuesMax,
} from '#/lib/api/query.ts';
import { newId } from '#/lib/ids.ts';

const cursors = makeCursors('s'.repeat(32));
const filterable = {
  id: { type: 'id' },
  status: { type: 'choice', values: ['open', 'closed'] },
  subject: { type: 'text' },
  number: { type: 'integer' },
  isRead: { type: 'boolean' },
  assigneeId: { type: 'id', isNullable: true },
  createdAt: { type: 'time' },
  email: { type: 'text', operators: ['eq'] },
} as const satisfies Record<string, FieldSpec>;
const spec: ListSpec = {
  filterable,
  orderable: ['createdAt', 'number'],
  defaultOrder: '-createdAt',
  includable: ['customer', 'agent'],
  selectable: ['id', 'status', 'subject'],
};
const ask = (query: Record<string, string>, bound = 'a list') => parseAsked(spec, query, cursors, bound);

/** The reason and the field of a refusal; null when there was none. */
function refusal(attempt: () => unknown): [string | undefined, string | undefined] | null {
  try {
    attempt();
    return null;
  } catch (error) {
    const failure: { code: string; reason?: string; field?: string } = Reflect.get(Object(error), 'failure');
    expect(failure.code).toBe('invalid');
    return [failure.reason, failure.field];
  }
}
const refusedWhere = (where: unknown) => refusal(() => parseWhere(filterable, JSON.stringify(where)));

describe('where', () => {
  test('is what it says: a value is equal, null is none, the others by their operator', () => {
    const id = newId();
    const where = {
      status: 'open',
      assigneeId: null,
      number: { gt: 3, lte: 9 },
      subject: { contains: '50 %' },
      id: { in: [id.toUpperCase()] },
      createdAt: { gte: '2026-11-01T01:00:00+01:00' },
    };
    expect(parseWhere(filterable, JSON.stringify(where))).toEqual([
      { field: 'status', operator: 'eq', value: 'open' },
      { field: 'assigneeId', operator: 'isNull', value: true },
      { field: 'number', operator: 'gt', value: 3 },
      { field: 'number', operator: 'lte', value: 9 },
      { field: 'subject', operator: 'contains', value: '50 %' },
      { field: 'id', operator: 'in', value: [id] },
      { field: 'createdAt', operator: 'gte', value: '2026-11-01T00:00:00.000Z' },
    ]);
  });

  test.each([
    ['a field that is not there', { secret: 1 }, 'unknown_field', 'where.secret'],
    ['a field of every object', { constructor: 1 }, 'unknown_field', 'where.constructor'],
    ['an operator that is not there', { status: { like: 'x' } }, 'unknown_operator', 'where.status.like'],
    ['an operator of another type', { status: { gt: 'open' } }, 'unknown_operator', 'where.status.gt'],
    ['an operator that the list left out', { email: { ne: 'x' } }, 'unknown_operator', 'where.email.ne'],
    ['null for what is never null', { status: null }, 'unknown_operator', 'where.status.isNull'],
    ['a number as a text', { number: '3' }, 'value_not_valid', 'where.number'],
    ['a fraction', { number: 1.5 }, 'value_not_valid', 'where.number'],
    ['a number beyond all numbers', { number: 1e300 }, 'value_not_valid', 'where.number'],
    ['a text as a number', { subject: 3 }, 'value_not_valid', 'where.subject'],
    ['a word that is none of the choice', { status: 'lost' }, 'value_not_valid', 'where.status'],
    ['an id that is none', { id: 'x' }, 'value_not_valid', 'where.id'],
    ['a truth value as a text', { isRead: 'true' }, 'value_not_valid', 'where.isRead'],
    ['a moment without a zone', { createdAt: '2026-11-01T00:00:00' }, 'value_not_valid', 'where.createdAt'],
    ['a day that is none', { createdAt: '2026-02-31T00:00:00+99:00' }, 'value_not_valid', 'where.createdAt'],
    ['a year that no row has', { createdAt: '0000-01-01T00:00:00Z' }, 'value_not_valid', 'where.createdAt'],
    ['NUL', { subject: 'a\0b' }, 'value_not_valid', 'where.subject'],
    ['half a character', { subject: '\ud800' }, 'value_not_valid', 'where.subject'],
    ['a list without in', { status: ['open'] }, 'value_not_valid', 'where.status'],
    ['in without a list', { status: { in: 'open' } }, 'value_not_valid', 'where.status.in'],
    ['no comparison at all', { status: {} }, 'value_not_valid', 'where.status'],
    ['a list', [], 'where_not_valid', 'where'],
    ['a text', 'status', 'where_not_valid', 'where'],
    ['nothing', null, 'where_not_valid', 'where'],
  ])('%s is refused, and named', (_name, where, reason, field) => {
    expect(refusedWhere(where)).toEqual([reason, field]);
  });

  test('text that is no JSON is refused', () => {
    expect(refusal(() => parseWhere(filterable, '{"status":'))).toEqual(['where_not_valid', 'where']);
  });

  test('ten thousand ids are refused, a hundred are not', () => {
    const ids = (count: number) => ({ id: { in: Array.from({ length: count }, () => newId()) } });
    expect(refusedWhere(ids(10_000))).toEqual(['too_many_values', 'where.id.in']);
    expect(refusedWhere(ids(valuesMax + 1))).toEqual(['too_many_values', 'where.id.in']);
    expect(refusedWhere(ids(valuesMax))).toBeNull();
  });

  test('conditions are counted one by one, however they are written', () => {
    const moment = '2026-11-01T00:00:00Z';
    const moments = { eq: moment, ne: moment, lt: moment, lte: moment, gt: moment, gte: moment };
    const numbers = { eq: 1, ne: 2, in: [3], lt: 4, lte: 5, gt: 6, gte: 7 };
    const texts = { eq: 'a', ne: 'b', in: ['c'], contains: 'd' };
    const choices = { eq: 'open', ne: 'open', in: ['open'] };
    const fits = { number: numbers, createdAt: moments, subject: texts, status: choices };
    expect(conditionsMax).toBe(20);
    expect(refusedWhere(fits)).toBeNull();
    const more = { ...fits, isRead: true };
    expect(refusedWhere(more)).toEqual(['too_many_conditions', 'where']);
  });

  test('whatever comes is understood or refused by name', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const refused = refusal(() => parseWhere(filterable, text));
          if (refused === null) return;
          expect(refused[0]).toMatch(/^[a-z_]+$/);
          expect(refused[1]?.length).toBeLessThan(200);
        },
      ),
    );
  });

  test('values of allowed fields come out as they went in', () => {
    const condition = fc.oneof(
      fc.record({ number: fc.record({ gte: fc.maxSafeInteger() }) }),
      fc.record({ subject: fc.record({ contains: fc.string({ unit: 'grapheme', maxLength: 40 }) }) }),
      fc.record({ isRead: fc.boolean() }),
      fc.record({ assigneeId: fc.record({ in: fc.array(fc.uuid(), { maxLength: 100 }) }) }),
    );
    fc.assert(
      fc.property(condition, (where) => {
        fc.pre(!JSON.stringify(where).includes('\\u0000'));
        const [field = '', wanted] = Object.entries(where)[0] ?? [];
        const [found] = parseWhere(filterable, JSON.stringify(where));
        const value = typeof wanted === 'object' ? Object.values(wanted)[0] : wanted;
        expect([found?.field, found?.value]).toEqual([field, value]);
      }),
    );
  });
});

describe('order, include and fields', () => {
  test('are taken from their lists', () => {
    const asked = ask({ order: 'number', include: 'customer, agent', fields: 'status', limit: '7' });
    expect(asked.order).toEqual({ field: 'number', isDescending: false });
    expect([...asked.include]).toEqual(['customer', 'agent']);
    expect([...(asked.fields ?? [])]).toEqual(['status']);
    expect(asked.limit).toBe(7);
    expect(ask({})).toMatchObject({
      order: { field: 'createdAt', isDescending: true },
      limit: 50,
      fields: null,
    });
  });

  test.each([
    [{ order: 'subject' }, 'unknown_order', 'order'],
    [{ order: '--number' }, 'unknown_order', 'order'],
    [{ order: '' }, 'unknown_order', 'order'],
    [{ include: 'ticket' }, 'unknown_include', 'include.ticket'],
    [{ include: '' }, 'unknown_include', 'include.'],
    [{ include: 'customer.tickets' }, 'unknown_include', 'include.customer.tickets'],
    [{ fields: 'status,passwordHash' }, 'unknown_field', 'fields.passwordHash'],
  ])('%o is refused, and named', (query, reason, field) => {
    expect(refusal(() => ask(query))).toEqual([reason, field]);
  });

  test('only what was asked for is answered, and always the id', () => {
    const record = { id: '1', status: 'open', subject: 'x', customer: { name: 'Maya' } };
    const { fields, include } = ask({ fields: 'status', include: 'customer' });
    const picked = { id: '1', status: 'open', customer: { name: 'Maya' } };
    expect(selectFields(record, { fields, include })).toEqual(picked);
    expect(selectFields({ data: [record], nextCursor: null }, { fields, include })).toEqual({
      data: [picked],
      nextCursor: null,
    });
    expect(selectFields(record, ask({}))).toBe(record);
  });
});

describe('a cursor', () => {
  const position = { key: '2026-11-01 00:00:00.123+00', id: newId() };

  test('goes on where its page ended', () => {
    const cursor = ask({ where: '{"status":"open"}' }).cursorAfter(position);
    expect(ask({ where: '{ "status" : { "eq": "open" } }', cursor, limit: '3', fields: 'id' }).after).toEqual(
      position,
    );
  });

  test('is none for another list, reader, condition or order', () => {
    const cursor = ask({ where: '{"status":"open"}' }).cursorAfter(position);
    const none = ['cursor_not_valid', 'cursor'];
    expect(refusal(() => ask({ cursor }))).toEqual(none);
    expect(refusal(() => ask({ cursor, where: '{"status":"closed"}' }))).toEqual(none);
    expect(refusal(() => ask({ cursor, where: '{"status":"open"}', order: 'createdAt' }))).toEqual(none);
    expect(refusal(() => ask({ cursor, where: '{"status":"open"}' }, 'another list'))).toEqual(none);
    const others = makeCursors('t'.repeat(32));
    const where = '{"status":"open"}';
    expect(refusal(() => parseAsked(spec, { cursor, where }, others, 'a list'))).toEqual(none);
  });

  test('that was made up or changed is none', () => {
    const cursor = ask({}).cursorAfter(position);
    const [content = '', signature = ''] = cursor.split('.');
    for (const text of ['', '.', 'x', content, `${content}.`, `.${signature}`, `${cursor}.`, `${cursor}A`]) {
      expect(refusal(() => ask({ cursor: text }))).toEqual(['cursor_not_valid', 'cursor']);
    }
    fc.assert(
      fc.property(fc.string(), fc.nat(cursor.length - 1), (text, at) => {
        expect(refusal(() => ask({ cursor: text }))).toEqual(['cursor_not_valid', 'cursor']);
        const letter = cursor[at] === 'A' ? 'B' : 'A';
        const changed = `${cursor.slice(0, at)}${letter}${cursor.slice(at + 1)}`;
        const bits = Buffer.from(changed.split('.')[1] ?? '', 'base64url');
        // The last letter carries bits that mean nothing: the same signature, written otherwise.
        fc.pre(at < content.length || !bits.equals(Buffer.from(signature, 'base64url')));
        expect(refusal(() => ask({ cursor: changed }))).toEqual(['cursor_not_valid', 'cursor']);
      }),
    );
  });

  test('pages of any size hold everything once, in its order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(500), { maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (numbers, size) => {
          const sorted = numbers.toSorted((one, other) => one - other);
          const seen: number[] = [];
          let cursor: string | null = null;
          do {
            const query: Record<string, string> = { order: 'number', limit: String(size) };
            if (cursor !== null) query.cursor = cursor;
            const asked = ask(query);
            const from = asked.after === null ? -1 : Number(asked.after.key);
            const found: Found<number>[] = sorted
              .filter((each) => each > from)
              .slice(0, size + 1)
              .map((each) => ({ item: each, id: String(each), sortKey: String(each) }));
            const page = toPage(asked, found);
            expect(page.data.length).toBeLessThanOrEqual(size);
            seen.push(...page.data);
            cursor = page.nextCursor;
          } while (cursor !== null);
          expect(seen).toEqual(sorted);
        },
      ),
    );
  });
});
