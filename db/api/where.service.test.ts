import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conditionsSql, type FieldColumns, keysetOf } from '#/db/api/where.ts';
import { read } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { makeCursors } from '#/lib/api/cursor.ts';
import { type FieldSpec, parseAsked, parseWhere, toPage } from '#/lib/api/query.ts';
import { newId } from '#/lib/ids.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const filterable = {
  id: { type: 'id' },
  name: { type: 'text', isNullable: true },
  size: { type: 'integer' },
  isRead: { type: 'boolean' },
  at: { type: 'time' },
} as const satisfies Record<string, FieldSpec>;
const columns: FieldColumns = {
  id: { sql: sql`thing.id`, type: 'id' },
  name: { sql: sql`thing.name`, type: 'text' },
  size: { sql: sql`thing.size`, type: 'integer' },
  isRead: { sql: sql`thing.is_read`, type: 'boolean' },
  at: { sql: sql`thing.at`, type: 'time' },
};
type Thing = { id: string; name: string | null; size: number; isRead: boolean; at: string };

/** The things as a table. */
const source = (things: readonly Thing[]) => sql`
  jsonb_to_recordset(${JSON.stringify(
    things.map(({ isRead, ...thing }) => ({ ...thing, is_read: isRead })),
  )}::text::jsonb) as thing(id uuid, name text, size bigint, is_read boolean, at timestamptz)`;

async function idsWhere(things: readonly Thing[], where: unknown): Promise<string[]> {
  const conditions = conditionsSql(parseWhere(filterable, JSON.stringify(where)), columns);
  const rows = await read((tx) =>
    tx.execute<{ id: string }>(sql`select thing.id from ${source(things)} where ${conditions}`),
  );
  return rows.map(({ id }) => id).sort();
}

const thing = fc.record({
  id: fc.constant(null).map(() => newId()),
  name: fc.option(
    fc.constantFrom('', 'a', 'A', '50%', '50x', 'a_b', 'a\\b', `o'clock`, '"; drop', '{1,2}', 'é'),
  ),
  size: fc.integer({ min: -3, max: 3 }),
  isRead: fc.boolean(),
  at: fc.constantFrom('2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.001Z', '2026-11-02T00:00:00.000Z'),
});

describe('conditions', () => {
  test('find what they say, and nothing else', async () => {
    const name = fc.constantFrom('', 'a', 'A', '50%', '5', '_', '\\', `'`, '"', '{1,2}', 'é', 'NULL');
    const condition = fc.oneof(
      fc.record({ kind: fc.constant('name eq'), value: name }),
      fc.record({ kind: fc.constant('name ne'), value: name }),
      fc.record({ kind: fc.constant('name contains'), value: name }),
      fc.record({ kind: fc.constant('name in'), value: fc.array(name, { maxLength: 4 }) }),
      fc.record({ kind: fc.constant('name isNull'), value: fc.boolean() }),
      fc.record({
        kind: fc.constantFrom('size lt', 'size gte', 'size ne'),
        value: fc.integer({ min: -3, max: 3 }),
      }),
      fc.record({ kind: fc.constantFrom('at gt', 'at lte'), value: fc.constant('2026-11-01T00:00:00.001Z') }),
      fc.record({ kind: fc.constant('isRead eq'), value: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(thing, { maxLength: 12 }), condition, async (things, { kind, value }) => {
        const [field = '', operator = ''] = kind.split(' ');
        const wanted = things.filter((each) => holds(Reflect.get(each, field), operator, value));
        expect(await idsWhere(things, { [field]: { [operator]: value } })).toEqual(
          wanted.map(({ id }) => id).sort(),
        );
      }),
      { numRuns: 120 },
    );
  });

  test('all hold at once', async () => {
    const at = '2026-11-01T00:00:00.000Z';
    const things: Thing[] = [1, 2, 3, 4].map((size) => ({
      id: newId(),
      name: `n${size}`,
      size,
      isRead: size > 2,
      at,
    }));
    expect(await idsWhere(things, { size: { gt: 1, lt: 4 }, isRead: true })).toEqual([things[2]?.id]);
    expect(await idsWhere(things, {})).toHaveLength(4);
    expect(await idsWhere(things, { id: { in: things.slice(0, 2).map(({ id }) => id) } })).toHaveLength(2);
  });

  test('a field that has no column finds nothing', async () => {
    const stray = conditionsSql([{ field: 'secret', operator: 'ne', value: 'x' }], columns);
    const rows = await read((tx) => tx.execute(sql`select 1 where ${stray}`));
    expect(rows).toHaveLength(0);
  });
});

/** What a condition means, in words of this language. */
function holds(found: unknown, operator: string, value: unknown): boolean {
  const folded = (text: unknown) => String(text).toLowerCase();
  switch (operator) {
    case 'eq':
      return found === value;
    case 'ne':
      return found !== value;
    case 'in':
      return Array.isArray(value) && found !== null && value.includes(found);
    case 'isNull':
      return (found === null) === value;
    case 'contains':
      return found !== null && folded(found).includes(folded(value));
    case 'lt':
      return Number(found) < Number(value);
    case 'gte':
      return Number(found) >= Number(value);
    case 'gt':
      return String(found) > String(value);
    default:
      return String(found) <= String(value);
  }
}

test('pages of any size, in any order, hold everything once, ties by id', async () => {
  const cursors = makeCursors('s'.repeat(32));
  const spec = {
    filterable,
    orderable: ['size', 'at'],
    defaultOrder: 'size',
    includable: [],
    selectable: [],
  };
  const order = fc.constantFrom('size', '-size', 'at', '-at');
  await fc.assert(
    fc.asyncProperty(
      fc.array(thing, { maxLength: 15 }),
      order,
      fc.integer({ min: 1, max: 6 }),
      async (things, by, limit) => {
        const seen: string[] = [];
        const query: Record<string, string> = { order: by, limit: String(limit) };
        do {
          const asked = parseAsked(spec, query, cursors, 'things');
          const { bound, orderBy, limit: rowsMax, sortKey } = keysetOf(asked, columns, sql`thing.id`);
          const rows = await read((tx) =>
            tx.execute<{ id: string; sort_key: string }>(sql`
            select thing.id, ${sortKey} as sort_key from ${source(things)} where ${bound}
            order by ${orderBy} limit ${rowsMax}`),
          );
          const page = toPage(
            asked,
            rows.map(({ id, sort_key }) => ({ item: id, id, sortKey: sort_key })),
          );
          seen.push(...page.data);
          if (page.nextCursor === null) break;
          query.cursor = page.nextCursor;
        } while (seen.length <= things.length);
        const field = by.replace('-', '');
        const sign = by.startsWith('-') ? -1 : 1;
        const keyOf = (each: Thing) => (field === 'size' ? each.size : Date.parse(each.at));
        const sorted = things.toSorted(
          (one, other) => sign * (keyOf(one) - keyOf(other) || (one.id < other.id ? -1 : 1)),
        );
        expect(seen).toEqual(sorted.map(({ id }) => id));
      },
    ),
    { numRuns: 40 },
  );
});
