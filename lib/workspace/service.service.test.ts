import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { addAgent } from '#/lib/agents/service.ts';
import { newId } from '#/lib/ids.ts';
import { makeAgent } from '#/lib/testing.ts';
import { saveWorkspaceInputSchema } from '#/lib/workspace/schema.ts';
import {
  completeSetup,
  ensureWorkspace,
  getWorkspace,
  hasExampleData,
  saveWorkspace,
} from '#/lib/workspace/service.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('the first run says that an address is taken, and succeeds although the examples cannot be loaded', async () => {
  const { setupToken } = await ensureWorkspace({ origins: [] });
  const taken = {
    id: newId(),
    name: 'Ben',
    email: 'ben@kettle.test',
    role: 'agent',
    departmentId: null,
    passwordHash: 'none',
  } as const;
  await transact((tx) => addAgent(tx, taken));
  // Whatever is wrong with them: here the database refuses every example agent.
  await transact((tx) => tx.execute(sql`alter table agents add constraint only_real check (not is_example)`));
  const complete = (email: string) =>
    completeSetup({
      token: setupToken ?? '',
      workspaceName: 'Kettle & Cup',
      name: 'Ana',
      email,
      password: 'correct horse battery',
      withExampleData: true,
    });
  await expect(complete('BEN@kettle.test')).rejects.toMatchObject({
    failure: { code: 'conflict', reason: 'email_taken', field: 'email' },
  });
  const { value } = await complete('ana@kettle.test');
  const admin = { kind: 'agent', id: value.agentId, role: 'admin', departmentId: null } as const;
  expect(await hasExampleData(admin)).toBe(false);
});

test('the workspace has a name and a reopening window that admins change, and everybody hears of it', async () => {
  const [admin, agent] = [await makeAgent('admin'), await makeAgent()];
  const to = { name: 'Kettle & Cup', reopeningHours: 72 };
  expect((await saveWorkspace(admin, to)).events.map(({ type }) => type)).toEqual(['workspace.changed']);
  expect((await saveWorkspace(admin, to)).events).toEqual([]);
  expect(await getWorkspace(agent)).toEqual(to);
  await expect(saveWorkspace(agent, to)).rejects.toMatchObject({ code: 'forbidden' });
});

test('a reopening window is whole hours from none to a year', () => {
  const isTaken = (reopeningHours: unknown) =>
    saveWorkspaceInputSchema.safeParse({ name: 'Parley', reopeningHours }).success;
  expect([0, 168, 8_760].every(isTaken)).toBe(true);
  expect([-1, 1.5, 8_761, '24', null, Number.NaN].some(isTaken)).toBe(false);
});
