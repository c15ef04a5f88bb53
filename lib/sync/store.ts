/** What `useStore` reads: a snapshot that keeps its identity until something changed, and a way to hear of changes. */
export type Store<Snapshot> = {
  getSnapshot(): Snapshot;
  subscribe(listener: () => void): () => void;
};

/** A store whose snapshot is made by `read` when somebody looks, at most once per change. */
export function openStore<Snapshot>(read: () => Snapshot): Store<Snapshot> & { changed(): void } {
  const listeners = new Set<() => void>();
  let cached: { snapshot: Snapshot } | null = null;
  return {
    getSnapshot() {
      cached ??= { snapshot: read() };
      return cached.snapshot;
    },
    subscribe(listener) {
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    changed() {
      cached = null;
      for (const listener of [...listeners]) listener();
    },
  };
}
