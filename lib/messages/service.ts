import { asCustomer, constraintOf, inOneStatement, type Tx, transact } from '#/db/client.ts';
import { listReadMarks, raiseReadMark } from '#/db/conversations.ts';
import { attachFiles, claimFiles, lockLooseFiles } from '#/db/files.ts';
import { isMerged } from '#/db/merges.ts';
import {
  type AppendEffects,
  appendDirectly,
  appendEntries,
  findEntry,
  findMentioned,
  hasNewerEntries,
  type LockedConversation,
  listEntries,
  lockConversation,
  type NewEntry,
  pageOf,
} from '#/db/messages.ts';
import { insertNotification } from '#/db/notifications.ts';
import { findTicketOfConversation } from '#/db/tickets.ts';
import { listTyping } from '#/db/typing.ts';
import { RefusedError } from '#/lib/errors.ts';
import { titleOf } from '#/lib/files/rules.ts';
import type { FileRef } from '#/lib/files/schema.ts';
import { newId } from '#/lib/ids.ts';
import { effectOfCustomerReply, type LogEntry, publicEntry, staffEntry } from '#/lib/messages/rules.ts';
import {
  type AgentSendInput,
  type Change,
  type ConfirmedEntry,
  type EntryPage,
  type PageQuery,
  type SendInput,
  snippetCharsMax,
  type TypingNow,
} from '#/lib/messages/schema.ts';
import type { Actor, AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done, RaisedMark } from '#/lib/realtime/changes.ts';
import { snippetOf } from '#/lib/text.ts';
import { type ReadMark, ticketStatuses } from '#/lib/tickets/schema.ts';

/**
 * Appends a reply to a conversation. The same id sent again by the same sender answers the stored entry and changes
 * nothing; used by somebody else it is a `conflict`. A customer's reply reopens a resolved ticket within the
 * reopening window, later it is a `conflict` with `followup_needed`. An agent's is a `conflict` with `newer_entries` when
 * somebody else's reply or note stands after `expected`.
 */
export async function sendMessage(
  actor: CustomerActor | AgentActor,
  input: SendInput & AgentSendInput,
): Promise<Done<ConfirmedEntry>> {
  return append(actor, input, 'reply');
}

/** Appends a note, which staff alone ever see, and tells whom it mentions. Guarded by `expected` as a reply is. */
export async function writeNote(actor: Actor, input: AgentSendInput): Promise<Done<ConfirmedEntry>> {
  if (actor.kind !== 'agent') throw new RefusedError({ code: 'forbidden' });
  return append(actor, input, 'note');
}

async function append(
  actor: CustomerActor | AgentActor,
  input: AgentSendInput,
  kind: 'reply' | 'note',
): Promise<Done<ConfirmedEntry>> {
  try {
    return (
      (await appendAtOnce(actor, input, kind)) ??
      (await inActorsTransaction(actor, (tx) => appendIn(tx, actor, input, kind)))
    );
  } catch (error) {
    // An entry that its reader may not see (a note, for the customer) still uses up the id.
    if (constraintOf(error) !== 'messages_id_unique') throw error;
    throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  }
}

/**
 * The short way: one statement for what nearly every send is, a new entry that changes no status. Null when it is not
 * that, or the ticket is not what was decided on; the transaction then decides on the locked row.
 */
async function appendAtOnce(
  actor: CustomerActor | AgentActor,
  input: AgentSendInput,
  kind: 'reply' | 'note',
): Promise<Done<ConfirmedEntry> | null> {
  const { conversationId, id, text } = input;
  if (hasNames(input) || hasFiles(input)) return null;
  const entry = { conversationId, id, text, kind, change: null, event: { id: newId() } };
  const stored = await inOneStatement(actor.kind === 'customer' ? 'customer' : 'staff', async (tx) => {
    const ticket = actor.kind === 'customer' ? null : await findTicketOfConversation(tx, conversationId);
    if (actor.kind === 'agent' && ticket === null) return null;
    authorize(actor, kind === 'note' ? 'note.write' : 'message.send', ticket ?? { customerId: actor.id });
    return appendDirectly(tx, {
      ...entry,
      snippet: kind === 'reply' ? snippetOf(text, snippetCharsMax) : null,
      sender: { kind: actor.kind, id: actor.id },
      readers: ticket,
      statuses: actor.kind === 'customer' ? statusesThatStay : statusesThatTake,
      expected: expectedOf(actor, input),
      eventId: entry.event.id,
      markId: newId(),
    });
  });
  if (stored === null) return null;
  const { ticketId, senderName, seq, publicSeq } = stored;
  const log = logEntryFrom({ ...entry, seq, publicSeq }, { id: conversationId, senderName }, actor, stored);
  return { value: forReader(actor, log), events: [changeOf(entry, { id: conversationId, ticketId }, log)] };
}

/** The guard is staff's: whatever a customer's request says, a customer's message is never held up by another. */
function expectedOf(actor: CustomerActor | AgentActor, input: AgentSendInput): number | null {
  return actor.kind === 'agent' ? (input.expected ?? null) : null;
}

/** Where a customer's reply changes nothing but the log. */
const statusesThatStay = ticketStatuses.filter(
  (status) => effectOfCustomerReply({ status, resolvedForMs: 0, reopeningHours: 0 }) === 'reply',
);

/** A closed ticket may be one that was merged into another: nobody reads what is written there. */
const statusesThatTake = ticketStatuses.filter((status) => status !== 'closed');

async function appendIn(
  tx: Tx,
  actor: CustomerActor | AgentActor,
  input: AgentSendInput,
  kind: 'reply' | 'note',
): Promise<Done<ConfirmedEntry>> {
  // Both travel together. The second begins once the lock is held, so it sees what an equal send just stored.
  const lockAndFind = () =>
    Promise.all([
      lockConversation(tx, input.conversationId, actor),
      findEntry(tx, input.conversationId, input.id),
    ]);
  let [locked, stored] = await lockAndFind();
  // A merge that ended while this waited has brought the conversation to another ticket: that is found by asking again.
  if (locked === null) [locked, stored] = await lockAndFind();
  if (locked === null) throw new RefusedError({ code: 'not_found' });
  authorize(actor, kind === 'note' ? 'note.write' : 'message.send', locked);
  if (stored !== null) return repeatOf(actor, stored, kind);
  if (actor.kind === 'agent' && locked.status === 'closed' && (await isMerged(tx, locked.ticketId))) {
    throw new RefusedError({ code: 'conflict', reason: 'merged' });
  }
  const expected = expectedOf(actor, input);
  if (expected !== null && (await hasNewerEntries(tx, locked.id, actor.id, expected))) {
    throw new RefusedError({ code: 'conflict', reason: 'newer_entries' });
  }
  return appendMessage(tx, actor, locked, { ...input, kind });
}

/**
 * Appends to a conversation that this transaction has locked (or made) and whose access is already decided. `isFollowUp`:
 * the conversation was made for this message, which reopens the ticket however long ago it was resolved.
 */
export async function appendMessage(
  tx: Tx,
  actor: CustomerActor | AgentActor,
  locked: LockedConversation,
  input: {
    id: string;
    text: string;
    kind: 'reply' | 'note';
    mentions?: readonly string[] | undefined;
    fileIds?: readonly string[] | undefined;
    isFollowUp?: boolean;
  },
): Promise<Done<ConfirmedEntry>> {
  const isCustomer = actor.kind === 'customer';
  const files = await takeFiles(tx, actor, input.fileIds);
  const reopens = isCustomer && (input.isFollowUp === true || effectOn(locked) === 'reopen');
  const mentions = isCustomer || !hasNames(input) ? [] : await findMentioned(tx, input.mentions);
  const sender = {
    customerId: isCustomer ? actor.id : null,
    agentId: isCustomer ? null : actor.id,
  };
  const order = { seq: locked.lastSeq, publicSeq: locked.lastPublicSeq };
  const next = (isPublic: boolean) => {
    order.seq++;
    if (isPublic) order.publicSeq++;
    return { seq: order.seq, publicSeq: isPublic ? order.publicSeq : null };
  };
  const by = { actorKind: actor.kind, actorId: actor.id } as const;
  const eventId = newId();
  const entries: NewEntry[] = [
    {
      ...next(input.kind === 'reply'),
      id: input.id,
      kind: input.kind,
      ...sender,
      text: input.text,
      change: null,
      meta: mentions.length === 0 ? null : { mentions: mentions.map(({ id }) => id) },
      fileCount: files.length,
      event: { id: eventId, type: 'message.created', ...by, before: null, after: null },
    },
  ];
  if (reopens) {
    const change: Change = { field: 'status', from: locked.status, to: 'open', ...whyOf(locked) };
    const isPublic = locked.status === 'resolved' || locked.status === 'closed';
    entries.push({
      ...next(isPublic),
      id: newId(),
      kind: 'event',
      ...sender,
      text: '',
      change,
      event: {
        id: newId(),
        type: 'ticket.changed',
        ...by,
        before: { status: locked.status },
        after: { status: 'open' },
      },
    });
  }
  const effects: AppendEffects = {
    snippet: input.kind === 'reply' ? snippetOf(titleOf(input.text, files), snippetCharsMax) : null,
    status: reopens ? 'open' : null,
    waiting: input.kind === 'note' ? 'stays' : isCustomer ? 'starts' : 'ends',
    isFirstReplyCandidate: !isCustomer && input.kind === 'reply',
    reader: {
      kind: actor.kind,
      id: actor.id,
      through: isCustomer ? order.publicSeq : order.seq,
      joins: input.kind === 'reply',
      markId: newId(),
    },
    wakes: reopens && locked.status === 'snoozed',
  };
  const written = await appendEntries(tx, { id: locked.id, ticketId: locked.ticketId }, entries, effects);
  if (files.length > 0) {
    const ids = files.map(({ id }) => id);
    await attachFiles(tx, { conversationId: locked.id, id: input.id }, ids);
  }
  for (const { id: agentId } of mentions) {
    await insertNotification(tx, {
      id: newId(),
      agentId,
      kind: 'mention',
      ticketId: locked.ticketId,
      conversationId: locked.id,
      seq: entries[0]?.seq ?? null,
      eventId,
      actorId: actor.id,
    });
  }
  const log = entries.map((entry, index) => ({
    ...logEntryFrom(entry, locked, actor, written),
    mentions: index === 0 ? mentions : [],
    files: index === 0 ? files : [],
  }));
  const first = log[0];
  if (first === undefined) throw new Error('nothing was appended');
  return {
    value: forReader(actor, first),
    events: entries.map((entry, index) => changeOf(entry, locked, log[index] ?? null)),
  };
}

function hasNames<Input extends { mentions?: readonly string[] | undefined }>(
  input: Input,
): input is Input & { mentions: readonly string[] } {
  return input.mentions !== undefined && input.mentions.length > 0;
}

function hasFiles({ fileIds = [] }: { fileIds?: readonly string[] | undefined }): boolean {
  return fileIds.length > 0;
}

/**
 * The sender's own uploads, held until the message has them. What is not there, not theirs, or in another message
 * already refuses the message as a whole.
 */
export async function takeFiles(
  tx: Tx,
  actor: CustomerActor | AgentActor,
  ids: readonly string[] = [],
): Promise<FileRef[]> {
  if (ids.length === 0) return [];
  if (actor.kind === 'customer') await claimFiles(tx, actor.sessionId);
  const taken = await lockLooseFiles(tx, ids, actor);
  if (taken.length < ids.length) throw new RefusedError({ code: 'not_found', reason: 'file_not_found' });
  return taken;
}

/** A snooze ends with the customer's word, and the log says so. */
function whyOf(locked: LockedConversation): { reason?: 'customer_replied' } {
  return locked.status === 'snoozed' ? { reason: 'customer_replied' } : {};
}

function effectOn(locked: LockedConversation): 'reply' | 'reopen' {
  const effect = effectOfCustomerReply(locked);
  if (effect === 'followUp') throw new RefusedError({ code: 'conflict', reason: 'followup_needed' });
  return effect;
}

function logEntryFrom(
  entry: Pick<NewEntry, 'id' | 'seq' | 'publicSeq' | 'kind' | 'text' | 'change'>,
  locked: Pick<LockedConversation, 'id' | 'senderName'>,
  actor: CustomerActor | AgentActor,
  { sentAt, epoch }: { sentAt: string; epoch: string },
): LogEntry {
  return {
    conversationId: locked.id,
    seq: entry.seq,
    publicSeq: entry.publicSeq,
    id: entry.id,
    kind: entry.kind,
    sender:
      actor.kind === 'customer'
        ? { kind: 'customer', id: actor.id, name: locked.senderName }
        : { kind: 'agent', id: actor.id, name: locked.senderName ?? '' },
    text: entry.text,
    change: entry.change,
    sentAt,
    epoch,
  };
}

function changeOf(
  entry: { kind: NewEntry['kind']; event: { id: string } },
  locked: Pick<LockedConversation, 'id' | 'ticketId'>,
  log: LogEntry | null,
): ChangeEvent {
  return {
    id: entry.event.id,
    type: entry.kind === 'event' ? 'ticket.changed' : 'message.created',
    ticketId: locked.ticketId,
    conversationId: locked.id,
    entry: log,
    readersBefore: null,
    subjectId: null,
  };
}

function repeatOf(actor: CustomerActor | AgentActor, stored: LogEntry, kind: string): Done<ConfirmedEntry> {
  const isOwn = stored.sender.kind === actor.kind && stored.sender.id === actor.id && stored.kind === kind;
  if (!isOwn) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  return {
    value: forReader(actor, stored),
    events: [],
  };
}

function forReader(actor: CustomerActor | AgentActor, entry: LogEntry): ConfirmedEntry {
  const { epoch } = entry;
  if (actor.kind === 'agent') return { ...staffEntry(entry), epoch };
  const own = publicEntry(entry);
  if (own === null) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
  return { ...own, epoch };
}

/** A customer's statements run under row-level security; an agent's under the scope that `authorize` checks. */
export function inActorsTransaction<T>(
  actor: CustomerActor | AgentActor,
  fn: (tx: Tx) => Promise<T>,
): Promise<T> {
  return actor.kind === 'customer' ? asCustomer(actor.id, fn) : transact(fn);
}

/** One page of the log in the reader's own order, with everybody's read marks. */
export async function listMessages(
  actor: CustomerActor | AgentActor,
  conversationId: string,
  query: PageQuery,
): Promise<EntryPage & { marks: ReadMark[]; typing: TypingNow[] }> {
  if (query.after !== undefined && query.before !== undefined) {
    throw new RefusedError({ code: 'invalid', reason: 'after_and_before' });
  }
  const audience = actor.kind === 'customer' ? 'customer' : 'staff';
  const load = (tx: Tx) =>
    Promise.all([
      findTicketOfConversation(tx, conversationId),
      listEntries(tx, conversationId, audience, query),
      listReadMarks(tx, conversationId, audience),
      listTyping(tx, conversationId, actor),
    ]);
  const [ticket, page, marks, typing] = await (actor.kind === 'customer'
    ? asCustomer(actor.id, load)
    : transact(load));
  if (ticket === null) throw new RefusedError({ code: 'not_found' });
  authorize(actor, 'message.read', ticket);
  const entries = page.entries.flatMap((entry) => {
    const seen = actor.kind === 'customer' ? publicEntry(entry) : staffEntry(entry);
    return seen === null ? [] : [seen];
  });
  return { ...pageOf(entries, page, query), marks, typing };
}

/** Raises the reader's own mark to `through` in the reader's own order; null when it was there already. */
export async function markRead(
  actor: CustomerActor | AgentActor,
  input: { conversationId: string; through: number },
): Promise<RaisedMark | null> {
  return inActorsTransaction(actor, async (tx) => {
    const ticket = await findTicketOfConversation(tx, input.conversationId);
    if (ticket === null) throw new RefusedError({ code: 'not_found' });
    authorize(actor, 'mark.write', ticket);
    const reader = { kind: actor.kind, id: actor.id };
    const raised = await raiseReadMark(tx, { id: newId(), ...input, reader });
    if (raised === null) return null;
    return {
      conversationId: input.conversationId,
      reader,
      staffThrough: raised.through,
      publicThrough: raised.publicThrough,
      isPublic: raised.isPublic,
      at: raised.at,
      epoch: raised.epoch,
    };
  });
}
