/**
 * How well words match what was typed: each typed word begins one of them, stands inside one, or is spread over one in
 * its order. Pure.
 */

export type FuzzyMatch = {
  /** Higher is better; only compared with matches of the same typed words. */
  score: number;
};

/** Null when one of the typed words is nowhere in it. Case and accents make no difference. */
export function fuzzyMatch(text: string, typed: string): FuzzyMatch | null {
  const words = wordsOf(text);
  let score = 0;
  for (const word of wordsOf(typed)) {
    const best = Math.max(
      ...words.map((each, index) => scoreOf(each, word) - index * 0.01),
      initials(words, word),
    );
    if (best <= 0) return null;
    score += best;
  }
  // Of two that match alike the one with fewer other words is meant.
  return { score: score - words.length * 0.001 };
}

/** Those that match, best first; the order given decides between equals. All of them for nothing typed. */
export function fuzzySort<Item>(
  items: readonly Item[],
  typed: string,
  textOf: (item: Item) => string,
): Item[] {
  if (wordsOf(typed).length === 0) return [...items];
  return items
    .flatMap((item) => {
      const match = fuzzyMatch(textOf(item), typed);
      return match === null ? [] : [{ item, score: match.score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}#@.]+/u)
    .filter((word) => word !== '');
}

function scoreOf(word: string, typed: string): number {
  if (word === typed) return 4;
  if (word.startsWith(typed)) return 3;
  if (typed.length > 1 && word.includes(typed)) return 1.5;
  return typed.length > 2 && isSpreadOver(word, typed) ? 1 : 0;
}

function isSpreadOver(word: string, typed: string): boolean {
  if (word[0] !== typed[0]) return false;
  let at = -1;
  for (const letter of typed) {
    at = word.indexOf(letter, at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** "atm" is Assign to me. */
function initials(words: readonly string[], typed: string): number {
  return typed.length > 1 &&
    words
      .map((word) => word[0] ?? '')
      .join('')
      .startsWith(typed)
    ? 2
    : 0;
}
