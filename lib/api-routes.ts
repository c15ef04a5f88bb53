import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packed } from '#/lib/whole-answer.ts';

/**
 * The route handlers of `app/api`, called without Next in between: the same modules and the same answers for half of the
 * processor time, which is what a thousand returning clients are short of.
 */

type Params = Record<string, string>;
type Handler = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;
type Route = { pattern: RegExp; names: string[]; handlers: Map<string, Handler> };
export type ApiRoutes = {
  /** Answers, or is false and has done nothing where Next has to: no such route, or a method that it does not export. */
  answer(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Paths as the router writes them, such as `/api/inbox/tickets/[ticketId]`. */
  paths(): string[];
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What speaks with Next's own request is left to Next, and so is the check that asks whether Next answers. */
const ofNext = ['/api/auth/', '/api/health'];

/** Loads every `route.ts` below `app/api` of the project. */
export async function loadApiRoutes(projectDir: string): Promise<ApiRoutes> {
  const found = readdirSync(join(projectDir, 'app/api'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('/route.ts'))
    .map((file) => ({ path: `/api/${file.slice(0, -'/route.ts'.length)}`, file: join('app/api', file) }))
    .filter(({ path }) => !ofNext.some((own) => path.startsWith(own)));
  const routes = await Promise.all(
    found.map(async ({ path, file }) => {
      const module: unknown = await import(pathToFileURL(join(projectDir, file)).href);
      return { path, route: routeOf(path, module) };
    }),
  );
  // A name that stands in the address goes before a parameter that would take it.
  routes.sort((one, other) => one.route.names.length - other.route.names.length);
  return {
    paths: () => routes.map(({ path }) => path),
    async answer(pathname, request, response) {
      for (const { route } of routes) {
        const match = route.pattern.exec(pathname);
        if (match === null) continue;
        const handler = route.handlers.get(request.method ?? '');
        if (handler === undefined) return false;
        const params = paramsOf(route.names, match);
        if (params === null) return false;
        const asked = await requestOf(request, response);
        await respond(await handler(asked, { params }), request, response);
        return true;
      }
      return false;
    },
  };
}

function routeOf(path: string, module: unknown): Route {
  const names: string[] = [];
  const source = path
    .split('/')
    .map((part) => {
      const name = /^\[(\w+)\]$/.exec(part)?.[1];
      if (name === undefined) return part;
      names.push(name);
      return '([^/]+)';
    })
    .join('/');
  const handlers = new Map<string, Handler>();
  for (const method of methods) {
    const exported: unknown = Reflect.get(Object(module), method);
    if (typeof exported === 'function') handlers.set(method, handlerOf(exported));
  }
  return { pattern: new RegExp(`^${source}$`), names, handlers };
}

/** Safe: what a route module exports under a method's name takes a request, as Next demands and checks at build. */
function handlerOf(exported: object): Handler {
  return exported as Handler;
}

function paramsOf(names: readonly string[], match: RegExpExecArray): Promise<Params> | null {
  try {
    return Promise.resolve(
      Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')])),
    );
  } catch {
    return null;
  }
}

async function requestOf(request: IncomingMessage, response: ServerResponse): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { method = 'GET', url = '/' } = request;
  const hasBody = method !== 'GET' && method !== 'OPTIONS';
  return new Request(`http://${headers.get('host') ?? 'localhost'}${url}`, {
    method,
    headers,
    signal: gone.signal,
    ...(hasBody ? { body: await bodyOf(request) } : {}),
  });
}

/** The guard has read it and bounded it: what is here is in memory already. */
async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function respond(answer: Response, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.statusCode = answer.status;
  const body = Buffer.from(await answer.arrayBuffer());
  const accepted = request.method === 'GET' ? String(request.headers['accept-encoding'] ?? '') : '';
  response.end(packed(response, body, accepted));
}
