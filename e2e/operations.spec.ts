import postgres from 'postgres';
import { newId } from '../lib/ids.ts';
import { startTestApp } from '../scripts/test-app.ts';
import { expect, type House, moveIn, test } from './people.ts';
import { isAcknowledged, openRawCalls, type RawCalls } from './raw-calls.ts';

const canary = (name: string) => `canary-${name}-8f3a1c`;
const metricsToken = 'metrics-token-canary-8f3a1c';

type Line = { event?: string; requestId?: string; route?: string; status?: number; where?: string };

/** An app of its own that says all it can, and what it said. */
async function withTalkativeApp(
  browser: Parameters<typeof moveIn>[1],
  use: (house: House, calls: RawCalls, output: () => string) => Promise<void>,
): Promise<void> {
  let output = '';
  const app = await startTestApp({
    env: { LOG_LEVEL: 'debug', METRICS_TOKEN: metricsToken },
    onOutput: (text) => {
      output += text;
    },
  });
  try {
    const house = await moveIn(app, browser);
    const calls = openRawCalls(house);
    await use(house, calls, () => output);
    calls.close();
    await house.shop.stop();
  } finally {
    await app.stop();
  }
}

const linesOf = (output: string): Line[] =>
  output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));

test('logs and metrics tell each request by its id and nothing that people wrote, are called, or open doors with', async ({
  browser,
}) => {
  await withTalkativeApp(browser, async (house, calls, output) => {
    const visitor = await calls.start(canary('first'));
    const sent = await calls.send(visitor, newId(), canary('text'));
    expect(isAcknowledged(sent)).toBe(true);
    // Refused in front of Next, by an action, by a route, by the session library, and by nobody at all.
    await calls.act('sendMessage', [
      visitor.token,
      { text: canary('invalid'), conversationId: canary('id') },
    ]);
    await calls.act('sendMessage', [canary('session'), { text: canary('other') }]);
    await calls.act('sendMessage', [canary('foreign')], { origin: 'https://canary-origin-8f3a1c.example' });
    await calls.act('sendMessage', [{ deep: { $canary: canary('shape') } }, `$@${canary('reference')}`]);
    const secrets = {
      authorization: `Bearer ${canary('bearer')}`,
      cookie: `authjs.session-token=${canary('cookie')}`,
    };
    await calls.ask('GET', `/api/widget/state?q=${canary('query')}`, secrets);
    await calls.ask('GET', `/${canary('path')}/x?email=${canary('mail')}%40shop.example`, secrets);
    await calls.ask('GET', `/api/inbox/tickets/${canary('ticket')}`, secrets);
    await calls.ask('GET', '/inbox', { ...secrets, 'x-request-id': canary('claimed') });
    await signInWrongly(calls, house);
    // The database goes away in the middle of sends.
    house.app.postgres.kill9();
    const lost = await calls.send(visitor, newId(), canary('lost'));
    expect(isAcknowledged(lost)).toBe(false);
    await expect.poll(() => isReady(calls), { timeout: 30_000 }).toBe(true);
    const metrics = await calls.ask('GET', '/api/metrics', { authorization: `Bearer ${metricsToken}` });
    expect(metrics.status).toBe(200);

    expect(output()).not.toMatch(/canary/i);
    expect(output()).not.toContain(visitor.token);
    expect(output()).not.toContain(visitor.conversationId);
    expect(output()).not.toContain(house.admin.email);
    expect(metrics.text).not.toMatch(/canary|@|[0-9a-f]{8}-[0-9a-f]{4}/i);
    expect(metrics.text).toMatch(
      /^parley_acknowledgements_total\{side="customer",kind="reply",outcome="acknowledged"\} 1$/m,
    );
    expect(metrics.text).toMatch(
      /^parley_acknowledgements_total\{side="customer",kind="start",outcome="acknowledged"\} 1$/m,
    );

    const lines = linesOf(output());
    for (const { headers, status } of [sent, lost]) {
      const own = lines.filter(({ requestId }) => requestId === headers['x-request-id']);
      expect(own.find(({ event }) => event === 'request')).toMatchObject({ route: 'action', status });
    }
    // Logged inside Next's bundle, a module graph of its own.
    const inside = lines.find(({ where }) => where === 'widget.sendMessage');
    expect(inside?.requestId).toBe(lost.headers['x-request-id']);
    expect(lines.filter(({ event }) => event === 'request').every(({ route }) => route !== undefined)).toBe(
      true,
    );
  });
});

test('strangers get no metrics, whatever they claim, and health by part while the database is away', async ({
  browser,
}) => {
  await withTalkativeApp(browser, async (house, calls) => {
    for (const headers of [
      {},
      { authorization: 'Bearer wrong-token-wrong-token' },
      { host: 'localhost', 'x-forwarded-for': '127.0.0.1', 'x-parley-address': '127.0.0.1' },
    ]) {
      expect((await calls.ask('GET', '/api/metrics', headers)).status).toBe(404);
    }
    expect((await calls.ask('GET', '/api/health/ready')).status).toBe(200);
    // PostgreSQL goes on and takes no connection of ours, as one that has none left (53300).
    await asSuperuser(house, 'alter role parley connection limit 0', endConnections);
    const refused = async () => (await calls.ask('GET', '/api/health/ready')).status;
    await expect.poll(refused).toBe(503);
    const { headers, text } = await calls.ask('GET', '/api/health/ready');
    expect(headers['retry-after']).toBe('1');
    expect(JSON.parse(text)).toMatchObject({
      status: 'failing',
      parts: { database: 'failing', database_write: 'failing' },
    });
    const live = await calls.ask('GET', '/api/health/live');
    expect(live).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    await asSuperuser(house, 'alter role parley connection limit -1');
    await expect.poll(() => isReady(calls), { timeout: 30_000 }).toBe(true);
  });
});

const endConnections = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'parley'";

async function asSuperuser(house: House, ...statements: string[]): Promise<void> {
  const sql = postgres(house.app.superUrl, { max: 1 });
  for (const statement of statements) await sql.unsafe(statement);
  await sql.end();
}

async function isReady(calls: RawCalls): Promise<boolean> {
  const { status, text } = await calls.ask('GET', '/api/health/ready');
  return status === 200 && JSON.parse(text).parts.database_write === 'ok';
}

async function signInWrongly(calls: RawCalls, house: House): Promise<void> {
  const { text, headers } = await calls.ask('GET', '/api/auth/csrf');
  const form = new URLSearchParams({
    csrfToken: String(JSON.parse(text).csrfToken),
    email: `${canary('sign-in')}@shop.example`,
    password: canary('password'),
    callbackUrl: `${house.app.url}/${canary('callback')}`,
  });
  const cookie = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  const type = 'application/x-www-form-urlencoded';
  const own = { origin: house.app.url, cookie, 'content-type': type };
  await calls.ask('POST', '/api/auth/callback/credentials', own, form.toString());
}
