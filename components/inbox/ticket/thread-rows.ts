import { placeBubbles } from '#/components/conversation/grouping.ts';
import type { ThreadBubble } from '#/lib/sync/thread.ts';

export type ThreadRow =
  | { kind: 'day'; key: string; at: string }
  /** The thread goes on in another conversation of the ticket. */
  | { kind: 'conversation'; key: string; startedAt: string }
  /** Begins what was unread when the thread was opened. */
  | { kind: 'new'; key: string }
  | { kind: 'bubble'; key: string; bubble: ThreadBubble; isFirst: boolean; isLast: boolean }
  | { kind: 'event'; key: string; bubble: ThreadBubble }
  /** Changes that followed each other without a word between them. */
  | { kind: 'fold'; key: string; bubbles: readonly ThreadBubble[] };

/** So many changes in a row are told one by one; more are folded. */
const unfoldedMax = 2;

/**
 * What a thread shows, from top to bottom, for entries in their final order: days, where another conversation begins,
 * runs of one writer, and runs of changes folded. Every entry is in exactly one row, in the order given.
 */
export function placeThread(bubbles: readonly ThreadBubble[], newFrom: string | null): ThreadRow[] {
  const rows: ThreadRow[] = [];
  const byId = new Map(bubbles.map((bubble) => [bubble.id, bubble]));
  const startOf = new Map<string, string>();
  let current: string | null = null;
  let run: ThreadBubble[] = [];

  function endRun() {
    const [first] = run;
    if (first !== undefined && run.length > unfoldedMax) {
      rows.push({ kind: 'fold', key: `fold:${first.id}`, bubbles: run });
    } else {
      for (const bubble of run) rows.push({ kind: 'event', key: bubble.id, bubble });
    }
    run = [];
  }

  for (const placed of placeBubbles(bubbles)) {
    const bubble = byId.get(placed.bubble.id);
    if (bubble === undefined) continue;
    const { id } = bubble;
    if (bubble.startedAt !== null) startOf.set(bubble.conversationId, bubble.startedAt);
    // What was done on the ticket stands in one of its conversations, but is no word of it.
    const startedAt = bubble.kind === 'event' ? null : (startOf.get(bubble.conversationId) ?? null);
    const isElsewhere = startedAt !== null && bubble.conversationId !== current;
    if (placed.dayAt !== null || isElsewhere || id === newFrom || bubble.kind !== 'event') endRun();
    if (placed.dayAt !== null) rows.push({ kind: 'day', key: `day:${id}`, at: placed.dayAt });
    if (isElsewhere) rows.push({ kind: 'conversation', key: `in:${id}`, startedAt });
    if (bubble.kind !== 'event') current = bubble.conversationId;
    if (id === newFrom) rows.push({ kind: 'new', key: 'new' });
    // What a customer thought of it is the customer's word: no fold hides it.
    if (bubble.change?.field === 'rating') {
      endRun();
      rows.push({ kind: 'event', key: id, bubble });
    } else if (bubble.kind === 'event') run.push(bubble);
    else {
      const isFirst = placed.isFirst || isElsewhere || id === newFrom;
      rows.push({ kind: 'bubble', key: id, bubble, isFirst, isLast: placed.isLast });
    }
  }
  endRun();
  return withTails(rows);
}

// A run also ends where a line stands below it.
function withTails(rows: ThreadRow[]): ThreadRow[] {
  return rows.map((row, index) => {
    if (row.kind !== 'bubble' || row.isLast) return row;
    const next = rows[index + 1];
    return next?.kind === 'bubble' && !next.isFirst ? row : { ...row, isLast: true };
  });
}
