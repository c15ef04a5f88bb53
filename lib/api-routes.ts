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
type Handlers = ReadonlyMap<string, Handler>;
type Route = { path: string; pattern: RegExp; names: string[]; handlers(): Promise<Handlers> };
export type ApiRoutes = {
  /** Answers, or is false and has done nothing where Next has to: no such route, or a method that it does not export. */
  answer(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The methods of an address, sorted; none where there is no such route. */
  methodsOf(pathname: string): Promise<string[]>;
  /** Loads what would be loaded on the way; answers the paths as the router writes them, with `[ticketId]`. */
  loadAll(): Promise<string[]>;
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What speaks with Next's own request is left to Next, and so is the check that asks whether Next answers. */
const ofNext = ['/api/auth/', '/api/health'];

/** Finds every `route.ts` below `app/api` of the project; each is loaded when it is first asked for. */
export function findApiRoutes(projectDir: string): ApiRoutes {
  const routes = readdirSync(join(projectDir, 'app/api'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('/route.ts'))
    .map((file) => routeOf(`/api/${file.slice(0, -'/route.ts'.length)}`, join(projectDir, 'app/api', file)))
    .filter(({ path }) => !ofNext.some((own) => path.startsWith(own)));
  // A name that stands in the address goes before a parameter that would take it.
  routes.sort((one, other) => one.names.length - other.names.length);
  return {
    loadAll: async () => {
      await Promise.all(routes.map((route) => route.handlers()));
      return routes.map(({ path }) => path);
    },
    async methodsOf(pathname) {
      const route = routes.find(({ pattern }) => pattern.test(pathname));
      return route === undefined ? [] : [...(await route.handlers()).keys()].toSorted();
    },
    async answer(pathname, request, response) {
      for (const route of routes) {
        const match = route.pattern.exec(pathname);
        if (match === null) continue;
        const handler = (await route.handlers()).get(request.method ?? '');
        const params = paramsOf(route.names, match);
        if (handler === undefined || params === null) return false;
        const asked = await requestOf(request, response);
        await respond(await handler(asked, { params }), request, response);
        return true;
      }
      return false;
    },
  };
}

function routeOf(path: string, file: string): Route {
  const names: string[] = [];
  const source = path
    .split('/')
    .map((part) => {
      const name = /^\[(\w+)\]$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll('.', '\\.');
      names.push(name);
      return '([^/]+)';
    })
    .join('/');
  let loaded: Promise<Handlers> | undefined;
  const handlers = () => {
    loaded ??= loadHandlers(file);
    return loaded;
  };
  return { path, pattern: new RegExp(`^${source}$`), names, handlers };
}

async function loadHandlers(file: string): Promise<Handlers> {
  const module: unknown = await import(pathToFileURL(file).href);
  const handlers = new Map<string, Handler>();
  for (const method of methods) {
    const exported: unknown = Reflect.get(Object(module), method);
    if (typeof exported === 'function') handlers.set(method, handlerOf(exported));
  }
  return handlers;
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
  response.once('close', () => {
    // Nobody waits for the news that all was said, and each abort makes an error with its stack.
    if (!response.writableFinished) gone.abort();
  });
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
  for (const [name, value] of answer.headers) {
    // What every answer has gives way to what this one says itself; cookies alone come several at once.
    if (name === 'set-cookie') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  response.statusCode = answer.status;
  const body = Buffer.from(await answer.arrayBuffer());
  const accepted = request.method === 'GET' ? String(request.headers['accept-encoding'] ?? '') : '';
  response.end(packed(response, body, accepted));
}
