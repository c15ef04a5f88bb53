import { setTimeout as delay } from 'node:timers/promises';
import { type Crowd, gatherCrowd, type OpenView } from '#/bench/faults/crowd.ts';
import type { RunReport } from '#/bench/faults/exercise.ts';
import { readFinalState } from '#/bench/faults/final-state.ts';
import type { World } from '#/bench/faults/world.ts';
import type { FinalState, Row, Violation } from '#/bench/history-checker.ts';
import { openSimulatedAgent } from '#/bench/simulated-people.ts';
import { systemClock } from '#/lib/sync/clock.ts';

/** A moment of one screen: what it showed as confirmed, in order, from which order on. */
type Run = { first: number; ids: readonly string[] };

const writeMs = 500;
const pace = { pauseMs: 15, unsentMax: 8 };
const settleMsMax = 60_000;
const boundMs = 10_000;

/**
 * People write; at a quiet moment everything is backed up; they write on, and while they do the backup is restored
 * under the running app. Acknowledged after the backup is void then, and that is the one promise that is suspended:
 * in its place every such message has to be shown to its writer as not sent, or be stored again. All others hold
 * against the restored database, and at every moment each screen shows one database's log, never two mixed.
 */
export async function restoreWhileOpen(
  world: World,
  options: {
    seed: number;
    random: () => number;
    backUp: () => Promise<void>;
    restore: () => Promise<void>;
  },
): Promise<RunReport> {
  const { random } = options;
  const crowd = await gatherCrowd({
    access: world.access,
    customers: 8,
    random,
    clock: { ...systemClock, random },
    openAgents: (surroundings) =>
      Promise.all(
        world.accounts.slice(0, 2).map((account, index) => {
          const session = world.sessions[index];
          const signedIn = session === undefined ? {} : { session };
          return openSimulatedAgent({ ...surroundings, ...signedIn, access: world.access, account });
        }),
      ),
  });
  const violations: Violation[] = [];
  const complain = (invariant: Violation['invariant'], what: string) => violations.push({ invariant, what });
  const screens = crowd.views.map((view) => watch(view, complain));
  try {
    crowd.startWriting(pace);
    await delay(writeMs * (0.5 + random()));
    await crowd.stopWriting();
    if (!(await crowd.untilConverged(settleMsMax))) complain('I7', 'no rest before the backup');
    const safe = new Set(crowd.recording.acknowledgements.map(({ id }) => id));
    const beforeBackup = (await readFinalState(world, crowd)).rows;
    await options.backUp();

    crowd.startWriting(pace);
    await delay(writeMs * (0.5 + random()));
    const beforeRestore = (await readFinalState(world, crowd)).rows;
    await options.restore();
    const restoredAtMs = performance.now();
    crowd.markHealed();
    await delay(writeMs * random());
    await crowd.stopWriting();
    const fresh = crowd.views.map((view) => crowd.write(view, `${view.person.name}, after the restore`));
    if (!(await untilAtRest(crowd, fresh))) complain('I7', 'no rest after the restore');
    const recoveryMs = performance.now() - restoredAtMs;
    if (recoveryMs > boundMs) complain('I7', `at rest only ${Math.round(recoveryMs)} ms after the restore`);

    const final = await readFinalState(world, crowd);
    checkRestored(final, { crowd, safe, beforeBackup, fresh }, complain);
    for (const screen of screens) screen.check(final.rows, beforeRestore, complain);
    return reportOf(crowd, final, safe, recoveryMs, violations);
  } finally {
    crowd.close();
  }
}

/** Everything sent after the restore is on every screen, those of one audience agree, and nothing is on its way. */
async function untilAtRest(crowd: Crowd, fresh: readonly string[]): Promise<boolean> {
  const untilMs = performance.now() + settleMsMax;
  while (!isAtRest(crowd, fresh)) {
    if (performance.now() > untilMs) return false;
    await delay(20);
  }
  return true;
}

function isAtRest({ views }: Crowd, fresh: readonly string[]): boolean {
  const logs = new Map<string, string>();
  const awaited = new Set(fresh);
  for (const { person, conversationId, store } of views) {
    const { bubbles } = store.getSnapshot();
    if (bubbles.some(({ state }) => state === 'sending')) return false;
    const ids = bubbles.filter(({ state }) => state === 'sent').map(({ id }) => id);
    const key = `${person.audience} ${conversationId}`;
    if ((logs.get(key) ?? ids.join()) !== ids.join()) return false;
    logs.set(key, ids.join());
    for (const id of ids) awaited.delete(id);
  }
  return awaited.size === 0;
}

/** Keeps what one screen shows at every moment, for judging it when both databases are known. */
function watch(view: OpenView, complain: (invariant: Violation['invariant'], what: string) => void) {
  const runs: Run[] = [];
  const { person, conversationId, store } = view;
  const look = () => {
    const { bubbles } = store.getSnapshot();
    if (new Set(bubbles.map(({ id }) => id)).size < bubbles.length) {
      complain('I2', `${person.name}: an id is shown twice`);
    }
    const sent = bubbles.filter(({ state }) => state === 'sent');
    const first = sent[0]?.order ?? 1;
    if (sent.some(({ order }, index) => order !== first + index)) complain('I5', `${person.name}: a hole`);
    runs.push({ first, ids: sent.map(({ id }) => id) });
  };
  store.subscribe(look);
  look();
  return {
    /** First moments of the former database, then moments of the restored one. */
    check(restored: readonly Row[], former: readonly Row[], say: typeof complain) {
      const logOf = (rows: readonly Row[]) => {
        const own = rows.filter((row) => row.conversationId === conversationId);
        return person.audience === 'staff' ? own : own.filter(({ publicSeq }) => publicSeq !== null);
      };
      const [newIds, oldIds] = [logOf(restored), logOf(former)].map((log) => log.map(({ id }) => id));
      const isRunOf = ({ first, ids }: Run, log: readonly string[] = []) =>
        ids.every((id, index) => log[first + index - 1] === id);
      // What was stored between looking at the former and the restore is known from the screens alone; an entry of
      // the restored one put behind the former would stand at its own new order.
      const isOld = ({ first, ids }: Run) => {
        const known = Math.max(0, (oldIds?.length ?? 0) - first + 1);
        const isMixed = ids.some((id, index) => index >= known && newIds?.[first + index - 1] === id);
        return isRunOf({ first, ids: ids.slice(0, known) }, oldIds) && !isMixed;
      };
      const turn = runs.findIndex((run) => !isOld(run));
      const [before, after] = turn < 0 ? [runs, []] : [runs.slice(0, turn), runs.slice(turn)];
      const mixed = after.filter((run) => !isRunOf(run, newIds));
      if (mixed.length > 0)
        say('I5', `${person.name}: ${mixed.length} moments of ${conversationId} are mixed`);
      const end = before.length + after.length > 0 ? runs.at(-1) : undefined;
      if (end !== undefined && (!isRunOf(end, newIds) || end.first + end.ids.length - 1 !== newIds?.length)) {
        say('I7', `${person.name}: ${conversationId} does not end with what is stored`);
      }
    },
  };
}

function checkRestored(
  final: FinalState,
  expected: { crowd: Crowd; safe: Set<string>; beforeBackup: readonly Row[]; fresh: readonly string[] },
  complain: (invariant: Violation['invariant'], what: string) => void,
): void {
  const { crowd, safe, beforeBackup, fresh } = expected;
  const stored = new Map(final.rows.map((row) => [row.id, row]));
  if (stored.size !== final.rows.length) complain('I2', 'a row is stored twice');
  for (const row of beforeBackup) {
    const same = stored.get(row.id);
    if (same?.seq !== row.seq || same.text !== row.text || same.publicSeq !== row.publicSeq) {
      complain('I1', `${row.id} was backed up and is not as it was`);
    }
  }
  for (const id of safe) if (!stored.has(id)) complain('I1', `${id} was stored before the backup and is not`);
  for (const id of fresh)
    if (!stored.has(id)) complain('I12', `${id}, sent after the restore, is not stored`);
  const attempts = new Map(crowd.recording.attempts.map((attempt) => [attempt.id, attempt]));
  for (const { id, kind, text } of final.rows) {
    if (kind !== 'event' && attempts.get(id)?.text !== text) complain('I3', `${id} was not attempted so`);
  }
  for (const { conversationId, lastSeq, lastPublicSeq } of final.heads) {
    const seqs = final.rows.filter((row) => row.conversationId === conversationId);
    const orders = [seqs.map(({ seq }) => seq), seqs.flatMap(({ publicSeq }) => publicSeq ?? [])];
    const isGapless = orders.every((each) => each.every((order, index) => order === index + 1));
    if (!isGapless || seqs.length !== lastSeq || orders[1]?.length !== lastPublicSeq) {
      complain('I4', `${conversationId} is not gapless`);
    }
  }
  const unsent = new Set<string>();
  for (const { person, store } of crowd.views) {
    for (const { id, state, failure, isMine } of store.getSnapshot().bubbles) {
      if (state === 'sending') complain('I7', `${person.name}: ${id} is still being sent`);
      if (state === 'failed' && stored.has(id))
        complain('I8', `${person.name}: ${id} is "not sent" and stored`);
      if (state === 'failed' && failure?.reason !== 'restored') complain('I8', `${id}: ${failure?.code}`);
      if (state === 'failed' && isMine) unsent.add(id);
    }
  }
  for (const id of attempts.keys()) {
    if (!stored.has(id) && !unsent.has(id)) complain('I8', `${id} is gone, and its writer is not told`);
  }
  const leaks = crowd.recording.violations.filter(({ invariant }) => invariant === 'I9');
  for (const { what } of leaks) complain('I9', what);
}

function reportOf(
  crowd: Crowd,
  final: FinalState,
  safe: ReadonlySet<string>,
  recoveryMs: number,
  violations: Violation[],
): RunReport {
  const stored = new Set(final.rows.map(({ id }) => id));
  const { attempts, acknowledgements } = crowd.recording;
  const acknowledged = new Set(acknowledgements.map(({ id }) => id));
  const count = (...invariants: Violation['invariant'][]) =>
    violations.filter(({ invariant }) => invariants.includes(invariant)).length;
  return {
    injections: 1,
    attempted: attempts.length,
    // Void ones do not count: the restored database is the one that promises.
    acknowledged: [...acknowledged].filter((id) => safe.has(id) || stored.has(id)).length,
    unknown: 0,
    stored: attempts.filter(({ id }) => stored.has(id)).length,
    lost: count('I1') + violations.filter(({ what }) => what.includes('is not told')).length,
    doubled: count('I2'),
    misordered: count('I4', 'I5', 'I6'),
    leaked: count('I9'),
    recoveryMs: [recoveryMs],
    violations,
  };
}
