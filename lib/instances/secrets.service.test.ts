import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { deleteInstance, touchInstance } from '#/db/instances.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { acceptSecrets, checkSecrets, replaceSecrets } from '#/lib/instances/secrets.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await transact((tx) => tx.execute(sql`delete from secret_fingerprints`));
});

const secrets = {
  AUTH_SECRET: 'first-secret-of-all-the-instances',
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: 'second-secret-of-all-the-instances',
  REALTIME_SECRET: '["1","key","third-secret-of-all-the-instances"]',
};
const rows = () => read((tx) => tx.execute(sql`select * from secret_fingerprints order by name`));

test('instances with the same secrets start, however many start at once', async () => {
  await Promise.all([checkSecrets(secrets), checkSecrets(secrets), checkSecrets(secrets)]);
  expect(await rows()).toHaveLength(3);
  await expect(checkSecrets(secrets)).resolves.toBeUndefined();
});

test('of two that start at once with different secrets, one is refused', async () => {
  const other = { ...secrets, AUTH_SECRET: 'another-secret-of-some-instance!!' };
  const outcomes = await Promise.allSettled([checkSecrets(secrets), checkSecrets(other)]);
  expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1);
});

test.each(Object.keys(secrets))(
  'a different %s is refused, by its name and by nothing else',
  async (name) => {
    await checkSecrets(secrets);
    const refusal = checkSecrets({ ...secrets, [name]: 'another-secret-of-some-instance!!' });
    await expect(refusal).rejects.toMatchObject({ code: 'secrets_differ' });
    await expect(refusal).rejects.toThrow(new RegExp(`^${name} differs from what the other instances`));
    await expect(refusal).rejects.toThrow('npm run accept-secrets');
    await expect(refusal).rejects.not.toThrow(/first-secret|second-secret|third-secret|another-secret/);
  },
);

test('several that differ are all named', async () => {
  await checkSecrets(secrets);
  const refusal = checkSecrets({ ...secrets, AUTH_SECRET: 'a', REALTIME_SECRET: 'b' });
  await expect(refusal).rejects.toThrow(/^AUTH_SECRET and REALTIME_SECRET differ from/);
});

test('a secret that is new to this version is noted beside the others', async () => {
  const { REALTIME_SECRET, ...older } = secrets;
  await checkSecrets(older);
  await checkSecrets(secrets);
  await expect(checkSecrets({ ...secrets, REALTIME_SECRET: 'b' })).rejects.toThrow('REALTIME_SECRET differs');
  expect(REALTIME_SECRET).toBeTruthy();
});

test('what is stored shows no secret, not even that two of them or two databases have the same', async () => {
  const same = { AUTH_SECRET: secrets.AUTH_SECRET, REALTIME_SECRET: secrets.AUTH_SECRET };
  await checkSecrets(same);
  const first = await rows();
  expect(JSON.stringify(first)).not.toContain(secrets.AUTH_SECRET);
  expect(new Set(first.map((row) => row.fingerprint)).size).toBe(2);
  await transact((tx) => tx.execute(sql`delete from secret_fingerprints`));
  await checkSecrets(same);
  const second = await rows();
  expect(second.map((row) => row.fingerprint)).not.toEqual(first.map((row) => row.fingerprint));
});

test('new secrets are accepted on purpose once nothing runs, and the old ones are refused from then on', async () => {
  await checkSecrets(secrets);
  const fresh = { ...secrets, AUTH_SECRET: 'a-new-secret-after-somebody-left!!' };
  const running = { id: newId(), kind: 'app', place: 'host:1', buildId: 'x', realtimeMode: 'apart' } as const;
  await transact((tx) => touchInstance(tx, running));
  await expect(acceptSecrets(fresh)).rejects.toThrow('Parley is running on this database (host:1)');
  await transact((tx) => deleteInstance(tx, running.id));
  await acceptSecrets(fresh);
  await expect(checkSecrets(fresh)).resolves.toBeUndefined();
  await expect(checkSecrets(secrets)).rejects.toThrow('AUTH_SECRET differs');
});

test('an embedded database follows the secrets of its folder, and keeps its rows while they stay', async () => {
  await replaceSecrets(secrets);
  const before = await rows();
  await replaceSecrets(secrets);
  expect(await rows()).toEqual(before);
  await replaceSecrets({ ...secrets, AUTH_SECRET: 'a-new-secret-in-the-data-folder!!!' });
  await expect(checkSecrets(secrets)).rejects.toThrow('AUTH_SECRET differs');
});
