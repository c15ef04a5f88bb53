import { blockMs, blockOf, timeQuery } from '#/lib/search/rules.ts';

/** A stretch of time, and the condition on the index that names it. */
export type Stretch = { fromMs: number; toMs: number; query: string };

export type Reach<Found> = {
  found: Found[];
  /** Everything from here on was looked at; null: everything there is. */
  backToMs: number | null;
};

type Range = { fromMs: number; toMs: number };

/** More than that in one stretch is cut smaller: what is looked at is sorted and checked row by row. */
export const candidatesMax = 800;
const candidatesAim = 300;
const widthFirst = 32;
/** No stretch is smaller than a block; this many in 64 seconds is more than anybody writes. */
const candidatesInBlock = 50_000;
/** Clocks of the app and of the database may differ. */
const aheadMs = 3_600_000;

/**
 * Looks from the newest to the oldest, in stretches of time that hold a few hundred candidates each: of a common word
 * only the newest are ever touched, of a rare one the stretches grow quickly. Stops with `enough`, or when `isOver`
 * says so, but not before one stretch was looked at whole.
 */
export async function lookBack<Found>(
  range: Range,
  enough: number,
  isOver: () => boolean,
  look: (stretch: Stretch, candidatesMax: number) => Promise<{ candidates: number; found: Found[] }>,
): Promise<Reach<Found>> {
  const found: Found[] = [];
  const oldest = blockOf(range.fromMs);
  let newest = blockOf(Math.min(range.toMs, Date.now() + aheadMs) - 1) + 1;
  let width = widthFirst + (range.toMs > Date.now() ? blockOf(aheadMs) : 0);
  while (newest > oldest) {
    const from = Math.max(oldest, newest - width);
    const max = width === 1 ? candidatesInBlock : candidatesMax;
    const stretch = { fromMs: from * blockMs, toMs: newest * blockMs, query: timeQuery(from, newest) };
    const { candidates, found: more } = await look(
      {
        query: stretch.query,
        fromMs: Math.max(stretch.fromMs, range.fromMs),
        toMs: Math.min(stretch.toMs, range.toMs),
      },
      max,
    );
    if (candidates > max && width > 1) {
      width = Math.max(1, Math.floor(width / 8));
      continue;
    }
    found.push(...more);
    newest = from;
    if (found.length >= enough) return { found, backToMs: from * blockMs };
    if (newest <= oldest) break;
    if (isOver()) return { found, backToMs: from * blockMs };
    const growth = candidates === 0 ? 16 : Math.min(8, Math.max(1 / 8, candidatesAim / candidates));
    width = Math.max(1, Math.ceil(width * growth));
  }
  return { found, backToMs: null };
}
