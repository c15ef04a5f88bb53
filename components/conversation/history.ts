import type { Around } from '#/components/conversation/grouping.ts';
import type { Bubble } from '#/lib/sync/conversation.ts';

/** A run of entries that is shown or taken out of the page as one. `key` is its last order: another one is another run. */
export type HistoryBlock = Around & { key: number; bubbles: readonly Bubble[] };

const blockEntries = 50;

/**
 * A thread as blocks of what is past, and its `tail`: of the newest 50 to 100 confirmed entries those from `liveFrom` on,
 * with all that is on its way. The tail stays in the page and is read out, so what comes from further up is never put into
 * it. Of the `former` blocks those that did not change are handed back, so that nobody draws them again.
 */
export function cutHistory(
  bubbles: readonly Bubble[],
  former: readonly HistoryBlock[],
  liveFrom = 1,
): { history: readonly HistoryBlock[]; tail: readonly Bubble[]; before: Bubble | undefined } {
  const newest = bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
  const tailFrom = Math.max((blockOf(newest) - 1) * blockEntries + 1, Math.min(liveFrom, newest));
  const history: HistoryBlock[] = [];
  let from = 0;
  while (from < bubbles.length) {
    const order = bubbles[from]?.order ?? null;
    if (order === null || order >= tailFrom) break;
    const key = Math.min((blockOf(order) + 1) * blockEntries, tailFrom - 1);
    // Orders are without a hole, so that a block's end is known by counting.
    const to = from + key - order + 1;
    const block = { key, bubbles: bubbles.slice(from, to), before: bubbles[from - 1], after: bubbles[to] };
    history.push(former.find((known) => isSame(known, block)) ?? block);
    from = to;
  }
  return { history, tail: from === 0 ? bubbles : bubbles.slice(from), before: bubbles[from - 1] };
}

/** Block 0 holds the orders 1 to 50. */
function blockOf(order: number): number {
  return Math.floor((order - 1) / blockEntries);
}

function isSame(one: HistoryBlock, other: HistoryBlock): boolean {
  return (
    one.key === other.key &&
    one.before === other.before &&
    one.after === other.after &&
    one.bubbles.length === other.bubbles.length &&
    one.bubbles.every((bubble, index) => bubble === other.bubbles[index])
  );
}
