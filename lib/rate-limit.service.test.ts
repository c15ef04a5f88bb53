import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { read } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { addressSubject, limitRate, rateStateOf } from '#/lib/rate-limit.ts';

let database: TestDatabase;
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

describe('an address', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2/64'],
    ['2001:db8::1', '2001:db8:0:0/64'],
    ['::1', '0:0:0:0/64'],
    ['fe80::1%eth0', 'fe80:0:0:0/64'],
    ['', ''],
  ])('%s counts as %s', (address, subject) => {
    expect(addressSubject(address)).toBe(subject);
  });
});

describe('limits', () => {
  test('refuse what is above them, say when to come back, and leave others alone', async () => {
    const subject = newId();
    vi.setSystemTime(1_800_000_000_000);
    for (let count = 0; count < 60; count++) await limitRate('message.send', subject);
    await expect(limitRate('message.send', subject)).rejects.toMatchObject({
      failure: { code: 'rate_limited', retryAfterMs: expect.any(Number) },
    });
    await limitRate('message.send', newId());
    vi.setSystemTime(1_800_000_010_000);
    await limitRate('message.send', subject);
    vi.useRealTimers();
  });

  test('say how much of them is left and for how long', async () => {
    const subject = newId();
    vi.setSystemTime(1_800_000_002_500);
    expect(await limitRate('api.key', subject)).toEqual({
      ...{ max: 600, windowMs: 10_000, remaining: 599, resetMs: 7_500 },
    });
    for (let count = 1; count < 600; count++) await limitRate('api.key', subject);
    await expect(limitRate('api.key', subject)).rejects.toMatchObject({
      failure: { code: 'rate_limited', retryAfterMs: 7_500 },
    });
    expect(rateStateOf('api.key')).toEqual({ max: 600, windowMs: 10_000, remaining: 0, resetMs: 7_500 });
    vi.useRealTimers();
  });

  test('on what is guessed are counted in the database before the attempt', async () => {
    const subject = newId();
    await limitRate('sign_in.account', subject);
    const rows = await read((tx) =>
      tx.execute(sql`select count from rate_limits where key = ${`sign_in.account:${subject}`}`),
    );
    expect(rows).toMatchObject([{ count: 1 }]);
  });

  test('add up what several processes counted, a second later at the most', async () => {
    const subject = newId();
    const stored = async () => {
      const [row] = await read((tx) =>
        tx.execute<{ count: number }>(
          sql`select count from rate_limits where key = ${`message.send:${subject}`}`,
        ),
      );
      return row?.count ?? 0;
    };
    // Only the date stands still: the window does not end meanwhile, and what is stored each second is.
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_100_000 });
    for (let count = 0; count < 60; count++) await limitRate('message.send', subject);
    await vi.waitFor(async () => expect(await stored()).toBe(60), { timeout: 5_000 });
    await asAnotherProcess(async () => {
      await limitRate('message.send', subject);
      await vi.waitFor(async () => expect(await stored()).toBe(61), { timeout: 5_000 });
      await expect(limitRate('message.send', subject)).rejects.toMatchObject({
        failure: { code: 'rate_limited' },
      });
    });
    vi.useRealTimers();
  });

  test('hold across processes to the last one where attempts are counted exactly', async () => {
    const subject = newId();
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_200_000 });
    for (let count = 0; count < 15; count++) await limitRate('ticket.start', subject);
    await asAnotherProcess(async () => {
      for (let count = 0; count < 5; count++) await limitRate('ticket.start', subject);
      await expect(limitRate('ticket.start', subject)).rejects.toMatchObject({
        failure: { code: 'rate_limited' },
      });
    });
    vi.useRealTimers();
  });
});

/** What a process keeps of its counts sits behind one symbol; without it, this is a process that knows none of them. */
async function asAnotherProcess(work: () => Promise<void>): Promise<void> {
  const key = Symbol.for('parley.rate-limiter');
  const own = Object.getOwnPropertyDescriptor(globalThis, key);
  Reflect.deleteProperty(globalThis, key);
  try {
    await work();
  } finally {
    if (own !== undefined) Object.defineProperty(globalThis, key, own);
  }
}
