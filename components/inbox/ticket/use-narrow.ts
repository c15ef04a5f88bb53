'use client';

import { useSyncExternalStore } from 'react';

const narrow = '(max-width: 720px)';

/** Whether list and ticket are two pages: then actions are in a sheet. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(narrow).matches,
    () => false,
  );
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(narrow);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
