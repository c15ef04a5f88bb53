/**
 * Where things stand in a list of rows of one height: `above` is how many pixels of rows are scrolled out at the top.
 * Below zero there is blank room above the first row.
 */
export type View = { above: number; rowPx: number; viewPx: number; count: number };

/** How the view is laid out: blank room before and after the rows, and how far it is scrolled. */
export type Layout = { leadPx: number; tailPx: number; scrollTop: number };

/**
 * The layout in which the rows stand exactly at `above`. Where the list is too short to scroll so far, blank room
 * makes up for it: the row under the pointer stays there all the same.
 */
export function layoutOf({ above, rowPx, viewPx, count }: View): Layout {
  const leadPx = Math.max(0, -above);
  const scrollTop = Math.max(0, above);
  const tailPx = above <= 0 ? 0 : Math.max(0, above + viewPx - count * rowPx);
  return { leadPx, tailPx, scrollTop };
}

/** The same without blank room, for when nobody points at anything: as far as the rows themselves reach. */
export function settled({ above, rowPx, viewPx, count }: View): number {
  return Math.min(Math.max(0, above), Math.max(0, count * rowPx - viewPx));
}

/** The row at a height of the view; null outside the rows. */
export function indexAt(yPx: number, view: View): number | null {
  const index = Math.floor((yPx + view.above) / view.rowPx);
  return index >= 0 && index < view.count ? index : null;
}

/**
 * By how many rows the anchor was pushed when a list became another one; 0 when it moved by itself, for then the view
 * must not follow it. An anchor that left hands over to the next one that stayed.
 */
export function pushedBy(
  before: readonly string[],
  after: readonly string[],
  anchorIndex: number | null,
): number {
  if (anchorIndex === null) return 0;
  const places = new Map(after.map((id, index) => [id, index]));
  for (let at = anchorIndex; at < before.length; at++) {
    const id = before[at];
    const place = id === undefined ? undefined : places.get(id);
    if (id === undefined || place === undefined) continue;
    // What takes the place of one that left stands where that one stood.
    return hasMovedItself(id, before, after) ? 0 : place - anchorIndex;
  }
  return 0;
}

/**
 * Whether a row changed its own place rather than being pushed. One neighbour that changed sides may have moved by
 * itself; several can't have.
 */
export function hasMovedItself(id: string, before: readonly string[], after: readonly string[]): boolean {
  const at = after.indexOf(id);
  const was = before.indexOf(id);
  if (at === -1 || was === -1) return false;
  const places = new Map(before.map((each, index) => [each, index]));
  let switched = 0;
  for (const [index, each] of after.entries()) {
    const place = places.get(each);
    if (place === undefined || each === id) continue;
    if (index < at !== place < was) switched++;
    if (switched > 1) return true;
  }
  return false;
}
