'use client';

import { useSyncExternalStore } from 'react';

/** Whether the person is looking at this tab: visible and focused. */
export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, read, () => false);
}

function read(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  return () => {
    document.removeEventListener('visibilitychange', listener);
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
  };
}
