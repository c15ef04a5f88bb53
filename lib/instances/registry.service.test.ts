import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { deleteInstance, type Instance, listInstancesSeen } from '#/db/instances.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { announceOnce, liveMsMax } from '#/lib/instances/registry.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await transact((tx) => tx.execute(sql`delete from instances`));
});

function makeInstance(more: Partial<Instance> = {}): Instance {
  const id = newId();
  return { id, kind: 'app', place: `host:${id.slice(-4)}`, buildId: 'b1', realtimeMode: 'apart', ...more };
}

test('instances that fit together say nothing, and each is listed while it is there', async () => {
  const [first, second] = [makeInstance(), makeInstance({ kind: 'worker' })];
  expect(await announceOnce(first)).toEqual([]);
  expect(await announceOnce(second)).toEqual([]);
  expect(await announceOnce(first)).toEqual([]);
  const seen = await read((tx) => listInstancesSeen(tx, liveMsMax));
  expect(seen.map(({ id, kind }) => ({ id, kind }))).toEqual([
    { id: first.id, kind: 'app' },
    { id: second.id, kind: 'worker' },
  ]);
  await transact((tx) => deleteInstance(tx, first.id));
  expect(await read((tx) => listInstancesSeen(tx, liveMsMax))).toHaveLength(1);
});

test('another build is told, by place and build', async () => {
  const [old, fresh] = [makeInstance(), makeInstance({ buildId: 'b2' })];
  await announceOnce(old);
  await announceOnce(fresh);
  expect(await announceOnce(old)).toEqual([`${fresh.place} runs another build (b2, here b1)`]);
});

test('two that each hold a realtime server of their own are told to use one; a worker beside one is not', async () => {
  const first = makeInstance({ realtimeMode: 'embedded' });
  await announceOnce(first);
  await announceOnce(makeInstance({ realtimeMode: 'embedded', kind: 'worker' }));
  expect(await announceOnce(first)).toEqual([]);
  const second = makeInstance({ realtimeMode: 'embedded' });
  await announceOnce(second);
  expect(await announceOnce(first)).toEqual([expect.stringContaining('set REALTIME_URL')]);
});

test('what a crash left behind is no instance that runs: not after a start, and not for long', async () => {
  await announceOnce(makeInstance({ buildId: 'b0' }));
  await transact((tx) => tx.execute(sql`update instances set seen_at = now() - interval '5 s'`));
  const restarted = makeInstance();
  expect(await announceOnce(restarted)).toEqual([]);
  expect(await read((tx) => listInstancesSeen(tx, liveMsMax))).toHaveLength(2);
  await transact((tx) =>
    tx.execute(sql`update instances set seen_at = now() - interval '1 h' where build_id = 'b0'`),
  );
  expect(await announceOnce(restarted)).toEqual([]);
  const [left] = await read((tx) => tx.execute(sql`select count(*)::int as count from instances`));
  expect(left).toEqual({ count: 1 });
});
