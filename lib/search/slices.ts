import { blockMs, blockOf, timeQuery } from '#/lib/search/lexemes.ts';

/** A stretch of time, and the condition on the index that names it. */
export type Stretch = { fromMs: number; toMs: number; query: string };

export type Reach<Found> = {
  found: Found[];
  /** Everything from here on was looked at; null: everything there is. */
  backToMs: number | null;
};

/** What is known of where hits may stand, so that the first stretch is about right. */
export type Spread = {
  /** When the first ticket began; null: unknown. */
  beganAtMs: number | null;
  /** About how many hits there are in all; null: unknown. */
  expected: number | null;
};

type Looking = {
  fromMs: number;
  toMs: number;
  spread: Spread;
  /** So many are enough. */
  enough: number;
  isOver(): boolean;
};

/** More than that in one stretch is cut smaller: what is looked at is sorted and checked row by row. */
export const candidatesMax = 800;
const candidatesAim = 300;
const fewExpected = 200;
const widthUsual = 32;
/** No stretch is smaller than a block; this many in 64 seconds is more than anybody writes. */
const candidatesInBlock = 50_000;
/** Clocks of the app and of the database may differ. */
const aheadMs = 3_600_000;
export const spreadUnknown: Spread = { beganAtMs: null, expected: null };

/**
 * Looks from the newest to the oldest, in stretches of time that hold a few hundred candidates each: of a common word
 * only the newest are ever touched, of a rare one everything at once. Stops with `enough`, or when `isOver` says so, but
 * not before one stretch was looked at whole.
 */
export async function lookBack<Found>(
  { fromMs, toMs, spread, enough, isOver }: Looking,
  look: (stretch: Stretch, candidatesMax: number) => Promise<{ candidates: number; found: Found[] }>,
): Promise<Reach<Found>> {
  const found: Found[] = [];
  const oldest = blockOf(fromMs);
  const now = Date.now();
  const began = Math.max(oldest, blockOf(spread.beganAtMs ?? 0));
  const age = Math.max(1, blockOf(now) - blockOf(spread.beganAtMs ?? 0));
  let newest = blockOf(Math.min(toMs, now + aheadMs) - 1) + 1;
  let width = widthOf(spread.expected, age) + (toMs > now ? blockOf(aheadMs) : 0);
  while (newest > oldest) {
    const from = newest - width <= began ? oldest : newest - width;
    const isBlock = newest - from === 1;
    const max = isBlock ? candidatesInBlock : candidatesMax;
    const stretch = {
      query: timeQuery(from, newest),
      fromMs: Math.max(from * blockMs, fromMs),
      toMs: Math.min(newest * blockMs, toMs),
    };
    const { candidates, found: more } = await look(stretch, max);
    if (candidates > max && !isBlock) {
      width = Math.max(1, Math.floor(Math.min(newest - from, age) / 8));
      continue;
    }
    found.push(...more);
    newest = from;
    if (newest <= oldest) break;
    if (found.length >= enough || isOver()) return { found, backToMs: from * blockMs };
    const growth = candidates === 0 ? 16 : Math.min(8, Math.max(1 / 8, candidatesAim / candidates));
    width = Math.max(1, Math.ceil(width * growth));
  }
  return { found, backToMs: null };
}

function widthOf(expected: number | null, age: number): number {
  if (expected === null) return widthUsual;
  if (expected <= fewExpected) return age;
  return Math.max(1, Math.ceil((age * candidatesAim) / expected));
}
