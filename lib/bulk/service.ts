import { findAgent } from '#/db/agents.ts';
import {
  type BulkBefore,
  cancelBulkJob as cancelJob,
  findBulkJob,
  insertBulkJob,
  insertUndoingJob,
  listBulkJobs as listJobs,
  lockBulkJob,
  type RunningJob,
  settleBulkItem,
  takeBulkItem,
} from '#/db/bulk.ts';
import { constraintOf, read, type Tx, transact } from '#/db/client.ts';
import type { TicketState } from '#/db/ticket-state.ts';
import { type BulkState, inverseOf, isAsLeft } from '#/lib/bulk/rules.ts';
import {
  type BulkAct,
  type BulkJob,
  bulkMatchingMax,
  type StartBulkInput,
  type UndoBulkInput,
} from '#/lib/bulk/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { type ChangedTicket, changeTicketIn, lockTicket } from '#/lib/tickets/change.ts';
import { listMatchingIds } from '#/lib/tickets/list.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';

const listedMax = 20;
/** Who is given more than so many at once is not told of each. */
const toldMax = 10;

/**
 * Begins a job on the chosen tickets, or on all that the list shows now. It is carried out ticket by ticket, with the
 * rights that the agent has then. The same id again answers the job as it is.
 */
export async function startBulk(actor: AgentActor, input: StartBulkInput): Promise<Done<BulkJob>> {
  authorize(actor, 'bulk.manage', { agentId: actor.id });
  refuseFutile(input.act);
  const known = await read((tx) => findBulkJob(tx, input.id, actor.id));
  if (known !== null) return { value: known, events: [] };
  const ids =
    'ids' in input.on
      ? [...new Set(input.on.ids)]
      : await listMatchingIds(actor, input.on, bulkMatchingMax + 1);
  if (ids.length > bulkMatchingMax) {
    throw new RefusedError({ code: 'invalid', field: 'on', reason: 'too_many_tickets' });
  }
  const job = { id: input.id, agentId: actor.id, act: input.act, undoes: null };
  return begun(actor, input.id, (tx) => insertBulkJob(tx, job, ids));
}

function refuseFutile(act: BulkAct): void {
  if (act.field !== 'snooze' || act.until === null || Date.parse(act.until) > Date.now()) return;
  throw new RefusedError({ code: 'invalid', field: 'act.until', reason: 'moment_past' });
}

/** What is done stays done; the rest is left alone. Cancelling what is over changes nothing. */
export async function cancelBulk(actor: AgentActor, id: string): Promise<Done<BulkJob>> {
  return transact(async (tx) => {
    authorize(actor, 'bulk.manage', { agentId: actor.id });
    if (!(await lockBulkJob(tx, id, actor.id))) throw new RefusedError({ code: 'not_found' });
    await cancelJob(tx, id);
    return { value: await getJob(tx, actor, id), events: [] };
  });
}

/**
 * Takes a job back, as a job of its own: of what it did, all that is still as it left it. Once; what is still running
 * has to be cancelled first.
 */
export async function undoBulk(actor: AgentActor, input: UndoBulkInput): Promise<Done<BulkJob>> {
  authorize(actor, 'bulk.manage', { agentId: actor.id });
  return begun(actor, input.id, async (tx) => {
    if (!(await lockBulkJob(tx, input.of, actor.id))) throw new RefusedError({ code: 'not_found' });
    const job = await getJob(tx, actor, input.of);
    if (job.state === 'running') throw new RefusedError({ code: 'conflict', reason: 'still_running' });
    if (!job.canUndo) throw new RefusedError({ code: 'conflict', reason: 'nothing_to_undo' });
    await insertUndoingJob(tx, { id: input.id, agentId: actor.id, act: job.act, undoes: input.of });
  });
}

/** The agent's own: running and last ones, newest first. */
export async function listBulkJobs(actor: AgentActor): Promise<BulkJob[]> {
  authorize(actor, 'bulk.manage', { agentId: actor.id });
  return read((tx) => listJobs(tx, actor.id, listedMax));
}

/** A job as its agent sees it, for telling. */
export async function findJobOf(agentId: string, id: string): Promise<BulkJob | null> {
  return read((tx) => findBulkJob(tx, id, agentId));
}

async function begun(
  actor: AgentActor,
  id: string,
  insert: (tx: Tx) => Promise<void>,
): Promise<Done<BulkJob>> {
  try {
    return await transact(async (tx) => {
      const stored = await findBulkJob(tx, id, actor.id);
      if (stored !== null) return { value: stored, events: [] };
      await insert(tx);
      return { value: await getJob(tx, actor, id), events: [] };
    });
  } catch (error) {
    if (constraintOf(error) !== 'bulk_jobs_pkey') throw error;
    const stored = await read((tx) => findBulkJob(tx, id, actor.id));
    if (stored === null) throw new RefusedError({ code: 'conflict', reason: 'id_used' });
    return { value: stored, events: [] };
  }
}

async function getJob(tx: Tx, actor: AgentActor, id: string): Promise<BulkJob> {
  const job = await findBulkJob(tx, id, actor.id);
  if (job === null) throw new RefusedError({ code: 'not_found' });
  return job;
}

/**
 * Carries a job out on its next ticket after `after`, in one transaction that does it whole or not at all. Null when
 * nothing is left for this process. A ticket that cannot be written now stays for a later turn.
 */
export async function carryOutNext(
  job: RunningJob,
  after: string | null,
): Promise<{ ticketId: string; events: ChangeEvent[]; isSettled: boolean } | null> {
  let ticketId: string | null = null;
  try {
    return await transact(async (tx) => {
      const item = await takeBulkItem(tx, job.id, after);
      if (item === null) return null;
      ticketId = item.ticketId;
      const actor = await getActor(tx, job.agentId);
      const changed =
        job.undoes === null
          ? await act(tx, actor, job, item.ticketId)
          : await takeBack(tx, actor, job, item.ticketId, item.before);
      const outcome =
        changed.events.length === 0
          ? ({ state: 'skipped', reason: 'same_already' } as const)
          : ({ state: 'done', before: beforeOf(job.act, changed.before) } as const);
      await settleBulkItem(tx, { jobId: job.id, ticketId }, outcome);
      return { ticketId, events: changed.events, isSettled: true };
    });
  } catch (error) {
    const reason = reasonOf(error);
    if (ticketId === null || reason === null) throw error;
    if (reason === 'unavailable') return { ticketId, events: [], isSettled: false };
    const item = { jobId: job.id, ticketId };
    await transact((tx) => settleBulkItem(tx, item, { state: 'skipped', reason }));
    return { ticketId, events: [], isSettled: true };
  }
}

/** The agent of the job with the rights of this moment. */
async function getActor(tx: Tx, agentId: string): Promise<AgentActor> {
  const account = await findAgent(tx, agentId);
  if (account?.isActive !== true) throw new RefusedError({ code: 'forbidden' });
  return { kind: 'agent', id: account.id, role: account.role, departmentId: account.departmentId };
}

function act(tx: Tx, actor: AgentActor, job: RunningJob, ticketId: string): Promise<ChangedTicket> {
  return changeTicketIn(
    tx,
    actor,
    { ticketId, id: newId(), change: job.act },
    { isQuiet: job.total > toldMax },
  );
}

async function takeBack(
  tx: Tx,
  actor: AgentActor,
  job: RunningJob,
  ticketId: string,
  before: BulkBefore | null,
): Promise<ChangedTicket> {
  if (before === null) throw new RefusedError({ code: 'conflict', reason: 'nothing_to_undo' });
  const { state } = await lockTicket(tx, actor, ticketId);
  if (!isAsLeft(job.act, before, stateOf(state))) {
    throw new RefusedError({ code: 'conflict', reason: 'changed_meanwhile' });
  }
  const change: TicketChange = inverseOf(job.act, before, Date.now());
  return changeTicketIn(tx, actor, { ticketId, id: newId(), change }, { isQuiet: true });
}

function stateOf(state: TicketState): BulkState {
  const { status, snoozedUntil, priority, assignee, department, tags } = state;
  return {
    status,
    snoozedUntil,
    priority,
    assigneeId: assignee?.id ?? null,
    departmentId: department?.id ?? null,
    tagIds: tags.map(({ id }) => id),
  };
}

function beforeOf(done: BulkAct, state: TicketState): BulkBefore {
  const { tagIds, ...before } = stateOf(state);
  const held = new Set(tagIds);
  if (done.field !== 'tags') return { ...before, added: [], removed: [] };
  const removed = done.remove.filter((id) => held.has(id));
  return { ...before, added: done.add.filter((id) => !held.has(id) && !done.remove.includes(id)), removed };
}

/** A refusal's own word; null for what is none. */
function reasonOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('failure' in error)) return null;
  const { failure } = error;
  if (typeof failure !== 'object' || failure === null) return null;
  const code: unknown = Reflect.get(failure, 'code');
  if (code === 'unavailable') return code;
  const reason: unknown = Reflect.get(failure, 'reason') ?? code;
  return typeof reason === 'string' ? reason : null;
}
