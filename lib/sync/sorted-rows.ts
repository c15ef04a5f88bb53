/** Rows in their order, found by id at once and by place in a few steps, however many there are. */
export type SortedRows<Row> = {
  get(id: string): Row | undefined;
  /** Puts the row at its place, and takes away where it stood before. */
  put(row: Row): void;
  remove(id: string): boolean;
  /** Everything after `from` (the very beginning for null) up to and with `to` (the very end for null) becomes these. */
  replaceRange(from: Row | null, to: Row | null, rows: readonly Row[]): void;
  clear(): void;
  size(): number;
  last(): Row | undefined;
  /** Keeps its identity until something changed. */
  list(): readonly Row[];
};

export function openSortedRows<Row extends { id: string }>(
  compare: (a: Row, b: Row) => number,
): SortedRows<Row> {
  let rows: Row[] = [];
  const byId = new Map<string, Row>();
  let shown: readonly Row[] | null = [];

  /** How many stand before `row` or at its very place. */
  function countThrough(row: Row, isIncluded: boolean): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = rows[middle];
      const order = other === undefined ? 1 : compare(other, row);
      if (order < 0 || (order === 0 && isIncluded)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function takeOut(id: string): boolean {
    const known = byId.get(id);
    if (known === undefined) return false;
    byId.delete(id);
    rows.splice(countThrough(known, false), 1);
    shown = null;
    return true;
  }

  return {
    get: (id) => byId.get(id),
    put(row) {
      const known = byId.get(row.id);
      if (known === row) return;
      shown = null;
      byId.set(row.id, row);
      if (known !== undefined && compare(known, row) === 0) {
        rows[countThrough(row, false)] = row;
        return;
      }
      if (known !== undefined) rows.splice(countThrough(known, false), 1);
      rows.splice(countThrough(row, false), 0, row);
    },
    remove: takeOut,
    replaceRange(from, to, replacement) {
      const start = from === null ? 0 : countThrough(from, true);
      const end = to === null ? rows.length : countThrough(to, true);
      const before = rows.slice(start, Math.max(start, end));
      if (before.length === replacement.length && before.every((row, index) => row === replacement[index]))
        return;
      shown = null;
      for (const row of before) byId.delete(row.id);
      rows.splice(start, before.length);
      // One of them may have stood elsewhere until now.
      for (const row of replacement) takeOut(row.id);
      const at = from === null ? 0 : countThrough(from, true);
      rows = [...rows.slice(0, at), ...replacement, ...rows.slice(at)];
      for (const row of replacement) byId.set(row.id, row);
      // Whatever the server calls its order, a place has to be found again by ours.
      if (!isSorted(at - 1, at + replacement.length)) rows.sort(compare);
    },
    clear() {
      rows = [];
      byId.clear();
      shown = [];
    },
    size: () => rows.length,
    last: () => rows.at(-1),
    list() {
      shown ??= rows.slice();
      return shown;
    },
  };

  function isSorted(first: number, last: number): boolean {
    for (let index = Math.max(0, first); index < Math.min(last, rows.length - 1); index++) {
      const here = rows[index];
      const next = rows[index + 1];
      if (here !== undefined && next !== undefined && compare(here, next) > 0) return false;
    }
    return true;
  }
}
