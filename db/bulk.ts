import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { jsonParam } from '#/db/messages.ts';
import { bulkItems, bulkJobs } from '#/db/schema.ts';
import type { BulkAct, BulkJob, BulkState } from '#/lib/bulk/schema.ts';
import type { TicketPriority, TicketStatus } from '#/lib/tickets/schema.ts';

/** What a ticket was before a job changed it: as much as taking it back needs. */
export type BulkBefore = {
  status: TicketStatus;
  snoozedUntil: string | null;
  priority: TicketPriority;
  assigneeId: string | null;
  departmentId: string | null;
  /** Tags that the job put on and took off this ticket. */
  added: string[];
  removed: string[];
};

export type NewBulkJob = { id: string; agentId: string; act: BulkAct; undoes: string | null };

/** A used id surfaces as a violation of the key. A job for nothing is over at once. */
export async function insertBulkJob(tx: Tx, job: NewBulkJob, ticketIds: readonly string[]): Promise<void> {
  await insertJob(tx, job, ticketIds.length);
  await tx.execute(sql`
    insert into ${bulkItems} (job_id, ticket_id)
    select ${job.id}::uuid, tickets.id from tickets
    where tickets.id = any((select ${`{${ticketIds.join(',')}}`}::uuid[])::uuid[])`);
  await countItemsInto(tx, job.id);
}

/** The same for a job that takes another back: what that one did, with what it was before. */
export async function insertUndoingJob(tx: Tx, job: NewBulkJob & { undoes: string }): Promise<void> {
  await insertJob(tx, job, 0);
  await tx.execute(sql`
    insert into ${bulkItems} (job_id, ticket_id, before)
    select ${job.id}::uuid, ${bulkItems.ticketId}, ${bulkItems.before} from ${bulkItems}
    where ${bulkItems.jobId} = ${job.undoes} and ${bulkItems.state} = 'done'`);
  await countItemsInto(tx, job.id);
}

async function insertJob(tx: Tx, job: NewBulkJob, total: number): Promise<void> {
  await tx.execute(sql`
    insert into ${bulkJobs} (id, agent_id, act, undoes, state, total)
    values (${job.id}, ${job.agentId}, ${jsonParam(job.act)}, ${job.undoes}::uuid, 'running', ${total})`);
}

async function countItemsInto(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`
    update ${bulkJobs} set total = counted.total, state = case when counted.total = 0 then 'done' else state end,
      finished_at = case when counted.total = 0 then now() end
    from (select count(*)::int as total from ${bulkItems} where ${bulkItems.jobId} = ${id}) counted
    where ${bulkJobs.id} = ${id}`);
}

type RawJob = {
  id: string;
  act: BulkAct;
  state: BulkState;
  total: number;
  done: number;
  skipped: number;
  reasons: BulkJob['reasons'];
  undoes: string | null;
  created_at: string;
  is_undone: boolean;
};

const columns = sql`${bulkJobs.id} as id, ${bulkJobs.act} as act, ${bulkJobs.state} as state, ${bulkJobs.total} as total,
  items.done, items.skipped, items.reasons, ${bulkJobs.undoes} as undoes, ${iso(bulkJobs.createdAt)} as created_at,
  exists (select 1 from bulk_jobs undoing where undoing.undoes = ${bulkJobs.id}) as is_undone`;
const joins = sql`${bulkJobs} join lateral (
    select coalesce(sum(count) filter (where state = 'done'), 0)::int as done,
      coalesce(sum(count) filter (where state = 'skipped'), 0)::int as skipped,
      coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'count', count) order by count desc, reason)
        filter (where state = 'skipped'), '[]') as reasons
    from (select state, coalesce(reason, '') as reason, count(*)::int as count from ${bulkItems}
      where ${bulkItems.jobId} = ${bulkJobs.id} group by 1, 2) grouped) items on true`;

function jobOf(row: RawJob): BulkJob {
  const { id, act, state, total, done, skipped, reasons, undoes } = row;
  const canUndo = state !== 'running' && done > 0 && undoes === null && !row.is_undone;
  return { id, act, state, total, done, skipped, reasons, undoes, createdAt: row.created_at, canUndo };
}

async function listWhere(tx: Tx, condition: SQL): Promise<BulkJob[]> {
  const rows = await tx.execute<RawJob>(sql`select ${columns} from ${joins} where ${condition}`);
  return rows.map(jobOf);
}

/** The agent's job; null for one that is not there or somebody else's. */
export async function findBulkJob(tx: Tx, id: string, agentId: string): Promise<BulkJob | null> {
  const [job] = await listWhere(tx, sql`${bulkJobs.id} = ${id} and ${bulkJobs.agentId} = ${agentId}`);
  return job ?? null;
}

/** The agent's running jobs and the last ones, newest first. */
export async function listBulkJobs(tx: Tx, agentId: string, limit: number): Promise<BulkJob[]> {
  return listWhere(
    tx,
    sql`${bulkJobs.agentId} = ${agentId}
      and (${bulkJobs.state} = 'running' or ${bulkJobs.createdAt} > now() - interval '1 day')
      order by ${bulkJobs.id} desc limit ${limit}`,
  );
}

/** Locks the agent's job, so that it is taken back once. */
export async function lockBulkJob(tx: Tx, id: string, agentId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${bulkJobs} where ${bulkJobs.id} = ${id} and ${bulkJobs.agentId} = ${agentId} for update`);
  return rows.length > 0;
}

/** What is under way is finished; nothing more is begun. */
export async function cancelBulkJob(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`
    update ${bulkJobs} set state = 'cancelled', finished_at = now()
    where ${bulkJobs.id} = ${id} and ${bulkJobs.state} = 'running'`);
}

export type RunningJob = { id: string; agentId: string; act: BulkAct; undoes: string | null; total: number };

/** Jobs with something left to do, the oldest first. */
export async function listRunningJobs(tx: Tx, limit: number): Promise<RunningJob[]> {
  const rows = await tx.execute<{
    id: string;
    agent_id: string;
    act: BulkAct;
    undoes: string | null;
    total: number;
  }>(sql`
    select id, agent_id, act, undoes, total from ${bulkJobs}
    where ${bulkJobs.state} = 'running' order by created_at, id limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    agentId: row.agent_id,
    act: row.act,
    undoes: row.undoes,
    total: row.total,
  }));
}

/** The next ticket of a running job, locked: no other process takes it. Null when none is left for this one. */
export async function takeBulkItem(
  tx: Tx,
  jobId: string,
  after: string | null,
): Promise<{ ticketId: string; before: BulkBefore | null } | null> {
  const [row] = await tx.execute<{ ticket_id: string; before: BulkBefore | null }>(sql`
    select ticket_id, before from ${bulkItems}
    where ${bulkItems.jobId} = ${jobId} and ${bulkItems.state} = 'waiting'
      and (${after}::uuid is null or ${bulkItems.ticketId} > ${after}::uuid)
      and exists (select 1 from ${bulkJobs} where ${bulkJobs.id} = ${jobId} and ${bulkJobs.state} = 'running')
    order by ticket_id limit 1 for update skip locked`);
  return row === undefined ? null : { ticketId: row.ticket_id, before: row.before };
}

export async function settleBulkItem(
  tx: Tx,
  item: { jobId: string; ticketId: string },
  outcome: { state: 'done'; before: BulkBefore } | { state: 'skipped'; reason: string },
): Promise<void> {
  const set =
    outcome.state === 'done'
      ? sql`state = 'done', before = ${jsonParam(outcome.before)}`
      : sql`state = 'skipped', reason = ${outcome.reason}`;
  await tx.execute(sql`
    update ${bulkItems} set ${set} where ${bulkItems.jobId} = ${item.jobId}
      and ${bulkItems.ticketId} = ${item.ticketId} and ${bulkItems.state} = 'waiting'`);
}

/** Ends a job of which nothing is left; true when this call did. */
export async function finishBulkJob(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update ${bulkJobs} set state = 'done', finished_at = now()
    where ${bulkJobs.id} = ${id} and ${bulkJobs.state} = 'running' and not exists (
      select 1 from ${bulkItems} where ${bulkItems.jobId} = ${id} and ${bulkItems.state} = 'waiting')
    returning id`);
  return rows.length > 0;
}
