'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { type Place, parsePlace, placeAfter, placeHref } from '#/components/inbox/place.ts';

export type Placed = { place: Place; ignored: readonly string[] };

/**
 * The present place and a way to another one without asking the server. Back and forward work; a change that only
 * filters replaces the entry in the history.
 */
export function usePlace(start: Placed): Placed & { go(next: Partial<Place>): void } {
  const [placed, setPlaced] = useState(start);
  /** What was last asked for, also before it is drawn: one key after the other starts from there. */
  const latest = useRef(start.place);
  useEffect(() => {
    const onPopState = () => {
      const here = placeHere();
      latest.current = here.place;
      setPlaced(here);
    };
    window.addEventListener('popstate', onPopState);
    return () => window.removeEventListener('popstate', onPopState);
  }, []);
  const go = useCallback((next: Partial<Place>) => {
    const here = latest.current;
    const there = placeAfter(here, next);
    const href = placeHref(there);
    if (href === placeHref(here)) return;
    latest.current = there;
    const isStep = there.ticketId !== here.ticketId || there.view !== here.view;
    if (isStep) window.history.pushState(null, '', href);
    else window.history.replaceState(null, '', href);
    setPlaced({ place: there, ignored: [] });
  }, []);
  return { ...placed, go };
}

function placeHere(): Placed {
  return parsePlace(window.location.pathname, new URLSearchParams(window.location.search));
}
