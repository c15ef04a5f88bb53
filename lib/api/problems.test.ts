import { expect, test } from 'vitest';
import {
  answerHeadersOf,
  problemOf,
  problemOfGuard,
  problemSchema,
  problemStatus,
  problems,
  refuseWith,
} from '#/lib/api/problems.ts';
import { errorCodes } from '#/lib/errors.ts';

test('every refusal has a code, a status and a sentence', () => {
  for (const code of errorCodes) expect(problems[code].status).toBeGreaterThanOrEqual(400);
  for (const [code, problem] of Object.entries(problems)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(problem.status).toBeGreaterThanOrEqual(400);
    expect(problem.title).not.toMatch(/[.!]$/);
    expect(problem.detail).toMatch(/\.$/);
  }
});

test('a refusal is told by its reason, and by its kind where the reason has no words', () => {
  const known = problemOf({ code: 'invalid', reason: 'unknown_field', field: 'where.x' }, 'r1');
  expect(problemSchema.parse(known)).toMatchObject({
    type: '/docs/api#unknown_field',
    status: 400,
    code: 'unknown_field',
    field: 'where.x',
    requestId: 'r1',
  });
  for (const reason of ['no_such_reason', 'constructor', 'toString']) {
    expect(problemOf({ code: 'conflict', reason }, 'r1')).toMatchObject({ code: 'conflict', status: 409 });
  }
  expect(problemStatus({ code: 'conflict', reason: 'changed_meanwhile' })).toBe(412);
  expect(problemStatus({ code: 'invalid', reason: 'idempotency_key_reused' })).toBe(422);
});

test('a guard’s refusal keeps its status', () => {
  expect(problemOfGuard(405, 'method_not_allowed', 'r')).toMatchObject({
    status: 405,
    code: 'method_not_allowed',
  });
  expect(problemOfGuard(404, 'not_found', 'r')).toMatchObject({ status: 404, code: 'not_found' });
  expect(problemOfGuard(500, 'request_failed', 'r')).toMatchObject({ status: 500, code: 'request_failed' });
  expect(problemOfGuard(503, 'overloaded', 'r')).toMatchObject({ status: 503, code: 'overloaded' });
});

test('what an incident was is told by its id alone', () => {
  const told = problemOf({ code: 'unavailable', reason: 'database_lost', incidentId: 'i' }, 'r');
  expect(told).toMatchObject({ code: 'unavailable', incidentId: 'i' });
  expect(JSON.stringify(told)).not.toContain('database');
});

test('a refusal may bring headers', () => {
  const error = refuseWith({ code: 'conflict', reason: 'changed_meanwhile' }, { ETag: '"7"' });
  expect(answerHeadersOf(error)).toEqual({ ETag: '"7"' });
  expect(error.code).toBe('conflict');
  expect(answerHeadersOf(new Error('x'))).toEqual({});
  expect(answerHeadersOf(null)).toEqual({});
});
