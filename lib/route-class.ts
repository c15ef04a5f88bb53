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
  'other',
] as const;
export type RouteClass = (typeof routeClasses)[number];

const pages = /^\/(?:$|inbox|settings|sign-in|setup|invite|t|widget|demo)(?:$|\/)/;

/** The class of a request by its method, path and, for an action, the header that names it. */
export function routeClassOf({ method = '', headers }: IncomingMessage, pathname: string): RouteClass {
  if (pathname.startsWith('/apps/')) return 'publish';
  if (pathname === '/api/metrics') return 'metrics';
  if (pathname === '/api/health' || pathname.startsWith('/api/health/')) return 'health';
  if (pathname === '/api/realtime/auth') return 'authorize';
  if (pathname.startsWith('/api/auth/')) return 'session';
  if (isUpload(method, pathname)) return 'upload';
  if (/^\/api\/(?:widget|inbox)\/files\/./.test(pathname) && method === 'GET') return 'download';
  if (pathname.startsWith('/api/')) return method === 'POST' ? 'signal' : 'read';
  if (method === 'POST') return headers['next-action'] === undefined ? 'page' : 'action';
  return pages.test(pathname) || pathname === '/' ? 'page' : 'other';
}

/** Whether its body is a file: as long as a file may be, read as it comes, and slowly where the sender's line is slow. */
export function isUpload(method: string, pathname: string): boolean {
  return method === 'POST' && (pathname === '/api/widget/files' || pathname === '/api/inbox/files');
}
