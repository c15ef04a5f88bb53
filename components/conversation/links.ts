export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

/**
 * A text cut into plain runs and addresses that may be followed. Only what is spelled `http://`, `https://` or
 * `mailto:` and parses as such; the parts joined are always exactly the text.
 */
export function findLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(
    /\b(?:https?:\/\/|mailto:)[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu,
  )) {
    const address = withoutTrailingPunctuation(match[0]);
    if (!isFollowable(address)) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'link', text: address, href: address });
    from = match.index + address.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

// "See https://a.example/b." ends a sentence; "https://a.example/b_(c)" keeps its own bracket.
function withoutTrailingPunctuation(address: string): string {
  let end = address.length;
  const hasOpening = address.includes('(');
  while (end > 0) {
    const last = address.charAt(end - 1);
    const isUnopened = last === ')' && !hasOpening;
    if (!'.,;:!?…]}'.includes(last) && !isUnopened) break;
    end -= 1;
  }
  return address.slice(0, end);
}

function isFollowable(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, pathname } = new URL(address);
  if (protocol === 'mailto:') return pathname.includes('@');
  return (protocol === 'http:' || protocol === 'https:') && hostname !== '';
}
