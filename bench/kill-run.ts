import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { makeAccounts } from '#/bench/adapters/parley-accounts.ts';
import { accessSchema } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { type Ask, askOver } from '#/bench/faults/ask.ts';
import { type Crowd, gatherCrowd } from '#/bench/faults/crowd.ts';
import { readFinalState } from '#/bench/faults/final-state.ts';
import { checkHistory, type FinalState, heardUntilNow, type Violation } from '#/bench/history-checker.ts';
import { randomFrom } from '#/bench/random.ts';
import { openSimulatedAgent } from '#/bench/simulated-people.ts';
import { systemClock } from '#/lib/sync/clock.ts';

export type KillRunOptions = {
  kills: number;
  customers: number;
  agents: number;
  /** Decides who writes what when, and when the server dies. What the machine makes of it differs from run to run. */
  seed: number;
  say: (line: string) => void;
};

export type KillRunReport = {
  kills: number;
  attempted: number;
  acknowledged: number;
  stored: number;
  /** Shown to their writer as not sent. */
  refused: number;
  /** Attempted, and in the end neither stored nor shown to its writer as not sent. */
  lost: number;
  /** How many messages were on their way when the server died, over the kills. */
  underway: number[];
  /** From each kill until a server answered again: the launcher's waiting and the start. */
  downMs: number[];
  /** From a server's first answer to the first send that it acknowledged. */
  firstSendMs: number[];
  /**
   * For each message: how long the server had been there for it (without a break) until its writer and every other
   * reader showed it as stored.
   */
  catchUpMs: number[];
  /** From the last start until everybody's screen was the stored log and nothing was waiting anywhere. */
  convergenceMs: number;
  /** From the last start until every event was published. */
  outboxEmptyMs: number;
  violations: Violation[];
};

const healMsMax = 60_000;
const pace = { pauseMs: 240, unsentMax: 25 };

/**
 * Customers and agents write to each other without a pause while the server process of a durable Parley is killed
 * with SIGKILL again and again. Only the launcher starts it again. Answers what came of it.
 */
export async function runKills(options: KillRunOptions): Promise<KillRunReport> {
  const random = randomFrom(options.seed);
  const clock = { ...systemClock, random };
  const system = await startParley();
  let crowd: Crowd | null = null;
  try {
    const access = accessSchema.parse(system.access);
    const ask = askOver(system.superUrl());
    const accounts = await makeAccounts(access, options.agents, () => listAgents(ask));
    crowd = await gatherCrowd({
      access,
      customers: options.customers,
      random,
      clock,
      canaries: accounts.map(({ email }) => email),
      openAgents: (surroundings) =>
        Promise.all(accounts.map((account) => openSimulatedAgent({ ...surroundings, access, account }))),
    });
    const figures = await killAgainAndAgain(crowd, {
      ...options,
      random,
      url: access.url,
      launcher: system.pids()[0] ?? 0,
    });
    const convergenceMs = figures.readyForMs() + (await untilConverged(crowd));
    const outboxEmptyMs = await untilOutboxEmpty(ask, figures.readyForMs);
    const heard = heardUntilNow(crowd.recording);
    const final = await readFinalState({ ask, accounts }, crowd);
    return {
      ...countsOf(crowd, final),
      kills: options.kills,
      underway: figures.underway,
      downMs: figures.downMs,
      firstSendMs: figures.firstSendMs,
      catchUpMs: crowd.catchUpMs(),
      convergenceMs,
      outboxEmptyMs,
      violations: checkHistory(heard, final),
    };
  } finally {
    crowd?.close();
    await system.stop();
  }
}

type Killing = Pick<KillRunOptions, 'kills' | 'say'> & {
  random: () => number;
  url: string;
  launcher: number;
};

async function killAgainAndAgain(crowd: Crowd, { kills, say, random, url, launcher }: Killing) {
  const underway: number[] = [];
  const downMs: number[] = [];
  const firstSendMs: number[] = [];
  let readyAtMs = performance.now();
  let isWaitingForFirstSend = false;
  crowd.onAcknowledged(() => {
    if (isWaitingForFirstSend) firstSendMs.push(performance.now() - readyAtMs);
    isWaitingForFirstSend = false;
  });
  crowd.startWriting(pace);
  for (let kill = 1; kill <= kills; kill++) {
    // Mostly while people are still catching up with the last kill, sometimes when they have just managed to.
    if (random() < 0.25) await untilCaughtUp(crowd);
    await delay(200 + random() * 3_000);
    await untilSomethingIsUnderway(crowd, random);
    const pid = serverBelow(launcher);
    underway.push(crowd.countUnderway());
    process.kill(pid, 'SIGKILL');
    const killedAtMs = performance.now();
    isWaitingForFirstSend = false;
    await untilAnotherAnswers(url, launcher, pid);
    readyAtMs = performance.now();
    crowd.markHealed();
    isWaitingForFirstSend = true;
    downMs.push(readyAtMs - killedAtMs);
    say(`killed ${kill} of ${kills}; ${Math.round(downMs.at(-1) ?? 0)} ms away`);
  }
  await delay(1_000);
  await crowd.stopWriting();
  return { underway, downMs, firstSendMs, readyForMs: () => performance.now() - readyAtMs };
}

async function listAgents(ask: Ask) {
  return ask(
    (sql) => sql<{ id: string; name: string; email: string }[]>`
      select id, name, email::text from agents order by created_at`,
  );
}

/** Process id of the server that the launcher runs now; 0 while there is none. */
function serverBelow(launcher: number): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readIfThere(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === launcher && /server\.ts\0/.test(readIfThere(`/proc/${name}/cmdline`))) return Number(name);
  }
  return 0;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function untilAnotherAnswers(url: string, launcher: number, killed: number): Promise<void> {
  const startedAtMs = performance.now();
  for (;;) {
    const pid = serverBelow(launcher);
    if (pid !== 0 && pid !== killed && (await isReady(url))) return;
    if (performance.now() - startedAtMs > healMsMax)
      throw new Error('the server did not come back by itself');
    await delay(20);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/health`)).ok;
  } catch {
    return false;
  }
}

/** A kill between two messages puts nothing at stake; where on its way a message is met is left to chance. */
async function untilSomethingIsUnderway(crowd: Crowd, random: () => number): Promise<void> {
  const untilMs = performance.now() + healMsMax;
  while (crowd.countUnderway() === 0) {
    if (performance.now() > untilMs) throw new Error('nobody wrote anything');
    await delay(random() * 10);
  }
}

/** Until everything that was attempted before the server came back is on every screen. */
async function untilCaughtUp(crowd: Crowd): Promise<void> {
  const untilMs = performance.now() + healMsMax;
  while (!crowd.isCaughtUp() && performance.now() < untilMs) await delay(20);
}

/** How long it took from now. */
async function untilConverged(crowd: Crowd): Promise<number> {
  const beganMs = performance.now();
  await crowd.untilConverged(healMsMax);
  return performance.now() - beganMs;
}

async function untilOutboxEmpty(ask: Ask, sinceReadyMs: () => number): Promise<number> {
  for (;;) {
    const [found] = await ask(
      (sql) => sql<{ count: number }[]>`
        select count(*)::int as count from events where published_at is null`,
    );
    if (found?.count === 0 || sinceReadyMs() > healMsMax) return sinceReadyMs();
    await delay(50);
  }
}

function countsOf({ recording }: Crowd, { rows }: FinalState) {
  const stored = new Set(rows.map(({ id }) => id));
  const refused = recording.refusals;
  return {
    attempted: recording.attempts.length,
    acknowledged: new Set(recording.acknowledgements.map(({ id }) => id)).size,
    stored: recording.attempts.filter(({ id }) => stored.has(id)).length,
    refused: refused.size,
    lost: recording.attempts.filter(({ id }) => !stored.has(id) && !refused.has(id)).length,
  };
}
