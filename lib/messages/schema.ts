import * as z from 'zod/mini';
import { fileIdsSchema, fileRefSchema } from '#/lib/files/schema.ts';
import { textCharsMax } from '#/lib/messages/limits.ts';
import { cleanText, isBlank } from '#/lib/text.ts';
import { ticketStatuses } from '#/lib/tickets/schema.ts';

export const messageKinds = ['reply', 'note', 'event'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** Staff's own additions to an entry. */
export type MessageMeta = {
  /** Ids of the agents whom a note mentions. */
  mentions?: string[];
};

export { textCharsMax };
/** In code points; the inbox row and the widget's list show it. */
export const snippetCharsMax = 140;
export const pageEntriesMax = 100;
export const pageEntriesDefault = 50;

export const idSchema = z.uuid();
const messageWords = z.string().check(
  z.maxLength(textCharsMax, 'text_too_long'),
  z.refine((text) => !text.includes('\0'), 'text_has_nul'),
  z.overwrite(cleanText),
);
export const messageText = messageWords.check(z.refine((text) => !isBlank(text), 'text_empty'));
/** What every message brings. The id is made by the client and is the idempotency key. Check with `hasContent`. */
export const messageFields = { id: idSchema, text: messageWords, fileIds: z.optional(fileIdsSchema) };
/** Words may only be missing where files are. */
export const hasContent = z.refine<{ text: string; fileIds?: string[] | undefined }>(
  ({ text, fileIds = [] }) => fileIds.length > 0 || !isBlank(text),
  { error: 'text_empty', path: ['text'] },
);

export const senderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('customer'), id: idSchema, name: z.nullable(z.string()) }),
  z.object({ kind: z.literal('agent'), id: idSchema, name: z.string() }),
  z.object({ kind: z.literal('system') }),
]);
/** Who wrote an entry. A customer who never told a name has `name: null`. */
export type Sender = z.infer<typeof senderSchema>;

/** Why a status changed without an agent choosing it. */
export const changeReasons = ['snooze_ended', 'customer_replied', 'merged', 'merge_undone'] as const;
const namedRef = z.nullable(z.object({ id: idSchema, name: z.string() }));
const statusChange = z.object({
  field: z.literal('status'),
  from: z.enum(ticketStatuses),
  to: z.enum(ticketStatuses),
  /** With `snoozed`: until when. Staff only, as the reason is. */
  until: z.optional(z.string()),
  reason: z.optional(z.enum(changeReasons)),
});
const tagList = z.array(z.object({ id: idSchema, name: z.string() }));
const fieldValue = z.nullable(z.union([z.string(), z.number(), z.boolean()]));
/** What an `event` entry says. Only `status` changes to or from `resolved` or `closed` reach customers. */
export const changeSchema = z.discriminatedUnion('field', [
  statusChange,
  z.object({ field: z.literal('assignee'), from: namedRef, to: namedRef }),
  z.object({ field: z.literal('department'), from: namedRef, to: namedRef }),
  z.object({ field: z.literal('priority'), from: z.string(), to: z.string() }),
  z.object({ field: z.literal('subject'), from: z.string(), to: z.string() }),
  /** Another time for a ticket that was snoozed already; ISO 8601. */
  z.object({ field: z.literal('snooze'), from: z.string(), to: z.string() }),
  /** All of the ticket's tags, before and after. */
  z.object({ field: z.literal('tags'), from: tagList, to: tagList }),
  z.object({
    field: z.literal('fields'),
    key: z.string(),
    label: z.string(),
    from: fieldValue,
    to: fieldValue,
  }),
  /** What the customer thought of it, 1 to 5; for staff. `from` is what they thought before, if they changed it. */
  z.object({
    field: z.literal('rating'),
    from: z.nullable(z.int()),
    to: z.int(),
    comment: z.nullable(z.string()),
  }),
  /** As a `source` it went into the named ticket; as a `target` that one came into it. */
  z.object({
    field: z.literal('merge'),
    role: z.enum(['source', 'target']),
    ticket: z.object({ id: idSchema, number: z.int(), subject: z.string() }),
    isUndone: z.boolean(),
  }),
]);
export type Change = z.infer<typeof changeSchema>;

/**
 * One entry of a conversation's log as one reader sees it. `order` is the reader's own order: `seq` for staff,
 * `public_seq` for customers; gapless and starting at 1 in both. `publicOrder` is set for staff on public entries only
 * (compare it with the customer's read mark), and null for customers. `sentAt` is ISO 8601 in UTC.
 */
export const entrySchema = z.object({
  id: idSchema,
  order: z.int().check(z.positive()),
  publicOrder: z.nullable(z.int()),
  kind: z.enum(messageKinds),
  sender: senderSchema,
  text: z.string(),
  change: z.nullable(changeSchema),
  sentAt: z.string(),
  /** Whom a note mentions; for staff only, and absent when it mentions nobody. */
  mentions: z.optional(z.array(z.object({ id: idSchema, name: z.string() }))),
  /** Absent when there are none. */
  files: z.optional(z.array(fileRefSchema)),
});
export type Entry = z.infer<typeof entrySchema>;

/**
 * Names the database that an answer or event comes from; another one after a restore from a backup. Orders, versions
 * and marks of different epochs say nothing about each other.
 */
export const epochSchema = z.string();

/** An entry as the server answers it to its writer: stored, in the database of this epoch. */
export const confirmedEntrySchema = z.extend(entrySchema, { epoch: epochSchema });
export type ConfirmedEntry = z.infer<typeof confirmedEntrySchema>;

/** `entries` ascending by `order`; contiguous; `head` is the newest order there is for this reader (0 when empty). */
export const entryPageSchema = z.object({
  entries: z.array(entrySchema),
  /** The order that the reader may take as its cursor after applying this page: everything up to here was included. */
  through: z.int(),
  head: z.int(),
  epoch: epochSchema,
});
export type EntryPage = z.infer<typeof entryPageSchema>;

const sendFields = z.strictObject({ conversationId: idSchema, ...messageFields });
/** The same id sent again returns the stored entry. */
export const sendInputSchema = sendFields.check(hasContent);
export type SendInput = z.infer<typeof sendInputSchema>;

export const mentionsMax = 20;
/** An agent's reply or note. */
export const agentSendInputSchema = z
  .extend(sendFields, {
    /**
     * The newest `seq` that the writer's screen showed. When somebody else's reply or note stands after it, the message is
     * refused with `newer_entries`, unless it is stored already. Absent: sent whatever came.
     */
    expected: z.optional(z.int().check(z.nonnegative())),
    /** Ids of agents whom a note mentions; who is not there any more is left out. */
    mentions: z.optional(z.array(idSchema).check(z.maxLength(mentionsMax, 'too_many_mentions'))),
  })
  .check(hasContent);
export type AgentSendInput = z.infer<typeof agentSendInputSchema>;

/** Somebody types, as a page of entries tells it to whom was not told: shown for so long from now. */
export type TypingNow = { sender: Sender; forMs: number };

/** Exactly one of `after` (ascending from there) and `before` (the page that ends just below); neither: the newest page. */
export const pageQuerySchema = z.strictObject({
  after: z.optional(z.coerce.number().check(z.int(), z.nonnegative())),
  before: z.optional(z.coerce.number().check(z.int(), z.positive())),
  limit: z._default(
    z.coerce.number().check(z.int(), z.positive(), z.lte(pageEntriesMax)),
    pageEntriesDefault,
  ),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;
