'use client';

import { useEffect, useState } from 'react';

/**
 * The token after `#` of a link, taken out of the address bar at once so that it is neither bookmarked nor shared.
 * Undefined until the browser has looked, null where there is none. It survives a reload of the tab.
 */
export function useFragmentToken(name: string): string | null | undefined {
  const [token, setToken] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    const key = `parley.token.${name}`;
    const fragment = window.location.hash.slice(1);
    const given = new URLSearchParams(fragment).get('token') ?? (fragment === '' ? null : fragment);
    if (given !== null) {
      remember(key, given);
      window.history.replaceState(null, '', window.location.pathname);
    }
    setToken(given ?? recall(key));
  }, [name]);
  return token;
}

function remember(key: string, token: string) {
  try {
    sessionStorage.setItem(key, token);
  } catch {
    // Blocked storage: a reload needs the link again.
  }
}

function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Once it is used up. */
export function forgetFragmentToken(name: string): void {
  try {
    sessionStorage.removeItem(`parley.token.${name}`);
  } catch {
    // Nothing was kept either.
  }
}
