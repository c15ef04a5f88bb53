/**
 * Several threads as one: by time between them, and inside each in its own order whatever the clock said. Each comes
 * in ascending order.
 */
export function interleave<Item extends { sentAt: string }>(threads: readonly (readonly Item[])[]): Item[] {
  const places = threads.map(() => 0);
  const merged: Item[] = [];
  for (;;) {
    let next: { item: Item; thread: number } | null = null;
    for (const [thread, items] of threads.entries()) {
      const item = items[places[thread] ?? 0];
      if (item !== undefined && (next === null || item.sentAt < next.item.sentAt)) next = { item, thread };
    }
    if (next === null) return merged;
    merged.push(next.item);
    places[next.thread] = (places[next.thread] ?? 0) + 1;
  }
}
