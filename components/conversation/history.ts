import type { Around } from '#/components/conversation/grouping.ts';
import type { Bubble } from '#/lib/sync/conversation.ts';

/** A run of entries that is shown or taken out of the page as one. `key` stays with these orders. */
export type HistoryBlock = Around & { key: number; bubbles: readonly Bubble[] };

const blockEntries = 50;

/**
 * A thread as blocks of what is long past, and its `tail`: the newest 50 to 100 confirmed entries with all that is on its
 * way, which stays in the page. Of the `former` blocks those that did not change are handed back, so that nobody draws them again.
 */
export function cutHistory(
  bubbles: readonly Bubble[],
  former: readonly HistoryBlock[],
): { history: readonly HistoryBlock[]; tail: readonly Bubble[]; before: Bubble | undefined } {
  const newest = bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
  const lastBlock = blockOf(newest);
  const history: HistoryBlock[] = [];
  let from = 0;
  while (from < bubbles.length) {
    const order = bubbles[from]?.order ?? null;
    if (order === null || blockOf(order) >= lastBlock - 1) break;
    const key = blockOf(order);
    // Orders are without a hole, so that a block's end is known by counting.
    const to = from + (key + 1) * blockEntries - order + 1;
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
