import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { closeDatabase, openDatabase, read, transact } from '#/db/client.ts';
import { insertEvent } from '#/db/events.ts';
import { checkWrite, compareSchema, measureBacklog } from '#/db/health.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { createAdmission } from '#/lib/admission.ts';
import { newId } from '#/lib/ids.ts';
import { metrics } from '#/lib/metrics.ts';
import { registerMeasurements, watchLoopDelay } from '#/lib/vital-signs.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('a healthy database takes the write probe, which leaves nothing behind', async () => {
  const size = () =>
    read((tx) => tx.execute(sql`select sum(pg_total_relation_size(oid))::float8 from pg_class`));
  await transact(checkWrite);
  const before = await size();
  for (let each = 0; each < 20; each++) await transact(checkWrite);
  expect(await size()).toEqual(before);
});

test('a database that only reads fails the write probe and passes the read', async () => {
  await asOwner((owner, name) => owner`alter database ${owner(name)} set default_transaction_read_only = on`);
  await openDatabase(database.url);
  await read((tx) => tx.execute(sql`select 1`));
  await expect(transact(checkWrite)).rejects.toThrow();
  await asOwner((owner, name) => owner`alter database ${owner(name)} reset default_transaction_read_only`);
  await openDatabase(database.url);
  await transact(checkWrite);
});

test('a disk without room for what a statement spills fails the write probe', async () => {
  await asOwner((owner, name) => owner`alter database ${owner(name)} set temp_file_limit = '64kB'`);
  await openDatabase(database.url);
  await expect(transact(checkWrite)).rejects.toMatchObject({ code: 'unavailable' });
  await asOwner((owner, name) => owner`alter database ${owner(name)} reset temp_file_limit`);
  await openDatabase(database.url);
});

test('a line before the database that is too long takes nobody else, and says when to come back', async () => {
  await openDatabase(database.url, 2);
  const slow = transact((tx) => tx.execute(sql`select pg_sleep(0.3)`));
  const line = Array.from({ length: 64 }, () => read((tx) => tx.execute(sql`select 1`)));
  await expect(read((tx) => tx.execute(sql`select 1`))).rejects.toMatchObject({
    code: 'unavailable',
    failure: { reason: 'database_busy', retryAfterMs: 1_000 },
  });
  await Promise.all([slow, ...line]);
  await openDatabase(database.url);
});

test('the schema is told from an older and from a newer one', async () => {
  expect(await read(compareSchema)).toBe('same');
  const undo = new Error('undo');
  await transact(async (tx) => {
    await tx.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)`,
    );
    expect(await compareSchema(tx)).toBe('newer');
    throw undo;
  }).catch((error) => expect(error).toBe(undo));
  await transact(async (tx) => {
    await tx.execute(sql`delete from drizzle.__drizzle_migrations
      where id = (select max(id) from drizzle.__drizzle_migrations)`);
    expect(await compareSchema(tx)).toBe('older');
    throw undo;
  }).catch((error) => expect(error).toBe(undo));
});

test('the backlog is how many wait and since when', async () => {
  expect(await read(measureBacklog)).toEqual({ count: 0, oldestSeconds: 0 });
  await transact(async (tx) => {
    const actor = { kind: 'system', id: null } as const;
    await insertEvent(tx, { id: newId(), type: 'workspace.created', actor });
    await insertEvent(tx, { id: newId(), type: 'workspace.created', actor, isSettled: true });
    await tx.execute(
      sql`update events set created_at = now() - interval '90 seconds' where published_at is null`,
    );
  });
  const { count, oldestSeconds } = await read(measureBacklog);
  expect(count).toBe(1);
  expect(oldestSeconds).toBeGreaterThan(89);
});

test('what is measured is told, and what cannot be measured is left out', async () => {
  const loopDelay = watchLoopDelay(() => {});
  registerMeasurements({
    realtime: undefined,
    admission: createAdmission(),
    loopDelay,
    openConnections: async () => 3,
    buildId: 'b1',
  });
  await vi.waitFor(async () => {
    expect(await metrics().registry.render()).toMatch(/^parley_relay_backlog_events 1$/m);
  });
  const text = await metrics().registry.render();
  for (const line of [
    /^parley_build_info\{build="b1",node="v24[\d.]+"\} 1$/m,
    /^parley_relay_backlog_seconds 9\d\.\d+$/m,
    /^parley_database_connections\{state="waiting"\} 0$/m,
    /^parley_database_pool_replacements_total 0$/m,
    /^parley_admission\{route="action",state="room"\} 32$/m,
    /^parley_http_connections 3$/m,
    /^process_resident_memory_bytes \d+$/m,
  ])
    expect(text).toMatch(line);
  await closeDatabase();
  loopDelay.stop();
});

/** From another database of the server: what it sets must not bind itself. */
async function asOwner(act: (owner: postgres.Sql, name: string) => postgres.PendingQuery<postgres.Row[]>) {
  await closeDatabase();
  const url = new URL(database.superUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const owner = postgres(url.href, { max: 1, onnotice: () => {} });
  await act(owner, name);
  await owner.end();
}
