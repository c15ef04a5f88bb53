import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EnvError, envSchema, parseEnv, parseRealtimeServerEnv } from '#/lib/env.ts';

const base = {
  DATABASE_URL: 'postgres://parley:secret@localhost:5432/parley',
  AUTH_SECRET: 'a'.repeat(43),
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  REALTIME_APP_ID: '1',
  REALTIME_KEY: 'key',
  REALTIME_SECRET: 's'.repeat(32),
};

test('what npm start generates is enough', () => {
  const parsed = parseEnv(base);
  expect(parsed).toMatchObject({ port: 3000, host: undefined, publicUrl: undefined, logLevel: 'info' });
  expect(parsed.realtime).toMatchObject({
    mode: 'embedded',
    appId: '1',
    host: '127.0.0.1',
    port: 3000,
    tls: false,
  });
});

test('an empty variable counts as unset', () => {
  expect(parseEnv({ ...base, PORT: '', PUBLIC_URL: '', PUSHER_APP_ID: '' })).toMatchObject({ port: 3000 });
});

test.each([
  ['PORT', 'http', 'a port number'],
  ['PORT', '70000', 'a port of 0 to 65535'],
  ['DATABASE_URL', 'mysql://x/y', 'postgres://user:password@host:5432/database'],
  ['PUBLIC_URL', 'https://x.example/path', 'without a path'],
  ['TRUSTED_PROXIES', '10.0.0.0/40', 'addresses or ranges'],
  ['LOG_LEVEL', 'loud', 'debug, info, warn, error'],
  ['AUTH_SECRET', 'short', 'at least 32'],
  ['NEXT_SERVER_ACTIONS_ENCRYPTION_KEY', 'x', '32 random bytes in base64'],
  ['PUSHER_TLS', 'maybe', 'true or false'],
  ['OUTBOUND_ALLOW', '10.0.0.0/40', 'addresses, ranges or names'],
])('%s=%s is refused with its name and what was expected', (name, value, expected) => {
  const parse = () => parseEnv({ ...base, [name]: value });
  expect(parse).toThrow(EnvError);
  expect(parse).toThrow(new RegExp(`^${name} is not valid: expected .*${expected}`));
});

test('an error never quotes a secret', () => {
  try {
    parseEnv({ ...base, DATABASE_URL: 'postgres:hunter2', AUTH_SECRET: 'hunter2' });
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain('hunter2');
  }
});

test('PUSHER_* replaces the embedded server, by host or by cluster', () => {
  const pusher = { ...base, PUSHER_APP_ID: '9', PUSHER_KEY: 'k', PUSHER_SECRET: 's' };
  expect(parseEnv({ ...pusher, PUSHER_CLUSTER: 'eu' }).realtime).toMatchObject({
    mode: 'external',
    host: 'api-eu.pusher.com',
    port: 443,
    tls: true,
  });
  const own = { ...pusher, PUSHER_HOST: 'rt.example.com', PUSHER_PORT: '6001', PUSHER_TLS: 'false' };
  expect(parseEnv(own).realtime).toMatchObject({ host: 'rt.example.com', port: 6001, tls: false });
  expect(() => parseEnv(pusher)).toThrow('PUSHER_HOST (or PUSHER_CLUSTER) is not set');
});

test("REALTIME_URL names our own server apart, and browsers keep to the page's own host", () => {
  expect(parseEnv({ ...base, REALTIME_URL: 'http://10.0.0.5:6001' }).realtime).toMatchObject({
    mode: 'apart',
    appId: '1',
    host: '10.0.0.5',
    port: 6001,
    tls: false,
    browser: { host: null, port: null, tls: null, cluster: null },
  });
});

test('REALTIME_PUBLIC_URL tells browsers where the server apart is', () => {
  const apart = { REALTIME_URL: 'http://10.0.0.5:6001', REALTIME_PUBLIC_URL: 'https://rt.example.com' };
  expect(parseEnv({ ...base, ...apart }).realtime).toMatchObject({
    host: '10.0.0.5',
    browser: { host: 'rt.example.com', port: 443, tls: true, cluster: null },
  });
});

test('two realtime servers at once are refused', () => {
  const pusher = { PUSHER_APP_ID: '9', PUSHER_KEY: 'k', PUSHER_SECRET: 's', PUSHER_CLUSTER: 'eu' };
  const parse = () => parseEnv({ ...base, ...pusher, REALTIME_URL: 'http://127.0.0.1:6001' });
  expect(parse).toThrow('REALTIME_URL and PUSHER_APP_ID are both set');
});

test('the realtime server apart needs its credentials and nothing of the app', () => {
  const { REALTIME_APP_ID, REALTIME_KEY, REALTIME_SECRET } = base;
  const own = { REALTIME_APP_ID, REALTIME_KEY, REALTIME_SECRET };
  expect(parseRealtimeServerEnv(own)).toMatchObject({ port: 6001, host: undefined, appId: '1' });
  expect(() => parseRealtimeServerEnv({ ...own, REALTIME_SECRET: '' })).toThrow(
    "REALTIME_SECRET is not set: the app's own value belongs here",
  );
  expect(() => parseRealtimeServerEnv({ ...own, REALTIME_PORT: 'x' })).toThrow('REALTIME_PORT is not valid');
});

test('the workers run here unless they are apart', () => {
  expect(parseEnv(base).isWorkerApart).toBe(false);
  expect(parseEnv({ ...base, WORKERS: 'apart' }).isWorkerApart).toBe(true);
  expect(() => parseEnv({ ...base, WORKERS: 'elsewhere' })).toThrow('WORKERS is not valid');
});

test('a trusted proxy is recognised by address and range, also as a mapped IPv6 address', () => {
  const { isTrustedProxy } = parseEnv({ ...base, TRUSTED_PROXIES: '10.0.0.0/8, ::1' });
  expect(['10.1.2.3', '::ffff:10.1.2.3', '::1'].every(isTrustedProxy)).toBe(true);
  expect(['11.0.0.1', '', 'x', '::2'].some(isTrustedProxy)).toBe(false);
});

test('.env.example explains every variable and names no other', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const paragraphs = text.split(/\n\n+/).slice(1);
  const explained = paragraphs.flatMap((paragraph) => {
    const lines = paragraph.split('\n');
    const names = lines.flatMap((line) => /^# ([A-Z][A-Z0-9_]+)=/.exec(line)?.[1] ?? []);
    expect(lines[0], `the paragraph of ${names.join(', ')} begins with an explanation`).toMatch(/^# [^=]+$/);
    return names;
  });
  expect(explained.toSorted()).toEqual(Object.keys(envSchema.shape).toSorted());
});
