import { isUnspaced } from '#/lib/search/text.ts';

/** How words and stretches of time are asked for in the index. Words come from `search_tokens`, so hold no operators. */

const lexemeChars = 40;

function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

export type FoldedTerm = { tokens: readonly string[]; isBegun: boolean };

/** Below that a beginning fits too much to be one: one letter stands for itself. */
export const beginningCharsMin = 2;

/** The word that is still being typed, if its beginning says anything. */
export function beginningOf({ tokens, isBegun }: FoldedTerm): string | null {
  const last = tokens.at(-1);
  if (!isBegun || last === undefined || isUnspaced(last)) return null;
  const { length } = Array.from(last);
  return length >= beginningCharsMin && length < lexemeChars ? last : null;
}

/**
 * A term as a condition on the index; null when there is nothing in it to find. With `withoutBeginning` the word that is
 * still being typed is left out, to be looked at in the texts that the rest finds.
 */
export function termQuery(term: FoldedTerm, withoutBeginning = false): string | null {
  const beginning = beginningOf(term);
  const parts = term.tokens.flatMap((token, index) => {
    if (isUnspaced(token)) return pairsOf(token);
    if (index < term.tokens.length - 1 || beginning === null) return [quoted(cutToLexeme(token))];
    return withoutBeginning ? [] : [`${quoted(token)}:*`];
  });
  return parts.length === 0 ? null : `(${[...new Set(parts)].join(' & ')})`;
}

/** Whether the index only says where it may be, since order or neighbours count. */
export function needsLook({ tokens }: FoldedTerm): boolean {
  return (
    tokens.length > 1 ||
    tokens.some((token) => {
      const { length } = Array.from(token);
      return isUnspaced(token) ? length > 2 : length > lexemeChars;
    })
  );
}

function cutToLexeme(token: string): string {
  return Array.from(token).slice(0, lexemeChars).join('');
}

/** A run of a script without spaces stands in the index as its pairs of neighbours; one letter begins such pairs. */
function pairsOf(run: string): string[] {
  const letters = Array.from(run);
  if (letters.length === 1) return [`${quoted(run)}:*`];
  return letters.slice(1).map((letter, index) => quoted(`${letters[index]}${letter}`));
}

/** A telephone number as people type it, from where it is the same in every country: without spaces and zeros. */
export function phoneDigits(typed: string): string {
  return typed.replace(/\D/g, '').replace(/^0+/, '');
}

/** Condition on a ticket whose customer's number ends like that; null when what was typed is none. */
export function phoneQuery(typed: string): string | null {
  if (!/^[+\d][\d\s()./-]*$/.test(typed)) return null;
  const digits = phoneDigits(typed);
  if (digits.length < 6 || digits.length > 15) return null;
  return `${quoted(` p${Array.from(digits).reverse().join('')}`)}:*`;
}

export function tagQuery(tagId: string): string {
  return quoted(` t${tagId}`);
}

export const noteQuery = quoted(' n');

/** Time is told in blocks of 64 seconds, and in larger ones of 32 each of the next smaller. See `search_times`. */
export const blockMs = 64_000;
const levels = ['a', 'b', 'c', 'd', 'e'];

export function blockOf(ms: number): number {
  return Math.max(0, Math.floor(ms / blockMs));
}

/** The size of blocks that names a stretch of this width in a few of them. */
export function blocksFor(width: number): number {
  let size = 1;
  for (let level = 1; level < levels.length && size * 32 <= width; level++) size *= 32;
  return size;
}

/** The blocks from `from` up to and without `to`, as few and as large ones as there are. */
export function timeQuery(from: number, to: number): string {
  const parts: string[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    while (level + 1 < levels.length && at % 32 ** (level + 1) === 0 && at + 32 ** (level + 1) <= to) level++;
    parts.push(quoted(` ${levels[level]}${at / 32 ** level}`));
    at += 32 ** level;
  }
  return parts.length === 0 ? quoted(' ') : `(${parts.join(' | ')})`;
}
