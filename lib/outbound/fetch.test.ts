import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllowList } from '#/lib/outbound/allow-list.ts';
import { checkOutboundUrl, fetchOutbound, type Surroundings } from '#/lib/outbound/fetch.ts';
import { type Answering, type Receiver, startReceiver } from '#/lib/outbound/testing.ts';

const nothing = parseAllowList([]);
const here = parseAllowList(['127.0.0.1']);
const closing: (() => Promise<void>)[] = [];

/** Stands for everything inside: whatever reaches it got through. */
let inside: Receiver;
beforeEach(async () => {
  inside = await startReceiver();
});
afterEach(async () => {
  await inside.close();
  for (const close of closing.splice(0)) await close();
});

async function receiver(answer?: Answering, place?: { host?: string; port?: number }): Promise<Receiver> {
  const started = await startReceiver(answer, place);
  closing.push(started.close);
  return started;
}

/** A server that speaks no HTTP of its own accord. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const post = (url: string, given: Partial<Surroundings> = {}) =>
  fetchOutbound({ url, method: 'POST', body: '{}' }, { allowList: here, ...given });
const get = (url: string, given: Partial<Surroundings> = {}) =>
  fetchOutbound({ url, method: 'GET' }, { allowList: here, ...given });
const refused = (problem: string) => ({ ok: false, problem, status: null });
const resolvesTo =
  (...addresses: string[]) =>
  () =>
    Promise.resolve(addresses);

test('what is allowed gets method, headers and body, and its answer comes back', async () => {
  const there = await receiver((_received, response) => {
    response.writeHead(202, { 'X-Word': 'yes' }).end('taken');
  });
  const outbound = await fetchOutbound(
    {
      url: `${there.url}/hook?a=1`,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"ö":1}',
    },
    { allowList: here },
  );
  expect(outbound).toMatchObject({ ok: true, answer: { status: 202, headers: { 'x-word': 'yes' } } });
  expect(outbound.ok && outbound.answer.body.toString()).toBe('taken');
  expect(there.received).toMatchObject([
    {
      method: 'POST',
      path: '/hook?a=1',
      body: '{"ö":1}',
      headers: { 'content-type': 'application/json', 'content-length': '8', 'user-agent': 'Parley' },
    },
  ]);
});

describe('no spelling of an address inside reaches it', () => {
  const hosts = [
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '2130706433',
    '127.000.000.001',
    '１２７.0.0.1',
    '%31%32%37.0.0.1',
    '0',
    '0.0.0.0',
    '10.0.0.1',
    '169.254.169.254',
    '192.168.0.1',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::127.0.0.1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    'localhost',
    'LOCALHOST.',
    'a.localhost',
  ];
  test.each(hosts)('%s', async (host) => {
    const url = `http://${host}:${inside.port}/`;
    expect(await post(url, { allowList: nothing })).toEqual(refused('address_not_allowed'));
    expect(await checkOutboundUrl({ url }, { allowList: nothing })).toBe('address_not_allowed');
    expect(inside.received).toEqual([]);
  });

  test.each(['[fe80::1%25eth0]', '[::1', '127.0.0.1:99999', '256.256.256.256', ''])(
    '%s is no URL at all',
    async (host) => {
      expect(await post(`http://${host}/`, { allowList: nothing })).toEqual(refused('url_not_valid'));
    },
  );
});

test.each([
  ['10.0.0.7'],
  ['::ffff:10.0.0.7'],
  ['93.184.215.14', '127.0.0.1'],
  ['2606:4700::1111', 'fd00::1'],
])('a name that stands for %s is refused', async (...addresses) => {
  const resolve = resolvesTo(...addresses);
  const around = { allowList: nothing, resolve };
  expect(await post(`http://hooks.example:${inside.port}/`, around)).toEqual(refused('address_not_allowed'));
  expect(inside.received).toEqual([]);
});

test('a name is resolved once, and the connection goes to the address that was checked', async () => {
  const checked = await receiver();
  const rebound = await receiver(undefined, { host: '127.0.0.2', port: checked.port });
  const answers = [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2']];
  let asked = 0;
  const resolve = () => Promise.resolve(answers[asked++] ?? []);
  expect(await post(`http://hooks.example:${checked.port}/`, { resolve })).toMatchObject({ ok: true });
  expect(asked).toBe(1);
  expect(checked.received).toMatchObject([{ headers: { host: `hooks.example:${checked.port}` } }]);
  expect(rebound.received).toEqual([]);
});

test('a name that nobody knows is said to be that, and so is one that stands for nonsense', async () => {
  for (const addresses of [[], ['nonsense']]) {
    const resolve = resolvesTo(...addresses);
    expect(await post('http://hooks.example/', { resolve })).toEqual(refused('name_unknown'));
  }
});

test.each([
  ['ftp://93.184.215.14/', 'scheme_not_allowed'],
  ['file:///etc/passwd', 'scheme_not_allowed'],
  ['data:text/plain,x', 'scheme_not_allowed'],
  ['javascript:alert(1)', 'scheme_not_allowed'],
  ['gopher://127.0.0.1:6379/_FLUSHALL', 'scheme_not_allowed'],
  ['ws://93.184.215.14/', 'scheme_not_allowed'],
  ['https://user@93.184.215.14/', 'credentials_in_url'],
  ['https://:secret@93.184.215.14/', 'credentials_in_url'],
  ['https://93.184.215.14@127.0.0.1/', 'credentials_in_url'],
  ['https://93.184.215.14:22/', 'port_not_allowed'],
  ['https://93.184.215.14:25/', 'port_not_allowed'],
  ['https://93.184.215.14:5432/', 'port_not_allowed'],
  ['https://93.184.215.14:6379/', 'port_not_allowed'],
  ['', 'url_not_valid'],
  ['hooks.example/path', 'url_not_valid'],
  [`https://93.184.215.14/${'a'.repeat(2_000)}`, 'url_not_valid'],
])('%s is refused: %s', async (url, problem) => {
  expect(await post(url, { allowList: nothing })).toEqual(refused(problem));
  expect(await checkOutboundUrl({ url }, { allowList: nothing })).toBe(problem);
});

test('what has to be encrypted is not sent in plain text, except where that was allowed', async () => {
  const asked = { url: 'http://93.184.215.14/', isEncrypted: true };
  expect(await checkOutboundUrl(asked, { allowList: nothing })).toBe('not_encrypted');
  expect(
    await checkOutboundUrl({ ...asked, url: 'https://93.184.215.14/' }, { allowList: nothing }),
  ).toBeNull();
  expect(await checkOutboundUrl({ ...asked, url: inside.url }, { allowList: here })).toBeNull();
});

describe('redirects', () => {
  const to = (location: string, status = 307): Answering => {
    return (_received, response) => response.writeHead(status, { Location: location }).end();
  };

  test.each(['http://127.0.0.2:PORT/', 'http://[::1]:PORT/', 'http://0x7f.2:PORT/', '//127.0.0.2:PORT/'])(
    'to %s, which is inside, is not followed',
    async (location) => {
      const hidden = await receiver(undefined, { host: '127.0.0.2' });
      const there = await receiver(to(location.replace('PORT', String(hidden.port))));
      expect(await post(there.url)).toEqual(refused('address_not_allowed'));
      expect(hidden.received).toEqual([]);
      expect(there.received).toHaveLength(1);
    },
  );

  test.each([
    ['ftp://127.0.0.1/', 'scheme_not_allowed'],
    ['http://me:secret@127.0.0.1/', 'credentials_in_url'],
    ['http://[', 'url_not_valid'],
  ])('to %s is refused: %s', async (location, problem) => {
    const there = await receiver(to(location));
    expect(await post(there.url)).toEqual(refused(problem));
  });

  test('a name is resolved and checked anew at each hop', async () => {
    const there = await receiver(to(`http://second.example:${inside.port}/`));
    const resolve = (name: string) => Promise.resolve([name === 'first.example' ? '127.0.0.1' : '127.0.0.2']);
    expect(await post(`http://first.example:${there.port}/`, { resolve })).toEqual(
      refused('address_not_allowed'),
    );
  });

  test('three are followed with method and body, a loop is not', async () => {
    const there: Receiver = await receiver(({ path }, response) => {
      const hop = Number(path.slice(1));
      if (hop === 3) response.writeHead(200).end('there');
      else response.writeHead(308, { Location: `/${hop + 1}` }).end();
    });
    expect(await post(`${there.url}/0`)).toMatchObject({
      ok: true,
      answer: { status: 200, url: `${there.url}/3` },
    });
    expect(there.received.map(({ method, body }) => [method, body])).toEqual(Array(4).fill(['POST', '{}']));
    const loop = await receiver(to('/'));
    expect(await post(loop.url)).toEqual(refused('too_many_redirects'));
    expect(loop.received).toHaveLength(4);
  });

  test('a POST is not turned into a GET: such a redirect is the answer', async () => {
    const there = await receiver(to(`${inside.url}/`, 302));
    expect(await post(there.url)).toMatchObject({ ok: true, answer: { status: 302 } });
    expect(await get(there.url)).toMatchObject({ ok: true, answer: { status: 204 } });
    expect(inside.received.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('an answer', () => {
  test('that says it has 1 GB is not read', async () => {
    const there = await receiver((_received, response) => {
      response.writeHead(200, { 'Content-Length': '1000000000' });
      response.write('x');
    });
    expect(await post(there.url)).toEqual({ ok: false, problem: 'answer_too_large', status: 200 });
  });

  test('that becomes 1 GB is read up to 1 MB, and the connection closed', async () => {
    let written = 0;
    const gone = Promise.withResolvers<void>();
    const there = await receiver((_received, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && written < 1_000_000_000) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return;
        }
      };
      response.on('drain', more);
      response.on('close', gone.resolve);
      more();
    });
    expect(await post(there.url)).toEqual({ ok: false, problem: 'answer_too_large', status: 200 });
    await gone.promise;
    // What was read, and what the buffers of two sockets hold.
    expect(written).toBeLessThan(50_000_000);
  });

  test('of 1 MB to the byte is whole', async () => {
    const there = await receiver((_received, response) => response.end(Buffer.alloc(1_000_000)));
    const outbound = await get(there.url);
    expect(outbound.ok && outbound.answer.body.length).toBe(1_000_000);
  });

  test('that never ends is given up in time, and the connection closed', async () => {
    const gone = Promise.withResolvers<void>();
    const there = await receiver((_received, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => {
        clearInterval(timer);
        gone.resolve();
      });
    });
    expect(await post(there.url, { wholeMsMax: 300 })).toEqual(refused('answer_too_late'));
    await gone.promise;
  });

  test('that never begins is given up in time', async () => {
    const port = await rawServer(() => {});
    expect(await post(`http://127.0.0.1:${port}/`, { wholeMsMax: 300 })).toEqual(refused('answer_too_late'));
  });

  test('whose headers trickle is given up in time', async () => {
    const port = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await post(`http://127.0.0.1:${port}/`, { wholeMsMax: 300 })).toEqual(refused('answer_too_late'));
  });

  test('whose headers are too many, or that is no HTTP, is said to be that', async () => {
    const much = await rawServer((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`),
    );
    expect(await post(`http://127.0.0.1:${much}/`)).toEqual(refused('answer_not_http'));
    const other = await rawServer((socket) => socket.write('220 mail.example ESMTP\r\n'));
    expect(await post(`http://127.0.0.1:${other}/`)).toEqual(refused('answer_not_http'));
  });

  test('that is cut, or nobody there to give one, is no connection', async () => {
    const cut = await receiver((_received, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half');
      response.socket?.destroy();
    });
    expect(await post(cut.url)).toMatchObject({ ok: false, problem: 'no_connection' });
    const gone = await receiver();
    await gone.close();
    closing.pop();
    expect(await post(gone.url)).toEqual(refused('no_connection'));
  });

  test('that changes to another protocol is no answer', async () => {
    const port = await rawServer((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ ok: false });
  });

  test('in plain text where TLS is spoken is a failure of TLS', async () => {
    const there = await receiver();
    expect(await post(there.url.replace('http:', 'https:'))).toEqual(refused('tls_failed'));
    expect(there.received).toEqual([]);
  });

  test('of a name that takes too long to resolve is given up in time', async () => {
    const never = new Promise<string[]>(() => {});
    const around = { resolve: () => never, wholeMsMax: 100 };
    expect(await post('http://hooks.example/', around)).toEqual(refused('answer_too_late'));
    expect(await checkOutboundUrl({ url: 'http://hooks.example/' }, { allowList: here, ...around })).toBe(
      'name_unknown',
    );
  });
});

test('what is inside can be reached from here, so that a refusal above is ours', async () => {
  const socket = connect(inside.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();
  expect(await post(inside.url)).toMatchObject({ ok: true });
});
