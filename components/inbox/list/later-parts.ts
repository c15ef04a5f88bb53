'use client';

import { useEffect, useSyncExternalStore } from 'react';
import type { BulkBar } from '#/components/inbox/list/bulk-bar.tsx';
import type { FilterPanel } from '#/components/inbox/list/filter-panel.tsx';
import type {
  ConfirmDialog,
  RenameViewDialog,
  SaveViewDialog,
} from '#/components/inbox/list/view-dialogs.tsx';
import { showToast } from '#/components/ui/toast.tsx';

/** What the list needs only after a press. */
export type LaterParts = {
  BulkBar: typeof BulkBar;
  FilterPanel: typeof FilterPanel;
  ConfirmDialog: typeof ConfirmDialog;
  RenameViewDialog: typeof RenameViewDialog;
  SaveViewDialog: typeof SaveViewDialog;
};

let parts: LaterParts | null = null;
let fetching: Promise<void> | null = null;
const listeners = new Set<() => void>();

function fetchParts(): Promise<void> {
  fetching ??= Promise.all([
    import('#/components/inbox/list/bulk-bar.tsx'),
    import('#/components/inbox/list/filter-panel.tsx'),
    import('#/components/inbox/list/view-dialogs.tsx'),
  ])
    .then(([bulk, filter, dialogs]) => {
      parts = { ...bulk, ...filter, ...dialogs };
      for (const listener of listeners) listener();
    })
    .finally(() => {
      fetching = null;
    });
  return fetching;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The parts that come after the page: fetched when it has nothing better to do, so that they are there before anybody
 * asks, or as soon as they are wanted. Not by `lazy`: React would hold each of them back for 300 ms at its first use.
 */
export function useLaterParts(isWanted: boolean): LaterParts | null {
  const known = useSyncExternalStore(
    subscribe,
    () => parts,
    () => null,
  );
  const isMissing = isWanted && known === null;
  useEffect(() => {
    if (!isMissing) return;
    fetchParts().catch(() => {
      showToast('That could not be loaded. Check your connection and try again.', 'bad');
    });
  }, [isMissing]);
  useEffect(() => {
    if (parts !== null) return;
    // A failure here is told by whoever wants them.
    const fetchQuietly = () => void fetchParts().catch(() => {});
    // Not every browser says when it is idle.
    if (typeof requestIdleCallback === 'undefined') {
      const timer = setTimeout(fetchQuietly, 2_000);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(fetchQuietly, { timeout: 5_000 });
    return () => cancelIdleCallback(handle);
  }, []);
  return known;
}
