import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readToken } from '#/lib/identity/token.ts';

/** The examples of docs/identity.md, taken out of the document and really run where their language is on the machine. */

const languages = [
  { name: 'Node.js', fence: 'js', file: 'sample.mjs', command: process.execPath },
  { name: 'PHP', fence: 'php', file: 'sample.php', command: 'php' },
  { name: 'Python', fence: 'python', file: 'sample.py', command: 'python3' },
  { name: 'Ruby', fence: 'ruby', file: 'sample.rb', command: 'ruby' },
];
const page = readFileSync(new URL('../../docs/identity.md', import.meta.url), 'utf8');
const [widgetKey, secret] = ['wk_fromthedocs', 'ps_s1WtDKz8dyJl7bHc9pmxPGIBnZvQNXe_6LRTUQh3k2o'];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-samples-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sampleOf({ name, fence }: (typeof languages)[number]): string {
  const section = page.split(`\n### ${name}\n`)[1] ?? '';
  return section.split(`\`\`\`${fence}\n`)[1]?.split('\n```')[0] ?? '';
}

const isHere = (command: string) => spawnSync(command, ['--version']).status === 0;
const here = languages.filter(({ command }) => isHere(command));
const missing = languages.filter((language) => !here.includes(language)).map(({ name }) => name);
if (missing.length > 0)
  console.warn(`Examples that could not be run on this machine: ${missing.join(', ')}.`);

test('each language has an example that reads the secret and needs no package', () => {
  for (const language of languages) {
    const sample = sampleOf(language);
    expect(sample.length, language.name).toBeGreaterThan(200);
    for (const word of ['PARLEY_WIDGET', 'PARLEY_SECRET', 'HS256', 'jti', 'exp', 'sub', 'aud']) {
      expect(sample, `${word} in ${language.name}`).toContain(word);
    }
  }
});

test.each(here)(
  'the example for $name signs a token that is accepted, and another each time',
  async (language) => {
    const path = join(folder, language.file);
    writeFileSync(path, sampleOf(language));
    const env = { ...process.env, PARLEY_WIDGET: widgetKey, PARLEY_SECRET: secret };
    const tokens = [0, 1].map(() => {
      const { status, stdout, stderr } = spawnSync(language.command, [path], { env, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      return stdout.trim();
    });
    const secrets = [{ id: 'one', secret, isLive: true }];
    const read = await Promise.all(
      tokens.map((token) => readToken(token, { widgetKey, secrets, fields: [], nowMs: Date.now() })),
    );
    for (const { problems, person } of read) {
      expect(problems).toEqual([]);
      expect(person).toEqual({
        ...{ externalId: '42', name: 'Ada Lovelace', email: 'ada@example.com' },
        attributes: { plan: 'pro' },
      });
    }
    expect(read[0]?.jti).not.toBe(read[1]?.jti);
  },
);
