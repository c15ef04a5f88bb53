import type { SearchHit } from '#/lib/search/schema.ts';

/** The hits of one ticket: what was found of the ticket itself, and in its entries, newest first. */
export type HitGroup = {
  ticket: SearchHit['ticket'];
  own: SearchHit | null;
  entries: SearchHit[];
};

/** Hits by ticket, each ticket where its newest hit stands; what stands already keeps its place as more arrive. */
export function groupHits(hits: readonly SearchHit[]): HitGroup[] {
  const groups = new Map<string, HitGroup>();
  for (const hit of hits) {
    const group = groups.get(hit.ticket.id) ?? { ticket: hit.ticket, own: null, entries: [] };
    groups.set(hit.ticket.id, group);
    if (hit.seq === null) group.own ??= hit;
    else if (!group.entries.some((each) => isSameEntry(each, hit))) group.entries.push(hit);
  }
  return [...groups.values()];
}

// A page that was asked for again, after something new came in, may bring what is there.
function isSameEntry(one: SearchHit, other: SearchHit): boolean {
  return one.conversationId === other.conversationId && one.seq === other.seq;
}

/** A text as stretches, those that were looked for marked. Marks that fit no text are left out. */
export function markedParts({ text, marks }: SearchHit['snippet']): { text: string; isMark: boolean }[] {
  const parts: { text: string; isMark: boolean }[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at || end <= start || end > text.length) continue;
    if (start > at) parts.push({ text: text.slice(at, start), isMark: false });
    parts.push({ text: text.slice(start, end), isMark: true });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), isMark: false });
  return parts;
}
