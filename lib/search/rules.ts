import { type SearchNote, searchCharsUsed } from '#/lib/search/schema.ts';
import { type TicketStatus, ticketStatuses } from '#/lib/tickets/schema.ts';

/** Reading what somebody typed into the search field. Nothing that can be typed is an error. */

export const filterNames = ['status', 'assignee', 'tag', 'customer', 'before', 'after', 'in'] as const;
export type FilterName = (typeof filterNames)[number];

/** What has to occur: words right after one another as typed, the last one perhaps only begun; and where it stands. */
export type SearchTerm = { raw: string; isBegun: boolean; start: number; end: number };
/** A filter as typed, and where, so that a chip can take it out again. */
export type SearchChip = { name: FilterName; value: string; start: number; end: number };

export type ParsedSearch = {
  terms: SearchTerm[];
  chips: SearchChip[];
  /** `#1042`. */
  number: number | null;
  statuses: TicketStatus[];
  assignees: string[];
  tags: string[];
  customers: string[];
  /** Moments in milliseconds: from the one on, and before the other. */
  fromMs: number | null;
  toMs: number | null;
  in: 'notes' | 'messages' | null;
  notes: SearchNote[];
};

export const searchTermsMax = 10;
const quotes = '"“”„«»';
const numberMax = 2_147_483_647;

export function parseSearch(typed: string, zone: string, nowMs: number): ParsedSearch {
  const text = cutTo(typed, searchCharsUsed);
  const parsed: ParsedSearch = {
    ...{ terms: [], chips: [], number: null, statuses: [], assignees: [], tags: [], customers: [] },
    ...{ fromMs: null, toMs: null, in: null, notes: [] },
  };
  if (text.length < typed.length) parsed.notes.push({ kind: 'cut', word: null });
  for (const part of partsOf(text)) {
    if (part.kind === 'number') parsed.number = part.value;
    else if (part.kind === 'filter') {
      parsed.chips.push({ name: part.name, value: part.value, start: part.start, end: part.end });
      addFilter(parsed, part.name, part.value, zone, nowMs);
    } else if (parsed.terms.length < searchTermsMax) {
      const { raw, start, end } = part;
      parsed.terms.push({ raw, start, end, isBegun: part.isOpen && end === text.length });
    } else if (!parsed.notes.some(({ kind }) => kind === 'too_many_words')) {
      parsed.notes.push({ kind: 'too_many_words', word: part.raw });
    }
  }
  return parsed;
}

/** The text without a filter, for the chip's cross. */
export function withoutChip(text: string, chip: SearchChip): string {
  return `${text.slice(0, chip.start).trimEnd()} ${text.slice(chip.end).trimStart()}`.trim();
}

type Part = { start: number; end: number } & (
  | { kind: 'filter'; name: FilterName; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'words'; raw: string; isOpen: boolean }
);

function* partsOf(text: string): Generator<Part> {
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/u.exec(rest);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const start = at;
    const filter = readFilter(rest);
    if (filter !== null) {
      at += filter.length;
      // "status:" while it is being typed is nothing yet.
      if (filter.value !== '')
        yield { kind: 'filter', name: filter.name, value: filter.value, start, end: at };
      continue;
    }
    if (quotes.includes(rest.charAt(0))) {
      const quoted = readQuoted(rest);
      at += quoted.length;
      yield { kind: 'words', raw: quoted.value, isOpen: false, start, end: at };
      continue;
    }
    const [word = rest] = /^\S+/u.exec(rest) ?? [];
    at += word.length;
    const ticket = /^#(\d{1,10})$/.exec(word);
    const value = Number(ticket?.[1]);
    if (ticket !== null && value <= numberMax) yield { kind: 'number', value, start, end: at };
    else yield { kind: 'words', raw: word, isOpen: true, start, end: at };
  }
}

function readFilter(rest: string): { name: FilterName; value: string; length: number } | null {
  const match = /^([a-z]+):/i.exec(rest);
  const name = filterNames.find((known) => known === match?.[1]?.toLowerCase());
  if (match === null || name === undefined) return null;
  const after = rest.slice(match[0].length);
  const quoted = after !== '' && quotes.includes(after.charAt(0)) ? readQuoted(after) : null;
  const value = quoted?.value ?? /^\S*/u.exec(after)?.[0] ?? '';
  return { name, value: value.trim(), length: match[0].length + (quoted?.length ?? value.length) };
}

/** From an opening quote to the next one, or to the end where somebody forgot it. */
function readQuoted(rest: string): { value: string; length: number } {
  let end = 1;
  while (end < rest.length && !quotes.includes(rest.charAt(end))) end++;
  return { value: rest.slice(1, end), length: Math.min(end + 1, rest.length) };
}

function addFilter(parsed: ParsedSearch, name: FilterName, value: string, zone: string, nowMs: number): void {
  const word = value.toLowerCase();
  switch (name) {
    case 'status': {
      for (const each of word.split(',')) {
        const status = ticketStatuses.find((known) => known === each.trim());
        if (status !== undefined) parsed.statuses.push(status);
        else if (each.trim() !== '') parsed.notes.push({ kind: 'status_unknown', word: each.trim() });
      }
      return;
    }
    case 'assignee':
      parsed.assignees.push(value);
      return;
    case 'tag':
      parsed.tags.push(value);
      return;
    case 'customer':
      parsed.customers.push(value);
      return;
    case 'in':
      if (word === 'notes' || word === 'note') parsed.in = 'notes';
      else if (word === 'messages' || word === 'message') parsed.in = 'messages';
      else parsed.notes.push({ kind: 'in_unknown', word: value });
      return;
    case 'before':
    case 'after': {
      const ms = momentOf(word, zone, nowMs);
      if (ms === null) parsed.notes.push({ kind: 'date_unknown', word: value });
      else if (name === 'before') parsed.toMs = Math.min(ms, parsed.toMs ?? ms);
      else parsed.fromMs = Math.max(ms, parsed.fromMs ?? ms);
    }
  }
}

const dayMs = 86_400_000;

/** The first moment of a day, month or year in that zone: `2026-05-01`, `2026-05`, `2026`, `today`, `yesterday`, `7d`. */
function momentOf(word: string, zone: string, nowMs: number): number | null {
  if (word === 'today') return startOfDay(nowMs, zone);
  if (word === 'yesterday') return startOfDay(startOfDay(nowMs, zone) - 1, zone);
  const ago = /^(\d{1,4})d$/.exec(word);
  if (ago !== null) return startOfDay(nowMs - Number(ago[1]) * dayMs, zone);
  const date = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(word);
  if (date === null) return null;
  const [, year, month = '1', day = '1'] = date.map((part) => part ?? undefined);
  const asUtc = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const made = new Date(asUtc);
  const isReal = made.getUTCMonth() === Number(month) - 1 && made.getUTCDate() === Number(day);
  return isReal && Number(year) >= 1970 ? atOffset(asUtc, zone) : null;
}

function startOfDay(ms: number, zone: string): number {
  const local = ms + offsetMs(ms, zone);
  return atOffset(local - (((local % dayMs) + dayMs) % dayMs), zone);
}

/** The moment at which clocks of the zone show what `asUtc` shows in UTC. */
function atOffset(asUtc: number, zone: string): number {
  const guess = asUtc - offsetMs(asUtc, zone);
  return asUtc - offsetMs(guess, zone);
}

function offsetMs(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    },
  }).formatToParts(ms);
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(
    number('year'),
    number('month') - 1,
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
  );
  return shown - Math.floor(ms / 1_000) * 1_000;
}

/** The zone if there is one of that name, else UTC. */
export function knownZone(name: string | undefined | null): string {
  if (name === undefined || name === null || name === '') return 'UTC';
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return name;
  } catch {
    return 'UTC';
  }
}

function cutTo(text: string, max: number): string {
  if (text.length <= max) return text;
  // Not in the middle of a letter, and what was begun at the cut is not looked for.
  const cut = text.slice(0, max).toWellFormed();
  const space = cut.lastIndexOf(' ');
  return space > max / 2 ? cut.slice(0, space) : cut;
}
