'use client';

import { useEffect, useRef } from 'react';

/** Loads ahead what will be needed soon, once the page has nothing better to do. A failure is left to the real need. */
export function useWhenIdle(load: () => Promise<unknown>): void {
  const latest = useRef(load);
  useEffect(() => {
    const run = () => void latest.current().catch(() => {});
    if (typeof window.requestIdleCallback !== 'function') {
      const timer = setTimeout(run, 1_000);
      return () => clearTimeout(timer);
    }
    const handle = window.requestIdleCallback(run, { timeout: 3_000 });
    return () => window.cancelIdleCallback(handle);
  }, []);
}
