const key = 'parley.palette.recent';
const keptMax = 8;

/** What was run from the palette lately, in this browser, the latest first. */
export function readRecent(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string').slice(0, keptMax) : [];
  } catch {
    return [];
  }
}

export function keepRecent(id: string): void {
  try {
    const others = readRecent().filter((each) => each !== id);
    localStorage.setItem(key, JSON.stringify([id, ...others].slice(0, keptMax)));
  } catch {
    // Storage is blocked or full: the palette simply remembers nothing.
  }
}
