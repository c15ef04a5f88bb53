import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draftCharsMax } from '#/lib/drafts/schema.ts';
import { readForwarded } from '#/lib/forwarded.ts';
import { apiBodyBytesMax, bodyBytesMax, guardRequest, largerBodies, refusalBody } from '#/lib/http-guard.ts';
import { newId } from '#/lib/ids.ts';

const fileBytesMax = 100_000;
const actionId = `40${'a'.repeat(40)}`;
const action = { 'Next-Action': actionId, 'Content-Type': 'text/plain;charset=UTF-8' };
const json = { 'Content-Type': 'application/json' };

let server: Server;
let port = 0;
const publicUrl: { value: string | undefined } = { value: undefined };
const origin = () => `http://127.0.0.1:${port}`;

beforeAll(async () => {
  server = createServer((request, response) => {
    const settings = { publicUrl: publicUrl.value, isTrustedProxy: () => false };
    guardRequest(request, {
      from: readForwarded(request, settings),
      publicUrl: settings.publicUrl,
      fileBytesMax,
    }).then(
      async (verdict) => {
        if (!verdict.isOk) {
          response.setHeader('Connection', 'close');
          response.writeHead(verdict.status).end(refusalBody(verdict.status, verdict.reason));
        } else response.end(await readAll(verdict.request));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

test('a refusal says why in the words of every other answer of ours', async () => {
  const foreign = { ...json, Origin: 'https://evil.example' };
  const refused = await send({ path: '/api/x', headers: foreign, body: '{}' });
  expect(JSON.parse(refused.text)).toEqual({
    ok: false,
    error: { code: 'forbidden', reason: 'origin_not_allowed' },
  });
  for (const [status, code] of [
    [400, 'invalid'],
    [413, 'too_large'],
    [415, 'invalid'],
    [500, 'unavailable'],
  ] as const) {
    expect(JSON.parse(refusalBody(status, 'because'))).toEqual({
      ok: false,
      error: { code, reason: 'because' },
    });
  }
});

describe('the origin of a mutation', () => {
  test.each([
    ['missing', {}],
    ['null', { Origin: 'null' }],
    ['foreign', { Origin: 'https://evil.example' }],
    ['another port of this host', { Origin: 'http://127.0.0.1:1' }],
    ['a host that begins like ours', { Origin: 'http://127.0.0.1.evil.example' }],
  ])('%s is refused with 403', async (_name, headers) => {
    for (const path of ['/inbox', '/api/auth/callback/credentials', '/api/widget/typing']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(await send({ method, path, headers: { ...json, ...headers }, body: '{}' })).toMatchObject({
          status: 403,
        });
      }
    }
  });

  test('our own is let through, as http and, behind a proxy that ends TLS, as https', async () => {
    for (const own of [origin(), `https://127.0.0.1:${port}`]) {
      expect(await send({ path: '/api/x', headers: { ...json, Origin: own }, body: '{}' })).toMatchObject({
        status: 200,
      });
    }
  });

  test('with PUBLIC_URL only that one is our own', async () => {
    publicUrl.value = 'https://chat.example.com';
    try {
      const post = (from: string) => send({ path: '/api/x', headers: { ...json, Origin: from }, body: '{}' });
      expect(await post('https://chat.example.com')).toMatchObject({ status: 200 });
      expect(await post('http://chat.example.com')).toMatchObject({ status: 403 });
      expect(await post(origin())).toMatchObject({ status: 403 });
    } finally {
      publicUrl.value = undefined;
    }
  });
});

describe('a mutation of the public API', () => {
  test('needs no origin, since a program has none; one of another site is refused', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const ask = (headers: Record<string, string>) =>
        send({ method, path: '/api/v1/tickets', headers: { ...json, ...headers }, body: '{}' });
      expect(await ask({})).toMatchObject({ status: 200 });
      expect(await ask({ Origin: origin() })).toMatchObject({ status: 200 });
      expect(await ask({ Origin: 'https://evil.example' })).toMatchObject({ status: 403 });
      expect(await ask({ Origin: 'null' })).toMatchObject({ status: 403 });
    }
    expect(await send({ path: '/api/v10/x', headers: json, body: '{}' })).toMatchObject({ status: 403 });
  });

  test('may have 256 KB, and one byte more is refused with 413', async () => {
    const fits = JSON.stringify('x'.repeat(apiBodyBytesMax - 2));
    expect(await post('/api/v1/x', json, fits)).toMatchObject({ status: 200, text: fits });
    expect(await post('/api/v1/x', json, `${fits} `)).toMatchObject({ status: 413 });
  });

  test('is JSON, and a form only where Pusher’s own clients send one', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(await post('/api/v1/realtime/auth', form, 'socket_id=1.2')).toMatchObject({ status: 200 });
    expect(await post('/api/v1/tickets', form, 'subject=x')).toMatchObject({ status: 415 });
  });

  test('may say that it brings JSON and bring nothing', async () => {
    expect(await send({ method: 'DELETE', path: '/api/v1/x', headers: json })).toMatchObject({ status: 200 });
    expect(await post('/api/v1/x', json, ' ')).toMatchObject({ status: 400 });
  });
});

describe('the size of a body', () => {
  test('64 KB pass and one byte more is refused with 413', async () => {
    const fits = JSON.stringify('x'.repeat(bodyBytesMax - 2));
    expect(await post('/api/x', json, fits)).toMatchObject({ status: 200, text: fits });
    expect(await post('/api/x', json, `${fits} `)).toMatchObject({ status: 413 });
  });

  test('a draft of 50,000 characters passes in whatever form, one that could not be a draft does not', async () => {
    const [[path, bytesMax] = ['', 0]] = Object.entries(largerBodies);
    for (const letter of ['x', '\u0001', '\ud800', '€', '🦜']) {
      const text = letter.repeat(draftCharsMax / letter.length);
      const draft = JSON.stringify({ ticketId: newId(), mode: 'reply', text, version: 2 ** 52 });
      expect(await post(path, json, draft)).toMatchObject({ status: 200 });
    }
    expect(await post(path, json, JSON.stringify('x'.repeat(bytesMax)))).toMatchObject({ status: 413 });
    expect(await post(`${path}/more`, json, JSON.stringify('x'.repeat(bodyBytesMax)))).toMatchObject({
      status: 413,
    });
  });

  test('a chunked body is counted while it comes and refused before it ends', async () => {
    const answer = await raw(
      `POST /api/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin()}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(5)}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  test('a claimed length over the limit is refused before a byte of it was sent', async () => {
    const answer = await raw(
      `POST /api/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin()}\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  test('bytes beyond the claimed length are never read as part of the body', async () => {
    const answer = await raw(
      `POST /api/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin()}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}${'x'.repeat(100_000)}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 (200|400) /);
    expect(answer).not.toContain('xx');
  });
});

describe('what a body is', () => {
  test.each([
    ['a form to an API route', '/api/x', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'a=b', 415],
    ['no type', '/api/x', {}, '{}', 415],
    ['a compressed body', '/api/x', { ...json, 'Content-Encoding': 'gzip' }, '{}', 415],
    ['a form to a page', '/inbox', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'a=b', 415],
    ['JSON to a page', '/inbox', json, '{}', 415],
    ['an action of another type', '/inbox', { ...action, ...json }, '[]', 415],
    ['JSON that is none', '/api/x', json, '{"a":', 400],
    ['JSON that is empty', '/api/x', json, '', 400],
    ['JSON that is not UTF-8', '/api/x', json, Buffer.from([0x22, 0xff, 0x22]), 400],
    ['JSON that is too deep', '/api/x', json, '['.repeat(30) + ']'.repeat(30), 400],
    ['an action id that is none', '/inbox', { ...action, 'Next-Action': 'x' }, '[]', 400],
    ['an action body that is not JSON', '/inbox', action, '[{', 400],
    ['an action body that is no list', '/inbox', action, '{}', 400],
    ['an action body that is too deep', '/inbox', action, '['.repeat(30) + ']'.repeat(30), 400],
    ['an action body with too many arguments', '/inbox', action, JSON.stringify(Array(17).fill(1)), 400],
    ['an action body that names __proto__', '/inbox', action, '[{"__proto__":{}}]', 400],
    [
      'a multipart body that does not parse',
      '/inbox',
      { ...action, 'Content-Type': 'multipart/form-data; boundary=x' },
      '--x\r\nno',
      400,
    ],
    [
      'a form without an action',
      '/inbox',
      { 'Content-Type': 'multipart/form-data; boundary=x' },
      field('a', 'b'),
      400,
    ],
  ])('%s is refused', async (_name, path, headers, body, status) => {
    expect(await post(path, headers, body)).toMatchObject({ status });
  });

  test.each([
    '$1',
    '$K1',
    '$F1',
    '$h1',
    '$T',
    '$Q1',
    '$W1',
    '$@1',
    '$i1',
    '$B1',
    '$n1',
    '$R1',
    '$x',
    '$',
    '$1:a',
  ])('an action body with the reference %s, which nothing could resolve, is refused', async (value) => {
    expect(await post('/inbox', action, JSON.stringify([{ value }]))).toMatchObject({ status: 400 });
  });

  test('what React writes for plain arguments passes unchanged', async () => {
    const body = JSON.stringify([
      { text: '$$1 is the price', at: '$D2026-01-01T00:00:00.000Z', none: '$undefined' },
    ]);
    expect(await post('/inbox', action, body)).toMatchObject({ status: 200, text: body });
  });

  test('what React writes for a form passes, with and without script', async () => {
    const type = { 'Content-Type': 'multipart/form-data; boundary=x' };
    const called = `${field('1_email', 'a@b')}${field('0', '[null,"$K1"]')}--x--\r\n`;
    expect(await post('/sign-in', { ...action, ...type }, called)).toMatchObject({
      status: 200,
      text: called,
    });
    const plain = [
      field('$ACTION_REF_1', ''),
      field('$ACTION_1:0', `{"id":"${actionId}","bound":"$@1"}`),
      field('$ACTION_1:1', '[null]'),
      field('$ACTION_KEY', 'k1'),
      field('email', 'a@b'),
      '--x--\r\n',
    ].join('');
    expect(await post('/sign-in', type, plain)).toMatchObject({ status: 200, text: plain });
  });

  test('next-auth takes the forms that it sends itself', async () => {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(await post('/api/auth/signout', type, 'csrfToken=a')).toMatchObject({ status: 200 });
  });
});

describe('an upload', () => {
  const binary = { 'Content-Type': 'application/octet-stream' };
  const paths = ['/api/widget/files', '/api/inbox/files'];

  test.each(paths)('%s takes a body of any bytes, up to its own limit, unread', async (path) => {
    const bytes = Buffer.alloc(fileBytesMax, 0xff);
    const { status, text } = await post(path, binary, bytes);
    expect([status, Buffer.from(text, 'utf8').length > 0]).toEqual([200, true]);
    expect(await post(path, binary, Buffer.alloc(fileBytesMax + 1))).toMatchObject({ status: 413 });
    expect(await post(path, binary, '')).toMatchObject({ status: 200 });
  });

  test.each([
    ['without its length', {}, 411],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }, 411],
    ['as a form', { 'Content-Length': '1', 'Content-Type': 'multipart/form-data; boundary=x' }, 415],
    ['as JSON', { 'Content-Length': '1', ...json }, 415],
    ['packed', { 'Content-Length': '1', 'Content-Encoding': 'gzip' }, 415],
    ['from elsewhere', { 'Content-Length': '1', Origin: 'https://evil.example' }, 403],
    ['from nowhere', { 'Content-Length': '1', Origin: 'null' }, 403],
    ['larger than it may be', { 'Content-Length': String(fileBytesMax + 1) }, 413],
  ])('%s is refused before anything of it is read', async (_how, headers, status) => {
    const lines = Object.entries({ Host: `127.0.0.1:${port}`, Origin: origin(), ...binary, ...headers });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    expect(await raw(`POST /api/widget/files HTTP/1.1\r\n${head}\r\n`)).toContain(`HTTP/1.1 ${status} `);
  });

  test.each([
    ['POST', '/api/widget/files/x'],
    ['PUT', '/api/widget/files'],
    ['POST', '/api/widget/filesx'],
    ['POST', '/api/widget/files/'],
  ])('%s %s is none', async (method, path) => {
    const large = Buffer.alloc(bodyBytesMax + 1);
    const sent = await send({ method, path, headers: { Origin: origin(), ...binary }, body: large });
    expect(sent).toMatchObject({ status: 413 });
  });
});

describe('the request line and the headers', () => {
  test.each([
    ['a malformed escape', '/%E0%A4%A', {}, 400],
    ['a NUL', '/a%00b', {}, 400],
    ['another host in the path', '//evil.example/x', {}, 400],
    ['an address of 9,000 characters', `/?x=${'a'.repeat(9000)}`, {}, 414],
    ['a router tree that is none', '/inbox', { 'Next-Router-State-Tree': 'x' }, 400],
    [
      'a router tree of another shape',
      '/inbox',
      { 'Next-Router-State-Tree': encodeURIComponent('["",{},null,"x"]') },
      400,
    ],
  ])('%s is refused', async (_name, path, headers, status) => {
    expect(await send({ method: 'GET', path, headers })).toMatchObject({ status });
  });

  test('the router tree that Next sends passes', async () => {
    const tree = encodeURIComponent(
      '["",{"children":["inbox",{"children":["__PAGE__",{},null,"refetch"]}]},null,null,16]',
    );
    expect(
      await send({ method: 'GET', path: '/inbox', headers: { 'Next-Router-State-Tree': tree } }),
    ).toMatchObject({ status: 200 });
  });

  test('a method that nothing here answers is refused with 405', async () => {
    expect(await send({ method: 'TRACE', path: '/', headers: {} })).toMatchObject({ status: 405 });
    expect(
      await send({ method: 'PUT', path: '/inbox', headers: { Origin: origin() }, body: 'x' }),
    ).toMatchObject({ status: 405 });
  });
});

function field(name: string, value: string): string {
  return `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function post(path: string, headers: Record<string, string>, body: string | Buffer) {
  return send({ path, headers: { Origin: origin(), ...headers }, body });
}

interface Sent {
  method?: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

function send({
  method = 'POST',
  path,
  headers: given,
  body,
}: Sent): Promise<{ status: number; text: string }> {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const headers = { ...length, ...given };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
}
