'use client';

import { useCallback, useEffect, useState } from 'react';
import { type Place, parsePlace, placeHref } from '#/components/inbox/place.ts';

/**
 * The present place and a way to another one without asking the server. Back and forward work; a change that only
 * filters replaces the entry in the history.
 */
export function usePlace(start: Place): [Place, (next: Partial<Place>) => void] {
  const [place, setPlace] = useState(start);
  useEffect(() => {
    const onPopState = () =>
      setPlace(parsePlace(window.location.pathname, new URLSearchParams(window.location.search)));
    window.addEventListener('popstate', onPopState);
    return () => window.removeEventListener('popstate', onPopState);
  }, []);
  const go = useCallback((next: Partial<Place>) => {
    const here = parsePlace(window.location.pathname, new URLSearchParams(window.location.search));
    const there = { ...here, ...next };
    const href = placeHref(there);
    if (href === placeHref(here)) return;
    if (there.ticketId === here.ticketId) window.history.replaceState(null, '', href);
    else window.history.pushState(null, '', href);
    setPlace(there);
  }, []);
  return [place, go];
}
