import { useEffect, useState } from 'react';

const againMs = 3_000;

/**
 * A part of the frame that is fetched when it is wanted first; null until it is there. Where it does not come it is asked
 * for again: nothing on the screen depends on it meanwhile. `load` has to be the same function each time.
 */
export function useLoaded<Part>(isWanted: boolean, load: () => Promise<Part>): Part | null {
  // In a box, since a part may be a function, which the setter would call.
  const [loaded, setLoaded] = useState<{ part: Part } | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!isWanted || loaded !== null) return;
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    load().then(
      (part) => {
        if (!isGone) setLoaded({ part });
      },
      () => {
        if (!isGone) timer = setTimeout(() => setTries(tries + 1), againMs);
      },
    );
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [isWanted, loaded, load, tries]);
  return loaded?.part ?? null;
}
