'use client';

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { PanelState } from '#/components/inbox/ticket/ticket-pane-props.ts';

const panelKey = 'parley.panel';
const wideQuery = '(min-width: 1360px)';

/** The customer panel: beside the thread where there is room (and remembered), else a drawer. */
export function usePanel(): PanelState {
  const [isDocked, setIsDocked] = useState(true);
  const [isDrawn, setDrawn] = useState(false);
  const isWide = useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(wideQuery);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => window.matchMedia(wideQuery).matches,
    () => true,
  );
  useEffect(() => {
    setIsDocked(readFlag(panelKey) !== 'hidden');
  }, []);
  return useMemo(
    () => ({
      isDocked,
      isDrawn: isDrawn && !isWide,
      isOpen: isWide ? isDocked : isDrawn,
      setDrawn,
      toggle() {
        if (!isWide) {
          setDrawn(!isDrawn);
          return;
        }
        keepFlag(panelKey, isDocked ? 'hidden' : 'shown');
        setIsDocked(!isDocked);
      },
    }),
    [isDocked, isDrawn, isWide],
  );
}

function readFlag(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keepFlag(key: string, value: string) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked storage: the choice lasts as long as the page.
  }
}
