import type { Trigger } from '#/components/inbox/ticket/mentions.ts';
import type { SavedReply } from '#/lib/saved-replies/schema.ts';

const queryMax = 40;
const shownMax = 50;

/** The search behind a slash at the caret; null where none is. A slash inside a word or an address is a slash. */
export function slashAt(text: string, caret: number): Trigger | null {
  const line = text.slice(Math.max(0, caret - queryMax - 2), caret);
  const match = /(?:^|\s)\/((?:[\p{L}\p{N}\p{M}_-][\p{L}\p{N}\p{M}_ -]*)?)$/u.exec(line);
  const query = match?.[1];
  return query === undefined ? null : { from: caret - query.length - 1, to: caret, query };
}

/**
 * Saved replies that fit what was typed, best first: by shortcut, by the beginning of the title, by a word of it, then by
 * what they say.
 */
export function matchingReplies(replies: readonly SavedReply[], query: string): SavedReply[] {
  const wanted = folded(query.trim());
  if (wanted === '') return replies.slice(0, shownMax);
  return replies
    .map((reply) => ({ reply, rank: rankOf(reply, wanted) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.reply.title.localeCompare(b.reply.title))
    .slice(0, shownMax)
    .map(({ reply }) => reply);
}

function rankOf(reply: SavedReply, wanted: string): number | null {
  const title = folded(reply.title);
  const shortcut = reply.shortcut === null ? null : folded(reply.shortcut);
  if (shortcut === wanted) return 0;
  if (shortcut?.startsWith(wanted) === true) return 1;
  if (title.startsWith(wanted)) return 2;
  if (title.split(/\s+/u).some((word) => word.startsWith(wanted))) return 3;
  const words = wanted.split(/\s+/u);
  if (words.every((word) => title.includes(word))) return 4;
  return words.every((word) => folded(reply.text).includes(word)) ? 5 : null;
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
