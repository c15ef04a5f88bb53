import * as z from 'zod/mini';
import { fieldKey, fieldValue } from '#/lib/custom-fields/schema.ts';
import type { Draft } from '#/lib/drafts/schema.ts';
import type { CustomerAction } from '#/lib/identity/schema.ts';
import { tagColors } from '#/lib/tags/schema.ts';
import { cleanName } from '#/lib/text.ts';
import { viewerSchema } from '#/lib/viewing/schema.ts';

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

/** Views that everybody has; the others are a department's and the saved ones. */
export const fixedViews = ['mine', 'unassigned', 'all', 'snoozed', 'resolved'] as const;
export type FixedView = (typeof fixedViews)[number];
/** Ids from outside, in the letters that PostgreSQL answers them in, since the browser compares them as text. */
const idText = z.uuid().check(z.toLowerCase());
export const viewKeySchema = z.union([
  z.enum(fixedViews),
  z.templateLiteral(['department:', z.uuid()]),
  z.templateLiteral(['saved:', z.uuid()]),
]);
export type ViewKey = z.infer<typeof viewKeySchema>;

/** `priority`: highest first, then longest waiting. Woken tickets stand in front in `waiting`. */
export const ticketSorts = ['waiting', 'newest', 'priority'] as const;
export type TicketSort = (typeof ticketSorts)[number];
export const ticketListPageMax = 100;

const filterValuesMax = 50;
export const filterFieldsMax = 10;
const waitingMinutesMax = 5_256_000;
/** What PostgreSQL's jsonb takes. */
const plainText = z.refine<string>((text) => !text.includes('\0') && text.isWellFormed(), 'text_not_plain');
/** In the rows' own format, as which moments compare as text. */
const instant = z.iso.datetime().check(
  z.refine((text) => Date.parse(text) >= 0, 'before_1970'),
  // Runs for what was refused, too.
  z.overwrite((text) => (Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString())),
);
function anyOf<Item extends z.ZodMiniType>(item: Item) {
  return z.optional(z.array(item).check(z.maxLength(filterValuesMax)));
}

/** Each part by itself: what cannot be read is left out without the rest. */
export const ticketFilterParts = {
  status: anyOf(z.enum(ticketStatuses)),
  priority: anyOf(z.enum(ticketPriorities)),
  assignee: anyOf(z.union([z.enum(['me', 'none']), idText])),
  department: anyOf(z.union([z.literal('none'), idText])),
  tag: anyOf(idText),
  customer: z.optional(z.nullable(idText)),
  /** Included. */
  createdFrom: z.optional(z.nullable(instant)),
  /** Not included. */
  createdTo: z.optional(z.nullable(instant)),
  /** The customer has waited for an answer at least so long. */
  waitingMinutes: z.optional(z.nullable(z.int().check(z.positive(), z.lte(waitingMinutesMax)))),
  fields: z.optional(
    z
      .array(
        z.strictObject({
          subject: z.enum(['ticket', 'customer']),
          key: z.string().check(z.minLength(1), z.maxLength(100), plainText),
          is: z.union([z.string().check(z.maxLength(500), plainText), z.number(), z.boolean()]),
        }),
      )
      .check(z.maxLength(filterFieldsMax)),
  ),
};
/**
 * What a list shows: all conditions hold, each by any of its values (custom fields: of one field's). One that is absent,
 * empty or null is no condition; on top of a view, an empty or null one takes the view's own away.
 */
export const ticketFilterSchema = z.strictObject(ticketFilterParts);
export type TicketFilter = z.infer<typeof ticketFilterSchema>;

const ref = z.object({ id: z.uuid(), name: z.string() });
const fieldValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** Values of custom fields, by key. */
export type FieldValues = z.infer<typeof fieldValues>;

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
    /** Those of the customer's attributes that are custom fields. */
    fields: fieldValues,
  }),
  assignee: z.nullable(ref),
  department: z.nullable(ref),
  tags: z.array(z.object({ id: z.uuid(), name: z.string(), color: z.enum(tagColors) })),
  fields: fieldValues,
  snoozedUntil: z.nullable(z.string()),
  snoozedAt: z.nullable(z.string()),
  snoozedBy: z.nullable(ref),
  /** When a snooze ended that nobody has answered since. */
  wokeAt: z.nullable(z.string()),
  conversationId: z.uuid(),
  /** Snippet of the newest public message. */
  lastMessage: z.nullable(z.string()),
  lastMessageAt: z.nullable(z.string()),
  /** Who wrote it. */
  lastSender: z.nullable(z.enum(['customer', 'agent'])),
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
  /** Colleagues who look at it now. */
  viewers: z.array(viewerSchema),
});
export type TicketListRow = z.infer<typeof ticketListRowSchema>;

/** Tickets in each view that this agent may see; each bounded at 1,000 (shown as "999+"). Saved views by their id. */
export type TicketCounts = {
  mine: number;
  unassigned: number;
  all: number;
  snoozed: number;
  departments: Record<string, number>;
  saved: Record<string, number>;
};
export const ticketCountMax = 1_000;
/** Before anything was counted. */
export const noTicketCounts: TicketCounts = {
  mine: 0,
  unassigned: 0,
  all: 0,
  snoozed: 0,
  departments: {},
  saved: {},
};

export type TicketList = {
  tickets: TicketListRow[];
  /** Pass it back as `cursor` for the next page; null at the end. Only valid for the same view and sort. */
  nextCursor: string | null;
  /** With the first page; nothing is counted for the others. */
  counts: TicketCounts;
  /** The view's conditions with the query's on top, as they were carried out. */
  filter: TicketFilter;
  /** Parts of the view or the query that could not be carried out, because they make no sense or name what is gone. */
  ignored: string[];
  /** How many tickets the list has altogether; bounded at 1,000. */
  matching: number;
  /** See `epochSchema` of messages. */
  epoch: string;
};

export type TicketListQuery = {
  view: ViewKey;
  /** What the person set on top: each part replaces the view's. */
  filter: TicketFilter;
  sort: TicketSort;
  cursor?: string | undefined;
  limit: number;
  /** Saved views take longest to count: who asks often leaves them out, and then `counts.saved` is empty. */
  savedCounts?: 'skip' | undefined;
};
/** A list query as it travels: the filter is JSON, of which only what makes sense is carried out. */
export const ticketListQuerySchema = z.strictObject({
  view: z._default(viewKeySchema, 'all'),
  filter: z._default(z.string(), ''),
  sort: z._default(z.enum(ticketSorts), 'waiting'),
  cursor: z.optional(z.string().check(z.maxLength(400))),
  limit: z._default(z.coerce.number().check(z.int(), z.positive(), z.lte(ticketListPageMax)), 50),
  savedCounts: z.optional(z.literal('skip')),
});

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
    isBlocked: boolean;
    attributes: Record<string, unknown>;
    /** Attributes' keys, and `name`, `email` and `phone`, that the site itself vouches for. */
    signedKeys: string[];
    createdAt: string;
    lastSeenAt: string | null;
    lastPage: string | null;
  };
  /** What the site's pages said that the customer did, newest first. */
  actions: CustomerAction[];
  earlierTickets: { id: string; number: number; subject: string; status: TicketStatus; createdAt: string }[];
  marks: ReadMark[];
  /** What the asking agent wrote here and did not send; of an empty one only the version counts. */
  drafts: Draft[];
  /** Oldest first. More than one after a follow-up or a merge. `publicHead` is the customer's own order. */
  conversations: { id: string; head: number; publicHead: number; startedAt: string }[];
  /** Where its conversations went; it can be read and no longer changed. */
  mergedInto: { mergeId: string; id: string; number: number; subject: string } | null;
  /** The tickets that came into this one, newest first. */
  merged: { mergeId: string; id: string; number: number; subject: string }[];
};

/** How far a participant has read, in that reader's own order (`public_seq` for the customer, `seq` for agents). */
export const readMarkSchema = z.object({
  reader: z.object({ kind: z.enum(['customer', 'agent']), id: z.uuid() }),
  through: z.int(),
  at: z.nullable(z.string()),
});
export type ReadMark = z.infer<typeof readMarkSchema>;

/** ISO 8601 with a zone, and a time that there is. */
const moment = z.string().check(
  z.maxLength(40),
  z.refine(
    (at) => /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(at) && !Number.isNaN(Date.parse(at)),
    'moment_unknown',
  ),
);
export const tagsPerTicketMax = 20;
const tagIds = z.array(z.uuid()).check(z.maxLength(tagsPerTicketMax, 'too_many_tags'));
/** What an agent can change, each strict so that no other column can be reached. */
export const ticketChanges = {
  status: z.strictObject({ field: z.literal('status'), to: z.enum(choosableStatuses) }),
  priority: z.strictObject({ field: z.literal('priority'), to: z.enum(ticketPriorities) }),
  assignee: z.strictObject({ field: z.literal('assignee'), to: z.nullable(z.uuid()) }),
  department: z.strictObject({ field: z.literal('department'), to: z.nullable(z.uuid()) }),
  subject: z.strictObject({ field: z.literal('subject'), to: subjectText }),
  /** Null wakes it. */
  snooze: z.strictObject({ field: z.literal('snooze'), until: z.nullable(moment) }),
  tags: z.strictObject({ field: z.literal('tags'), add: tagIds, remove: tagIds }),
  fields: z.strictObject({ field: z.literal('fields'), key: fieldKey, to: z.nullable(fieldValue) }),
} as const;
/** One change an agent makes. */
export const ticketChangeSchema = z.discriminatedUnion('field', [
  ticketChanges.status,
  ticketChanges.priority,
  ticketChanges.assignee,
  ticketChanges.department,
  ticketChanges.subject,
  ticketChanges.snooze,
  ticketChanges.tags,
  ticketChanges.fields,
]);
export type TicketChange = z.infer<typeof ticketChangeSchema>;
export const changeTicketInputSchema = z.strictObject({
  ticketId: z.uuid(),
  id: z.uuid(),
  change: ticketChangeSchema,
  /**
   * What the agent's screen showed for this field: an id or null of assignee and department, the word of status and
   * priority, the subject, a field's value, of a snooze its end, or the status that was shown instead (null: any). When it is something else by now, and not what
   * is asked for either, the change is refused with `changed_meanwhile` and `current`. Absent: not compared.
   */
  from: z.optional(z.nullable(fieldValue)),
});
export type ChangeTicketInput = z.infer<typeof changeTicketInputSchema>;

export const ticketRefSchema = z.strictObject({ ticketId: z.uuid() });
