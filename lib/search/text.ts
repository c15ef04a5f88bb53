/**
 * How the browser and the service see words in a text, for marking them. The database finds by its own functions
 * (`search_tokens` and what stands beside it); these agree with them, and where they did not, a mark would be missing.
 */

/** What stands between words. The same ranges as in the database. */
const separators =
  '\\u0000-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u00BF\\u00D7\\u00F7\\u055A-\\u055F\\u0589\\u058A\\u05F3\\u05F4\\u060C\\u061B\\u061F\\u066A-\\u066D\\u06D4\\u0964\\u0965\\u104A-\\u104F\\u1361-\\u1368\\u2000-\\u2BFF\\u2E00-\\u2E7F\\u3000-\\u3004\\u3008-\\u3030\\u303D-\\u303F\\u30FB\\uE000-\\uF8FF\\uFE00-\\uFE6F\\uFFF0-\\uFFFF\\u{1F000}-\\u{1FAFF}\\u{E0000}-\\u{10FFFF}';
/** Scripts that set no spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese; and Korean, which joins its particles. */
const unspaced =
  '\\u0E00-\\u0EFF\\u1000-\\u1049\\u1050-\\u109F\\u1100-\\u11FF\\u1780-\\u17FF\\u3005-\\u3007\\u3031-\\u303C\\u3040-\\u30FA\\u30FC-\\u318F\\u31F0-\\u31FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7FF\\uF900-\\uFAFF\\u{20000}-\\u{3FFFF}';

/** Arabic vowel signs, the tatweel, soft hyphens and accents that stand by themselves are left out. */
const aside =
  '\\u00AD\\u0300-\\u036F\\u0591-\\u05C7\\u0610-\\u061A\\u0640\\u064B-\\u065F\\u0670\\u06D6-\\u06DC\\u06DF-\\u06E8\\u06EA-\\u06ED';
const leftOut = new RegExp(`[${aside}]`, 'gu');
const spelledOut: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
};
const tokenPattern = new RegExp(`[${unspaced}]+|[^${separators}${unspaced}]+`, 'gu');
const unspacedPattern = new RegExp(`^[${unspaced}]`, 'u');

function foldPoint(point: string): string {
  if (point <= '\x7f') return point.toLowerCase();
  const bare = point.normalize('NFKC').normalize('NFD').replace(leftOut, '').normalize('NFC').toLowerCase();
  return Array.from(bare.replace(leftOut, ''), (each) => spelledOut[each] ?? each).join('');
}

export function foldText(text: string): string {
  return Array.from(text, foldPoint).join('');
}

/** The words of a text in their order, folded; a run of a script without spaces is one. */
export function wordsOf(text: string): string[] {
  return foldText(text.normalize('NFKC')).match(tokenPattern) ?? [];
}

export function isUnspaced(word: string): boolean {
  return unspacedPattern.test(word);
}

/** What has to stand somewhere: words right after one another, the last one perhaps only begun. */
export type Sought = { words: readonly string[]; isBegun: boolean };

/** Finds `sought` in a folded text. Null when it has no words. */
export function patternOf({ words, isBegun }: Sought): RegExp | null {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return null;
  const isWord = `[^${separators}${unspaced}]`;
  const before = isUnspaced(first) ? '' : `(?<!${isWord})`;
  const after = isBegun || isUnspaced(last) ? '' : `(?!${isWord})`;
  return new RegExp(`${before}${inARow(words, separators)}${after}`, 'gu');
}

// Words consist of letters, digits and marks only: nothing in them means anything to a pattern.
function inARow(words: readonly string[], between: string): string {
  let pattern = '';
  for (const [index, word] of words.entries()) {
    const previous = words[index - 1];
    const touches = previous === undefined || isUnspaced(previous) || isUnspaced(word);
    pattern += index === 0 ? word : `[${between}]${touches ? '*' : '+'}${word}`;
  }
  return pattern;
}

/**
 * What to find in a text's own words when these are set apart by one space each, with one before and one behind: a run
 * without spaces may go on before and after, and what was only begun may go on.
 */
export function needleOf({ words, isBegun }: Sought): string | null {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return null;
  return `${isUnspaced(first) ? '' : ' '}${words.join(' ')}${isBegun || isUnspaced(last) ? '' : ' '}`;
}

/** The stretches of `text` that are what was looked for: UTF-16 offsets, ascending, apart. */
export function marksIn(text: string, all: readonly Sought[]): [number, number][] {
  const { folded, origins } = foldWithOrigins(text);
  const found: [number, number][] = [];
  for (const sought of all) {
    const pattern = patternOf(sought);
    if (pattern === null) continue;
    for (const match of folded.matchAll(pattern)) {
      const from = origins[match.index];
      const to = origins[match.index + match[0].length];
      if (from !== undefined && to !== undefined && to > from) found.push([from, to]);
    }
  }
  found.sort(([a], [b]) => a - b);
  const marks: [number, number][] = [];
  for (const [from, to] of found) {
    const previous = marks.at(-1);
    if (previous !== undefined && from <= previous[1]) previous[1] = Math.max(previous[1], to);
    else marks.push([from, to]);
  }
  return marks;
}

/** `origins[i]` is where in `text` the folded text's unit `i` comes from; one more for the end. */
function foldWithOrigins(text: string): { folded: string; origins: number[] } {
  let folded = '';
  const origins: number[] = [];
  let at = 0;
  for (const point of text) {
    const bare = foldPoint(point);
    // What is left out (an accent that stands by itself) belongs to the letter before it.
    for (let unit = 0; unit < bare.length; unit++) origins.push(at);
    folded += bare;
    at += point.length;
  }
  origins.push(text.length);
  return { folded, origins };
}

const snippetChars = 180;
const lead = 50;

/** The part of a text where the first marks are, on one line, with its marks. Never cuts a letter in two. */
export function snippetAround(
  text: string,
  all: readonly Sought[],
): { text: string; marks: [number, number][] } {
  const line = text.replace(/\s+/gu, ' ').trim();
  const marks = marksIn(line, all);
  if (line.length <= snippetChars) return { text: line, marks };
  const [first] = densest(marks);
  const from = first === undefined || first < lead * 2 ? 0 : wordStart(line, first - lead);
  const to = from + snippetChars >= line.length ? line.length : wordEnd(line, from + snippetChars);
  const head = from === 0 ? '' : '…';
  const tail = to === line.length ? '' : '…';
  const shift = head.length - from;
  return {
    text: `${head}${line.slice(from, to)}${tail}`,
    marks: marks.flatMap(([start, end]): [number, number][] =>
      end <= from || start >= to ? [] : [[Math.max(start, from) + shift, Math.min(end, to) + shift]],
    ),
  };
}

/** Where most marks stand together. */
function densest(marks: readonly [number, number][]): [number, number] | [] {
  let best: [number, number] | [] = [];
  let most = 0;
  for (const [index, mark] of marks.entries()) {
    let count = 0;
    while ((marks[index + count]?.[1] ?? Number.POSITIVE_INFINITY) - mark[0] < snippetChars - lead) count++;
    if (count > most) {
      most = count;
      best = mark;
    }
  }
  return best.length === 0 ? (marks[0] ?? []) : best;
}

function wordStart(line: string, at: number): number {
  const space = line.indexOf(' ', at);
  return space !== -1 && space - at < lead / 2 ? space + 1 : pointStart(line, at);
}

function wordEnd(line: string, at: number): number {
  const space = line.lastIndexOf(' ', at);
  return at - space < lead / 2 ? space : pointStart(line, at);
}

function pointStart(line: string, at: number): number {
  return /[\uDC00-\uDFFF\p{M}\u200D]/u.test(line.charAt(at)) ? pointStart(line, at - 1) : at;
}
