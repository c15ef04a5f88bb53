/**
 * Text as people type it, made safe to store: NUL is refused by the schemas, lone surrogates become U+FFFD, line
 * ends become `\n`. Direction controls stay (people write Arabic); names strip them instead, see `cleanName`.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}

/** A name on one line: direction overrides and control characters removed, at most 3 combining marks on a letter. */
export function cleanName(name: string): string {
  return name
    .toWellFormed()
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Whether there is anything to read: not only white space, zero-width or control characters. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\p{Cf}\p{Zs}\u2800\u3164]*$/u.test(text);
}

/** The first line's worth of a text, at most `charsMax` code points, cut at a word where one is near. */
export function snippetOf(text: string, charsMax: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const points = Array.from(line.length > charsMax * 4 ? line.slice(0, charsMax * 4) : line);
  if (points.length <= charsMax) return points.join('').toWellFormed();
  const cut = points.slice(0, charsMax - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > cut.length * 0.6 ? cut.slice(0, space) : cut).trimEnd()}…`.toWellFormed();
}

/** Only http(s) addresses, without what people put behind `?` and `#`: those hold other sites' secrets. */
export function cleanPage(page: string | null): string | null {
  if (page === null || !URL.canParse(page)) return null;
  const url = new URL(page);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  return cleanText(`${url.origin}${url.pathname}`);
}
