import type { InboxPorts, TimelineChange } from '#/components/inbox/ports.ts';
import type { Clock } from '#/lib/sync/transport.ts';

/** Between two readings of one ticket's timeline: each message of a lively conversation makes a version of its own. */
const restMs = 1_000;

export type TimelineReader = {
  /** There may be something new in this ticket: at once for another ticket, else when the last reading has rested. */
  look(ticketId: string): void;
  close(): void;
};

/**
 * Reads the timeline of the ticket that is looked at: one reading at a time, and always one that began after the last
 * look. A reading that fails is tried again with the next look.
 */
export function openTimelineReader(
  clock: Clock,
  fetchTimeline: InboxPorts['fetchTimeline'],
  onRead: (ticketId: string, changes: readonly TimelineChange[]) => void,
): TimelineReader {
  let current: string | null = null;
  let beganAtMs = 0;
  let isReading = false;
  let isWanted = false;
  let timer: unknown = null;

  function arrange() {
    clock.clearTimeout(timer);
    if (current === null || !isWanted || isReading) return;
    const waitMs = beganAtMs + restMs - clock.now();
    if (waitMs > 0) timer = clock.setTimeout(arrange, waitMs);
    else void read(current);
  }

  async function read(ticketId: string) {
    isReading = true;
    isWanted = false;
    beganAtMs = clock.now();
    const result = await fetchTimeline(ticketId);
    if (current !== ticketId) return;
    isReading = false;
    if (result.ok) onRead(ticketId, result.value);
    arrange();
  }

  return {
    look(ticketId) {
      if (current !== ticketId) {
        current = ticketId;
        isReading = false;
        beganAtMs = Number.NEGATIVE_INFINITY;
      }
      isWanted = true;
      arrange();
    },
    close() {
      current = null;
      clock.clearTimeout(timer);
    },
  };
}
