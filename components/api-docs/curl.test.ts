import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { curlOf } from '#/components/api-docs/curl.ts';

/** The words that a shell makes of a command. */
function wordsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const env = { ...process.env, PARLEY: 'https://chat.example.com', PARLEY_KEY: 'parley_x' };
  return execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('a call as a command', () => {
  test('reaches curl as it was meant, quotes and all', () => {
    const body = { text: `It's "$HOME" \`x\` \\ \n– ok?` };
    const call = { name: 'x', url: '/api/v1/things', headers: { 'Idempotency-Key': 'a b' }, body };
    const words = wordsOf(curlOf('post', call, false));
    expect(words.slice(0, -1)).toEqual([
      '-X',
      'POST',
      'https://chat.example.com/api/v1/things',
      '-H',
      'Authorization: Bearer parley_x',
      '-H',
      'Idempotency-Key: a b',
      '-H',
      'Content-Type: application/json',
      '-d',
    ]);
    expect(JSON.parse(words.at(-1) ?? '')).toEqual(body);
  });

  test('sends a query in readable words, encoded by curl', () => {
    const search = new URLSearchParams({ where: '{"status":"open"}', limit: '2' });
    const call = { name: 'x', url: `/api/v1/tickets?${search}`, headers: {} };
    expect(wordsOf(curlOf('get', call, true))).toEqual([
      '-G',
      'https://chat.example.com/api/v1/tickets',
      '--data-urlencode',
      'where={"status":"open"}',
      '--data-urlencode',
      'limit=2',
    ]);
  });
});
