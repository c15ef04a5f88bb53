import type { Entry, EntryPage } from '#/lib/messages/schema.ts';

/**
 * A contiguous run of one conversation's stored order, as one reader sees it: `entries` are `first … cursor` without a
 * hole. `first` is null until a page was applied. `head` is the newest order heard of; `cursor < head` is a gap to fetch.
 * All of it is of one `epoch`, null until something is known of it: orders of another say nothing here.
 */
export type Log = {
  readonly entries: readonly Entry[];
  readonly first: number | null;
  readonly cursor: number;
  readonly head: number;
  readonly epoch: string | null;
};

export const emptyLog: Log = { entries: [], first: null, cursor: 0, head: 0, epoch: null };

/** The log of a conversation that is known to have no entry yet. */
export const startedLog: Log = { ...emptyLog, first: 1 };

/** Raises the head only: there is more than the log holds. */
export function hearOf(log: Log, head: number): Log {
  return head > log.head ? { ...log, head } : log;
}

/** Appends what continues the run, ignores what it holds already, and never makes a hole. Same object: nothing new. */
export function append(log: Log, entries: readonly Entry[], head: number): Log {
  if (log.first === null) return hearOf(log, head);
  const added: Entry[] = [];
  let cursor = log.cursor;
  for (const entry of entries) {
    if (entry.order !== cursor + 1) continue;
    added.push(entry);
    cursor = entry.order;
  }
  if (added.length === 0) return hearOf(log, head);
  return { ...log, entries: [...log.entries, ...added], cursor, head: Math.max(log.head, head, cursor) };
}

/** The rule for pushed entries: applied if `after` is not beyond the cursor, else only the head is raised. */
export function applyEvent(log: Log, event: { after: number; entry: Entry; epoch: string }): Log {
  if (event.epoch !== log.epoch) return log;
  return append(log, event.after <= log.cursor ? [event.entry] : [], event.entry.order);
}

/** A log that holds exactly this newest page. */
export function logOfPage(page: EntryPage): Log {
  const cursor = page.entries.at(-1)?.order ?? page.through;
  return {
    entries: page.entries,
    first: page.entries[0]?.order ?? cursor + 1,
    cursor,
    head: Math.max(page.head, cursor),
    epoch: page.epoch,
  };
}

/** Puts earlier entries in front, as far as they touch the run. */
export function prepend(log: Log, entries: readonly Entry[]): Log {
  if (log.first === null) return log;
  const added: Entry[] = [];
  let first = log.first;
  for (const entry of entries.toReversed()) {
    if (entry.order !== first - 1) continue;
    added.push(entry);
    first = entry.order;
  }
  if (added.length === 0) return log;
  return { ...log, entries: [...added.reverse(), ...log.entries], first };
}
