import { finishBulkJob, listRunningJobs, type RunningJob } from '#/db/bulk.ts';
import { read, transact } from '#/db/client.ts';
import { carryOutNext, findJobOf } from '#/lib/bulk/service.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { logger } from '#/lib/logger.ts';
import { processSingleton } from '#/lib/process.ts';
import { publishBulkJob, publishChanges } from '#/lib/realtime/publish.ts';

const everyMs = 1_000;
const jobsMax = 5;
/** One ticket after the other, and a breath after so many: what people send meanwhile comes first. */
const itemsPerTurn = 10;
const breathMs = 50;
/** So many in a row that cannot be written now: the trouble is not theirs. */
const putOffMax = 3;
const toldEveryMs = 400;

/** The action that began a job lives in another copy of this module, and often in the same process. */
const waker = () => processSingleton<{ wake: () => void }>('bulk-work', () => ({ wake: () => {} }));

/** Begins with a job that was just made, if this process carries jobs out; else whichever does finds it in a second. */
export function wakeBulkWork(): void {
  waker().wake();
}

/** Carries out what was asked for many tickets. Any number of processes share the work, ticket by ticket. */
export function startBulkWork(): Turns {
  const told = new Map<string, number>();
  const turns = runTurns({
    name: 'work on many tickets',
    everyMs,
    turn: async (isStopped) => {
      const jobs = await read((tx) => listRunningJobs(tx, jobsMax));
      for (const id of told.keys()) if (!jobs.some((job) => job.id === id)) told.delete(id);
      let settled = 0;
      for (const job of jobs) settled += await work(job, told, isStopped);
      return settled > 0 ? breathMs : undefined;
    },
  });
  waker().wake = turns.wake;
  return turns;
}

async function work(job: RunningJob, told: Map<string, number>, isStopped: () => boolean): Promise<number> {
  let settled = 0;
  let putOff = 0;
  let after: string | null = null;
  while (settled < itemsPerTurn && putOff < putOffMax && !isStopped()) {
    const next = await carryOutNext(job, after);
    if (next === null) break;
    after = next.ticketId;
    publishChanges(next.events);
    if (next.isSettled) settled++;
    else putOff++;
    await tell(job, told);
  }
  if (putOff > 0) logger().warn('tickets of a job have to wait', { jobId: job.id, tickets: putOff });
  if (await transact((tx) => finishBulkJob(tx, job.id))) await tell(job, told, 0);
  return settled;
}

async function tell(job: RunningJob, told: Map<string, number>, atLeastMs = toldEveryMs): Promise<void> {
  const nowMs = performance.now();
  if (nowMs - (told.get(job.id) ?? Number.NEGATIVE_INFINITY) < atLeastMs) return;
  told.set(job.id, nowMs);
  const state = await findJobOf(job.agentId, job.id);
  if (state !== null) publishBulkJob(job.agentId, state);
}

/** Everything that is to be done now, at once: for tests. */
export async function carryOutAll(): Promise<void> {
  const told = new Map<string, number>();
  for (;;) {
    const jobs = await read((tx) => listRunningJobs(tx, jobsMax));
    let settled = 0;
    for (const job of jobs) settled += await work(job, told, () => false);
    if (settled === 0) return;
  }
}
