import { expect, test } from 'vitest';
import { createLogger } from '#/lib/logger.ts';

function captured(level: 'debug' | 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = [];
  return { lines, log: createLogger({ level, write: (line) => lines.push(line) }) };
}

test('a line is one JSON object with time, level, event and fields', () => {
  const { lines, log } = captured();
  log.with({ requestId: 'r1' }).info('server ready', { port: 3000 });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    event: 'server ready',
    requestId: 'r1',
    port: 3000,
  });
});

test('lines below the level are not written', () => {
  const { lines, log } = captured('warn');
  log.info('quiet');
  log.warn('loud');
  expect(lines).toHaveLength(1);
});

test('what people wrote and what opens doors is never written, however deep', () => {
  const { lines, log } = captured();
  const secret = 'canary-4711';
  log.error('failed', {
    text: secret,
    sessionToken: secret,
    headers: { cookie: secret, authorization: secret },
    rows: [{ message: { body: secret, password: secret } }],
  });
  expect(lines.join('')).not.toContain(secret);
});

test('an error of the database keeps its code and loses what it quotes', () => {
  const { lines, log } = captured();
  class PostgresError extends Error {
    readonly code = '23505';
    readonly detail = 'Key (email)=(canary-4711) already exists';
  }
  log.error('failed', { error: new PostgresError('canary-4711') });
  expect(lines.join('')).not.toContain('canary-4711');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { code: '23505' } });
});
