import { read, type Tx, transact } from '#/db/client.ts';
import { preferIndexes } from '#/db/search.ts';
import {
  addWordsOfEntries,
  addWordsOfTickets,
  countEntriesInTime,
  forgetRareWords,
  saveWordsProgress,
  sortInNewEntries,
  takeWordsProgress,
  type WordsProgress,
} from '#/db/search-words.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { blockOf, timeQuery } from '#/lib/search/lexemes.ts';

/** A transaction that began before a block ended may still add to it; none lives that long. */
const settledMs = 30_000;
const everyMs = 2_000;
const entriesMax = 3_000;
const ticketsMax = 1_000;
const widthFirst = 32;
const widthMax = 32 ** 3;
export const wordsMax = 200_000;
const turnMsMax = 500;
const restMs = 100;

/** Reads the words of what is new, for corrections and beginnings. Any number of processes may run it. */
export function startVocabulary(): Turns {
  return runTurns({
    name: 'words for search',
    everyMs,
    turn: async (isStopped) => {
      await read(sortInNewEntries);
      const endsAt = performance.now() + turnMsMax;
      let hasMore = true;
      while (hasMore && !isStopped() && performance.now() < endsAt) hasMore = await readWords(Date.now());
      return hasMore ? restMs : undefined;
    },
  });
}

/**
 * Reads the next stretch, in one transaction: a process that dies in it leaves it to the next one, and no entry is
 * counted twice. Answers whether there is more.
 */
export async function readWords(nowMs: number): Promise<boolean> {
  return transact(async (tx) => {
    await preferIndexes(tx);
    const progress = await takeWordsProgress(tx);
    if (progress === null || progress.beganAtMs === null) return false;
    const entries = await readEntries(tx, progress, blockOf(nowMs - settledMs));
    const tickets = await addWordsOfTickets(tx, progress.ticketsThrough, nowMs - settledMs, ticketsMax);
    const words = progress.words + entries.added + tickets.added;
    await saveWordsProgress(tx, {
      nextBlock: entries.nextBlock,
      ticketsThrough: tickets.through ?? progress.ticketsThrough,
      words: words <= wordsMax ? words : await forgetRareWords(tx, Math.floor(wordsMax * 0.75)),
    });
    return tickets.through !== null || entries.hasMore;
  });
}

async function readEntries(
  tx: Tx,
  { nextBlock, beganAtMs }: WordsProgress,
  until: number,
): Promise<{ nextBlock: number; added: number; hasMore: boolean }> {
  const from = nextBlock ?? blockOf(beganAtMs ?? 0);
  if (from >= until) return { nextBlock: from, added: 0, hasMore: false };
  // From quiet times much is taken at once, from busy ones little; looking too far would already cost too much.
  const look = (end: number) => countEntriesInTime(tx, timeQuery(from, end), entriesMax + 1);
  let to = Math.min(until, from + widthFirst);
  let count = await look(to);
  while (count * 8 <= entriesMax && to < until && to - from < widthMax) {
    const wider = Math.min(until, from + (to - from) * 8);
    const more = await look(wider);
    if (more > entriesMax) break;
    to = wider;
    count = more;
  }
  while (count > entriesMax && to > from + 1) {
    to = from + Math.max(1, Math.floor((to - from) / 8));
    count = await look(to);
  }
  const added = count === 0 ? 0 : await addWordsOfEntries(tx, timeQuery(from, to));
  return { nextBlock: to, added, hasMore: to < until };
}
