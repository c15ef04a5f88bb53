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
    const drawnFrom: unknown = window.history.state;
    const onPopState = (event: PopStateEvent) => {
      if (!/^\/inbox(?:\/|$)/.test(window.location.pathname)) return;
      const here = placeHere();
      latest.current = here.place;
      setPlaced(here);
      // An entry from before this page was loaded names what Next had drawn then, for which it would ask the server and
      // draw the inbox anew, over what was typed since. To Next every place of the inbox is this one page.
      event.stopImmediatePropagation();
      window.history.replaceState(drawnFrom, '', window.location.href);
      window.history.replaceState(null, '', window.location.href);
    };
    // Next listens as well, and this comes first.
    window.addEventListener('popstate', onPopState, { capture: true });
    return () => window.removeEventListener('popstate', onPopState, { capture: true });
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
