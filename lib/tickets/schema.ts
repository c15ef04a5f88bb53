import * as z from 'zod/mini';
import type { Draft } from '#/lib/drafts/schema.ts';
import { fieldKey, fieldValue } from '#/lib/custom-fields/schema.ts';
import { tagColors } from '#/lib/tags/schema.ts';
import { cleanName } from '#/lib/text.ts';

export const ticketStatuses = ['open', 'pending', 'snoozed', 'resolved', 'closed'] as const;
export type TicketStatus = (typeof ticketStatuses)[number];
/** What a customer learns of a status: see `statusForCustomer`. */
export const customerStatuses = ['open', 'resolved', 'closed'] as const;
export type CustomerStatus = (typeof customerStatuses)[number];
/** What an agent may choose today; `snoozed` needs a time and `closed` comes from the reopening window. */
export const choosableStatuses = ['open', 'pending', 'resolved'] as const;

/** Ascending by rank: the index is the rank that lists sort by. */
export const ticketPriorities = ['low', 'normal', 'high', 'urgent'] as const;
export type TicketPriority = (typeof ticketPriorities)[number];

export const subjectCharsMax = 200;
export const subjectText = z.string().check(
  z.maxLength(subjectCharsMax, 'subject_too_long'),
  z.refine((text) => !text.includes('\0'), 'subject_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'subject_empty'),
);

export const ticketViews = ['mine', 'unassigned', 'all'] as const;
export type TicketView = (typeof ticketViews)[number];
export const ticketSorts = ['waiting', 'newest'] as const;
export type TicketSort = (typeof ticketSorts)[number];
export const ticketListPageMax = 100;

const ref = z.object({ id: z.uuid(), name: z.string() });

/** A ticket as the agents' list shows it, and as `ticket.changed` carries it. Times are ISO 8601 in UTC. */
export const ticketRowSchema = z.object({
  id: z.uuid(),
  number: z.int(),
  subject: z.string(),
  status: z.enum(ticketStatuses),
  priority: z.enum(ticketPriorities),
  customer: z.object({
    id: z.uuid(),
    name: z.nullable(z.string()),
    email: z.nullable(z.string()),
    isVerified: z.boolean(),
  }),
  assignee: z.nullable(ref),
  department: z.nullable(ref),
  conversationId: z.uuid(),
  /** Snippet of the newest public message. */
  lastMessage: z.nullable(z.string()),
  lastMessageAt: z.nullable(z.string()),
  /** Since when the customer waits for an answer; null when nobody waits. */
  waitingSince: z.nullable(z.string()),
  createdAt: z.string(),
  lastActivityAt: z.string(),
  /** The newest `seq` of its conversation: unread for an agent whose own mark is lower, see `unreadCount`. */
  head: z.int(),
  /** Grows with every change of the ticket; the higher one wins. */
  version: z.int(),
});
export type TicketRow = z.infer<typeof ticketRowSchema>;

/** A row as one agent's GET answers it; live `ticket.changed` carries the bare row. */
export const ticketListRowSchema = z.extend(ticketRowSchema, {
  /** Replies and notes by others after this agent's read mark. */
  unreadCount: z.int(),
});
export type TicketListRow = z.infer<typeof ticketListRowSchema>;

export const ticketCountsSchema = z.object({ mine: z.int(), unassigned: z.int(), all: z.int() });
/** Open and pending tickets in each view that this agent may see; bounded at 1,000 (shown as "999+"). */
export type TicketCounts = z.infer<typeof ticketCountsSchema>;

export const ticketListSchema = z.object({
  tickets: z.array(ticketListRowSchema),
  /** Pass it back as `cursor` for the next page; null at the end. Only valid for the same view, status and sort. */
  nextCursor: z.nullable(z.string()),
  counts: ticketCountsSchema,
  /** See `epochSchema` of messages. */
  epoch: z.string(),
});
export type TicketList = z.infer<typeof ticketListSchema>;

export const ticketListQuerySchema = z.strictObject({
  view: z._default(z.enum(ticketViews), 'all'),
  /** `active` is open and pending. */
  status: z._default(z.enum(['active', 'open', 'pending', 'resolved', 'any']), 'active'),
  sort: z._default(z.enum(ticketSorts), 'waiting'),
  cursor: z.optional(z.string().check(z.maxLength(400))),
  limit: z._default(z.coerce.number().check(z.int(), z.positive(), z.lte(ticketListPageMax)), 50),
});
export type TicketListQuery = z.infer<typeof ticketListQuerySchema>;

/** Everything the open ticket shows beside its thread. */
export type TicketDetail = {
  ticket: TicketRow;
  description: string | null;
  /** Rights of the asking agent on this ticket, for what to draw; the server decides again on each act. */
  customer: {
    id: string;
    name: string | null;
    email: string | null;
    phone: string | null;
    locale: string | null;
    timezone: string | null;
    isVerified: boolean;
    attributes: Record<string, unknown>;
    createdAt: string;
    lastSeenAt: string | null;
    lastPage: string | null;
  };
  earlierTickets: { id: string; number: number; subject: string; status: TicketStatus; createdAt: string }[];
  marks: ReadMark[];
};

/** How far a participant has read, in that reader's own order (`public_seq` for the customer, `seq` for agents). */
export const readMarkSchema = z.object({
  reader: z.object({ kind: z.enum(['customer', 'agent']), id: z.uuid() }),
  through: z.int(),
  at: z.nullable(z.string()),
});
export type ReadMark = z.infer<typeof readMarkSchema>;

/** One change an agent makes; a strict union so that no other column can be reached. */
export const ticketChangeSchema = z.discriminatedUnion('field', [
  z.strictObject({ field: z.literal('status'), to: z.enum(choosableStatuses) }),
  z.strictObject({ field: z.literal('priority'), to: z.enum(ticketPriorities) }),
  z.strictObject({ field: z.literal('assignee'), to: z.nullable(z.uuid()) }),
  z.strictObject({ field: z.literal('department'), to: z.nullable(z.uuid()) }),
  z.strictObject({ field: z.literal('subject'), to: subjectText }),
]);
export type TicketChange = z.infer<typeof ticketChangeSchema>;
export const changeTicketInputSchema = z.strictObject({
  ticketId: z.uuid(),
  id: z.uuid(),
  change: ticketChangeSchema,
});
export type ChangeTicketInput = z.infer<typeof changeTicketInputSchema>;

export const ticketRefSchema = z.strictObject({ ticketId: z.uuid() });
  /** What the asking agent wrote here and did not send; of an empty one only the version counts. */
  drafts: Draft[];
  /** Oldest first. More than one after a follow-up or a merge. `publicHead` is the customer's own order. */
  conversations: { id: string; head: number; publicHead: number; startedAt: string }[];
  /** Where its conversations went; it can be read and no longer changed. */
  mergedInto: { mergeId: string; id: string; number: number; subject: string } | null;
  /** The tickets that came into this one, newest first. */
  merged: { mergeId: string; id: string; number: number; subject: string }[];
