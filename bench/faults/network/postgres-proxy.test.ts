import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresProxy, type PostgresProxy } from '#/bench/faults/network/postgres-proxy.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';

let database: TestDatabase;
let proxy: PostgresProxy;
let sql: postgres.Sql;
let direct: postgres.Sql;
beforeAll(async () => {
  database = await testDatabase();
  direct = postgres(database.superUrl, { max: 2, onnotice: () => {} });
  await direct`create table noted (id int primary key, text text)`;
  await direct`grant all on noted to public`;
});
afterAll(async () => {
  await direct.end();
  await database.close();
});
beforeEach(async () => {
  const { hostname, port } = new URL(database.url);
  proxy = await openPostgresProxy({ target: { host: hostname, port: Number(port) }, random: () => 0.5 });
  sql = postgres(proxy.through(database.url), { max: 1, onnotice: () => {}, connect_timeout: 5 });
});
afterEach(async () => {
  await sql.end({ timeout: 0 });
  await proxy.close();
});

const note = (id: number, text = 'a note') => sql`insert into noted values (${id}, ${text}) returning id`;
const isNoted = async (id: number) => (await direct`select 1 from noted where id = ${id}`).length === 1;

test('signing in, statements, prepared or not, large answers and errors pass', async () => {
  expect(await sql`select ${'x'.repeat(200_000)} as text`).toHaveLength(1);
  expect(await sql.unsafe('select 1 as one')).toEqual([{ one: 1 }]);
  expect((await sql`select generate_series(1, 20000) as n`).at(-1)).toEqual({ n: 20_000 });
  await expect(sql`select 1 / 0`).rejects.toMatchObject({ code: '22012' });
  expect(await Promise.all([1, 2, 3].map((n) => sql`select ${n}::int as n`))).toHaveLength(3);
  expect(proxy.counts().statements).toBeGreaterThan(5);
});

describe('before a statement runs', () => {
  test('its action is called, also when it was prepared long ago and goes by its name', async () => {
    await note(1);
    const seen: boolean[] = [];
    const hook = proxy.onNext('query', 'insert into noted', async () => seen.push(await isNoted(2)));
    await note(2);
    await hook.fired;
    expect(seen).toEqual([false]);
    expect(await isNoted(2)).toBe(true);
    expect([hook.count(), proxy.counts().hooked]).toEqual([1, 1]);
  });

  test('cutting the link loses the statement', async () => {
    await sql`select 1`;
    proxy.onNext('query', /insert into noted/, (link) => link.cut());
    await expect(note(3)).rejects.toMatchObject({ code: expect.stringMatching(/^CONNECTION_|^ECONN/) });
    expect(await isNoted(3)).toBe(false);
  });

  test('the statements before it and those behind it in one piece keep their order', async () => {
    await sql`select 1`;
    proxy.onNext('query', 'select 2', () => {});
    const rows = await Promise.all([1, 2, 3].map((n) => sql.unsafe(`select ${n} as n`)));
    expect(rows.map(([row]) => row?.n)).toEqual([1, 2, 3]);
  });
});

describe('when a statement was answered', () => {
  test('its action finds the work committed, and nobody told', async () => {
    const seen: unknown[] = [];
    let isTold = false;
    const hook = proxy.onNext('answer', 'insert into noted', async () => seen.push(await isNoted(4), isTold));
    const answer = note(4).then(() => {
      isTold = true;
    });
    await hook.fired;
    await answer;
    expect(seen).toEqual([true, false]);
  });

  test('cutting the link loses the answer after the commit', async () => {
    await note(5);
    proxy.onNext('answer', 'insert into noted', (link) => link.cut());
    await expect(note(6)).rejects.toMatchObject({ code: expect.stringMatching(/^CONNECTION_|^ECONN/) });
    expect(await isNoted(6)).toBe(true);
    expect((await note(7)).count).toBe(1);
  });

  test('the answer to a commit is the one of the transaction', async () => {
    const seen: boolean[] = [];
    const hook = proxy.onNext('answer', /^commit/i, async () => seen.push(await isNoted(8)));
    await sql.begin((tx) => tx`insert into noted values (8, 'in a transaction')`);
    await hook.fired;
    expect(seen).toEqual([true]);
  });

  test('an error is no answer', async () => {
    await note(9);
    const hook = proxy.onNext('answer', 'insert into noted', () => {});
    await expect(note(9)).rejects.toMatchObject({ code: '23505' });
    expect(hook.count()).toBe(0);
    await note(10);
    expect(hook.count()).toBe(1);
  });

  test('the action is called as often as was asked, and what is cancelled is not', async () => {
    const hook = proxy.onNext('answer', 'select', () => {}, 2);
    const cancelled = proxy.onNext('query', 'select', () => {});
    cancelled.cancel();
    for (let count = 0; count < 3; count++) await sql.unsafe('select 1');
    expect([hook.count(), cancelled.count()]).toEqual([2, 0]);
  });
});

test('slow statements come later, signing in does not', async () => {
  proxy.slowQueries(150);
  const startedAt = performance.now();
  await sql`select 1`.simple();
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThanOrEqual(149);
  expect(tookMs).toBeLessThan(600);
  expect(proxy.counts().slowed).toBeGreaterThan(0);
});

test('links opened later work after a black hole', async () => {
  await sql`select 1`;
  proxy.blackHole(true);
  const lost = note(11);
  const failed = expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/^CONNECTION_|^ECONN/) });
  await expect.poll(() => proxy.counts().swallowed).toBeGreaterThan(0);
  proxy.heal();
  await failed;
  expect(await isNoted(11)).toBe(false);
  expect((await note(12)).count).toBe(1);
});
