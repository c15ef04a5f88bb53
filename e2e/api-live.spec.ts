import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { signIn } from '../bench/adapters/parley-calls.ts';
import { type MadeKey, makeKey, revokeKey } from '../bench/adapters/parley-keys.ts';
import { type HttpClient, openHttpClient } from '../bench/http-client.ts';
import { startTestApp } from '../scripts/test-app.ts';
import { expect, type House, moveIn, test } from './people.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url));
/** The program of docs/realtime.md as it stands there, and what becomes of its connection. */
const [, connecting = ''] =
  /^```js\n([\s\S]*?)^```$/m.exec(readFileSync(`${projectDir}docs/realtime.md`, 'utf8')) ?? [];
const program = `
import Pusher from 'pusher-js';
const parley = process.env.PARLEY;
const headers = { authorization: 'Bearer ' + process.env.PARLEY_KEY };
${connecting}
pusher.channel(at.channels[0]).bind('pusher:subscription_succeeded', () => console.log('listening'));
pusher.connection.bind('error', ({ data }) => console.log('closed', data?.code));
`;

const pageSchema = z.object({
  data: z.array(
    z.object({
      type: z.string(),
      position: z.number(),
      object: z.looseObject({ text: z.optional(z.string()) }),
    }),
  ),
  nextAfter: z.number(),
});
const problemSchema = z.object({ code: z.string() });

async function signedIn(house: House): Promise<HttpClient> {
  const http = openHttpClient(house.app.url);
  const { email, password } = house.admin;
  await signIn(http, { url: house.app.url, widgetKey: house.widgetKey, realtimeKey: '', email, password });
  return http;
}

/** Answers the lines that the program prints, one after the other. */
function runProgram(house: House, { token }: MadeKey): { child: ChildProcess; next(): Promise<string> } {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: projectDir,
    env: { NODE_ENV: 'production', PARLEY: house.app.url, PARLEY_KEY: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done === true ? 'ended' : value;
  };
  return { child, next };
}

async function readEvents(house: House, { token }: MadeKey, query: string, signal?: AbortSignal) {
  const startedMs = performance.now();
  const response = await fetch(`${house.app.url}/api/v1/events?${query}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(signal === undefined ? {} : { signal }),
  });
  const body: unknown = await response.json();
  return { status: response.status, body, afterMs: performance.now() - startedMs };
}

test('a program hears of a message at once, over a socket and by waiting, until its key is revoked', async ({
  customer,
  house,
}) => {
  const http = await signedIn(house);
  const scopes = ['realtime:read', 'events:read', 'tickets:read', 'messages:read'];
  const key = await makeKey(http, { name: 'Status board', scopes });
  const { child, next } = runProgram(house, key);
  try {
    expect(await next()).toBe('listening');
    const now = pageSchema.parse((await readEvents(house, key, 'after=latest')).body);
    const waiting = readEvents(house, key, `after=${now.nextAfter}&types=message.created&wait=30`);
    await customer.start();
    await customer.send('Is the board alive?');
    expect(await next()).toMatch(/^\d+ open$/);
    const told = await waiting;
    expect(told.status).toBe(200);
    expect(told.afterMs).toBeLessThan(20_000);
    const page = pageSchema.parse(told.body);
    expect(page.data).toMatchObject([{ type: 'message.created', object: { text: 'Is the board alive?' } }]);

    const revoked = readEvents(house, key, `after=${page.nextAfter}&types=agent.joined&wait=30`);
    await revokeKey(http, key);
    const refusal = await revoked;
    expect(refusal.status).toBe(401);
    expect(problemSchema.parse(refusal.body).code).toBe('key_revoked');
    for (let line = await next(); line !== 'closed 4009'; line = await next()) {
      // What was on its way before the end.
      expect(line).toMatch(/^\d+ open$/);
    }
    expect((await readEvents(house, key, 'after=0')).status).toBe(401);
  } finally {
    child.kill('SIGKILL');
    http.close();
  }
});

test('a client that leaves while it waits leaves nothing behind that waits on', async ({ house }) => {
  const http = await signedIn(house);
  const key = await makeKey(http, { name: 'Impatient', scopes: ['events:read', 'agents:read'] });
  const { nextAfter } = pageSchema.parse((await readEvents(house, key, 'after=latest')).body);
  const query = `after=${nextAfter}&types=agent.joined&wait=30`;
  for (let round = 0; round < 3; round++) {
    const leaving = new AbortController();
    // Ten at once are as many as a key may have: the eleventh is answered, the others wait.
    const waiting = Array.from({ length: 11 }, () => readEvents(house, key, query, leaving.signal));
    const ends = Promise.allSettled(waiting);
    expect((await Promise.race(waiting)).status).toBe(429);
    leaving.abort();
    expect((await ends).filter(({ status }) => status === 'rejected')).toHaveLength(10);
    await expect
      .poll(async () => (await readEvents(house, key, `after=${nextAfter}&types=agent.joined&wait=1`)).status)
      .toBe(200);
  }
  http.close();
});

test('an instance that stops answers whoever waits, with where to go on', async ({ browser }) => {
  test.setTimeout(120_000);
  const app = await startTestApp();
  try {
    const house = await moveIn(app, browser);
    const http = await signedIn(house);
    const key = await makeKey(http, { name: 'Faithful', scopes: ['events:read', 'agents:read'] });
    http.close();
    const { nextAfter } = pageSchema.parse((await readEvents(house, key, 'after=latest')).body);
    const query = `after=${nextAfter}&types=agent.joined&wait=30`;
    const waiting = Array.from({ length: 11 }, () => readEvents(house, key, query));
    // The eleventh is refused when the others wait.
    expect((await Promise.race(waiting)).status).toBe(429);
    await app.pause();
    const statuses = (await Promise.all(waiting)).map(({ status, body }) => {
      if (status === 200) expect(pageSchema.parse(body)).toMatchObject({ data: [], nextAfter });
      return status;
    });
    expect(statuses.toSorted()).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
    await house.shop.stop();
  } finally {
    await app.stop();
  }
});
