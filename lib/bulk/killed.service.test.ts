import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { listBulkJobs, startBulk } from '#/lib/bulk/service.ts';
import { carryOutAll } from '#/lib/bulk/work.ts';
import { newId } from '#/lib/ids.ts';
import { makeAgent } from '#/lib/testing.ts';

vi.mock('#/lib/realtime/publish.ts', () => ({ publishChanges: () => {}, publishBulkJob: () => {} }));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
const workers: ChildProcess[] = [];
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await database.close();
});

const projectDir = fileURLToPath(new URL('../../', import.meta.url));
/** Another process that works on whatever there is to do; its publishing reaches nobody. */
function startWorker(): ChildProcess {
  const worker = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      "const { startBulkWork } = await import('#/lib/bulk/work.ts'); startBulkWork(); setInterval(() => {}, 1000);",
    ],
    {
      cwd: projectDir,
      stdio: 'ignore',
      env: {
        ...process.env,
        DATABASE_URL: database.url,
        AUTH_SECRET: 'a'.repeat(32),
        NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
        PUSHER_APP_ID: 'app',
        PUSHER_KEY: 'key',
        PUSHER_SECRET: 's'.repeat(32),
        PUSHER_HOST: '127.0.0.1',
        PUSHER_PORT: '1',
        PUSHER_TLS: 'false',
      },
    },
  );
  workers.push(worker);
  return worker;
}

test('killed in the middle, twice, it goes on elsewhere and changes each ticket once', async () => {
  const agent = await makeAgent();
  const [total, customerId] = [120, newId()];
  await transact((tx) =>
    tx.execute(sql`
      with person as (insert into customers (id) values (${customerId}) returning id)
      , made as (
        insert into tickets (id, subject, customer_id)
        select gen_random_uuid(), 'Shoes', person.id from person, generate_series(1, ${total}::int) returning id)
      insert into conversations (id, ticket_id) select gen_random_uuid(), made.id from made`),
  );
  const act = { field: 'priority', to: 'urgent' } as const;
  const on = { view: 'all', filter: {} } as const;
  await startBulk(agent, { id: newId(), act, on });
  const doneNow = async () => (await listBulkJobs(agent))[0]?.done ?? 0;
  for (const least of [5, 30]) {
    const worker = startWorker();
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    await vi.waitFor(async () => expect(await doneNow()).toBeGreaterThanOrEqual(least), {
      timeout: 20_000,
      interval: 10,
    });
    worker.kill('SIGKILL');
    await ended;
  }
  expect(await doneNow()).toBeLessThan(total);
  await carryOutAll();
  expect((await listBulkJobs(agent))[0]).toMatchObject({ state: 'done', done: total, skipped: 0 });
  const [counted] = await read((tx) =>
    tx.execute<{ entries: number; events: number; tickets: number }>(sql`
      select (select count(*)::int from messages where change->>'field' = 'priority') as entries,
        (select count(*)::int from events where type = 'ticket.changed') as events,
        (select count(*)::int from tickets where priority = 'urgent') as tickets`),
  );
  expect(counted).toEqual({ entries: total, events: total, tickets: total });
}, 60_000);
