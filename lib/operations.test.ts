import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerOperations, mayReadMetrics, type OperationsOptions } from '#/lib/operations.ts';
import { failReadiness, readiness, registerProbe } from '#/lib/readiness.ts';

let server: Server;
let port = 0;
let options: OperationsOptions;
const open: OperationsOptions = { metricsToken: undefined, publicUrl: undefined, hasProxies: false };

beforeAll(async () => {
  server = createServer((request, response) => {
    const pathname = (request.url ?? '').split('?')[0] ?? '';
    answerOperations(pathname, request, response, options).then(
      (isAnswered) => isAnswered || response.writeHead(418).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
beforeEach(() => {
  options = open;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

type Sent = { status: number; text: string; headers: IncomingMessage['headers'] };

function send(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

describe('who may read the metrics', () => {
  test('a program on this machine that asks directly', async () => {
    const { status, text, headers } = await send('/api/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('# TYPE parley_sends_total counter');
  });

  test.each([
    ['a proxy’s header', { 'X-Forwarded-For': '127.0.0.1' }],
    ['another proxy’s', { Forwarded: 'for=127.0.0.1' }],
    ['nginx’s', { 'X-Real-IP': '127.0.0.1' }],
    ['an old proxy’s', { Via: '1.1 front' }],
    ['a public host name (a proxy that keeps it, or a rebound name)', { Host: 'chat.example.com' }],
    ['a host name that begins like ours', { Host: '127.0.0.1.evil.example' }],
    ['a host with something before ours', { Host: 'evil@localhost' }],
  ])('nobody who comes with %s', async (_name, headers) => {
    expect(await send('/api/metrics', headers)).toMatchObject({ status: 404 });
  });

  test('nobody without the token where the installation says that it stands behind a proxy', async () => {
    options = { ...open, hasProxies: true };
    expect((await send('/api/metrics')).status).toBe(404);
    options = { ...open, publicUrl: 'https://chat.example.com' };
    expect((await send('/api/metrics')).status).toBe(404);
  });

  test('nobody from another machine', () => {
    for (const remoteAddress of ['192.0.2.1', '10.0.0.1', '::ffff:192.0.2.1', '2001:db8::1', '', undefined]) {
      const request = { headers: { host: 'localhost:3000' }, socket: { remoteAddress } };
      expect(mayReadMetrics(asRequest(request), open)).toBe(false);
    }
    for (const headers of [{}, { host: '' }, { host: 'localhost:3000, evil.example' }]) {
      const request = { headers, socket: { remoteAddress: '127.0.0.1' } };
      expect(mayReadMetrics(asRequest(request), open)).toBe(false);
    }
    const own = { headers: { host: 'localhost:3000' }, socket: { remoteAddress: '::ffff:127.0.0.1' } };
    expect(mayReadMetrics(asRequest(own), open)).toBe(true);
  });

  test('with a token: whoever brings it, from anywhere, and nobody else, this machine included', async () => {
    options = {
      metricsToken: 'correct horse battery'.replaceAll(' ', '-'),
      publicUrl: 'https://x.test',
      hasProxies: true,
    };
    const withToken = (authorization: string) => send('/api/metrics', { Authorization: authorization });
    expect((await withToken('Bearer correct-horse-battery')).status).toBe(200);
    for (const wrong of [
      'Bearer correct-horse-batter',
      'Bearer correct-horse-batteryy',
      'bearer correct-horse-battery',
      'Bearer  correct-horse-battery',
      'Bearer correct-horse-battery x',
      'Basic correct-horse-battery',
      'correct-horse-battery',
      'Bearer ',
      `Bearer ${'x'.repeat(4_000)}`,
    ])
      expect((await withToken(wrong)).status).toBe(404);
    expect((await send('/api/metrics')).status).toBe(404);
    expect((await send('/api/metrics?token=correct-horse-battery')).status).toBe(404);
  });

  test('a stranger cannot tell the door from a wall', async () => {
    const refused = await send('/api/metrics', { Host: 'chat.example.com' });
    expect(refused.text).toBe('{"ok":false,"error":{"code":"not_found","reason":"not_found"}}');
    expect((await send('/api/metrics', { Host: 'chat.example.com' }, 'POST')).status).toBe(404);
  });
});

describe('health', () => {
  test('live says that the process answers, and nothing else', async () => {
    expect(await send('/api/health/live')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect((await send('/api/health/live', {}, 'POST')).status).toBe(405);
    expect(await send('/api/health/live', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
    expect((await send('/api/health/other')).status).toBe(418);
  });

  test('ready names each part; what is not vital degrades, what is vital refuses, and says when to ask again', async () => {
    let isDown = false;
    registerProbe('test_database', () => {
      if (isDown) throw new Error('password parley refused at db.internal:5432');
    });
    registerProbe('test_relay', () => Promise.reject(new Error('behind')), { isVital: false });
    const degraded = await send('/api/health/ready');
    expect(degraded.status).toBe(200);
    expect(JSON.parse(degraded.text)).toEqual({
      status: 'degraded',
      parts: { test_database: 'ok', test_relay: 'failing' },
    });
    isDown = true;
    registerProbe('test_relay', () => {});
    const failing = await send('/api/health/ready');
    expect(failing).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(JSON.parse(failing.text)).toEqual({
      status: 'failing',
      parts: { test_database: 'failing', test_relay: 'ok' },
    });
    isDown = false;
    registerProbe('test_relay', () => {});
    expect((await send('/api/health/ready')).status).toBe(200);
  });

  test('a thousand questions are one look', async () => {
    let looks = 0;
    registerProbe('test_counted', () => {
      looks++;
    });
    await Promise.all(Array.from({ length: 1_000 }, () => readiness()));
    expect(looks).toBe(1);
  });

  test('what ends is not ready at once, whatever was just said', async () => {
    expect((await send('/api/health/ready')).status).toBe(200);
    failReadiness('test_shutdown');
    expect(JSON.parse((await send('/api/health/ready')).text)).toMatchObject({
      status: 'failing',
      parts: { test_shutdown: 'failing' },
    });
  });
});

/** Only headers and address are looked at. */
function asRequest(part: object): IncomingMessage {
  return part as IncomingMessage;
}
