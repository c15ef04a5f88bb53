import { findLinks, type TextPart } from '#/components/conversation/links.ts';

/** What a message is drawn from: nothing else can be in one. All strings are shown as they are. */
export type MessageNode =
  | { kind: 'text'; parts: InlineNode[] }
  /** Between fences. A single word behind the first one names the language, and is not shown. */
  | { kind: 'code'; text: string };
export type InlineNode = TextPart | { kind: 'code'; text: string };

const fence = '```';

/**
 * A text as paragraphs and code. A fence begins a line and is closed by another one; single backticks hold a piece of
 * one line. Whatever is not closed is plain text, so that nothing that was written is lost.
 */
export function readMessage(text: string): MessageNode[] {
  const nodes: MessageNode[] = [];
  let from = 0;
  let opening = findFence(text, 0);
  while (opening !== -1) {
    const code = readFence(text, opening);
    if (code === null) break;
    addText(nodes, text.slice(from, opening), true);
    nodes.push({ kind: 'code', text: code.text });
    from = code.end;
    opening = findFence(text, from);
  }
  addText(nodes, text.slice(from), false);
  return nodes;
}

/** One to three pictures and nothing else: they may be large. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 64 && emojiOnly.test(text);
}

const one =
  /(?:\p{RI}\p{RI}|[#*\d]\uFE0F?\u20E3|\p{Extended_Pictographic}[\uFE0F\p{EMod}]?(?:\u200D\p{Extended_Pictographic}[\uFE0F\p{EMod}]?)*)/u;
const emojiOnly = new RegExp(`^\\s*(?:${one.source}\\s*){1,3}$`, 'u');

/** Where the next line begins with a fence; -1 where none does. */
function findFence(text: string, from: number): number {
  for (let at = text.indexOf(fence, from); at !== -1; at = text.indexOf(fence, at + 1)) {
    if (at === 0 || text[at - 1] === '\n') return at;
  }
  return -1;
}

function readFence(text: string, opening: number): { text: string; end: number } | null {
  const lineEnd = lineEndOf(text, opening);
  const first = text.slice(opening + fence.length, lineEnd);
  // All of it in one line.
  if (first.trimEnd().endsWith(fence) && first.trim().length > fence.length) {
    return { text: first.trimEnd().slice(0, -fence.length), end: afterLine(text, lineEnd) };
  }
  if (first.includes('`') || lineEnd === text.length) return null;
  const begin = isLanguage(first.trim()) ? lineEnd + 1 : opening + fence.length;
  for (let at = findFence(text, lineEnd); at !== -1; at = findFence(text, at + 1)) {
    const end = lineEndOf(text, at);
    if (text.slice(at + fence.length, end).trim() !== '') continue;
    return { text: text.slice(begin, Math.max(begin, at - 1)), end: afterLine(text, end) };
  }
  return null;
}

function isLanguage(word: string): boolean {
  return /^[\w+#.-]{0,20}$/.test(word);
}

function lineEndOf(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function afterLine(text: string, lineEnd: number): number {
  return Math.min(text.length, lineEnd + 1);
}

function addText(nodes: MessageNode[], text: string, isBeforeCode: boolean) {
  // The break before a block is the block's own.
  const shown = isBeforeCode && text.endsWith('\n') ? text.slice(0, -1) : text;
  if (shown !== '') nodes.push({ kind: 'text', parts: readInline(shown) });
}

function readInline(text: string): InlineNode[] {
  const parts: InlineNode[] = [];
  let from = 0;
  for (const match of text.matchAll(/`([^`\n]+)`/g)) {
    if (match.index > from) parts.push(...findLinks(text.slice(from, match.index)));
    parts.push({ kind: 'code', text: match[1] ?? '' });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(...findLinks(text.slice(from)));
  return parts;
}
