import { openStore } from '#/lib/sync/store.ts';

/** Something done that can be taken back. */
export type Deed = {
  /** What was done, as it is told: "#1042 resolved". */
  words: string;
  /** Takes it back; answers why not, in words, when somebody was there before. */
  undo(): Promise<string | null>;
  /** It is being taken back: what offered that can go. */
  onTaken?(): void;
};

export type UndoStack = {
  getSnapshot(): { canUndo: boolean };
  subscribe(listener: () => void): () => void;
  /** Answers the deed's own undo, for its button: the first of button and key does it. */
  push(deed: Deed): () => Promise<string | null>;
  /** Takes the latest deed back that still can be; null when there is none. */
  undoLatest(): { words: string; outcome: Promise<string | null> } | null;
};

const keptMax = 20;
/** Later than this nobody means it any more, and a stray key must not reopen what was long done. */
const keptMs = 300_000;

/** What was done on this page and can be taken back, the latest first. */
export function openUndoStack(now: () => number): UndoStack {
  let deeds: { deed: Deed; at: number }[] = [];
  const fresh = () => deeds.filter(({ at }) => now() - at < keptMs);
  const store = openStore(() => ({ canUndo: fresh().length > 0 }));

  function take(deed: Deed): Promise<string | null> {
    if (!deeds.some((each) => each.deed === deed)) return Promise.resolve(null);
    deeds = deeds.filter((each) => each.deed !== deed);
    store.changed();
    deed.onTaken?.();
    return deed.undo();
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    push(deed) {
      deeds = [...fresh(), { deed, at: now() }].slice(-keptMax);
      store.changed();
      return () => take(deed);
    },
    undoLatest() {
      const latest = fresh().at(-1)?.deed;
      return latest === undefined ? null : { words: latest.words, outcome: take(latest) };
    },
  };
}
