import { sql } from 'drizzle-orm';
import { type Tx, transact } from '#/db/client.ts';
import {
  type BeforeMerge,
  findMerge,
  findMergesOf,
  findWordsSince,
  insertHolding,
  insertMerge,
  lockTicketPair,
  markMergeUndone,
  moveConversations,
  type PairConversation,
  restoredColumns,
  type StoredMerge,
} from '#/db/merges.ts';
import { type LockedConversation, listEntries, lockConversation } from '#/db/messages.ts';
import { ticketScope } from '#/db/scope.ts';
import { findLastChanger, findTicketState, type TicketState, waitingByLogs } from '#/db/ticket-state.ts';
import { findTicketForAccess, findTicketRow } from '#/db/tickets.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { interleave } from '#/lib/merges/rules.ts';
import {
  type MergedTickets,
  type MergePreview,
  type MergeTicketsInput,
  mergePreviewMax,
} from '#/lib/merges/schema.ts';
import { isEnded, staffEntry } from '#/lib/messages/rules.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { applyChange, hasMoved, readershipOf } from '#/lib/tickets/change.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

const attemptsMax = 4;

/**
 * Brings the source's conversations to the target, whole: their logs, orders and read marks stay as they are, and the
 * customer goes on in them. The source is closed and says where they went. The same id again answers the same.
 */
export async function mergeTickets(
  actor: AgentActor,
  input: MergeTicketsInput,
): Promise<Done<MergedTickets>> {
  const { sourceId, targetId } = input;
  if (sourceId === targetId) throw new RefusedError({ code: 'conflict', reason: 'same_ticket' });
  return withPair(actor, input.id, [sourceId, targetId], async (tx, pair) => {
    const stored = await findMerge(tx, input.id);
    if (stored !== null) {
      const isSame = stored.sourceId === sourceId && stored.targetId === targetId;
      if (!isSame) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
      return [];
    }
    const source = pair.of(sourceId);
    const target = pair.of(targetId);
    if (source.customerId !== target.customerId) {
      throw new RefusedError({ code: 'conflict', reason: 'other_customer' });
    }
    await refuseMergedOf(tx, source, 'source_merged');
    await refuseMergedOf(tx, target, 'target_merged');
    return mergeIn(tx, actor, input.id, source, target);
  });
}

async function mergeIn(
  tx: Tx,
  actor: AgentActor,
  id: string,
  source: Side,
  target: Side,
): Promise<ChangeEvent[]> {
  const moved = source.conversations.filter(({ publicHead }) => publicHead > 0).map((each) => each.id);
  const held = source.conversations.find(({ publicHead }) => publicHead === 0)?.id ?? null;
  const holdingId = held ?? newId();
  if (held === null) await insertHolding(tx, holdingId, source.id);
  // Somebody waits for an answer: in a ticket that is over, or left to the customer, nobody would see it.
  const isWaiting = !isEnded(source.state.status) && source.state.waitingSince !== null;
  const opens = isWaiting && target.state.status !== 'open';
  const before: BeforeMerge = {
    ...beforeOf(source.state),
    targetStatus: opens ? target.state.status : null,
  };
  const { sourceId, targetId } = { sourceId: source.id, targetId: target.id };
  await insertMerge(tx, { id, sourceId, targetId, conversationIds: moved, before, mergedBy: actor.id });
  const events: ChangeEvent[] = [];
  if (opens) {
    events.push(await applyStatus(tx, actor, target, 'open', 'merged'));
  }
  const sourceReaders = readershipOf(source.access);
  const targetReaders = readershipOf(target.access);
  await moveConversations(tx, moved, target.id);
  const since = source.state.waitingSince;
  events.push(
    await applyChange(tx, actor, await lock(tx, target.conversationId, actor), id, {
      change: { field: 'merge', role: 'target', ticket: referenceOf(source), isUndone: false },
      status: null,
      columns: isWaiting ? sql`waiting_since = least(waiting_since, ${since}::timestamptz)` : null,
      after: null,
      // Who listened to the moved conversations and may not see the target loses them.
      readersBefore: hasMoved(sourceReaders, targetReaders) ? sourceReaders : null,
    }),
    await applyChange(tx, actor, await lock(tx, holdingId, actor), newId(), {
      change: { field: 'merge', role: 'source', ticket: referenceOf(target), isUndone: false },
      status: 'closed',
      columns: sql`snoozed_until = null, snoozed_at = null, snoozed_by = null, woke_at = null`,
      after: null,
    }),
  );
  return events;
}

/**
 * Brings back what a merge moved, with everything that was written in it since. Both tickets are as they were, but for
 * what people did meanwhile. Once more changes nothing.
 */
export async function undoMerge(actor: AgentActor, input: { id: string }): Promise<Done<MergedTickets>> {
  const known = await transact(async (tx) => {
    const merge = await findMerge(tx, input.id);
    if (merge === null) throw new RefusedError({ code: 'not_found' });
    for (const ticketId of [merge.sourceId, merge.targetId]) await getAccess(tx, actor, ticketId);
    return merge;
  });
  return withPair(actor, known.id, [known.sourceId, known.targetId], async (tx, pair) => {
    const merge = await findMerge(tx, input.id);
    if (merge === null) throw new RefusedError({ code: 'not_found' });
    if (merge.isUndone) return [];
    const target = pair.of(merge.targetId);
    await refuseMergedOf(tx, target, 'target_merged');
    return undoIn(tx, actor, merge, pair.of(merge.sourceId), target);
  });
}

async function undoIn(
  tx: Tx,
  actor: AgentActor,
  merge: StoredMerge,
  source: Side,
  target: Side,
): Promise<ChangeEvent[]> {
  const { before } = merge;
  const returning = target.conversations
    .filter(({ id }) => merge.conversationIds.includes(id))
    .map(({ id }) => id);
  const staying = target.conversations.filter(({ id }) => !returning.includes(id)).map(({ id }) => id);
  const holdingId = source.conversations[0]?.id;
  if (holdingId === undefined) throw new Error('a merged ticket without its own conversation');
  const [since, sinceInTarget] = [
    await findWordsSince(tx, returning, merge.mergedAt),
    await findWordsSince(tx, staying, merge.mergedAt),
  ];
  await markMergeUndone(tx, merge.id);
  await moveConversations(tx, returning, source.id);
  const status: TicketStatus = since.hasCustomers ? 'open' : before.status;
  // Who waited then still does unless somebody answered; who did not waits since what was asked after.
  const byLogsAfter = before.waitingSince === null ? merge.mergedAt : null;
  const wait = since.hasAny ? { byLogsAfter } : 'as_before';
  const sourceReaders = readershipOf(source.access);
  const targetReaders = readershipOf(target.access);
  const events = [
    await applyChange(tx, actor, await lock(tx, holdingId, actor), newId(), {
      change: { field: 'merge', role: 'source', ticket: referenceOf(target), isUndone: true },
      status: null,
      columns: restoredColumns(source.id, before, status, wait),
      after: null,
      readersBefore: hasMoved(targetReaders, sourceReaders) ? targetReaders : null,
    }),
  ];
  const access = await findTicketForAccess(tx, target.id);
  if (access === null) throw new Error('a locked ticket is gone');
  const waits = target.state.waitingSince !== null;
  events.push(
    await applyChange(tx, actor, await lock(tx, access.conversationId, actor), newId(), {
      change: { field: 'merge', role: 'target', ticket: referenceOf(source), isUndone: true },
      status: null,
      columns: waits ? sql`waiting_since = ${waitingByLogs(target.id)}` : null,
      after: null,
    }),
  );
  const wasOpened = before.targetStatus !== null && target.state.status === 'open' && !sinceInTarget.hasAny;
  if (wasOpened && (before.targetStatus === 'resolved' || before.targetStatus === 'pending')) {
    const side = { ...target, conversationId: access.conversationId };
    events.push(await applyStatus(tx, actor, side, before.targetStatus, 'merge_undone'));
  }
  return events;
}

async function applyStatus(
  tx: Tx,
  actor: AgentActor,
  side: Pick<Side, 'conversationId' | 'state'>,
  to: 'open' | 'pending' | 'resolved',
  reason: 'merged' | 'merge_undone',
): Promise<ChangeEvent> {
  const locked = await lock(tx, side.conversationId, actor);
  return applyChange(tx, actor, locked, newId(), {
    change: { field: 'status', from: locked.status, to, reason },
    status: to,
    columns: sql`snoozed_until = null, snoozed_at = null, snoozed_by = null, woke_at = null`,
    after: null,
  });
}

/** Both threads as one, as the merged ticket would show them. */
export async function previewMerge(
  actor: AgentActor,
  input: { ticketId: string; with: string },
): Promise<MergePreview> {
  return transact(async (tx) => {
    const ids = [input.ticketId, input.with];
    const threads: MergePreview['entries'][] = [];
    const rows = [];
    for (const ticketId of ids) {
      await getAccess(tx, actor, ticketId);
      rows.push(await getRow(tx, actor, ticketId));
      const { conversations } = await findMergesOf(tx, ticketId);
      for (const { id: conversationId } of conversations.slice(-previewConversationsMax)) {
        const { entries } = await listEntries(tx, conversationId, 'staff', { limit: mergePreviewMax + 1 });
        threads.push(entries.map((entry) => ({ ticketId, conversationId, entry: staffEntry(entry) })));
      }
    }
    const [ticket, other] = rows;
    if (ticket === undefined || other === undefined) throw new RefusedError({ code: 'not_found' });
    const all = interleave(
      threads.map((thread) => thread.map((each) => ({ ...each, sentAt: each.entry.sentAt }))),
    );
    const entries = all
      .slice(-mergePreviewMax)
      .map(({ ticketId, conversationId, entry }) => ({ ticketId, conversationId, entry }));
    return { ticket, other, entries, hasMore: all.length > entries.length };
  });
}

const previewConversationsMax = 10;

/** One of the two tickets, locked with all that belongs to it. */
type Side = {
  id: string;
  customerId: string;
  /** Where its log entries go. */
  conversationId: string;
  access: NonNullable<Awaited<ReturnType<typeof findTicketForAccess>>>;
  state: TicketState;
  conversations: PairConversation[];
};

/** Runs `act` with both tickets locked and allowed, and answers them as they are then. */
async function withPair(
  actor: AgentActor,
  mergeId: string,
  ids: readonly [sourceId: string, targetId: string],
  act: (tx: Tx, pair: { of(ticketId: string): Side }) => Promise<ChangeEvent[]>,
): Promise<Done<MergedTickets>> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const done = await transact(async (tx) => {
      for (const id of ids) await getAccess(tx, actor, id);
      const conversations = await lockTicketPair(tx, ids);
      if (conversations === null) return null;
      const sides = new Map<string, Side>();
      for (const id of ids) sides.set(id, await getSide(tx, actor, id, conversations));
      const events = await act(tx, {
        of(ticketId) {
          const side = sides.get(ticketId);
          if (side === undefined) throw new Error('a ticket that is none of the two');
          return side;
        },
      });
      const [source, target] = [await getRow(tx, actor, ids[0]), await getRow(tx, actor, ids[1])];
      return { value: { id: mergeId, source, target }, events };
    });
    if (done !== null) return done;
  }
  throw new RefusedError({ code: 'unavailable', reason: 'busy' });
}

async function getAccess(tx: Tx, actor: AgentActor, ticketId: string): Promise<Side['access']> {
  const access = await findTicketForAccess(tx, ticketId);
  if (access === null) throw new RefusedError({ code: 'not_found' });
  // Moving conversations moves who may read them.
  authorize(actor, 'ticket.change', access);
  authorize(actor, 'ticket.assign', access);
  return access;
}

async function getSide(
  tx: Tx,
  actor: AgentActor,
  id: string,
  conversations: readonly PairConversation[],
): Promise<Side> {
  const access = await getAccess(tx, actor, id);
  const state = await findTicketState(tx, id);
  if (state === null) throw new RefusedError({ code: 'not_found' });
  const { customerId, conversationId } = access;
  const own = conversations.filter(({ ticketId }) => ticketId === id);
  return { id, customerId, conversationId, access, state, conversations: own };
}

async function getRow(tx: Tx, actor: AgentActor, ticketId: string) {
  const row = await findTicketRow(tx, ticketId, ticketScope(actor));
  if (row === null) throw new RefusedError({ code: 'not_found' });
  return row;
}

async function lock(tx: Tx, conversationId: string, actor: AgentActor): Promise<LockedConversation> {
  const locked = await lockConversation(tx, conversationId, actor);
  if (locked === null) throw new Error('a locked conversation is gone');
  return locked;
}

async function refuseMergedOf(tx: Tx, side: Side, reason: 'source_merged' | 'target_merged'): Promise<void> {
  if (side.state.mergedInto === null) return;
  const by = await findLastChanger(tx, side.id, ['merge']);
  throw new RefusedError({
    code: 'conflict',
    reason,
    current: { by, value: String(side.state.mergedInto.number) },
  });
}

function referenceOf({ id, state }: Side): { id: string; number: number; subject: string } {
  return { id, number: state.number, subject: state.subject };
}

function beforeOf(state: TicketState): Omit<BeforeMerge, 'targetStatus'> {
  const { status, waitingSince, resolvedAt, snoozedUntil, snoozedBy, wokeAt } = state;
  return { status, waitingSince, resolvedAt, snoozedUntil, snoozedBy, wokeAt };
}
