import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openPostgresProxy, type PostgresProxy } from '#/bench/faults/network/postgres-proxy.ts';
import {
  asCustomer,
  closeDatabase,
  constraintOf,
  databaseHealth,
  deadlineMsDefault,
  openDatabase,
  read,
  sqlStateOf,
  type Tx,
  transact,
} from '#/db/client.ts';
import { departments, workspace } from '#/db/schema.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { ensureSystemUser, reachableNativeDir, startPostgres } from '#/scripts/embedded-postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const department = () => ({ id: newId(), name: `Department ${newId()}` });
/** Twice with a turn between: what a settled promise holds is free only after its reactions ran. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let round = 0; round < 2; round++) {
    await new Promise((next) => setImmediate(next));
    collect();
  }
}
const exists = async (id: string) =>
  (await read((tx) => tx.execute(sql`select from departments where id = ${id}`))).length === 1;

describe('a transaction', () => {
  test('keeps what it wrote after it answered', async () => {
    const row = department();
    await transact((tx) => tx.insert(departments).values(row));
    expect(await exists(row.id)).toBe(true);
  });

  test('keeps nothing when its function throws, and the error comes out as it is', async () => {
    const row = department();
    const refusal = new Error('no');
    const call = transact(async (tx) => {
      await tx.insert(departments).values(row);
      throw refusal;
    });
    await expect(call).rejects.toBe(refusal);
    expect(await exists(row.id)).toBe(false);
  });

  test('answers no success when a refused statement was caught inside', async () => {
    const row = department();
    const call = transact(async (tx) => {
      await tx.insert(departments).values(row);
      await tx.execute(sql`select 1 / 0`).catch(() => {});
    });
    await expect(call).rejects.toMatchObject({ code: '25P02' });
    expect(await exists(row.id)).toBe(false);
  });

  test('sends its statements in order on one connection, also side by side', async () => {
    const pids = await transact((tx) =>
      Promise.all([1, 2, 3, 4].map(() => tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`))),
    );
    expect(new Set(pids.map(([row]) => row?.pid)).size).toBe(1);
  });

  test('runs no query after it is over', async () => {
    const late = await transact(async (tx) => () => tx.execute(sql`select 1`));
    await expect(late()).rejects.toThrow();
  });

  test('gives back its connection, whatever happened', async () => {
    for (let round = 0; round < 40; round++) {
      await transact((tx) => tx.execute(sql`select 1 / 0`)).catch(() => {});
      await asCustomer(newId(), (tx) => tx.execute(sql`select nothing`)).catch(() => {});
    }
    const { open, idle } = databaseHealth().connections;
    expect(open).toBe(idle);
    expect(open).toBeLessThanOrEqual(2);
  });
});

describe('memory', () => {
  // Answers are text of this length, so that what a promise would hold on to is told apart from noise.
  const answer = () => sql`select repeat('x', 10000) as text`;

  test('an answer is forgotten with the call that asked, though its connection lives on', async () => {
    const held: WeakRef<object>[] = [];
    const ask = async (tx: Tx) => {
      const rows = await tx.execute(answer());
      held.push(new WeakRef(rows));
      return rows;
    };
    for (let round = 0; round < 5; round++) {
      await transact(ask);
      await asCustomer(newId(), ask);
      await read(ask);
    }
    // What the last calls of each connection used stays until the next ones.
    await transact((tx) => tx.execute(sql`select 1`));
    await asCustomer(newId(), (tx) => tx.execute(sql`select 1`));
    await collectGarbage();
    expect(databaseHealth().connections.open).toBeGreaterThan(0);
    expect(held.filter((answer) => answer.deref() !== undefined)).toHaveLength(0);
  });
});

describe('values', () => {
  test('dates come back as they went in, from columns and in fragments', async () => {
    const at = new Date('2024-02-29T23:59:59.123Z');
    const row = { id: 1, name: 'Dates', epoch: newId(), createdAt: at };
    const [found] = await transact(async (tx) => {
      await tx.insert(workspace).values(row);
      return tx.select().from(workspace).where(sql`${workspace.createdAt} = ${at}`);
    });
    expect(found?.createdAt).toEqual(at);
    await transact((tx) => tx.delete(workspace));
  });

  test('json comes back as it went in, and counts are numbers', async () => {
    const hours = [{ day: 1, opens: '09:00', closes: '17:00' }];
    const row = { ...department(), businessHours: hours };
    await transact((tx) => tx.insert(departments).values(row));
    const [found] = await read((tx) =>
      tx.select().from(departments).where(sql`${departments.id} = ${row.id}`),
    );
    expect(found?.businessHours).toEqual(hours);
    const [count] = await read((tx) =>
      tx.execute(sql`select count(*) as total, 7::bigint as seven from departments`),
    );
    expect(count).toMatchObject({ total: expect.any(Number), seven: 7 });
  });

  test('a list of ids can be one parameter', async () => {
    const ids = [newId(), newId()];
    const rows = await read((tx) => tx.execute(sql`select unnest(${sql.param(ids)}::uuid[])::text as id`));
    expect(rows.map((row) => row.id)).toEqual(ids);
  });
});

describe('errors', () => {
  test('keep SQLSTATE and constraint, and nothing of statement or values', async () => {
    const row = { id: newId(), name: 'a secret name' };
    await transact((tx) => tx.insert(departments).values(row));
    const call = transact((tx) => tx.insert(departments).values({ ...row, id: newId() }));
    const error = await call.catch((caught: unknown) => caught);
    expect(sqlStateOf(error)).toBe('23505');
    expect(constraintOf(error)).toBe('departments_name_unique');
    const told =
      error instanceof Error ? `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}` : '';
    expect(told).not.toMatch(/secret|insert/i);
  });

  test('are recognised inside the transaction, too', async () => {
    const state = await transact((tx) => tx.execute(sql`select 1 / 0`).catch(sqlStateOf)).catch(
      () => 'rolled back',
    );
    expect(state).toBe('rolled back');
  });

  test('waiting for a locked row ends as unavailable, and keeps the connection', async () => {
    const row = department();
    await transact((tx) => tx.insert(departments).values(row));
    const lock = sql`select from departments where id = ${row.id} for update`;
    const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
    const { promise: free, resolve: letGo } = Promise.withResolvers<void>();
    const holder = transact(async (tx) => {
      await tx.execute(lock);
      isLocked();
      await free;
    });
    await locked;
    const before = databaseHealth();
    await expect(transact((tx) => tx.execute(lock))).rejects.toMatchObject({
      code: 'unavailable',
      failure: { reason: 'database_busy' },
    });
    expect(databaseHealth().failuresInRow).toBe(0);
    expect(databaseHealth().connections.open).toBeGreaterThanOrEqual(before.connections.open);
    letGo();
    await holder;
  });
});

describe('deadlines', () => {
  test('a call that is not answered in time ends as unavailable, and the next one works', async () => {
    const started = performance.now();
    const call = transact((tx) => tx.execute(sql`select pg_sleep(10)`), { deadlineMs: 200 });
    await expect(call).rejects.toMatchObject({ code: 'unavailable', failure: { reason: 'database_slow' } });
    expect(performance.now() - started).toBeLessThan(1_000);
    await expect(transact((tx) => tx.execute(sql`select 1`))).resolves.toHaveLength(1);
  });

  test('a call that hangs on something else ends, too', async () => {
    const call = transact(() => new Promise<never>(() => {}), { deadlineMs: 100 });
    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('PostgreSQL ends a statement of its own accord', async () => {
    const [row] = await read((tx) => tx.execute(sql`select current_setting('statement_timeout') as ms`));
    expect(row).toEqual({ ms: `${deadlineMsDefault / 1000}s` });
  });

  test('a longer deadline reaches the server', async () => {
    const ask = sql`select current_setting('statement_timeout') as ms`;
    expect(await transact((tx) => tx.execute(ask), { deadlineMs: 20_000 })).toEqual([{ ms: '20s' }]);
    expect(await read((tx) => tx.execute(ask), { deadlineMs: 20_000 })).toEqual([{ ms: '20s' }]);
    expect(await transact((tx) => tx.execute(ask))).toEqual([{ ms: '3s' }]);
  });

  test('calls above the number of connections take turns, and those that wait too long are told', async () => {
    const sleep = (ms: number) => transact((tx) => tx.execute(sql`select pg_sleep(${ms / 1000})`));
    await Promise.all(Array.from({ length: 40 }, () => sleep(50)));
    const busy = Array.from({ length: 8 }, () => sleep(800));
    const late = transact((tx) => tx.execute(sql`select 1`), { deadlineMs: 100 });
    await expect(late).rejects.toMatchObject({ failure: { reason: 'database_busy' } });
    await Promise.all(busy);
    expect(databaseHealth().failuresInRow).toBe(0);
  });
});

describe('a lost connection', () => {
  test('fails its own call as unavailable, and no later one', async () => {
    const call = transact((tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`));
    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    await expect(transact((tx) => tx.execute(sql`select 1`))).resolves.toHaveLength(1);
  });

  test('in the middle of a transaction never lets the rest run outside of one', async () => {
    const row = department();
    const call = transact(async (tx) => {
      await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => {});
      await tx.insert(departments).values(row);
    });
    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    expect(await exists(row.id)).toBe(false);
  });
});

describe('a connection that answers wrongly for good', () => {
  test('is thrown away: a statement planned while everything was being replaced fails once, not for ever', async () => {
    const held = postgres(database.url, { max: 1 });
    const replaced = ['drop function if exists guarded()', 'drop table if exists guard'];
    const made = [
      'create table guard as select 1 as value',
      "create function guarded() returns int language plpgsql as 'begin return 7; end'",
    ];
    const ask = () =>
      read((tx) => tx.execute(sql`select guarded() as answer, (select value from guard) as value`));
    try {
      for (const statement of [...replaced, ...made]) await held.unsafe(statement);
      // Planned for the first time while a restore holds the table: the function it has found by then is about to go.
      for (const statement of ['begin', ...replaced, ...made]) await held.unsafe(statement);
      const answers = [ask().catch(sqlStateOf), ask().catch(sqlStateOf)];
      await vi.waitFor(async () => {
        const waiting = await held`
          select from pg_locks where not granted and locktype = 'relation' and database = (
            select oid from pg_database where datname = current_database())`;
        expect(waiting).toHaveLength(2);
      });
      await held`commit`;
      expect(await Promise.all(answers)).toEqual(['XX000', 'XX000']);
      const later = await Promise.all([ask(), ask(), ask()]);
      expect(later.flat()).toEqual(Array.from({ length: 3 }, () => ({ answer: 7, value: 1 })));
    } finally {
      for (const statement of replaced) await held.unsafe(statement);
      await held.end();
    }
  });
});

describe('closing', () => {
  test('lets calls under way finish, and a later call opens again', async () => {
    const row = department();
    const { promise: inserted, resolve: isInserted } = Promise.withResolvers<void>();
    const { promise: closing, resolve: isClosing } = Promise.withResolvers<void>();
    const call = transact(async (tx) => {
      await tx.insert(departments).values(row);
      isInserted();
      await closing;
    });
    await inserted;
    const closed = closeDatabase();
    isClosing();
    await Promise.all([call, closed]);
    expect(databaseHealth().connections.open).toBe(0);
    expect(await exists(row.id)).toBe(true);
  });

  test('ends calls that do not finish within the grace', async () => {
    const { promise: started, resolve: isStarted } = Promise.withResolvers<void>();
    const call = transact(async (tx) => {
      await tx.execute(sql`select 1`);
      isStarted();
      await new Promise(() => {});
    });
    const refused = expect(call).rejects.toMatchObject({ code: 'unavailable' });
    await started;
    await closeDatabase(50);
    await refused;
  });
});

describe('through a network that fails', () => {
  let network: PostgresProxy;
  let url: string;
  beforeAll(async () => {
    network = await openNetwork();
    url = network.through(database.url);
    await openDatabase(url);
  });
  afterAll(async () => {
    await openDatabase(database.url);
    await network.close();
  });

  test('a commit whose answer was lost is unavailable, and a retry finds the row', async () => {
    const row = department();
    const call = transact(async (tx) => {
      await tx.insert(departments).values(row);
      network.onNext('answer', /^commit/, (link) => link.cut());
    });
    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    expect(await exists(row.id)).toBe(true);
  });

  test('a connection closed during start-up fails its call at once, and no later one', async () => {
    await openDatabase(url);
    network.refuse(3);
    for (let call = 0; call < 3; call++) {
      await expect(read((tx) => tx.execute(sql`select 1`))).rejects.toMatchObject({ code: 'unavailable' });
    }
    await expect(read((tx) => tx.execute(sql`select 1`))).resolves.toHaveLength(1);
  });

  test('a server that takes the connection and says nothing ends as unavailable', async () => {
    await openDatabase(url);
    network.blackHole(true);
    const call = read((tx) => tx.execute(sql`select 1`), { deadlineMs: 100 });
    await expect(call).rejects.toMatchObject({ code: 'unavailable', failure: { reason: 'database_slow' } });
    network.blackHole(false);
    await expect(read((tx) => tx.execute(sql`select 1`))).resolves.toHaveLength(1);
  });

  test('a refused connection, a wrong password and a missing database say so to the operator only', async () => {
    const wrong = (change: (url: URL) => void) => {
      const url = new URL(database.url);
      change(url);
      return url.href;
    };
    const closed = await openNetwork();
    await closed.close();
    const troubles: [string, string][] = [
      [closed.through(database.url), 'ECONNREFUSED'],
      [wrong((url) => Object.assign(url, { password: 'wrong' })), '28P01'],
      [wrong((url) => Object.assign(url, { pathname: '/nowhere' })), '3D000'],
    ];
    for (const [broken, reason] of troubles) {
      await openDatabase(broken);
      const call = read((tx) => tx.execute(sql`select 1`));
      await expect(call).rejects.toMatchObject({ failure: { code: 'unavailable', reason: 'database_lost' } });
      expect(databaseHealth().lastFailure?.reason).toBe(reason);
    }
  });

  test('one silent call drops what lies idle beside it: the next call is not silent again', async () => {
    await openDatabase(url);
    await Promise.all(
      Array.from({ length: 8 }, () => transact((tx) => tx.execute(sql`select pg_sleep(0.05)`))),
    );
    await asCustomer(newId(), (tx) => tx.execute(sql`select 1`));
    network.silence();
    const ask = { deadlineMs: 100 };
    await expect(read((tx) => tx.execute(sql`select 1`), ask)).rejects.toMatchObject({
      failure: { reason: 'database_slow' },
    });
    await expect(read((tx) => tx.execute(sql`select 1`), ask)).resolves.toHaveLength(1);
    await expect(asCustomer(newId(), (tx) => tx.execute(sql`select 1`), ask)).resolves.toHaveLength(1);
  });

  test('eight silent calls in a row replace all connections, and the next call works', async () => {
    await openDatabase(url);
    await Promise.all(
      Array.from({ length: 8 }, () => transact((tx) => tx.execute(sql`select pg_sleep(0.05)`))),
    );
    const before = databaseHealth();
    expect(before.connections.idle).toBe(8);
    network.blackHole(true);
    const silent = () =>
      expect(transact((tx) => tx.execute(sql`select 1`), { deadlineMs: 50 })).rejects.toMatchObject({
        code: 'unavailable',
      });
    // Each on a connection that was open already.
    await Promise.all(Array.from({ length: 8 }, silent));
    expect(databaseHealth()).toMatchObject({
      replacements: before.replacements + 1,
      connections: { open: 0 },
      lastFailure: { reason: 'database_slow' },
    });
    network.blackHole(false);
    await expect(transact((tx) => tx.execute(sql`select 1`))).resolves.toHaveLength(1);
    expect(databaseHealth().failuresInRow).toBe(0);
  });
});

test('writes go on within seconds of each of ten kills of the server, and nothing acknowledged is lost', async () => {
  const server = await startDurablePostgres();
  const acknowledged: string[] = [];
  const surprises: unknown[] = [];
  let isOver = false;
  const write = async () => {
    while (!isOver) {
      const id = newId();
      try {
        await transact((tx) => tx.execute(sql`insert into acknowledged values (${id})`));
        acknowledged.push(id);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'unavailable'))
          surprises.push(error);
      }
    }
  };
  const moreWrites = async () => {
    const goal = acknowledged.length + 50;
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(goal), {
      timeout: 10_000,
      interval: 5,
    });
  };
  try {
    await openDatabase(server.superUrl);
    await transact((tx) => tx.execute(sql`create table acknowledged (id uuid primary key)`));
    const writers = Array.from({ length: 16 }, write);
    for (let kill = 0; kill < 10; kill++) {
      await moreWrites();
      server.kill9();
    }
    await moreWrites();
    isOver = true;
    await Promise.all(writers);
    const rows = await read((tx) => tx.execute<{ id: string }>(sql`select id from acknowledged`));
    const stored = new Set(rows.map((row) => row.id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(surprises).toEqual([]);
  } finally {
    isOver = true;
    await openDatabase(database.url);
    await server.stop();
  }
}, 120_000);

/** The servers of the other tests do not flush, so they lose what a kill finds in memory. */
async function startDurablePostgres() {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const owner = process.getuid?.() === 0 ? ensureSystemUser() : undefined;
  if (owner !== undefined) chownSync(dataDir, owner.uid, owner.gid);
  const server = await startPostgres({
    dataDir,
    superPassword: newId(),
    ...(owner === undefined ? {} : { owner, nativeDir: reachableNativeDir(owner) }),
  });
  const stop = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { superUrl: server.superUrl, kill9: server.kill9, stop };
}

/** What lies between this process and the server of the tests. */
function openNetwork(): Promise<PostgresProxy> {
  const { hostname, port } = new URL(database.url);
  return openPostgresProxy({ target: { host: hostname, port: Number(port) }, random: Math.random });
}
