import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, expectTypeOf, test } from 'vitest';
import { docSnippets, forReal } from '#/e2e/doc-snippets.ts';
import type { WidgetEventName } from '#/lib/embed/protocol.ts';
import { queueStub } from '#/lib/embed/snippet.ts';
import type { ParleyAttributes, ParleyEventName, ParleyEvents, ParleyOptions } from '#/public/widget.d.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Compiled, and never called: there is no page here.
async function callAll(options: ParleyOptions) {
  await Parley('boot', options);
  await Parley('update');
  await Parley('update', { accent: null, launcherLabel: undefined });
  expectTypeOf(await Parley('identify', { token: 'x' })).toEqualTypeOf<{ isVerified: boolean }>();
  await Parley('identify', { getToken: async () => null });
  for (const command of ['shutdown', 'destroy'] as const) expectTypeOf(await run(command)).toBeVoid();
  await Parley('open');
  await Parley('close');
  await Parley('toggle');
  await Parley('show');
  await Parley('hide');
  await Parley('newMessage');
  await Parley('newMessage', 'Hello');
  await Parley('openConversation', 'id');
  await Parley('set', { plan: 'team', seats: 12, trial: false, gone: null });
  await Parley('track', 'viewed', { sku: 'a' });
  const undo = await Parley('on', 'unread', ({ count }) => expectTypeOf(count).toBeNumber());
  undo();
  await Parley('on', 'agent:assigned', ({ agentName }) =>
    expectTypeOf(agentName).toEqualTypeOf<string | null>(),
  );
  await Parley('off', 'unread');
  addEventListener('parley:typing', ({ detail }) => expectTypeOf(detail.isTyping).toBeBoolean());
  expectTypeOf<ParleyEventName>().toEqualTypeOf<WidgetEventName>();
  expectTypeOf<ParleyEvents['ready']>().not.toHaveProperty('count');
  expectTypeOf<{ plan: string | undefined }>().toExtend<ParleyAttributes>();
  // @ts-expect-error: no such command.
  await Parley('opne');
  // @ts-expect-error: no such event.
  await Parley('on', 'opened', () => {});
  // @ts-expect-error: a text.
  await Parley('newMessage', 7);
  // @ts-expect-error: values are plain.
  await Parley('set', { address: { city: 'Cork' } });
  // @ts-expect-error: who it is has to be said.
  await Parley('identify', {});
  // @ts-expect-error: one of three.
  await Parley('update', { theme: 'purple' });
}

function run(command: 'shutdown' | 'destroy') {
  return command === 'shutdown' ? Parley('shutdown') : Parley('destroy');
}

test('every call and event is typed, and what there is not is an error', () => {
  expectTypeOf(callAll).returns.resolves.toBeVoid();
});

test('the line for early calls that the document shows is the one that the settings give', () => {
  const snippets = docSnippets();
  for (const name of ['queue', 'consent']) {
    expect(snippets.get(name)?.code).toContain(`<script>${queueStub}</script>`);
  }
});

test('every script that the document shows compiles against the types that are served', () => {
  const dir = mkdtempSync(join(tmpdir(), 'parley-types-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
    copyFileSync(join(root, 'public/widget.d.ts'), join(dir, 'parley.d.ts'));
    const names: string[] = [];
    for (const [name, { language, code }] of docSnippets()) {
      if (language !== 'js' && language !== 'tsx') continue;
      const file = name === 'react' ? 'parley-chat' : name;
      names.push(`${file}.${language}`);
      const text = forReal(code, 'https://chat.example', 'wk_12345678');
      writeFileSync(join(dir, `${file}.${language}`), `${text}\nexport {};\n`);
    }
    expect(names).toContain('parley-chat.tsx');
    expect(
      compile(
        dir,
        'strict.json',
        true,
        names.filter((name) => name.endsWith('.tsx')),
      ),
    ).toBe('');
    expect(
      compile(
        dir,
        'loose.json',
        false,
        names.filter((name) => name.endsWith('.js')),
      ),
    ).toBe('');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

/** What the compiler says of these files, beside the types: strictly as a project would have it, or as plain scripts. */
function compile(dir: string, config: string, strict: boolean, files: string[]): string {
  const compilerOptions = {
    target: 'ES2024',
    lib: ['ES2024', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    noEmit: true,
    allowJs: true,
    checkJs: true,
    exactOptionalPropertyTypes: strict,
    strict,
    types: ['react'],
  };
  writeFileSync(join(dir, config), JSON.stringify({ compilerOptions, files: ['parley.d.ts', ...files] }));
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config], { cwd: dir, encoding: 'utf8' });
    return '';
  } catch (error) {
    return String(Object(error).stdout);
  }
}
