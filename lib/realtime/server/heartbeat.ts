/** Something that a heartbeat visits once a round; the slot is the heartbeat's own bookkeeping. */
export type Visited = { heartbeatSlot: number };

export type Heartbeat<T extends Visited> = { add(item: T): void; remove(item: T): void; stop(): void };

const tickMs = 250;
const tickMsMin = 10;
const slotsMin = 4;

/**
 * Visits every item once a round, a slice of them per tick: one timer for all sockets, and never a burst
 * of thousands of pings when they all connected in the same second.
 */
export function createHeartbeat<T extends Visited>(roundMs: number, visit: (item: T) => void): Heartbeat<T> {
  const slotCount = Math.max(slotsMin, Math.round(roundMs / tickMs));
  const slots = Array.from({ length: slotCount }, () => new Set<T>());
  let nextSlot = 0;
  let visitedSlot = 0;

  const timer = setInterval(
    () => {
      visitedSlot = (visitedSlot + 1) % slotCount;
      for (const item of slots[visitedSlot] ?? []) visit(item);
    },
    Math.max(tickMsMin, roundMs / slotCount),
  );
  timer.unref();

  return {
    add(item) {
      nextSlot = (nextSlot + 1) % slotCount;
      item.heartbeatSlot = nextSlot;
      slots[nextSlot]?.add(item);
    },
    remove(item) {
      slots[item.heartbeatSlot]?.delete(item);
    },
    stop() {
      clearInterval(timer);
    },
  };
}
