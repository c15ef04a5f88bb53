import { encode } from 'next-auth/jwt';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { agentOfCookie } from '#/lib/auth/agent-cookie.ts';
import { makeAgent } from '#/lib/testing.ts';

const authSecret = 'a'.repeat(32);
const cookieName = 'authjs.session-token';
/** What next-auth lets pass after a cookie expired, for clocks that differ. */
const toleratedSeconds = 15;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: authSecret,
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    PUSHER_APP_ID: 'app',
    PUSHER_KEY: 'key',
    PUSHER_SECRET: 's'.repeat(32),
    // Nobody listens: publishing fails at once and is none of this test's business.
    PUSHER_HOST: '127.0.0.1',
    PUSHER_PORT: '1',
    PUSHER_TLS: 'false',
  });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => database.close());

async function cookieOf(agentId: string, { maxAge = 3_600, sessionVersion = 1, secret = authSecret } = {}) {
  const token = { sub: agentId, sessionVersion };
  return `${cookieName}=${await encode({ token, secret, salt: cookieName, maxAge })}`;
}

test('a cookie that expires within the time for which it is remembered opens nothing after that', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const { id } = await makeAgent();
  const lives = 30;
  const cookie = await cookieOf(id, { maxAge: lives });
  expect(await agentOfCookie(cookie)).toMatchObject({ id });
  vi.advanceTimersByTime((lives - 1) * 1_000);
  expect(await agentOfCookie(cookie)).toMatchObject({ id });
  vi.advanceTimersByTime((toleratedSeconds + 2) * 1_000);
  expect(await agentOfCookie(cookie)).toBeNull();
});

test('a cookie that another secret made, that was changed, or that names a session that is over opens nothing', async () => {
  const { id } = await makeAgent();
  const cookie = await cookieOf(id);
  expect(await agentOfCookie(cookie)).toMatchObject({ id });
  const middle = Math.floor(cookie.length / 2);
  const changed = cookie.slice(0, middle) + (cookie[middle] === 'A' ? 'B' : 'A') + cookie.slice(middle + 1);
  expect(await agentOfCookie(changed)).toBeNull();
  expect(await agentOfCookie(await cookieOf(id, { secret: 'b'.repeat(32) }))).toBeNull();
  expect(await agentOfCookie(await cookieOf(id, { sessionVersion: 0 }))).toBeNull();
  expect(await agentOfCookie(await cookieOf(id, { sessionVersion: 2 }))).toBeNull();
  expect(await agentOfCookie(null)).toBeNull();
});
