import { type SQL, sql } from 'drizzle-orm';
import { findAgent } from '#/db/agents.ts';
import { type Tx, transact } from '#/db/client.ts';
import { findField } from '#/db/custom-fields.ts';
import { findDepartment } from '#/db/departments.ts';
import {
  appendEntries,
  findEntry,
  jsonParam,
  type LockedConversation,
  lockConversation,
} from '#/db/messages.ts';
import { insertNotification } from '#/db/notifications.ts';
import { ticketScope } from '#/db/scope.ts';
import { addTicketTags, listTagsByIds, removeTicketTags } from '#/db/tags.ts';
import { findLastChanger, findTicketState, type TicketState, waitingByLogs } from '#/db/ticket-state.ts';
import { findTicketForAccess, findTicketRow } from '#/db/tickets.ts';
import { isRobotRole } from '#/lib/agents/schema.ts';
import { valueProblem } from '#/lib/custom-fields/rules.ts';
import { type Failure, RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { isPublicChange, type LogEntry } from '#/lib/messages/rules.ts';
import type { Change } from '#/lib/messages/schema.ts';
import type { AgentActor, SystemActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done, Readership } from '#/lib/realtime/changes.ts';
import { auditOf } from '#/lib/tickets/audit.ts';
import {
  type ChangeTicketInput,
  type TicketChange,
  type TicketRow,
  type TicketStatus,
  tagsPerTicketMax,
  ticketStatuses,
} from '#/lib/tickets/schema.ts';

const lockAttemptsMax = 3;
const snoozeMsMax = 5 * 366 * 86_400_000;

/**
 * Changes one thing about a ticket and writes it into the log. The same id again, or a change to what it is already,
 * answers the current row and changes nothing. Whoever loses sight of the ticket by it is told so. With `from`: refused
 * when somebody else changed it to something else meanwhile.
 */
export async function changeTicket(actor: AgentActor, input: ChangeTicketInput): Promise<Done<TicketRow>> {
  return transact(async (tx) => {
    const { events, hasMovedAway } = await changeTicketIn(tx, actor, input);
    // The row as the actor may see it afterwards: who moved it out of sight gets the last answer without scope.
    const row = await findTicketRow(tx, input.ticketId, hasMovedAway ? sql`true` : ticketScope(actor));
    if (row === null) throw new RefusedError({ code: 'not_found' });
    return { value: row, events };
  });
}

export type ChangedTicket = {
  events: ChangeEvent[];
  /** What the ticket was before; the same as after when `events` is empty. */
  before: TicketState;
  hasMovedAway: boolean;
};

/** `changeTicket` as a part of the caller's transaction. */
export async function changeTicketIn(
  tx: Tx,
  actor: AgentActor,
  input: ChangeTicketInput,
  { isQuiet = false }: { /** Whoever gets it is not told of it. */ isQuiet?: boolean } = {},
): Promise<ChangedTicket> {
  const { locked, state } = await lockTicket(tx, actor, input.ticketId);
  authorize(actor, operationOf(input.change), locked);
  const stored = await findEntry(tx, locked.id, input.id);
  if (stored !== null) {
    const isOwn = stored.kind === 'event' && stored.sender.kind === 'agent' && stored.sender.id === actor.id;
    if (!isOwn) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    return { events: [], before: state, hasMovedAway: false };
  }
  refuseMerged(state);
  await refuseChangedMeanwhile(tx, input, state);
  const planned = await planChange(tx, actor, locked, state, input.change);
  if (planned === null) return { events: [], before: state, hasMovedAway: false };
  const told = isQuiet ? { ...planned, assigned: null } : planned;
  const change = await applyChange(tx, actor, locked, input.id, told);
  return { events: [change], before: state, hasMovedAway: planned.after !== null };
}

export function operationOf(change: TicketChange): 'ticket.assign' | 'ticket.change' {
  return change.field === 'assignee' || change.field === 'department' ? 'ticket.assign' : 'ticket.change';
}

/** Locks a ticket that the actor may see, with the conversation that its log entries go to. */
export async function lockTicket(
  tx: Tx,
  actor: AgentActor | SystemActor,
  ticketId: string,
  attempt = 1,
): Promise<{ locked: LockedConversation; state: TicketState }> {
  const ticket = await findTicketForAccess(tx, ticketId);
  if (ticket === null) throw new RefusedError({ code: 'not_found' });
  authorize(actor, 'ticket.read', ticket);
  // The conversation first, then its ticket, as a send does: the same order everywhere cannot deadlock.
  const locked = await lockConversation(tx, ticket.conversationId, actor.kind === 'agent' ? actor : null);
  // A merge that ended while this waited took the conversation to another ticket: ask again for what is here now.
  if (locked === null && attempt < lockAttemptsMax) return lockTicket(tx, actor, ticketId, attempt + 1);
  if (locked !== null && locked.ticketId !== ticketId) {
    throw new RefusedError({ code: 'conflict', reason: 'changed_meanwhile' });
  }
  const state = await findTicketState(tx, ticketId);
  if (locked === null || state === null) throw new RefusedError({ code: 'not_found' });
  return { locked, state };
}

/** Its conversations are elsewhere: what is changed here would reach nobody. */
export function refuseMerged(state: TicketState): void {
  if (state.mergedInto === null) return;
  const current = { by: null, value: String(state.mergedInto.number) };
  throw new RefusedError({ code: 'conflict', reason: 'merged', current });
}

/** What the asking screen compares and what people call it; null for what is not compared. */
function comparedOf(
  change: TicketChange,
  state: TicketState,
  from: unknown,
): { now: unknown; to: unknown; words: string | null; fields: Change['field'][] } | null {
  switch (change.field) {
    case 'status':
      return { now: state.status, to: change.to, words: state.status, fields: ['status'] };
    case 'priority':
      return { now: state.priority, to: change.to, words: state.priority, fields: ['priority'] };
    case 'subject':
      return { now: state.subject, to: change.to, words: state.subject, fields: ['subject'] };
    case 'assignee': {
      const { assignee } = state;
      return {
        now: assignee?.id ?? null,
        to: change.to,
        words: assignee?.name ?? null,
        fields: ['assignee'],
      };
    }
    case 'department': {
      const { department } = state;
      const words = department?.name ?? null;
      return { now: department?.id ?? null, to: change.to, words, fields: ['department'] };
    }
    case 'snooze': {
      const { status, snoozedUntil } = state;
      const to = momentOf(change.until);
      const isDone = snoozedUntil === to && (to !== null || status === 'open');
      // A screen that showed no snooze may say which status it showed instead.
      const now = isDone ? to : ticketStatuses.some((word) => word === from) ? status : snoozedUntil;
      const words = snoozedUntil ?? (status === 'open' ? null : status);
      return { now, to, words, fields: ['status', 'snooze'] };
    }
    case 'fields': {
      const now = state.fields[change.key] ?? null;
      return { now, to: change.to, words: now === null ? null : String(now), fields: ['fields'] };
    }
    case 'tags':
      return null;
  }
}

async function refuseChangedMeanwhile(tx: Tx, input: ChangeTicketInput, state: TicketState): Promise<void> {
  if (input.from === undefined) return;
  const compared = comparedOf(input.change, state, input.from);
  if (compared === null) return;
  const from =
    input.change.field === 'snooze' && typeof input.from === 'string' ? momentOf(input.from) : input.from;
  if (compared.now === from || compared.now === compared.to) return;
  const by = await findLastChanger(tx, input.ticketId, compared.fields);
  const current: Failure['current'] = { by, value: compared.words };
  throw new RefusedError({ code: 'conflict', reason: 'changed_meanwhile', current });
}

/** As the database writes moments, so that equal ones are equal texts. What is none stays as it is. */
function momentOf(text: string | null): string | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}

/** A change that is one: its entry, what else it sets, and who may read the ticket afterwards. */
export type Planned = {
  change: Change;
  /** The new status, where it changes. */
  status: TicketStatus | null;
  columns: SQL | null;
  /** Null when it moves nobody's access. */
  after: Readership | null;
  /** Who could read what this change moved here, where that is not the ticket's own former readers. */
  readersBefore?: Readership | null;
  /** What it does beside the ticket's own row. */
  beside?: () => Promise<void>;
  /** Who is told that the ticket is theirs now. */
  assigned?: string | null;
};

/** Nobody snoozes it any more, and an agent has seen it. */
const unsnoozed = sql`snoozed_until = null, snoozed_at = null, snoozed_by = null, woke_at = null`;

async function planChange(
  tx: Tx,
  actor: AgentActor | SystemActor,
  locked: LockedConversation,
  state: TicketState,
  change: TicketChange,
): Promise<Planned | null> {
  const now = readershipOf(locked);
  const plain = { status: null, after: null };
  switch (change.field) {
    case 'status':
      return planStatus(locked.ticketId, state, change.to);
    case 'priority':
      if (state.priority === change.to) return null;
      return {
        ...plain,
        change: { field: 'priority', from: state.priority, to: change.to },
        columns: sql`priority = ${change.to}`,
      };
    case 'subject':
      if (state.subject === change.to) return null;
      return {
        ...plain,
        change: { field: 'subject', from: state.subject, to: change.to },
        columns: sql`subject = ${change.to}`,
      };
    case 'assignee': {
      if ((state.assignee?.id ?? null) === change.to) return null;
      const to = change.to === null ? null : await getAssignee(tx, change.to);
      return {
        ...plain,
        change: { field: 'assignee', from: state.assignee, to },
        columns: sql`assignee_id = ${change.to}, woke_at = null`,
        after: { ...now, assigneeId: change.to },
        assigned: change.to,
      };
    }
    case 'department': {
      if ((state.department?.id ?? null) === change.to) return null;
      const to = change.to === null ? null : await findDepartment(tx, change.to);
      if (change.to !== null && to === null) {
        throw new RefusedError({ code: 'invalid', field: 'change.to', reason: 'department_unknown' });
      }
      const from =
        state.department === null ? null : { id: state.department.id, name: state.department.name };
      return {
        ...plain,
        change: { field: 'department', from, to: to === null ? null : { id: to.id, name: to.name } },
        columns: sql`department_id = ${change.to}`,
        after: { ...now, departmentId: change.to, departmentIsRestricted: to?.isRestricted === true },
      };
    }
    case 'snooze':
      return planSnooze(actor, locked.ticketId, state, momentOf(change.until));
    case 'tags':
      return planTags(tx, locked.ticketId, state, change);
    case 'fields':
      return planField(tx, state, change);
  }
}

function planStatus(
  ticketId: string,
  state: TicketState,
  to: 'open' | 'pending' | 'resolved',
): Planned | null {
  if (state.status === to) return null;
  // What ended or was left to the customer kept nobody waiting; going on with it, who waited before waits again.
  const waits =
    to === 'open' ? sql`, waiting_since = coalesce(waiting_since, ${waitingByLogs(ticketId)})` : sql``;
  return {
    change: { field: 'status', from: state.status, to },
    status: to,
    columns: sql`${unsnoozed}${waits}`,
    after: null,
  };
}

function planSnooze(
  actor: AgentActor | SystemActor,
  ticketId: string,
  state: TicketState,
  until: string | null,
): Planned | null {
  if (until === null) return state.status === 'snoozed' ? planStatus(ticketId, state, 'open') : null;
  if (state.snoozedUntil === until) return null;
  const aheadMs = Date.parse(until) - Date.now();
  if (aheadMs <= 0 || aheadMs > snoozeMsMax) {
    const reason = aheadMs <= 0 ? 'moment_past' : 'moment_too_far';
    throw new RefusedError({ code: 'invalid', field: 'change.until', reason });
  }
  const isAgain = state.status === 'snoozed' && state.snoozedUntil !== null;
  const by = actor.kind === 'agent' ? actor.id : null;
  return {
    change: isAgain
      ? { field: 'snooze', from: state.snoozedUntil ?? until, to: until }
      : { field: 'status', from: state.status, to: 'snoozed', until },
    status: isAgain ? null : 'snoozed',
    columns: sql`snoozed_until = ${until}::timestamptz, snoozed_at = clock_timestamp(), snoozed_by = ${by}::uuid,
      woke_at = null`,
    after: null,
  };
}

async function planTags(
  tx: Tx,
  ticketId: string,
  state: TicketState,
  change: Extract<TicketChange, { field: 'tags' }>,
): Promise<Planned | null> {
  const removed = new Set(change.remove);
  const held = new Set(state.tags.map(({ id }) => id));
  const wanted = change.add.filter((id) => !held.has(id) && !removed.has(id));
  const added = await listTagsByIds(tx, wanted);
  if (added.length < new Set(wanted).size) {
    throw new RefusedError({ code: 'invalid', field: 'change.add', reason: 'tag_unknown' });
  }
  const kept = state.tags.filter(({ id }) => !removed.has(id));
  if (added.length === 0 && kept.length === state.tags.length) return null;
  const to = [...kept, ...added.map(({ id, name }) => ({ id, name }))].toSorted((a, b) =>
    a.name.localeCompare(b.name),
  );
  if (to.length > tagsPerTicketMax) {
    throw new RefusedError({ code: 'invalid', field: 'change.add', reason: 'too_many_tags' });
  }
  return {
    change: { field: 'tags', from: state.tags, to },
    status: null,
    columns: null,
    after: null,
    beside: async () => {
      await removeTicketTags(tx, ticketId, change.remove);
      await addTicketTags(
        tx,
        ticketId,
        added.map(({ id }) => id),
      );
    },
  };
}

async function planField(
  tx: Tx,
  state: TicketState,
  { key, to }: Extract<TicketChange, { field: 'fields' }>,
): Promise<Planned | null> {
  const field = await findField(tx, 'ticket', key);
  if (field === null)
    throw new RefusedError({ code: 'invalid', field: 'change.key', reason: 'field_unknown' });
  const problem = to === null ? null : valueProblem(field, to);
  if (problem !== null) throw new RefusedError({ code: 'invalid', field: 'change.to', reason: problem });
  const from = state.fields[key] ?? null;
  if (from === to) return null;
  return {
    change: { field: 'fields', key, label: field.label, from, to },
    status: null,
    columns:
      to === null ? sql`fields = fields - ${key}::text` : sql`fields = fields || ${jsonParam({ [key]: to })}`,
    after: null,
  };
}

/** Whom a ticket can be given to; throws for everybody else. */
export async function getAssignee(
  tx: Tx,
  agentId: string,
  field = 'change.to',
): Promise<{ id: string; name: string }> {
  const assignee = await findAgent(tx, agentId);
  if (assignee === null || !assignee.isActive || isRobotRole(assignee.role)) {
    throw new RefusedError({ code: 'invalid', field, reason: 'agent_unknown' });
  }
  return { id: assignee.id, name: assignee.name };
}

/** Writes a planned change into the log of a locked conversation, with all that follows from it. */
export async function applyChange(
  tx: Tx,
  actor: AgentActor | SystemActor,
  locked: LockedConversation,
  id: string,
  planned: Planned,
): Promise<ChangeEvent> {
  const { change } = planned;
  const seq = locked.lastSeq + 1;
  const publicSeq = isPublicChange(change) ? locked.lastPublicSeq + 1 : null;
  const before = readershipOf(locked);
  const moved = planned.after !== null && hasMoved(before, planned.after) ? before : null;
  const readersBefore = planned.readersBefore ?? moved;
  const eventId = newId();
  const agentId = actor.kind === 'agent' ? actor.id : null;
  const { ticketId, id: conversationId } = locked;
  const told = auditOf(change);
  const { sentAt, epoch } = await appendEntries(
    tx,
    { id: conversationId, ticketId },
    [
      {
        id,
        seq,
        publicSeq,
        kind: 'event',
        customerId: null,
        agentId,
        text: '',
        change,
        event: {
          id: eventId,
          type: 'ticket.changed',
          actorKind: actor.kind,
          actorId: agentId,
          before: readersBefore === null ? told.before : { ...told.before, readers: readersBefore },
          after: told.after,
        },
      },
    ],
    {
      snippet: null,
      status: planned.status,
      waiting: 'stays',
      isFirstReplyCandidate: false,
      reader: null,
      ...(planned.columns === null ? {} : { ticket: planned.columns }),
    },
  );
  await planned.beside?.();
  const { assigned = null } = planned;
  if (assigned !== null) {
    const cause = { kind: 'assigned', ticketId, conversationId, seq, eventId, actorId: agentId } as const;
    await insertNotification(tx, { id: newId(), agentId: assigned, ...cause });
  }
  const entry: LogEntry = {
    conversationId,
    seq,
    publicSeq,
    id,
    kind: 'event',
    sender:
      agentId === null ? { kind: 'system' } : { kind: 'agent', id: agentId, name: locked.senderName ?? '' },
    text: '',
    change,
    mentions: [],
    sentAt,
    epoch,
  };
  return {
    id: eventId,
    type: 'ticket.changed',
    ticketId,
    conversationId,
    entry,
    readersBefore,
    subjectId: null,
  };
}

export function readershipOf(record: Readership): Readership {
  const { departmentId, departmentIsRestricted, assigneeId } = record;
  return { departmentId, departmentIsRestricted, assigneeId };
}

/** Only what a restricted department decides: elsewhere everybody reads before and after. */
export function hasMoved(before: Readership, after: Readership): boolean {
  if (!before.departmentIsRestricted && !after.departmentIsRestricted) return false;
  return (
    before.departmentIsRestricted !== after.departmentIsRestricted ||
    before.departmentId !== after.departmentId ||
    before.assigneeId !== after.assigneeId
  );
}

/**
 * Carries out an earlier decision about a whole group of tickets on one of them, unless it has left the group by now:
 * an agent's, or a department's.
 */
export async function changeTicketWhile(
  actor: AgentActor | SystemActor,
  ticketId: string,
  group: { assigneeId: string } | { departmentId: string },
  changes: readonly TicketChange[],
): Promise<Done<null>> {
  return transact(async (tx) => {
    const events: ChangeEvent[] = [];
    for (const [index, change] of changes.entries()) {
      const { locked, state } = await lockTicket(tx, actor, ticketId);
      authorize(actor, 'ticket.assign', locked);
      const isStillIn =
        'assigneeId' in group
          ? state.assignee?.id === group.assigneeId
          : state.department?.id === group.departmentId;
      if (index === 0 && !isStillIn) break;
      const planned = await planChange(tx, actor, locked, state, change);
      if (planned !== null) events.push(await applyChange(tx, actor, locked, newId(), planned));
    }
    return { value: null, events };
  });
}

/** Ends a snooze whose time has come; nothing when somebody ended or moved it, or another process did this. */
export async function wakeTicket(actor: SystemActor, ticketId: string): Promise<Done<null>> {
  return transact(async (tx) => {
    const { locked, state } = await lockTicket(tx, actor, ticketId);
    authorize(actor, 'ticket.change', locked);
    if (!state.isSnoozeOver) return { value: null, events: [] };
    const tellsOf = { field: 'status', from: 'snoozed', to: 'open', reason: 'snooze_ended' } as const;
    const change = await applyChange(tx, actor, locked, newId(), {
      change: tellsOf,
      status: 'open',
      // Who snoozed it and when stays: it is the reason why it stands at the top.
      columns: sql`snoozed_until = null, woke_at = clock_timestamp()`,
      after: null,
    });
    const told = state.assignee?.id ?? state.snoozedBy;
    if (told !== null && change.entry !== null) {
      const { conversationId, seq } = change.entry;
      const cause = {
        kind: 'woke',
        ticketId,
        conversationId,
        seq,
        eventId: change.id,
        actorId: null,
      } as const;
      await insertNotification(tx, { id: newId(), agentId: told, ...cause });
    }
    return { value: null, events: [change] };
  });
}
