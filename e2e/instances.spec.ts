import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { actionIdOf } from '../bench/adapters/parley-actions.ts';
import { act, signIn } from '../bench/adapters/parley-calls.ts';
import { exercise } from '../bench/faults/exercise.ts';
import { startWorld, type World } from '../bench/faults/world.ts';
import { type HttpClient, openHttpClient } from '../bench/http-client.ts';
import {
  type Account,
  openSimulatedAgent,
  openSimulatedCustomer,
  type SimulatedPerson,
} from '../bench/simulated-people.ts';
import { newId } from '../lib/ids.ts';
import { systemClock } from '../lib/sync/clock.ts';
import type { ChannelMember, LiveConnection } from '../lib/sync/transport.ts';
import { projectDir } from '../scripts/source-files.ts';
import { freePort, withoutOwn } from '../scripts/test-app.ts';

// Two instances on one database, the worker and the realtime server apart. No browser: what is asked is whether a
// person can tell that there are two, and the sync engine is what would tell them.
const test = base.extend<object, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants it
    async ({}, use) => {
      const world = await startWorld({ realtime: 'apart', durable: false, behind: 'plain' });
      // The widget may be shown by either instance itself, so that one can be asked past the proxy.
      for (const url of world.instanceUrls) {
        await world.ask(
          (sql) => sql<object[]>`update widgets set allowed_origins = array_append(allowed_origins, ${url})`,
        );
      }
      await use(world);
      await world.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

const clock = systemClock;

/** A customer on the first instance and an agent on the second, both on a conversation that has begun. */
async function meetAcross(world: World) {
  const [first = '', second = ''] = world.instanceUrls;
  const conversationId = newId();
  const name = 'Robin';
  const customer = openSimulatedCustomer({
    access: { ...world.access, url: first },
    name,
    conversationId,
    clock,
  });
  const theirs = customer.follow(conversationId);
  theirs.send('Is anybody there?');
  await expect.poll(() => theirs.getSnapshot().isStarted).toBe(true);
  const [account] = world.accounts;
  if (account === undefined) throw new Error('nobody has an account');
  const agent = await openSimulatedAgent({ access: { ...world.access, url: second }, account, clock });
  const ours = agent.follow(conversationId);
  await expect
    .poll(() => [theirs, ours].map((store) => store.getSnapshot().connection))
    .toEqual(['live', 'live']);
  const close = () => {
    for (const person of [customer, agent]) person.close();
  };
  return { conversationId, customer, agent, theirs, ours, close };
}

const textsOf = (store: ReturnType<SimulatedPerson['follow']>) =>
  store
    .getSnapshot()
    .bubbles.filter(({ kind }) => kind === 'reply')
    .map(({ text }) => text);

test('what is written on one instance is seen on the other at once, in both directions', async ({
  world,
}) => {
  const { theirs, ours, close } = await meetAcross(world);
  ours.send('Yes, on another machine.');
  await expect.poll(() => textsOf(theirs)).toEqual(['Is anybody there?', 'Yes, on another machine.']);
  theirs.send('I cannot tell.');
  await expect.poll(() => textsOf(ours)).toEqual([...textsOf(theirs)]);
  expect(textsOf(ours)).toHaveLength(3);
  // Pushed, not found by asking: the heartbeat would have taken longer than all of this.
  expect([theirs, ours].map((store) => store.getSnapshot().connection)).toEqual(['live', 'live']);
  close();
});

test('who types on one instance is shown on the other, and a worker ends what nobody took back', async ({
  world,
}) => {
  const { conversationId, theirs, ours, close } = await meetAcross(world);
  theirs.typed();
  await expect.poll(() => ours.getSnapshot().typists.length).toBe(1);
  ours.typed();
  await expect.poll(() => theirs.getSnapshot().typists.map(({ name }) => name)).toEqual(['Ada Keane']);
  close();
  const left = () =>
    world.ask(
      (sql) => sql<{ count: number }[]>`
        select count(*)::int as count from typing_status where conversation_id = ${conversationId}`,
    );
  await expect.poll(left, { timeout: 20_000 }).toEqual([{ count: 0 }]);
});

test('agents on two instances see each other on a ticket', async ({ world }) => {
  const { conversationId, close } = await meetAcross(world);
  const [ticket] = await world.ask(
    (sql) => sql<{ id: string }[]>`select ticket_id as id from conversations where id = ${conversationId}`,
  );
  const present: ChannelMember[][] = [[], []];
  const agents = await Promise.all(
    world.instanceUrls.map(async (url, index) => {
      const account = world.accounts[index];
      if (account === undefined) throw new Error('there are fewer accounts than instances');
      let live: LiveConnection | undefined;
      const agent = await openSimulatedAgent({
        access: { ...world.access, url },
        account,
        clock,
        alter: (engine) => {
          live = engine.live;
          return engine;
        },
      });
      live?.subscribe(`presence-ticket-${ticket?.id}`, {
        onEvent: () => {},
        onSubscribed: () => {},
        onMembers: (members) => {
          present[index] = members;
        },
      });
      return agent;
    }),
  );
  const everybody = world.accounts.slice(0, 2).map(({ id }) => id);
  const idsOf = (members: readonly ChannelMember[]) => members.map(({ id }) => id).toSorted();
  await expect.poll(() => present.map(idsOf)).toEqual([everybody.toSorted(), everybody.toSorted()]);
  agents[1]?.close();
  await expect.poll(() => idsOf(present[0] ?? [])).toEqual([everybody[0]]);
  agents[0]?.close();
  close();
});

test('an instance that holds other secrets refuses to start, and names them', async ({ world }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-other-secrets-'));
  const port = await freePort();
  const { code, output } = await run(['scripts/launch.ts'], {
    PARLEY_DATA: dataDir,
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: `postgres://parley:parley@127.0.0.1:${world.postgres.port}/parley`,
  });
  rmSync(dataDir, { recursive: true, force: true });
  expect(code).toBe(1);
  expect(output).toContain(
    'AUTH_SECRET, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY, REALTIME_KEY and REALTIME_SECRET differ from what the other',
  );
});

test('either instance killed in the middle of a conversation loses nothing', async ({ world }) => {
  test.setTimeout(120_000);
  const report = await exercise(world, {
    seed: 20_261_123,
    customers: 4,
    async inject() {
      for (const instance of world.instances) {
        await instance.kill9();
        await instance.untilReady(60_000);
      }
      return world.instances.length;
    },
  });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ lost: 0, doubled: 0, misordered: 0, leaked: 0, injections: 2 });
  expect(report.acknowledged).toBeGreaterThan(50);
});

// These two leave accounts behind that nobody can sign in to: last.
test('an account that is switched off on one instance opens nothing on the other a second later', async ({
  world,
}) => {
  const [admin, account] = world.accounts;
  if (admin === undefined || account === undefined) throw new Error('there are fewer than two accounts');
  const [theirs, ours] = await Promise.all([signedInAt(world, 0, admin), signedInAt(world, 1, account)]);
  const status = async () => (await ours.ask('GET', '/api/inbox/tickets?view=all')).status;
  expect(await status()).toBe(200);
  const id = actionIdOf('app/(agent)/settings/actions.ts', 'deactivateAgent');
  await act(theirs, '/settings/team', id, [{ agentId: account.id, handOver: { to: 'nobody' } }]);
  await expect.poll(status, { timeout: 2_000 }).toBe(401);
  theirs.close();
  ours.close();
});

test('guesses at a password count together, whichever instance they were made on', async ({ world }) => {
  const [account] = world.accounts;
  if (account === undefined) throw new Error('nobody has an account');
  const isIn = async (index: number, email: string, password: string) => {
    const http = openHttpClient(world.instanceUrls[index % 2] ?? '');
    const outcome = await signIn(http, { ...world.access, url: world.url, email, password }).then(
      () => true,
      () => false,
    );
    http.close();
    return outcome;
  };
  const windowOf = () => Math.floor(Date.now() / 900_000);
  for (let window = -1; window !== windowOf(); ) {
    window = windowOf();
    expect([
      await isIn(0, account.email, account.password),
      await isIn(1, account.email, account.password),
    ]).toEqual([true, true]);
    for (let guess = 0; guess < 10; guess++) expect(await isIn(guess, account.email, 'a guess')).toBe(false);
    if (window !== windowOf()) continue;
    // Five on each would have been half of what one may; ten together are all of it.
    expect([
      await isIn(0, account.email, account.password),
      await isIn(1, account.email, account.password),
    ]).toEqual([false, false]);
  }
});

async function signedInAt(world: World, index: number, account: Account): Promise<HttpClient> {
  const http = openHttpClient(world.instanceUrls[index] ?? '');
  await signIn(http, { ...world.access, ...account });
  return http;
}

function run(args: string[], env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: projectDir,
      env: { ...withoutOwn(process.env), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
