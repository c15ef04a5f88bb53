import type { ServerResponse } from 'node:http';
import { problemOfGuard } from '#/lib/api/problems.ts';
import { refusalBody } from '#/lib/http-guard.ts';
import type { RouteClass } from '#/lib/route-class.ts';

export type Refusal = { status: number; reason: string; isKept?: boolean };

/**
 * Answers in front of Next, in the words of every other answer of ours. What passes (429, 503) says when to come back.
 * An action gets the same words as plain text: that is the one form in which Next's client hands them to our code. The
 * public API has words of its own.
 */
export function answerRefusal(
  response: ServerResponse,
  { status, reason, isKept = false }: Refusal,
  route: RouteClass,
): void {
  if (response.headersSent) return void response.destroy();
  const isPassing = status === 503 || status === 429;
  const retryAfterMs = isPassing ? retryMsMin + Math.floor(Math.random() * retryMsSpread) : undefined;
  const isApi = route === 'api' || route === 'poll';
  const body = isApi
    ? JSON.stringify(problemOfGuard(status, reason, String(response.getHeader('X-Request-Id') ?? '')))
    : refusalBody(status, reason, retryAfterMs);
  if (retryAfterMs !== undefined) response.setHeader('Retry-After', String(Math.ceil(retryAfterMs / 1000)));
  response.setHeader('Content-Type', isApi ? 'application/problem+json' : typeFor(route));
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.setHeader('Cache-Control', 'private, no-store');
  // What was not read of a refused body must not be taken for the next request.
  if (!isKept) response.setHeader('Connection', 'close');
  response.writeHead(status).end(body);
}

function typeFor(route: RouteClass): string {
  return route === 'action' ? 'text/plain' : 'application/json; charset=utf-8';
}

/** Spread, so that those who were refused together do not come back together. */
const retryMsMin = 1_000;
const retryMsSpread = 2_000;
