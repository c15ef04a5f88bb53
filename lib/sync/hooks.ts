'use client';

import { useSyncExternalStore } from 'react';
import type { Store } from '#/lib/sync/store.ts';

/** The store's snapshot; renders again when it changes. */
export function useStore<Snapshot>(store: Store<Snapshot>): Snapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}
