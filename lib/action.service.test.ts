import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deactivateAgent } from '#/app/(agent)/settings/actions.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket } from '#/lib/tickets/service.ts';

const asked = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock('next/headers', () => ({ headers: () => Promise.resolve(asked.headers) }));
// The library needs Next's bundler; what it does with a session cookie is tested in the browser.
vi.mock('#/lib/auth/next-auth.ts', () => ({ isSecureCookie: () => false }));

const authSecret = 'a'.repeat(32);
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
afterAll(() => database.close());

test('the action that switches an agent off also hands the tickets over, after its answer', async () => {
  const [admin, agent] = [await makeAgent('admin'), await makeAgent()];
  const { ticketId } = await makeConversation(await makeWidget());
  await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: agent.id } });
  const token = { sub: admin.id, sessionVersion: 1 };
  const cookie = await encode({ token, secret: authSecret, salt: 'authjs.session-token' });
  asked.headers = new Headers({ cookie: `authjs.session-token=${cookie}` });
  expect(await deactivateAgent({ agentId: agent.id, handOver: { to: 'nobody' } })).toEqual({
    ok: true,
    value: null,
  });
  await drainPublishing();
  expect((await getTicket(admin, ticketId)).ticket.assignee).toBeNull();
});
