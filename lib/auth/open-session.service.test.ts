import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { acceptInvite } from '#/app/(public)/invite/actions.ts';
import { signIn } from '#/app/(public)/sign-in/actions.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { inviteAgent, listAgents } from '#/lib/agents/service.ts';
import { newToken } from '#/lib/ids.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { makeAgent } from '#/lib/testing.ts';

const session = vi.hoisted(() => ({ error: null as Error | null }));
vi.mock('next/headers', () => ({
  headers: () => Promise.resolve(new Headers({ 'x-parley-address': '192.0.2.1' })),
}));
// The library needs Next's bundler; what it does with a session cookie is tested in the browser.
vi.mock('#/lib/auth/next-auth.ts', () => ({
  isSecureCookie: () => false,
  signIn: () => (session.error === null ? Promise.resolve() : Promise.reject(session.error)),
  signOut: () => Promise.resolve(),
}));

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a'.repeat(32),
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
afterAll(async () => {
  await drainPublishing();
  await database.close();
});

test('an accepted invitation is a success also when the browser could not be signed in', async () => {
  const admin = await makeAgent('admin');
  const email = 'ben@kettle.test';
  const { value } = await inviteAgent(admin, { email, role: 'agent', departmentId: null });
  session.error = new Error('no cookie today');
  const accepted = await acceptInvite({ token: value.token, name: 'Ben', password: 'correct horse battery' });
  expect(accepted).toMatchObject({ ok: true });
  expect((await listAgents(admin)).map((agent) => agent.email)).toContain(email);
});

test('an office signs in from one address all at once, however many links were opened from it', async () => {
  session.error = null;
  const open = () => acceptInvite({ token: newToken(), name: 'Eve', password: 'correct horse battery' });
  const opened = await Promise.all(Array.from({ length: 31 }, open));
  expect(opened.some((result) => !result.ok && result.error.code === 'rate_limited')).toBe(true);
  const enter = () => signIn({ email: 'ana@kettle.test', password: 'correct horse battery' });
  const entered = await Promise.all(Array.from({ length: 100 }, enter));
  expect(entered.filter((result) => !result.ok)).toEqual([]);
});
