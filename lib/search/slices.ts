import { blockMs, blockOf, blocksFor, timeQuery } from '#/lib/search/lexemes.ts';

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
  /** So many candidates may be looked at in one stretch: fewer where looking is dear. */
  candidatesMax: number;
  isOver(): boolean;
};

/** A stretch with more is cut smaller. */
export const candidatesUsual = 3_000;
/** Where each text has to be read. */
export const candidatesRead = 800;
const candidatesAim = 120;
const fewExpected = 400;
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
  { fromMs, toMs, spread, enough, candidatesMax, isOver }: Looking,
  look: (stretch: Stretch, candidatesMax: number) => Promise<{ candidates: number; found: Found[] }>,
): Promise<Reach<Found>> {
  const found: Found[] = [];
  const oldest = blockOf(fromMs);
  const now = Date.now();
  const began = Math.max(oldest, blockOf(spread.beganAtMs ?? 0));
  const age = Math.max(1, blockOf(now) - blockOf(spread.beganAtMs ?? 0));
  let newest = blockOf(Math.min(toMs, now + aheadMs) - 1) + 1;
  let width = widthOf(spread.expected, age) + (toMs > now ? blockOf(aheadMs) : 0);
  // What was too wide once is approached slowly: people write in bursts.
  let widest = Number.POSITIVE_INFINITY;
  while (newest > oldest) {
    // In whole blocks of about that size: each one that is named costs something for each candidate.
    const size = blocksFor(Math.min(width, age));
    const aligned = Math.min(newest - 1, Math.ceil((newest - width) / size) * size);
    const from = newest - width <= began ? oldest : aligned;
    const isBlock = newest - from === 1;
    const max = isBlock ? candidatesInBlock : candidatesMax;
    const stretch = {
      query: timeQuery(from, Math.ceil(newest / size) * size),
      fromMs: Math.max(from * blockMs, fromMs),
      toMs: Math.min(newest * blockMs, toMs),
    };
    const { candidates, found: more } = await look(stretch, max);
    if (candidates > max && !isBlock) {
      widest = Math.max(1, Math.floor(Math.min(newest - from, age) / 2));
      width = Math.max(1, Math.floor(widest / 4));
      continue;
    }
    found.push(...more);
    newest = from;
    if (newest <= oldest) break;
    if (found.length >= enough || isOver()) return { found, backToMs: from * blockMs };
    // Where most candidates are none, more have to be looked at for what is still wanted.
    const share = candidates === 0 ? 0 : more.length / candidates;
    const wanted = share === 0 ? candidatesMax : (enough - found.length) / share;
    const aim = Math.min(candidatesMax / 2, Math.max(candidatesAim, wanted * 2));
    const growth = candidates === 0 ? 16 : Math.min(16, Math.max(1 / 8, aim / candidates));
    width = Math.max(1, Math.ceil(Math.min(width * growth, widest)));
    widest *= 2;
  }
  return { found, backToMs: null };
}

function widthOf(expected: number | null, age: number): number {
  if (expected === null) return widthUsual;
  if (expected <= fewExpected) return age;
  return Math.max(1, Math.ceil((age * candidatesAim) / expected));
}
