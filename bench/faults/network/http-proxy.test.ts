import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fate, type HttpProxy, openHttpProxy } from '#/bench/faults/network/http-proxy.ts';

/** Says back what it was sent, piece by piece, and keeps count of it. */
async function startEcho() {
  const heard: string[] = [];
  const server: Server = createServer(async (asked, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(Buffer.from(chunk));
    const body = String(Buffer.concat(chunks));
    heard.push(`${asked.method} ${asked.url} ${body}`);
    response.setHeader('x-host', asked.headers.host ?? '');
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.write(`${heard.length}:`);
    setImmediate(() => response.end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heard,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

let echo: Awaited<ReturnType<typeof startEcho>>;
let proxy: HttpProxy;
let agent: Agent;
beforeEach(async () => {
  echo = await startEcho();
  proxy = await openHttpProxy({ target: { host: '127.0.0.1', port: echo.port }, random: () => 0.5 });
  agent = new Agent({ keepAlive: true, maxSockets: 4 });
});
afterEach(async () => {
  agent.destroy();
  await proxy.close();
  await echo.close();
});

type Heard = { status: number; text: string; headers: NodeJS.Dict<string | string[]>; isReused: boolean };

/** Rejects when the connection breaks, with what had arrived until then. */
function post(body: string, path = '/act'): Promise<Heard> {
  const { promise, resolve, reject } = Promise.withResolvers<Heard>();
  const sent = request({ host: proxy.host, port: proxy.port, agent, method: 'POST', path }, (answer) => {
    let text = '';
    answer.on('data', (bytes: Buffer) => {
      text += String(bytes);
    });
    answer.on('error', () => reject(new Error(`broke off after "${text}"`)));
    answer.on('end', () => {
      const { statusCode: status = 0, headers } = answer;
      resolve({ status, text, headers, isReused: sent.reusedSocket });
    });
  });
  sent.on('error', () => reject(new Error('broke off')));
  sent.end(body);
  return promise;
}

const allGet = (fate: Fate) => proxy.setFate(() => fate);
const nextGets = (fate: Fate) => {
  let isNext = true;
  proxy.setFate(() => {
    const isFirst = isNext;
    isNext = false;
    return isFirst ? fate : 'pass';
  });
};

test('requests and answers pass as they are, on connections that are kept', async () => {
  const first = await post('one', '/act?x=%20y');
  expect(first).toMatchObject({ status: 200, text: '1:one' });
  expect(first.headers['x-host']).toBe(`${proxy.host}:${proxy.port}`);
  expect(first.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  const large = 'y'.repeat(2_000_000);
  const second = await post(large);
  expect([second.isReused, second.text === `2:${large}`]).toEqual([true, true]);
  expect(echo.heard[0]).toBe('POST /act?x=%20y one');
  expect(proxy.counts()).toMatchObject({ requests: 2, unreachable: 0 });
});

test('the fate of each request is decided by itself', async () => {
  proxy.setFate(({ url }) => (url === '/drop' ? 'drop' : 'pass'));
  const [one, other] = await Promise.allSettled([post('a'), post('b', '/drop')]);
  expect([one.status, other.status]).toEqual(['fulfilled', 'rejected']);
  expect(echo.heard).toEqual(['POST /act a']);
  expect(proxy.counts().dropped).toBe(1);
});

test('an answer can be lost after the work was done', async () => {
  nextGets('loseAnswer');
  await expect(post('a')).rejects.toThrow('broke off');
  expect(echo.heard).toEqual(['POST /act a']);
  expect((await post('b')).text).toBe('2:b');
  expect(proxy.counts().lostAnswers).toBe(1);
});

test('a doubled request reaches the server twice and is answered once', async () => {
  nextGets('double');
  const { text } = await post('a');
  expect(text).toMatch(/^[12]:a$/);
  await expect.poll(() => proxy.counts().doubled).toBe(1);
  expect(echo.heard).toEqual(['POST /act a', 'POST /act a']);
});

describe('a status of the proxy itself', () => {
  test('instead of the work', async () => {
    nextGets({ status: 429, afterWork: false, retryAfterSeconds: 2 });
    const { status, headers } = await post('a');
    expect([status, headers['retry-after'], echo.heard]).toEqual([429, '2', []]);
    expect(proxy.counts().refusedUnworked).toBe(1);
  });

  test('after the work: 502 for 200', async () => {
    nextGets({ status: 502, afterWork: true });
    expect((await post('a')).status).toBe(502);
    expect(echo.heard).toEqual(['POST /act a']);
    expect((await post('b')).text).toBe('2:b');
    expect(proxy.counts().refusedWorked).toBe(1);
  });
});

test('an answer is cut after so many bytes of its body', async () => {
  nextGets({ cutAnswerAfterBytes: 4 });
  await expect(post('abcdef')).rejects.toThrow('broke off after "1:ab"');
  expect(proxy.counts().cutAnswers).toBe(1);
});

test('requests and answers can be late', async () => {
  const tookMs = async (fate: Fate) => {
    nextGets(fate);
    const startedAt = performance.now();
    await post('a');
    return performance.now() - startedAt;
  };
  expect(await tookMs({ delayMs: 60 })).toBeGreaterThanOrEqual(59);
  expect(await tookMs({ answerDelayMs: 60 })).toBeGreaterThanOrEqual(59);
  expect(proxy.counts()).toMatchObject({ lateRequests: 1, lateAnswers: 1 });
});

describe('who waits for what does not come', () => {
  test('waits until the network heals, with the work undone', async () => {
    allGet('blackHole');
    const lost = expect(post('a')).rejects.toThrow('broke off');
    await expect.poll(() => proxy.counts().blackHoled).toBe(1);
    proxy.heal();
    await lost;
    expect(echo.heard).toEqual([]);
    expect((await post('b')).text).toBe('1:b');
  });

  test('or with the work done', async () => {
    allGet('holdAnswer');
    const lost = expect(post('a')).rejects.toThrow('broke off');
    await expect.poll(() => proxy.counts().heldAnswers).toBe(1);
    proxy.heal();
    await lost;
    expect(echo.heard).toEqual(['POST /act a']);
  });

  test('a black hole swallows everything, and what was under way', async () => {
    nextGets({ answerDelayMs: 300 });
    const before = expect(post('a')).rejects.toThrow('broke off');
    await expect.poll(() => echo.heard.length).toBe(1);
    proxy.blackHole(true);
    const during = expect(post('b')).rejects.toThrow('broke off');
    await expect.poll(() => proxy.counts().blackHoled).toBe(2);
    proxy.heal();
    await Promise.all([before, during]);
    expect(echo.heard).toEqual(['POST /act a']);
  });
});

test('a server that is away breaks the connection, and one that is back is reached', async () => {
  await echo.close();
  await expect(post('a')).rejects.toThrow('broke off');
  expect(proxy.counts().unreachable).toBe(1);
  echo = await startEcho();
  proxy.setTarget({ host: '127.0.0.1', port: echo.port });
  expect((await post('b')).text).toBe('1:b');
});
