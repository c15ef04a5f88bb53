import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import type { Crowd } from '#/bench/faults/crowd.ts';
import { type Exercise, exercise, type Injection, type RunReport } from '#/bench/faults/exercise.ts';
import { diskFull, logDiskFull } from '#/bench/faults/full-disk.ts';
import { killAll, untilBack } from '#/bench/faults/kill-postgres.ts';
import { openOutageAnswers } from '#/bench/faults/outage-answers.ts';
import { refusals, startRefusingPostgres } from '#/bench/faults/refusing-postgres.ts';
import type { FaultRow, RowContext } from '#/bench/faults/rows.ts';
import type { World } from '#/bench/faults/world.ts';
import { spreadOf } from '#/bench/figures.ts';
import type { Violation } from '#/bench/history-checker.ts';
import { between, pick } from '#/bench/random.ts';

const durable = { realtime: 'embedded', durable: true } as const;

type Inject = (context: Injection & { crowd: Crowd }) => Promise<number>;

/** A row that is one `exercise` around one fault. */
function row(
  name: string,
  options: Pick<FaultRow, 'seeds' | 'isQuick'> & Partial<Exercise>,
  inject: Inject,
): FaultRow {
  const { seeds, isQuick, ...rest } = options;
  return {
    area: 'database',
    name,
    seeds,
    isQuick,
    world: durable,
    run: ({ world, seed }) =>
      exercise(world, {
        customers: 6,
        ...rest,
        seed,
        async inject(context) {
          const injections = await inject(context);
          // The fault is over: from here on catching up is what it takes everybody, not what the fault itself took.
          context.crowd.markHealed();
          return injections;
        },
      }),
  };
}

const quick = { seeds: 20, isQuick: true } as const;
const swift = { seeds: 20, isQuick: false } as const;
const waiting = { seeds: 3, isQuick: false } as const;

export const databaseRows: readonly FaultRow[] = [
  row('kill-9-ten-times', { ...swift, writeMs: 400 }, async ({ world, crowd, random }) => {
    let kills = 0;
    for (; kills < 10; kills++) {
      killAll(world.postgres.pid());
      await untilBack(world);
      // Mostly while everybody is still trying again, sometimes when somebody has just managed to.
      if (random() < 0.3) await untilAcknowledged(crowd, 2_000);
      else await delay(between(random, 0, 150));
    }
    return kills;
  }),
  row('postmaster-killed', quick, async ({ world }) => {
    world.postgres.kill9();
    await untilBack(world);
    return 1;
  }),
  row('backend-killed', swift, async ({ world, random }) => {
    // One process that dies takes all sessions with it: PostgreSQL cannot know what it left in shared memory.
    const victims = await world.ask(
      (sql) => sql<{ pid: number }[]>`
        select pid from pg_stat_activity where application_name = 'parley' and pid <> pg_backend_pid()`,
    );
    if (victims.length === 0) return 0;
    process.kill(pick(random, victims).pid, 'SIGKILL');
    await untilBack(world);
    return 1;
  }),
  row('restart-fast', swift, ({ world }) => restart(world, 'SIGINT')),
  row('restart-immediate', quick, ({ world }) => restart(world, 'SIGQUIT')),
  row('closed-during-start-up', quick, async ({ world, random }) => {
    const before = world.database.counts().refused;
    const refused = () => world.database.counts().refused - before;
    for (let round = 0; round < 3; round++) {
      const goal = refused() + Math.ceil(between(random, 1, 6));
      world.database.refuse(goal - refused());
      world.database.cutAll();
      await untilTrue(() => refused() >= goal, 2_000);
    }
    return refused();
  }),
  row('starting-up', quick, (context) =>
    elsewhere(context, refusals.startingUp, { countMin: 4, msMin: between(context.random, 100, 600) }),
  ),
  row('too-many-connections', quick, async ({ world, random }) => {
    const others = await takeAllConnections(world);
    try {
      await delay(between(random, 200, 700));
      return others.refused;
    } finally {
      await others.close();
    }
  }),
  row('cut-after-bytes', swift, async ({ world, random }) => {
    const before = world.database.counts().cut;
    const cut = () => world.database.counts().cut - before;
    for (let round = 0; round < 4; round++) {
      const goal = cut() + 2;
      const direction = pick(random, ['toServer', 'toClient'] as const);
      world.database.cutAfterBytes(Math.ceil(between(random, 1, 2_000)), direction, 2);
      await untilTrue(() => cut() >= goal, 1_000);
    }
    return cut();
  }),
  row('terminated-mid-transaction', quick, async ({ world, random }) => {
    let terminated = 0;
    for (let round = 0; round < 5; round++) {
      // Held on its way: the transaction has begun, or the one statement is about to.
      const match = pick(random, ['append_entry', 'for update', 'participants', 'commit', 'events']);
      const hook = world.database.onNext('query', match, async () => {
        terminated += await terminateAll(world);
      });
      await Promise.race([hook.fired, delay(1_000)]);
      hook.cancel();
    }
    return terminated;
  }),
  row('answer-lost-after-commit', quick, async ({ world }) => {
    const hook = world.database.onNext('answer', 'append_entry', (link) => link.cut(), 15);
    await Promise.race([hook.fired, delay(3_000)]);
    hook.cancel();
    return hook.count();
  }),
  row('lost-before-the-statement', quick, async ({ world }) => {
    const hook = world.database.onNext('query', 'append_entry', (link) => link.cut(), 15);
    await Promise.race([hook.fired, delay(3_000)]);
    hook.cancel();
    return hook.count();
  }),
  row('delayed', quick, async ({ world, random }) => {
    const before = world.database.counts().delayed;
    world.database.setDelay(0, between(random, 50, 250));
    await delay(1_200);
    world.database.setDelay(0);
    return world.database.counts().delayed - before;
  }),
  row('open-connections-die-silently', { ...swift, writeMs: 400 }, async ({ world, random }) => {
    const silenced = world.database.silence(pick(random, ['toServer', 'toClient'] as const));
    // Longer than any deadline: nobody tells the app, it has to notice.
    await delay(3_500);
    return silenced;
  }),
  row('slow', waiting, async ({ world }) => {
    const before = world.database.counts().slowed;
    world.database.slowQueries(2_000);
    await delay(8_000);
    world.database.slowQueries(0);
    return world.database.counts().slowed - before;
  }),
  row('black-hole', waiting, ({ world }) => during(world, () => world.database.blackHole(true), 8_000)),
  row('black-hole-to-server', waiting, ({ world }) =>
    during(world, () => world.database.halfOpen('toServer'), 8_000),
  ),
  row('black-hole-to-client', waiting, ({ world }) =>
    during(world, () => world.database.halfOpen('toClient'), 8_000),
  ),
  row('black-hole-for-new-connections', waiting, (context) =>
    elsewhere(context, null, { countMin: 4, msMin: 7_000 }),
  ),
  row('refused-for-5-s', waiting, async ({ world }) => {
    const before = world.database.counts().refused;
    world.database.refuse(Number.POSITIVE_INFINITY);
    world.database.cutAll();
    await delay(5_000);
    world.database.refuse(0);
    return world.database.counts().refused - before;
  }),
  {
    area: 'database',
    name: 'answers-while-refused',
    ...waiting,
    world: durable,
    run: (context) =>
      answersDuringOutage(context, ({ database }) => {
        database.refuse(Number.POSITIVE_INFINITY);
        database.cutAll();
      }),
  },
  {
    area: 'database',
    name: 'answers-while-black-holed',
    ...waiting,
    world: durable,
    run: (context) => answersDuringOutage(context, ({ database }) => database.blackHole(true)),
  },
  { area: 'database', name: 'disk-full', ...waiting, world: null, needs: ['root'], run: diskFull },
  {
    area: 'database',
    name: 'disk-of-the-log-full',
    ...waiting,
    world: null,
    needs: ['root'],
    run: logDiskFull,
  },
  {
    area: 'database',
    name: 'one-row-locked-for-30-s',
    ...waiting,
    // What it asks is whether the lock keeps others waiting, and not whether the machine does.
    isHeavy: true,
    world: durable,
    run: lockedConversation,
  },
  row('pool-exhausted', { ...swift, customers: 16 }, async ({ world }) => {
    // Whoever needs the table waits, and holds a connection meanwhile; then none is left for anybody else.
    let held = 0;
    await holding(
      world,
      (sql) => sql`lock table conversations in access exclusive mode`,
      async () => {
        for (let look = 0; look < 40 && held < customersPoolMax; look++) {
          await delay(50);
          held = Math.max(held, await countWaiting(world));
        }
        await delay(500);
      },
    );
    return held >= customersPoolMax ? held : 0;
  }),
];

/** Half of the app's connections are customers' for life. */
const customersPoolMax = 8;
/** What others may notice of one conversation that nobody gets into: nothing that the machine's own noise would not do. */
const othersTimesMax = 3;
const othersMsMin = 500;

/** Nobody is signed out, refused or told that something is not there because the database is away. */
async function answersDuringOutage(
  { world, seed }: RowContext,
  begin: (world: World) => void,
): Promise<RunReport> {
  const answers = await openOutageAnswers(world);
  const found: Violation[] = [];
  try {
    const report = await exercise(world, {
      seed,
      customers: 4,
      async inject({ crowd }) {
        const before = world.database.counts();
        begin(world);
        found.push(...(await answers.checkAway()));
        const { refused, swallowed } = world.database.counts();
        world.database.heal();
        crowd.markHealed();
        return refused - before.refused + swallowed - before.swallowed;
      },
    });
    found.push(...(await answers.checkBack()));
    return { ...report, violations: [...report.violations, ...found] };
  } finally {
    answers.close();
  }
}

/** One conversation's row is held for half a minute: its own messages wait, and nobody else's do. */
async function lockedConversation({ world, seed, say }: RowContext): Promise<RunReport> {
  const late: Violation[] = [];
  const report = await exercise(world, {
    seed,
    customers: 6,
    pace: { pauseMs: 400, unsentMax: 12 },
    async inject({ crowd, random }) {
      const locked = pick(random, crowd.conversationIds);
      const usual = watchLatency(crowd, locked);
      await delay(4_000);
      const before = usual.stop();
      const watch = watchLatency(crowd, locked);
      let waiting = 0;
      await holding(
        world,
        (sql) => sql`select from conversations where id = ${locked} for update`,
        async () => {
          for (const untilMs = performance.now() + 30_000; performance.now() < untilMs; await delay(250)) {
            waiting = Math.max(waiting, await countWaiting(world));
          }
          crowd.markHealed();
        },
      );
      const during = watch.stop();
      say(
        `others: ${figuresOf(during)}; before: ${figuresOf(before)}; at most ${waiting} waited for the lock`,
      );
      const bound = Math.max(othersMsMin, othersTimesMax * before.p99);
      if (during.count === 0 || during.p99 > bound) {
        late.push({ invariant: 'I12', what: `a lock of one kept others waiting: ${figuresOf(during)}` });
      }
      return waiting > 0 ? 1 : 0;
    },
  });
  return { ...report, violations: [...report.violations, ...late] };
}

function figuresOf({ count, p50, p99 }: { count: number; p50: number; p99: number }): string {
  return `${count} messages, p50 ${p50} ms, p99 ${p99} ms`;
}

/** From the key press to the answer, for the messages of the customers whose conversation is another. */
function watchLatency(crowd: Crowd, locked: string) {
  const { attempts, senders } = crowd.recording;
  const customers = new Set(
    crowd.views.filter(({ person }) => person.audience === 'customer').map(({ person }) => person.name),
  );
  const since = new Map<string, number>();
  const tookMs: number[] = [];
  let seen = attempts.length;
  let isOver = false;
  const look = setInterval(() => {
    for (; seen < attempts.length; seen++) {
      const attempt = attempts[seen];
      const isOther = attempt !== undefined && attempt.conversationId !== locked;
      if (isOther && customers.has(senders.get(attempt.id) ?? '')) since.set(attempt.id, performance.now());
    }
  }, 2);
  crowd.onAcknowledged((id) => {
    const atMs = since.get(id);
    if (atMs === undefined || isOver) return;
    since.delete(id);
    tookMs.push(performance.now() - atMs);
  });
  return {
    stop() {
      clearInterval(look);
      isOver = true;
      // Who still waits has waited at least so long.
      tookMs.push(...[...since.values()].map((atMs) => performance.now() - atMs));
      const { p50, p99 } = spreadOf(tookMs);
      return { count: tookMs.length, p50: Math.round(p50), p99: Math.round(p99) };
    },
  };
}

async function restart(world: World, signal: 'SIGINT' | 'SIGQUIT'): Promise<number> {
  const before = world.postgres.pid();
  process.kill(before, signal);
  await untilBack(world, before);
  return 1;
}

/** So that a fault is met by as many as it should, however busy the machine is. */
async function untilTrue(isTrue: () => boolean, msMax: number): Promise<void> {
  for (const untilMs = performance.now() + msMax; !isTrue() && performance.now() < untilMs; ) await delay(10);
}

async function untilAcknowledged(crowd: Crowd, msMax: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  crowd.onAcknowledged(() => resolve());
  await Promise.race([promise, delay(msMax)]);
}

async function terminateAll(world: World): Promise<number> {
  const rows = await world.ask(
    (sql) => sql<{ ended: boolean }[]>`
      select pg_terminate_backend(pid) as ended from pg_stat_activity where application_name = 'parley'`,
  );
  return rows.filter(({ ended }) => ended).length;
}

/** All connections break, and for a while new ones reach a server that takes nobody, or never answers. */
async function elsewhere(
  { world }: Injection,
  refusal: { state: string; message: string } | null,
  until: { countMin: number; msMin: number },
): Promise<number> {
  const other = await startRefusingPostgres(refusal);
  try {
    world.database.setTarget(other.target);
    world.database.cutAll();
    await delay(until.msMin);
    await untilTrue(() => other.count() >= until.countMin, 3_000);
    return other.count();
  } finally {
    world.database.setTarget({ host: '127.0.0.1', port: world.postgres.port });
    await other.close();
  }
}

async function during(world: World, begin: () => void, ms: number): Promise<number> {
  const before = world.database.counts().swallowed;
  begin();
  await delay(ms);
  const { swallowed } = world.database.counts();
  world.database.heal();
  return swallowed - before;
}

/** Everything that PostgreSQL lets ordinary users have, taken by somebody else; then the app has to connect anew. */
async function takeAllConnections(world: World): Promise<{ refused: number; close(): Promise<void> }> {
  const url = new URL(world.superUrl);
  Object.assign(url, { username: 'parley', password: 'parley' });
  const taken: postgres.Sql[] = [];
  let refused = 0;
  world.database.cutAll();
  while (refused < 3) {
    const sql = postgres(url.href, { max: 1, fetch_types: false, connect_timeout: 5, onnotice: () => {} });
    try {
      await sql`select 1`;
      taken.push(sql);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === '53300')) throw error;
      refused++;
      await sql.end({ timeout: 0 });
      world.database.cutAll();
    }
  }
  return {
    refused,
    close: async () => void (await Promise.all(taken.map((sql) => sql.end({ timeout: 0 })))),
  };
}

/** Runs `work` while somebody else's transaction holds what `lock` took. */
async function holding(
  world: World,
  lock: (sql: postgres.TransactionSql) => PromiseLike<unknown>,
  work: () => Promise<void>,
): Promise<void> {
  const sql = postgres(world.superUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      await lock(tx);
      await work();
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function countWaiting(world: World): Promise<number> {
  const [found] = await world.ask(
    (sql) => sql<{ count: number }[]>`
      select count(*)::int as count from pg_stat_activity
      where application_name = 'parley' and wait_event_type = 'Lock'`,
  );
  return found?.count ?? 0;
}
