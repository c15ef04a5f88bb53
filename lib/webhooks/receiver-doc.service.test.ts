import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { apiEnvironment } from '#/lib/api/testing.ts';
import { newId } from '#/lib/ids.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { deliverDue } from '#/lib/webhooks/deliver.ts';
import { createWebhook, getDelivery, listDeliveries, rotateSecret } from '#/lib/webhooks/service.ts';
import { newSecret, signatureHeaders } from '#/lib/webhooks/signature.ts';

/** The receiver of docs/webhooks.md, as it stands there, is told of a message. */

const [, code = ''] = /^```js\n([\s\S]*?)^```$/m.exec(readFileSync('docs/webhooks.md', 'utf8')) ?? [];
let database: TestDatabase;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  apiEnvironment();
  process.env.OUTBOUND_ALLOW = '127.0.0.1';
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'parley-receiver-'));
  writeFileSync(join(folder, 'receiver.mjs'), code);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  await database.close();
});

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

/** Runs it; answers the lines that it prints, one after the other. */
async function runReceiver(secret: string, port: number): Promise<() => Promise<string>> {
  const child = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
    env: { NODE_ENV: 'production', PARLEY_WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done === true ? 'ended' : value;
  };
  expect(await next()).toBe('listening');
  return next;
}

async function post(port: number, headers: Record<string, string>, body: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })).status;
}

test('it has fifteen lines', () => {
  expect(code.trim().split('\n')).toHaveLength(15);
});

test('it takes what Parley sends, also for a day after the secret changed', async () => {
  const admin = await makeAgent('admin');
  const widget = await makeWidget();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const { value } = await createWebhook(admin, {
    id: newId(),
    name: 'Docs',
    url,
    types: ['message.created'],
  });
  const nextLine = await runReceiver(value.secret, port);
  const deliveries = async () => {
    const listed = await listDeliveries(admin, value.id);
    return Promise.all(listed.map(({ id }) => getDelivery(admin, { webhookId: value.id, deliveryId: id })));
  };
  await makeConversation(widget, 'Grüße, مرحبا');
  await deliverDue();
  const [first] = await deliveries();
  expect(first).toMatchObject({ state: 'delivered', lastStatus: 204 });
  expect(await nextLine()).toBe(`${first?.eventId} message.created`);

  await rotateSecret(admin, value.id);
  await makeConversation(widget, 'Again');
  await deliverDue();
  const [second] = await deliveries();
  expect(second).toMatchObject({ state: 'delivered', lastStatus: 204 });
  expect(await nextLine()).toBe(`${second?.eventId} message.created`);
});

test('it refuses what is forged, changed, moved or old', async () => {
  const secret = newSecret();
  const port = await freePort();
  await runReceiver(secret, port);
  const body = JSON.stringify({ type: 'message.created' });
  const message = { id: newId(), atMs: Date.now(), body };
  const right = signatureHeaders(message, [secret]);
  expect(await post(port, signatureHeaders(message, [newSecret()]), body)).toBe(401);
  expect(await post(port, right, `${body} `)).toBe(401);
  expect(await post(port, { ...right, 'webhook-id': newId() }, body)).toBe(401);
  expect(await post(port, signatureHeaders({ ...message, atMs: Date.now() - 600_000 }, [secret]), body)).toBe(
    401,
  );
  expect(await post(port, {}, body)).toBe(401);
  expect(await post(port, right, body)).toBe(204);
});
