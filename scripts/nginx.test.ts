import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderSite } from './nginx.ts';
import { projectDir } from './source-files.ts';

const example = readFileSync(join(projectDir, 'docs/self-hosting/nginx.conf'), 'utf8');
const ports = { listen: 8080, instances: [8081, 8082], realtime: 8083 } as const;
const directivesOf = (text: string) =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));

test('what the documentation shows is what the example runs, but for the ports', () => {
  const [shown, run] = [directivesOf(example), directivesOf(renderSite(example, ports))];
  const changed = run.filter((line, index) => line !== shown[index]).map((line) => line.trim());
  expect(run).toHaveLength(shown.length);
  expect(changed).toEqual([
    'server 127.0.0.1:8081 max_fails=1 fail_timeout=2s;',
    'server 127.0.0.1:8082 max_fails=1 fail_timeout=2s;',
    'server 127.0.0.1:8083 max_fails=0;',
    'listen 8080;',
  ]);
  expect(renderSite(example, { ...ports, host: '127.0.0.1' })).toContain('listen 127.0.0.1:8080;');
});

test('an example without one of its ports is not run half', () => {
  expect(() => renderSite(example.replace('listen 3000;', ''), ports)).toThrow('has not one "listen 3000;"');
});

test('only what carries ids of its own is sent twice', () => {
  const locations = [...example.matchAll(/location ([^{]+)\{([^}]*)\}/g)];
  const repeated = locations
    .filter(([, , body = '']) => body.includes('non_idempotent'))
    .map(([, path]) => path?.trim());
  expect(repeated).toEqual(['~ ^/(?:widget|inbox)(?:/|$)', '~ ^/api/(?:inbox|realtime|widget)/']);
});
