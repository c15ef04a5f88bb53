export type CachedEvent = { event: string; data: string; expiresAt: number };

/** The last event of each cache channel, for whoever subscribes later. Bounded in number and in time. */
export type EventCache = {
  find(channel: string): CachedEvent | null;
  put(channel: string, event: string, data: string): void;
};

export function createEventCache(
  cachedEventsMax: number,
  cachedEventMs: number,
  now: () => number,
): EventCache {
  const events = new Map<string, CachedEvent>();
  return {
    find(channel) {
      const cached = events.get(channel);
      if (!cached) return null;
      if (cached.expiresAt > now()) return cached;
      events.delete(channel);
      return null;
    },
    put(channel, event, data) {
      events.delete(channel);
      events.set(channel, { event, data, expiresAt: now() + cachedEventMs });
      const oldest = events.keys().next();
      if (events.size > cachedEventsMax && !oldest.done) events.delete(oldest.value);
    },
  };
}
