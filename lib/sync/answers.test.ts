import { expect, test } from 'vitest';
import { refusalIn, resultOf } from '#/lib/sync/answers.ts';
import { backoffMs } from '#/lib/sync/clock.ts';
import { answered } from '#/lib/sync/outdated.ts';

const answer = (body: string, init: ResponseInit = {}) => resultOf(async () => new Response(body, init));

test('our own answers are taken as they are, whatever their status', async () => {
  expect(await answer('{"ok":true,"value":1}')).toEqual({ ok: true, value: 1 });
  const busy = { ok: false, error: { code: 'unavailable', reason: 'overloaded', retryAfterMs: 1500 } };
  expect(await answer(JSON.stringify(busy), { status: 503 })).toEqual(busy);
});

test('a proxy’s page is passing, and comes back when it says', async () => {
  const page = '<html>try later</html>';
  expect(await answer(page, { status: 502 })).toEqual({
    ok: false,
    error: { code: 'unavailable', reason: 'no_answer' },
  });
  expect(await answer(page, { status: 503, headers: { 'Retry-After': '7' } })).toMatchObject({
    error: { code: 'unavailable', retryAfterMs: 7_000 },
  });
  expect(await answer(page, { status: 429, headers: { 'Retry-After': '999999' } })).toEqual({
    ok: false,
    error: { code: 'rate_limited', retryAfterMs: 60_000 },
  });
  const dated = { status: 503, headers: { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' } };
  expect(await answer(page, dated)).toEqual({
    ok: false,
    error: { code: 'unavailable', reason: 'no_answer' },
  });
});

test('a lost connection is no answer', async () => {
  expect(await resultOf(() => Promise.reject(new TypeError('Failed to fetch')))).toEqual({
    ok: false,
    error: { code: 'unavailable', reason: 'no_connection' },
  });
});

test('an action that was refused before it ran is refused with the reason, for good or for now', async () => {
  const refused = (error: object) =>
    answered(() => Promise.reject(new Error(JSON.stringify({ ok: false, error }))));
  expect(await refused({ code: 'forbidden', reason: 'origin_not_allowed' })).toEqual({
    ok: false,
    error: { code: 'forbidden', reason: 'origin_not_allowed' },
  });
  expect(await refused({ code: 'too_large', reason: 'body_too_large' })).toMatchObject({
    error: { code: 'too_large' },
  });
  expect(await refused({ code: 'unavailable', reason: 'overloaded', retryAfterMs: 2_000 })).toEqual({
    ok: false,
    error: { code: 'unavailable', reason: 'overloaded', retryAfterMs: 2_000 },
  });
});

test('what only looks like a refusal is a lost answer', async () => {
  for (const message of [
    '{"ok":false',
    '{"ok":false,"error":{"code":"made_up"}}',
    '{"ok":false,"error":null}',
    '',
  ]) {
    expect(refusalIn(new Error(message))).toBeNull();
    expect(await answered(() => Promise.reject(new Error(message)))).toMatchObject({
      error: { code: 'unavailable', reason: 'no_connection' },
    });
  }
});

test('nobody comes back sooner than the server asked, nor all at once', () => {
  const clockOf = (chance: number) => ({
    now: () => 0,
    setTimeout: () => null,
    clearTimeout: () => {},
    random: () => chance,
  });
  const asked = { code: 'unavailable', retryAfterMs: 2_000 } as const;
  expect(backoffMs(clockOf(0), 0, asked, 8_000)).toBe(2_000);
  expect(backoffMs(clockOf(0.99), 0, asked, 8_000)).toBeGreaterThan(2_400);
});
