import { dayKey } from '#/components/ui/time-text.ts';
import type { Bubble } from '#/lib/sync/conversation.ts';

export type Placed = {
  bubble: Bubble;
  /** Begins a run of bubbles by one person: shows who. */
  isFirst: boolean;
  /** Ends a run: has the tail. */
  isLast: boolean;
  /** The moment whose day is announced above this bubble. */
  dayAt: string | null;
};

const groupGapMs = 5 * 60_000;

/** What a part of a thread stands between. */
export type Around = { before?: Bubble | undefined; after?: Bubble | undefined };

/**
 * Bubbles in their given order, each told where in a run of one sender it stands and whether a new day begins at it. A
 * part is placed as within the whole, between what is `around` it.
 */
export function placeBubbles(bubbles: readonly Bubble[], around: Around = {}): Placed[] {
  let day = dayOf(around.before);
  return bubbles.map((bubble, index) => {
    let dayAt: string | null = null;
    if (bubble.sentAt !== null && dayKey(bubble.sentAt) !== day) {
      day = dayKey(bubble.sentAt);
      dayAt = bubble.sentAt;
    }
    return {
      bubble,
      isFirst: dayAt !== null || !belongTogether(bubbles[index - 1] ?? around.before, bubble),
      isLast: !belongTogether(bubble, bubbles[index + 1] ?? around.after),
      dayAt,
    };
  });
}

/** Who wrote it, as a word that is equal for equal people. */
export function senderKey(bubble: Bubble): string {
  if (bubble.sender === 'me' || bubble.isMine) return 'me';
  return bubble.sender.kind === 'system' ? 'system' : `${bubble.sender.kind}:${bubble.sender.id}`;
}

function belongTogether(earlier: Bubble | undefined, later: Bubble | undefined): boolean {
  if (earlier === undefined || later === undefined) return false;
  if (earlier.kind !== 'reply' || later.kind !== 'reply') return false;
  if (senderKey(earlier) !== senderKey(later)) return false;
  if (earlier.state === 'failed') return false;
  if (earlier.sentAt === null || later.sentAt === null) return true;
  if (dayKey(earlier.sentAt) !== dayKey(later.sentAt)) return false;
  return new Date(later.sentAt).getTime() - new Date(earlier.sentAt).getTime() < groupGapMs;
}

function dayOf(bubble: Bubble | undefined): string | null {
  return bubble === undefined || bubble.sentAt === null ? null : dayKey(bubble.sentAt);
}
