import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { routeClassOf } from '#/lib/route-class.ts';

test.each([
  ['POST', '/api/widget/files', 'upload'],
  ['POST', '/api/inbox/files', 'upload'],
  ['GET', '/api/widget/files', 'read'],
  ['GET', '/api/widget/files/1', 'download'],
  ['GET', '/api/inbox/files/1', 'download'],
  ['DELETE', '/api/inbox/files/1', 'read'],
  ['POST', '/api/widget/files/1', 'signal'],
  ['POST', '/api/widget/filesystem', 'signal'],
  ['GET', '/api/widget/state', 'read'],
  ['GET', '/api/v1/tickets', 'api'],
  ['POST', '/api/v1/realtime/auth', 'api'],
  ['PATCH', '/api/v1/tickets/1', 'api'],
  ['GET', '/api/v1', 'api'],
  ['GET', '/api/v1/events', 'poll'],
  ['POST', '/api/v1/events', 'api'],
  ['GET', '/api/v1/events/1', 'api'],
  ['GET', '/api/v10/tickets', 'read'],
  ['GET', '/docs/api', 'page'],
  ['GET', '/docsy', 'other'],
] as const)('%s %s is %s', (method, path, expected) => {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  expect(routeClassOf(request, path)).toBe(expected);
});
