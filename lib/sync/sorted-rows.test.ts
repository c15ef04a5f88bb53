import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSortedRows } from '#/lib/sync/sorted-rows.ts';

type Row = { id: string; at: number };
const compare = (a: Row, b: Row) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const row = fc.record({
  id: fc.integer({ min: 0, max: 30 }).map(String),
  at: fc.integer({ min: 0, max: 12 }),
});

/** The plainest rows there are. */
function plainRows() {
  let rows: Row[] = [];
  const set = (next: Row[]) => {
    rows = next.toSorted(compare);
  };
  return {
    put: (next: Row) => set([...rows.filter(({ id }) => id !== next.id), next]),
    remove: (id: string) => set(rows.filter((each) => each.id !== id)),
    replaceRange(from: Row | null, to: Row | null, replacement: readonly Row[]) {
      const ids = new Set(replacement.map(({ id }) => id));
      const isOutside = (each: Row) =>
        (from !== null && compare(each, from) <= 0) || (to !== null && compare(each, to) > 0);
      set([...rows.filter((each) => isOutside(each) && !ids.has(each.id)), ...replacement]);
    },
    list: () => rows,
  };
}

const act = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), row }),
  fc.record({ kind: fc.constant('remove' as const), row }),
  fc.record({
    kind: fc.constant('replace' as const),
    from: fc.option(row),
    to: fc.option(row),
    rows: fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 8 }),
  }),
);

describe('sorted rows', () => {
  test('are what plain code makes of the same acts', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const rows = openSortedRows<Row>(compare);
        const plain = plainRows();
        for (const each of acts) {
          if (each.kind === 'put') {
            rows.put(each.row);
            plain.put(each.row);
          } else if (each.kind === 'remove') {
            rows.remove(each.row.id);
            plain.remove(each.row.id);
          } else {
            const isUpsideDown = each.from !== null && each.to !== null && compare(each.from, each.to) > 0;
            const to = isUpsideDown ? each.from : each.to;
            const inside = each.rows.toSorted(compare);
            rows.replaceRange(each.from, to, inside);
            plain.replaceRange(each.from, to, inside);
          }
          expect(rows.list()).toEqual(plain.list());
          for (const { id } of plain.list()) expect(rows.get(id)?.id).toBe(id);
          expect([rows.size(), rows.last()]).toEqual([plain.list().length, plain.list().at(-1)]);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('keep their identity until something changed', () => {
    const rows = openSortedRows<Row>(compare);
    const one = { id: '1', at: 1 };
    rows.put(one);
    const before = rows.list();
    rows.put(one);
    rows.replaceRange(null, null, [one]);
    rows.remove('2');
    expect(rows.list()).toBe(before);
    rows.put({ id: '1', at: 1 });
    expect(rows.list()).not.toBe(before);
    expect(before).toEqual([one]);
  });

  test('take a change among a hundred thousand in as many steps as the number has digits in binary', () => {
    let steps = 0;
    const rows = openSortedRows<Row>((a, b) => {
      steps++;
      return compare(a, b);
    });
    const many = Array.from({ length: 100_000 }, (_, at) => ({ id: String(at).padStart(6, '0'), at }));
    rows.replaceRange(null, null, many);
    for (const [id, at] of [
      ['000000', 99_999.5],
      ['099999', -1],
      ['050000', 50_000],
      ['new', 70_000.5],
    ] as const) {
      steps = 0;
      rows.put({ id, at });
      expect(steps).toBeLessThan(60);
    }
    steps = 0;
    rows.remove('060000');
    expect(steps).toBeLessThan(30);
    expect(rows.size()).toBe(100_000);
  });
});
