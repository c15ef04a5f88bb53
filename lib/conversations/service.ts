import { listPicturesForCustomer } from '#/db/agent-pictures.ts';
import { asCustomer, constraintOf, type Tx, transact } from '#/db/client.ts';
import { countUnreadOfCustomer, listConversationsOfCustomer, listReadMarks } from '#/db/conversations.ts';
import { listFields } from '#/db/custom-fields.ts';
import {
  findCustomer,
  findCustomerSession,
  insertCustomer,
  insertCustomerSession,
  isTokenBlocked,
  isTokenUsed,
  updateLastSeen,
} from '#/db/customers.ts';
import { insertChange, insertEvent } from '#/db/events.ts';
import { findEntry, type LockedConversation, listEntries, lockConversation, pageOf } from '#/db/messages.ts';
import { updateOwnDetails } from '#/db/pre-chat.ts';
import { insertTicket } from '#/db/tickets.ts';
import { listTyping } from '#/db/typing.ts';
import { findWidget, findWidgetByKey, type Widget } from '#/db/widgets.ts';
import { findEpoch } from '#/db/workspace.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import type {
  CustomerConversation,
  StartConversationInput,
  StartTicketInput,
  WidgetState,
  WidgetStateQuery,
} from '#/lib/conversations/schema.ts';
import { defaultsOf } from '#/lib/custom-fields/rules.ts';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import { holdSession } from '#/lib/customers/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { titleOf } from '#/lib/files/rules.ts';
import { newId } from '#/lib/ids.ts';
import { publicEntry } from '#/lib/messages/rules.ts';
import { type ConfirmedEntry, pageEntriesDefault, pageEntriesMax } from '#/lib/messages/schema.ts';
import { appendMessage, takeFiles } from '#/lib/messages/service.ts';
import type { Actor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { PreChatForm } from '#/lib/pre-chat/form.ts';
import { type TakenAnswers, takeAnswers } from '#/lib/pre-chat/rules.ts';
import { readForm } from '#/lib/pre-chat/service.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { cleanName, cleanPage } from '#/lib/text.ts';
import { subjectOf } from '#/lib/tickets/rules.ts';

const sessionLivesForDays = 180;
/** As many as anybody has; a list that ended before would hide the rest. */
const conversationsMax = 200;

export type Started = { conversation: CustomerConversation; entry: ConfirmedEntry };

/**
 * A visitor's first message: makes customer, session, ticket, conversation and message at once. The same token and
 * ids again answer what is stored; another message with them joins the conversation (two tabs that start at once).
 * The actor's widget is the one whose key and origin the caller has checked.
 */
export async function startConversation(
  actor: Extract<Actor, { kind: 'visitor' }>,
  input: Omit<StartConversationInput, 'widgetKey' | 'origin'>,
): Promise<Done<Started & { customerId: string; sessionId: string }>> {
  const tokenHash = tokenHashOf(input.sessionToken);
  if (tokenHash === null) throw new RefusedError({ code: 'invalid', field: 'sessionToken' });
  return settleStart(async () => {
    const { customer, isNew, origin } = await transact((tx) => recognise(tx, actor, tokenHash));
    // One transaction for all of it: a beginning that is refused leaves nobody behind.
    const done = await asCustomer(customer.id, async (tx) => {
      if (isNew) await admit(tx, customer, input, tokenHash, origin);
      return startIn(tx, customer, input, origin, !isNew);
    });
    const { id: customerId, sessionId } = customer;
    return { ...done, value: { ...done.value, customerId, sessionId } };
  });
}

/** The customer whom this token already names, or the one it will name. */
async function recognise(
  tx: Tx,
  actor: Extract<Actor, { kind: 'visitor' }>,
  tokenHash: string,
): Promise<{ customer: CustomerActor; isNew: boolean; origin: Origin }> {
  authorize(actor, 'conversation.start', { widgetId: actor.widgetId });
  const { widgetId } = actor;
  // In this order: a start of another tab that commits between the two is found, not taken for a session that ended.
  const [isUsed, known, origin] = await Promise.all([
    isTokenUsed(tx, tokenHash),
    findCustomerSession(tx, tokenHash),
    readOrigin(tx, widgetId),
  ]);
  if (known !== null && known.widgetId === widgetId) {
    const customer = { kind: 'customer', id: known.customerId, sessionId: known.id, widgetId } as const;
    return { customer, isNew: false, origin };
  }
  // Revoked, expired, blocked or of another site: this token opens nothing and starts nothing.
  if (isUsed && (await isTokenBlocked(tx, tokenHash))) {
    throw new RefusedError({ code: 'forbidden', reason: 'blocked' });
  }
  if (isUsed) throw new RefusedError({ code: 'unauthenticated', reason: 'session_over' });
  return {
    customer: { kind: 'customer', id: newId(), sessionId: newId(), widgetId },
    isNew: true,
    origin,
  };
}

/** What staff's side decides of something new: read before the customer's own transaction, which may not see it. */
type Origin = { widget: Widget | null; fields: readonly CustomField[]; form: PreChatForm };

async function readOrigin(tx: Tx, widgetId: string): Promise<Origin> {
  const [widget, fields, { form }] = await Promise.all([
    findWidget(tx, widgetId),
    listFields(tx),
    readForm(tx, widgetId),
  ]);
  return { widget, fields, form };
}

async function admit(
  tx: Tx,
  customer: CustomerActor,
  input: Pick<StartConversationInput, 'locale' | 'timezone' | 'page'>,
  tokenHash: string,
  { fields }: Origin,
): Promise<void> {
  await Promise.all([
    insertCustomer(tx, {
      id: customer.id,
      locale: cleanHint(input.locale),
      timezone: cleanHint(input.timezone),
      lastPage: cleanPage(input.page),
      attributes: defaultsOf(fields, 'customer'),
    }),
    insertCustomerSession(tx, {
      id: customer.sessionId,
      customerId: customer.id,
      widgetId: customer.widgetId,
      tokenHash,
      livesForDays: sessionLivesForDays,
    }),
  ]);
}

/** A conversation on a new ticket, with its first message; repeatable and joinable as `startConversation`. */
export async function startTicket(
  actor: CustomerActor,
  input: Pick<StartTicketInput, 'ticketId' | 'conversationId' | 'id' | 'text' | 'fileIds' | 'answers'>,
): Promise<Done<Started>> {
  const origin = await transact((tx) => readOrigin(tx, actor.widgetId));
  return settleStart(() => asCustomer(actor.id, (tx) => startIn(tx, actor, input, origin, true)));
}

async function startIn(
  tx: Tx,
  actor: CustomerActor,
  input: Pick<StartTicketInput, 'ticketId' | 'conversationId' | 'id' | 'text' | 'fileIds' | 'answers'>,
  { widget, fields, form }: Origin,
  isKnown: boolean,
): Promise<Done<Started>> {
  authorize(actor, 'conversation.start', { customerId: actor.id, widgetId: actor.widgetId });
  // Signing in takes a visitor's conversations along: one that begins meanwhile comes before it, or is refused.
  await holdSession(tx, actor);
  const [locked, stored] = await Promise.all([
    lockConversation(tx, input.conversationId, actor),
    findEntry(tx, input.conversationId, input.id),
  ]);
  if (locked !== null) {
    authorize(actor, 'message.send', locked);
    // First, since a merge may have brought the conversation to another ticket by now.
    if (stored !== null) return repeatOfStart(tx, actor, input);
    if (locked.ticketId !== input.ticketId) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    return finishStart(tx, actor, input, locked, []);
  }
  const taken = takeAnswers(form, input.answers, isKnown);
  const told = await tellOfCustomer(tx, actor, taken, isKnown);
  const files = await takeFiles(tx, actor, input.fileIds);
  const ticket = {
    id: input.ticketId,
    subject: taken.ticket.subject ?? subjectOf(titleOf(input.text, files)),
    customerId: actor.id,
    widgetId: actor.widgetId,
    departmentId: taken.ticket.departmentId ?? widget?.departmentId ?? null,
    fields: { ...defaultsOf(fields, 'ticket'), ...taken.ticket.fields },
  };
  await insertTicket(tx, ticket, input.conversationId);
  const created: ChangeEvent = {
    id: newId(),
    type: 'ticket.created',
    ticketId: input.ticketId,
    conversationId: input.conversationId,
    entry: null,
    readersBefore: null,
    subjectId: null,
  };
  await insertEvent(tx, {
    id: created.id,
    type: 'ticket.created',
    ticketId: input.ticketId,
    conversationId: input.conversationId,
    actor: { kind: actor.kind, id: actor.id },
    after: {
      subject: ticket.subject,
      departmentId: ticket.departmentId,
      ...(taken.consent === null ? {} : { consent: taken.consent }),
    },
  });
  const made = await lockConversation(tx, input.conversationId, actor);
  if (made === null) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  return finishStart(tx, actor, input, made, [...told, created]);
}

/** Keeps what a form's answers say of the person. Whose tickets are in somebody's list already, that list hears of it. */
async function tellOfCustomer(
  tx: Tx,
  actor: CustomerActor,
  { customer }: TakenAnswers,
  isKnown: boolean,
): Promise<ChangeEvent[]> {
  const { attributes, ...labels } = customer;
  if (Object.keys(labels).length + Object.keys(attributes).length === 0) return [];
  await updateOwnDetails(tx, actor.id, customer);
  if (!isKnown) return [];
  const by = { kind: actor.kind, id: actor.id };
  const after = { ...labels, ...(Object.keys(attributes).length === 0 ? {} : { attributes }) };
  return [await insertChange(tx, { type: 'customer.changed', actor: by, subjectId: actor.id, after })];
}

/** Appends the first message, or a further one, and answers it with its conversation. */
export async function finishStart(
  tx: Tx,
  actor: CustomerActor,
  input: Pick<StartTicketInput, 'conversationId' | 'id' | 'text' | 'fileIds'>,
  locked: LockedConversation,
  events: ChangeEvent[],
  isFollowUp = false,
): Promise<Done<Started>> {
  const { id, text, fileIds } = input;
  const sent = await appendMessage(tx, actor, locked, { id, text, fileIds, kind: 'reply', isFollowUp });
  const conversation = await getConversation(tx, actor, input.conversationId);
  return { value: { conversation, entry: sent.value }, events: [...events, ...sent.events] };
}

/** What is stored already, to the one who sent it; `id_used` for everybody else. */
export async function repeatOfStart(
  tx: Tx,
  actor: CustomerActor,
  input: Pick<StartTicketInput, 'conversationId' | 'id'>,
): Promise<Done<Started>> {
  const stored = await findEntry(tx, input.conversationId, input.id);
  const entry = stored === null ? null : publicEntry(stored);
  const isOwn = entry?.sender.kind === 'customer' && entry.sender.id === actor.id && entry.kind === 'reply';
  if (stored === null || entry === null || !isOwn) {
    throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  }
  const conversation = await getConversation(tx, actor, input.conversationId);
  return {
    value: { conversation, entry: { ...entry, epoch: stored.epoch } },
    events: [],
  };
}

async function getConversation(
  tx: Tx,
  actor: CustomerActor,
  conversationId: string,
): Promise<CustomerConversation> {
  const conversations = await listConversationsOfCustomer(tx, actor.id, conversationsMax);
  const found = conversations.find((conversation) => conversation.id === conversationId);
  if (found === undefined) throw new RefusedError({ code: 'not_found' });
  return found;
}

/**
 * Two starts with the same ids at once: one waits for the other's commit and then finds its rows. What still collides
 * after that belongs to somebody else, of whom nothing is told.
 */
export async function settleStart<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (constraintOf(error) === null) throw error;
  }
  try {
    return await attempt();
  } catch (error) {
    if (constraintOf(error) === null) throw error;
    throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  }
}

/**
 * Everything the frame shows: the customer's conversations, and page and marks of one. Of the conversation that is asked
 * for, it is what comes after an order where one is given; of the newest, and where there is no such one, the last page.
 */
export async function getWidgetState(
  actor: CustomerActor,
  { open, after }: WidgetStateQuery = {},
): Promise<WidgetState> {
  return asCustomer(actor.id, async (tx) => {
    authorize(actor, 'customer.read', { customerId: actor.id });
    const [customer, conversations, epoch, faces] = await Promise.all([
      findCustomer(tx, actor.id),
      listConversationsOfCustomer(tx, actor.id, conversationsMax),
      findEpoch(tx),
      listPicturesForCustomer(tx, actor.id),
      updateLastSeen(tx, actor.id),
    ]);
    if (customer === null) throw new RefusedError({ code: 'unauthenticated' });
    const pictures = Object.keys(faces).length === 0 ? {} : { pictures: faces };
    // By the list, and not by the id alone: what the customer does not have is not read at all.
    const asked = conversations.find(({ id }) => id === open);
    const shown = asked ?? conversations[0];
    if (shown === undefined) {
      return { customer, conversations, open: null, page: null, marks: [], typing: [], ...pictures, epoch };
    }
    const isPart = asked !== undefined && after !== undefined;
    const query = isPart ? { after, limit: pageEntriesMax } : { limit: pageEntriesDefault };
    const [found, marks, typing] = await Promise.all([
      listEntries(tx, shown.id, 'customer', query),
      listReadMarks(tx, shown.id, 'customer'),
      listTyping(tx, shown.id, actor),
    ]);
    const entries = found.entries.map(publicEntry).filter((entry) => entry !== null);
    const page = pageOf(entries, found, query);
    return { customer, conversations, open: shown.id, page, marks, typing, ...pictures, epoch };
  });
}

/** How many replies wait for the customer, for the launcher's badge. */
export async function countUnread(actor: CustomerActor): Promise<number> {
  return asCustomer(actor.id, (tx) => {
    authorize(actor, 'customer.read', { customerId: actor.id });
    return countUnreadOfCustomer(tx, actor.id);
  });
}

/** The visitor that a widget's key and the embedding page's origin make; `not_found` or `forbidden` otherwise. */
export async function identifyVisitor(
  widgetKey: string,
  origin: string | null,
): Promise<Extract<Actor, { kind: 'visitor' }>> {
  const widget = await transact((tx) => findWidgetByKey(tx, widgetKey));
  if (widget === null) throw new RefusedError({ code: 'not_found', reason: 'widget_unknown' });
  if (origin === null || !widget.allowedOrigins.includes(origin)) {
    throw new RefusedError({ code: 'forbidden', reason: 'origin_not_allowed' });
  }
  return { kind: 'visitor', widgetId: widget.id };
}

function cleanHint(hint: string | null): string | null {
  const cleaned = hint === null ? '' : cleanName(hint.replaceAll('\0', ''));
  return cleaned === '' ? null : cleaned;
}
