import * as z from 'zod/mini';
import {
  entryPageSchema,
  epochSchema,
  hasContent,
  idSchema,
  messageFields,
  senderSchema,
} from '#/lib/messages/schema.ts';
import { answersSchema } from '#/lib/pre-chat/schema.ts';
import { customerStatuses, readMarkSchema } from '#/lib/tickets/schema.ts';

/** A conversation as its customer sees it in the widget's list. Orders are the customer's own. */
export const customerConversationSchema = z.object({
  id: idSchema,
  ticketId: idSchema,
  number: z.int(),
  subject: z.string(),
  status: z.enum(customerStatuses),
  lastMessage: z.nullable(z.string()),
  lastMessageAt: z.nullable(z.string()),
  /**
   * Newest public order, and the state's revision: of two states the higher one wins, of equals the later told. The
   * ticket's own version stays with staff, as it counts notes too.
   */
  head: z.int(),
  /** The customer's own read mark. */
  readThrough: z.int(),
  unreadCount: z.int(),
  assignee: z.nullable(z.object({ id: idSchema, name: z.string() })),
});
export type CustomerConversation = z.infer<typeof customerConversationSchema>;

/** `open`: the conversation that the frame shows, and `after` what it has of it. */
export const widgetStateQuerySchema = z.strictObject({
  open: z.optional(idSchema),
  after: z.optional(z.coerce.number().check(z.int(), z.nonnegative())),
});
export type WidgetStateQuery = z.infer<typeof widgetStateQuerySchema>;

/**
 * What one GET answers when the frame has its token, and when it may have missed something. `page` and `marks` belong to
 * the conversation `open`: the one asked for if its customer has it, else the one with the newest activity.
 */
export const widgetStateSchema = z.object({
  customer: z.object({ id: idSchema, name: z.nullable(z.string()), email: z.nullable(z.string()) }),
  conversations: z.array(customerConversationSchema),
  open: z.nullable(idSchema),
  page: z.nullable(entryPageSchema),
  marks: z.array(readMarkSchema),
  typing: z.array(z.object({ sender: senderSchema, forMs: z.int() })),
  /** Ids of pictures by the ids of the agents whom they show; absent when nobody has one. */
  pictures: z.optional(z.record(z.string(), z.string())),
  epoch: epochSchema,
});
export type WidgetState = z.infer<typeof widgetStateSchema>;

/**
 * A visitor's first message. All ids and the session token are made by the client, so that a retry after a lost answer
 * finds the same conversation and the same session instead of making others.
 */
export const startConversationInputSchema = z
  .strictObject({
    widgetKey: z.string().check(z.regex(/^wk_[A-Za-z0-9_-]{8,64}$/)),
    /** Origin of the page that embeds the widget, as the frame learned it from `postMessage`; null when opened directly. */
    origin: z.nullable(z.string().check(z.maxLength(300))),
    sessionToken: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
    ticketId: idSchema,
    conversationId: idSchema,
    ...messageFields,
    locale: z.nullable(z.string().check(z.maxLength(35))),
    timezone: z.nullable(z.string().check(z.maxLength(64))),
    /** To the form that stood before it, where the widget has one. */
    answers: z.optional(answersSchema),
    page: z.nullable(z.string().check(z.maxLength(2000))),
  })
  .check(hasContent);
export type StartConversationInput = z.infer<typeof startConversationInputSchema>;

/** A further conversation of a known customer. */
export const startTicketInputSchema = z
  .strictObject({
    ticketId: idSchema,
    conversationId: idSchema,
    ...messageFields,
    answers: z.optional(answersSchema),
    page: z.nullable(z.string().check(z.maxLength(2000))),
  })
  .check(hasContent);
export type StartTicketInput = z.infer<typeof startTicketInputSchema>;

/** A customer's message after the reopening window: a further conversation on the ticket of the one that it follows. */
export const startFollowUpInputSchema = z
  .strictObject({
    followsConversationId: idSchema,
    conversationId: idSchema,
    ...messageFields,
  })
  .check(hasContent);
export type StartFollowUpInput = z.infer<typeof startFollowUpInputSchema>;

export const markReadInputSchema = z.strictObject({
  conversationId: idSchema,
  through: z.int().check(z.nonnegative()),
});
export const typingInputSchema = z.strictObject({ conversationId: idSchema, isTyping: z.boolean() });
/** A typing line is shown this long after its last signal; clients repeat the signal at half of it. */
export const typingShownMs = 5_000;
