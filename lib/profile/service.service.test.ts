import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { usualPreferences } from '#/lib/agents/preferences.ts';
import { findSignedInAgent, hashPassword, type SignedInAgent } from '#/lib/agents/service.ts';
import { saveProfileInputSchema } from '#/lib/profile/schema.ts';
import { changePassword, getProfile, savePreferences, saveProfile } from '#/lib/profile/service.ts';
import { makeAgent } from '#/lib/testing.ts';

let database: TestDatabase;
const password = 'correct horse battery';

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    REALTIME_APP_ID: 'app',
    REALTIME_KEY: 'key',
    REALTIME_SECRET: 's'.repeat(32),
  });
});
afterAll(() => database.close());

async function makeSignedIn(): Promise<SignedInAgent> {
  const agent = await makeAgent();
  const passwordHash = await hashPassword(password);
  await transact((tx) =>
    tx.execute(sql`update agents set password_hash = ${passwordHash} where id = ${agent.id}`),
  );
  const account = await findSignedInAgent(agent.id, 1);
  if (account === null) throw new Error('the agent cannot sign in');
  return account;
}

describe('preferences', () => {
  test('are as usual until saved, and a save leaves what it does not name', async () => {
    const agent = await makeAgent();
    expect((await getProfile(agent)).preferences).toEqual(usualPreferences);
    await savePreferences(agent, { holdSeconds: 0, keys: { resolve: 'd' } });
    const { value } = await savePreferences(agent, { density: 'compact' });
    expect(value).toEqual({
      ...usualPreferences,
      holdSeconds: 0,
      keys: { resolve: 'd' },
      density: 'compact',
    });
    expect((await getProfile(agent)).preferences).toEqual(value);
  });

  test('saved by two tabs at once lose nothing of each other', async () => {
    const agent = await makeAgent();
    await Promise.all([savePreferences(agent, { sound: false }), savePreferences(agent, { sort: 'newest' })]);
    expect((await getProfile(agent)).preferences).toMatchObject({ sound: false, sort: 'newest' });
  });
});

describe('the profile', () => {
  test('is saved with who changed what from what, and not at all when nothing differs', async () => {
    const agent = await makeSignedIn();
    const to = { name: 'Ana Ruiz', timezone: 'Europe/Berlin', availability: 'away' } as const;
    const { events } = await saveProfile(agent, to);
    expect(events).toMatchObject([{ type: 'agent.changed', subjectId: agent.id }]);
    expect(await getProfile(agent)).toMatchObject(to);
    const [stored] = await read((tx) =>
      tx.execute(sql`select actor_id, before, after from events where subject_id = ${agent.id}`),
    );
    expect(stored).toMatchObject({ actor_id: agent.id, before: { name: agent.name }, after: to });
    expect((await saveProfile(agent, to)).events).toEqual([]);
    // Nobody's page shows whether one is away: nothing to tell, and what is not named stays.
    expect((await saveProfile(agent, { availability: 'online' })).events).toEqual([]);
    expect(await getProfile(agent)).toMatchObject({ ...to, availability: 'online' });
    expect(await findSignedInAgent(agent.id, 1)).toMatchObject({ name: 'Ana Ruiz' });
  });

  test('takes only time zones that exist', () => {
    const given = (timezone: string | null) =>
      saveProfileInputSchema.safeParse({ name: 'Ana', timezone, availability: 'online' }).success;
    expect(['Europe/Berlin', 'UTC', null].every(given)).toBe(true);
    expect(['Mars/Olympus', '', '../etc', 'x'.repeat(100)].some(given)).toBe(false);
  });
});

describe('another password', () => {
  test('needs the present one, ends every session, and tells the others’ sockets', async () => {
    const agent = await makeSignedIn();
    const next = 'a much longer battery';
    await expect(changePassword(agent, { current: 'a guess', next })).rejects.toMatchObject({
      code: 'forbidden',
      failure: { reason: 'wrong_password', field: 'current' },
    });
    expect(await findSignedInAgent(agent.id, 1)).not.toBeNull();
    const { events } = await changePassword(agent, { current: password, next });
    expect(events).toMatchObject([{ type: 'agent.password_changed', subjectId: agent.id }]);
    expect(await findSignedInAgent(agent.id, 1)).toBeNull();
    expect(await findSignedInAgent(agent.id, 2)).not.toBeNull();
    await expect(changePassword(agent, { current: password, next })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('is not guessed for long at an open browser', async () => {
    const agent = await makeSignedIn();
    const guess = () => changePassword(agent, { current: 'a guess', next: password });
    for (let count = 0; count < 10; count++)
      await expect(guess()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(guess()).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
