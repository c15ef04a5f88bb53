import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { absent, absentNames, joinFrameScripts } from '#/scripts/frame-script.ts';

const built = mkdtempSync(join(tmpdir(), 'parley-frame-'));
afterEach(() => rmSync(built, { recursive: true, force: true }));

const chunk = (...modules: string[]) =>
  `(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push(["object"==typeof document?document.currentScript:void 0,${modules.join()}]);`;
/** A part of the framework as its compiler writes it. */
const part = (id: number, exports: string) =>
  `${id},(e,t,r)=>{"use strict";var n={${exports
    .split(',')
    .map((name) => `${name}:function(){return a}`)
    .join()}};for(var o in n)Object.defineProperty(r,o,{enumerable:!0,get:n[o]});let a=${id}}`;

function write(name: string, text: string) {
  mkdirSync(dirname(join(built, name)), { recursive: true });
  writeFileSync(join(built, name), text);
}

/** A build of two pages whose frame names three scripts besides the runtime. */
const router = [...absent.map(([exports]) => exports), ['kept', ...absentNames].join()];
function makeBuild(parts = router.map((exports, index) => part(100 + index, exports))) {
  write(
    'static/chunks/main.js',
    chunk(`1,e=>{e.s(["main",0,e.r(${99 + router.length}).${absentNames[0]}])}`, ...parts),
  );
  write('static/chunks/turbopack-1.js', 'globalThis.hasRuntime=true;');
  write('static/chunks/widget.js', chunk('2,e=>{e.s(["widget",0,2])}'));
  write('static/chunks/shared.js', chunk('3,e=>{e.s(["shared",0,3])}'));
  const rootMainFiles = ['static/chunks/main.js', 'static/chunks/turbopack-1.js'];
  const pagesChunkGroupBootstrapParams = { '/widget/page': { otherChunks: [], runtimeModuleIds: [1] } };
  write(
    'build-manifest.json',
    JSON.stringify({ rootMainFiles, rootMainFilesTree: {}, pagesChunkGroupBootstrapParams, devFiles: [] }),
  );
  const clientModules = {
    one: { id: 2, chunks: ['/_next/static/chunks/shared.js?dpl=a', '/_next/static/chunks/widget.js?dpl=a'] },
    other: { id: 3, chunks: ['/_next/static/chunks/shared.js?dpl=a'] },
  };
  write(
    'server/app/widget/page_client-reference-manifest.js',
    `globalThis.__RSC_MANIFEST=globalThis.__RSC_MANIFEST||{};globalThis.__RSC_MANIFEST["/widget/page"]=${JSON.stringify({ clientModules, entryJSFiles: { 'app/widget/page': ['static/chunks/shared.js'] }, entryCSSFiles: {} })};`,
  );
}

function joined(): { name: string; script: string } {
  const name = readdirSync(join(built, 'static/chunks')).find((each) => each.startsWith('frame-')) ?? '';
  return { name: `static/chunks/${name}`, script: readFileSync(join(built, 'static/chunks', name), 'utf8') };
}

type Pushed = [path: string, ...modules: (number | ((...given: unknown[]) => void))[]];
function run(script: string) {
  const pushed: Pushed[] = [];
  const world = { TURBOPACK: { push: (each: Pushed) => pushed.push(each) }, hasRuntime: false, reloads: 0 };
  const location = { reload: () => world.reloads++ };
  runInNewContext(script, Object.assign(world, { globalThis: world, location }));
  return { world, pushed };
}

test('all scripts of the frame come in one file, each known by the name that it had', async () => {
  makeBuild();
  await joinFrameScripts(built);
  const { world, pushed } = run(joined().script);
  expect(pushed.map(([path]) => path)).toEqual([
    'static/chunks/main.js',
    'static/chunks/shared.js',
    'static/chunks/widget.js',
  ]);
  expect(world.hasRuntime).toBe(true);
});

test('the frame’s page names that file alone, and the other pages what they named', async () => {
  makeBuild();
  await joinFrameScripts(built);
  const build = JSON.parse(readFileSync(join(built, 'build-manifest.json'), 'utf8'));
  expect(build.rootMainFilesTree).toEqual({ '/widget/page': [joined().name] });
  expect(build.rootMainFiles).toEqual(['static/chunks/main.js', 'static/chunks/turbopack-1.js']);
  const named: { __RSC_MANIFEST?: Record<string, { clientModules: unknown; entryCSSFiles: unknown }> } = {};
  const page = readFileSync(join(built, 'server/app/widget/page_client-reference-manifest.js'), 'utf8');
  runInNewContext(page, { globalThis: named });
  expect(named.__RSC_MANIFEST?.['/widget/page']).toEqual({
    clientModules: { one: { id: 2, chunks: [] }, other: { id: 3, chunks: [] } },
    entryJSFiles: { 'app/widget/page': [] },
    entryCSSFiles: {},
  });
});

test('where the router would go elsewhere, it stays, or the frame is loaded anew', async () => {
  makeBuild();
  await joinFrameScripts(built);
  const { world, pushed } = run(joined().script);
  const main = pushed[0] ?? [''];
  for (const [index, [exports, by]] of absent.entries()) {
    const at = main.indexOf(100 + index);
    const make = main[at + 1];
    const module: { exports: Record<string, (given: unknown) => unknown> } = { exports: {} };
    if (typeof make === 'function') make({}, module, module.exports);
    const before = world.reloads;
    const state = {};
    const answer = module.exports[exports.split(',')[0] ?? '']?.(state);
    expect([exports, answer === state, world.reloads - before]).toEqual([
      exports,
      by === 'still',
      by === 'still' ? 0 : 1,
    ]);
  }
});

test('what a part offers to other kinds of pages answers with what it is given', async () => {
  makeBuild();
  await joinFrameScripts(built);
  const [main = ['']] = run(joined().script).pushed;
  const make = main[main.indexOf(99 + router.length) + 1];
  const offered: Record<string, (given: unknown) => unknown> = {};
  if (typeof make === 'function') make({}, {}, offered);
  // Of the others nobody takes any.
  expect(Object.keys(offered)).toEqual([absentNames[0]]);
  expect(offered[absentNames[0] ?? '']?.(7)).toBe(7);
});

test('a build that is made otherwise is refused, not guessed at', async () => {
  makeBuild([]);
  await expect(joinFrameScripts(built)).rejects.toThrow('made otherwise');
  makeBuild();
  write('static/chunks/widget.js', 'somethingElse.push([1])');
  await expect(joinFrameScripts(built)).rejects.toThrow('static/chunks/widget.js');
});
