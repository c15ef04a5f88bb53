import type { Named } from '#/components/inbox/ports.ts';

/** What is being typed behind a sign at the caret: its text begins behind the sign and ends at the caret. */
export type Trigger = { from: number; to: number; query: string };

const mentionQueryMax = 40;

/** The mention being typed at the caret; null where none is. A name may hold one space. */
export function mentionAt(text: string, caret: number): Trigger | null {
  const line = text.slice(Math.max(0, caret - mentionQueryMax - 1), caret);
  const match = /(?:^|[\s(])@((?:[\p{L}\p{N}\p{M}.'’_-]+ ?){0,2}[\p{L}\p{N}\p{M}.'’_-]*)$/u.exec(line);
  const query = match?.[1];
  return query === undefined ? null : { from: caret - query.length - 1, to: caret, query };
}

/** Colleagues whose name, or a word of it, begins with what was typed. */
export function matchingPeople(people: readonly Named[], query: string): Named[] {
  const wanted = folded(query.trim());
  if (wanted === '') return [...people];
  return people.filter(({ name }) => {
    const whole = folded(name);
    return whole.startsWith(wanted) || whole.split(/[\s-]+/u).some((word) => word.startsWith(wanted));
  });
}

/** The text with what was typed replaced by `words` and a space; `caret` is where to go on writing. */
export function replaceTrigger(text: string, trigger: Trigger, words: string) {
  const rest = text.slice(trigger.to);
  const gap = /^\s/u.test(rest) ? '' : ' ';
  const put = words + gap;
  return {
    text: text.slice(0, trigger.from) + put + rest,
    caret: trigger.from + put.length + (gap === '' ? 1 : 0),
  };
}

export type MentionPart = { kind: 'text' | 'mention'; text: string };

/** A text cut at each `@Name` of these people; the longest name wins. The parts joined are always the text. */
export function mentionParts(text: string, names: readonly string[]): MentionPart[] {
  const known = [...new Set(names)].filter((name) => name !== '').sort((a, b) => b.length - a.length);
  if (known.length === 0 || !text.includes('@')) return text === '' ? [] : [{ kind: 'text', text }];
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])@(?:${known.map(escaped).join('|')})(?![\\p{L}\\p{N}])`,
    'giu',
  );
  const parts: MentionPart[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'mention', text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/**
 * Who a note mentions, read from its text, so that it is right after a reload too. `picked` says whom the writer
 * chose where two have one name.
 */
export function mentionedIds(text: string, people: readonly Named[], picked: ReadonlySet<string>): string[] {
  const names = new Set(
    mentionParts(
      text,
      people.map(({ name }) => name),
    ).flatMap((part) => (part.kind === 'mention' ? [folded(part.text.slice(1))] : [])),
  );
  const named = people.filter(({ name }) => names.has(folded(name)));
  return named
    .filter(({ id, name }) => {
      const same = named.filter((other) => folded(other.name) === folded(name));
      return same.length === 1 || picked.has(id) || !same.some((other) => picked.has(other.id));
    })
    .map(({ id }) => id);
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
