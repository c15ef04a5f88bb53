import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findApiRoutes } from '#/lib/api-routes.ts';

const project = mkdtempSync(join(tmpdir(), 'parley-routes-'));
let server: Server;
let address: string;

const files: Record<string, string> = {
  'app/api/things/route.ts': `
    export const GET = (request: Request) => Response.json({ url: new URL(request.url).search });
    export const POST = async (request: Request) => new Response(await request.text(), { status: 201 });`,
  'app/api/things/[thingId]/parts/[partId]/route.ts': `
    export const GET = async (_: Request, { params }: { params: Promise<object> }) =>
      Response.json(await params, { headers: { 'X-Found': 'part' } });`,
  'app/api/things/[thingId]/route.ts': `export const GET = () => Response.json('one');`,
  'app/api/things/newest/route.ts': `export const GET = () => Response.json('the newest');`,
  'app/api/things.json/route.ts': `
    export const GET = () => {
      const headers = new Headers({ 'Cache-Control': 'no-cache' });
      for (const cookie of ['a=1', 'b=2']) headers.append('Set-Cookie', cookie);
      return Response.json('all', { headers });
    };`,
  'app/api/long/route.ts': `export const GET = () => Response.json('x'.repeat(5000));`,
  'app/api/bad/route.ts': `export const GET = () => { throw new Error('a surprise'); };`,
  'app/api/auth/[...all]/route.ts': `import 'nothing-that-is-installed';`,
};

beforeAll(async () => {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
  const routes = findApiRoutes(project);
  server = createServer((request, response) => {
    const [pathname = ''] = (request.url ?? '').split('?');
    response.setHeader('Cache-Control', 'private, no-store');
    routes.answer(pathname, request, response).then(
      (isAnswered) => isAnswered || response.writeHead(404).end('for Next'),
      () => response.writeHead(500).end('thrown'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${portOf(server)}`;
});

afterAll(() => {
  server.close();
  rmSync(project, { recursive: true });
});

/** Safe: a server that listens on a port has an address with one. */
function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

describe('a route handler that is called without Next', () => {
  test('says itself what every answer says otherwise, once', async () => {
    const all = await fetch(`${address}/api/things.json`);
    expect(all.headers.get('cache-control')).toBe('no-cache');
    expect(all.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect((await fetch(`${address}/api/things/newest`)).headers.get('cache-control')).toBe(
      'private, no-store',
    );
    expect((await fetch(`${address}/api/thingsXjson`)).status).toBe(404);
  });

  test('gets query, body and parameters, and its answer goes out with status and headers', async () => {
    expect(await (await fetch(`${address}/api/things?a=%20b`)).json()).toEqual({ url: '?a=%20b' });
    const made = await fetch(`${address}/api/things`, { method: 'POST', body: 'a body' });
    expect([made.status, await made.text()]).toEqual([201, 'a body']);
    const part = await fetch(`${address}/api/things/caf%C3%A9/parts/2`);
    expect(part.headers.get('x-found')).toBe('part');
    expect(await part.json()).toEqual({ thingId: 'café', partId: '2' });
  });

  test('is chosen as Next chooses: a name before a parameter, and nothing for what is not there', async () => {
    expect(await (await fetch(`${address}/api/things/newest`)).json()).toBe('the newest');
    expect(await (await fetch(`${address}/api/things/oldest`)).json()).toBe('one');
    for (const path of [
      '/api/things/',
      '/api/thing',
      '/api/things/1/parts',
      '/api/auth/session',
      '/api/things/%ff',
    ]) {
      expect(await (await fetch(`${address}${path}`)).text()).toBe('for Next');
    }
    expect(await (await fetch(`${address}/api/things`, { method: 'DELETE' })).text()).toBe('for Next');
  });

  test('has methods that can be told', async () => {
    const routes = findApiRoutes(project);
    expect(await routes.methodsOf('/api/things')).toEqual(['GET', 'POST']);
    expect(await routes.methodsOf('/api/things/7')).toEqual(['GET']);
    expect(await routes.methodsOf('/api/thing')).toEqual([]);
  });

  test('may throw: the request fails and the server does not', async () => {
    expect((await fetch(`${address}/api/bad`)).status).toBe(500);
    expect((await fetch(`${address}/api/things`)).status).toBe(200);
  });

  test('answers packed to who takes that, and plainly to everybody else', async () => {
    const packed = await fetch(`${address}/api/long`, { headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const plain = await fetch(`${address}/api/long`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toBe(await plain.text());
  });
});

test('every route of the project is called so, but those that are Next’s own', async () => {
  const paths = await findApiRoutes(process.cwd()).loadAll();
  const all = readdirSync('app/api', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('/route.ts'))
    .map((file) => `/api/${file.slice(0, -'/route.ts'.length)}`);
  const left = all.filter((path) => !paths.includes(path));
  expect(left.sort()).toEqual(['/api/auth/[...nextauth]', '/api/health']);
});
