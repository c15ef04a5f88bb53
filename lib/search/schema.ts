import * as z from 'zod/mini';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

/** So much of what was typed is used; the answer says when there was more. */
export const searchCharsUsed = 500;
/** More than any address bar holds. */
export const searchCharsMax = 10_000;
export const searchPageMax = 30;

/** Where the words were found. */
export type SearchMatch = 'message' | 'note' | 'subject' | 'customer' | 'number' | 'tag';

export type SearchHit = {
  ticket: {
    id: string;
    number: number;
    subject: string;
    status: TicketStatus;
    customer: { id: string; name: string | null; email: string | null };
  };
  match: SearchMatch;
  /** Where to open the ticket; null unless an entry of its log was found. */
  conversationId: string | null;
  seq: number | null;
  /** When the entry was sent; when the ticket began. */
  at: string;
  /** Plain text, and which stretches of it are what was looked for: UTF-16 offsets, ascending, apart. */
  snippet: { text: string; marks: [start: number, end: number][] };
};

/** What could not be taken as typed. `word` is as it was typed, for the sentence that says so. */
export type SearchNote = {
  kind:
    | 'cut'
    | 'too_many_words'
    | 'nothing_to_find'
    | 'status_unknown'
    | 'assignee_unknown'
    | 'tag_unknown'
    | 'date_unknown'
    | 'in_unknown';
  word: string | null;
};

export type SearchAnswer = {
  /** Newest first. May be empty while `nextCursor` is not null: nothing yet, back to `searchedTo`. */
  hits: SearchHit[];
  nextCursor: string | null;
  /** How far back this answer looked; null: to the beginning. */
  searchedTo: string | null;
  /** Nothing was found as typed; this is what was looked for instead. */
  corrected: string | null;
  notes: SearchNote[];
};

export const searchQuerySchema = z.strictObject({
  q: z.string().check(z.maxLength(searchCharsMax, 'search_too_long')),
  cursor: z.optional(z.string().check(z.maxLength(400))),
  /** IANA name: in which zone `before:` and `after:` are days. */
  zone: z.optional(z.string().check(z.maxLength(64))),
});
export type SearchQuery = z.infer<typeof searchQuerySchema>;
