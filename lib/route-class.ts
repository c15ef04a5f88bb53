import type { IncomingMessage } from 'node:http';

/** What kind of work a request asks for: a closed set, fit for labels and budgets. Never a path. */
export const routeClasses = [
  'action',
  'page',
  'read',
  'signal',
  'upload',
  'download',
  'authorize',
  'session',
  'health',
  'metrics',
  'asset',
  'publish',
  'api',
  'poll',
  'other',
] as const;
export type RouteClass = (typeof routeClasses)[number];

const publicApiPath = '/api/v1';
const pages = /^\/(?:$|inbox|settings|sign-in|setup|invite|t|widget|demo|docs)(?:$|\/)/;

/** The class of a request by its method, path and, for an action, the header that names it. */
export function routeClassOf({ method = '', headers }: IncomingMessage, pathname: string): RouteClass {
  if (pathname.startsWith('/apps/')) return 'publish';
  if (pathname === '/api/metrics') return 'metrics';
  if (pathname === '/api/health' || pathname.startsWith('/api/health/')) return 'health';
  if (pathname === '/api/realtime/auth') return 'authorize';
  if (pathname.startsWith('/api/auth/')) return 'session';
  if (isUpload(method, pathname)) return 'upload';
  if (/^\/api\/(?:widget|inbox)\/files\/./.test(pathname) && method === 'GET') return 'download';
  if (isPublicApi(pathname)) return method === 'GET' && pathname === pollPath ? 'poll' : 'api';
  if (pathname.startsWith('/api/')) return method === 'POST' ? 'signal' : 'read';
  if (method === 'POST') return headers['next-action'] === undefined ? 'page' : 'action';
  return pages.test(pathname) || pathname === '/' ? 'page' : 'other';
}

/** Where a client may ask to be answered only when there is something new. */
const pollPath = `${publicApiPath}/events`;

/** Whether it is for programs with a token of their own: cookies mean nothing there, and refusals are problem+json. */
export function isPublicApi(pathname: string): boolean {
  return pathname === publicApiPath || pathname.startsWith(`${publicApiPath}/`);
}

/** Whether its body is a file: as long as a file may be, read as it comes, and slowly where the sender's line is slow. */
export function isUpload(method: string, pathname: string): boolean {
  return method === 'POST' && (pathname === '/api/widget/files' || pathname === '/api/inbox/files');
}
