import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { exportsOf, readModules, withoutUnused } from '#/scripts/unused-exports.ts';

/** A module as the compiler writes it: what it offers, each as a function of that name, and its own lines. */
const offering = (names: string[], lines = '') => {
  const list = names.map((name) => `${name}:function(){return ${name}_}`).join();
  const bodies = names.map((name) => `function ${name}_(){return"${name} of it"}`).join('');
  return `(e,t,r)=>{"use strict";Object.defineProperty(r,"__esModule",{value:!0});var n={${list}};for(var o in n)Object.defineProperty(r,o,{enumerable:!0,get:n[o]});${lines}${bodies}}`;
};
const chunk = (...modules: (string | number)[]) =>
  `TURBOPACK.push(["static/chunks/a.js",${modules.join()}]);`;
const nothing = { later: [], roots: [] };

async function left(script: string, options: Parameters<typeof withoutUnused>[1] = nothing, id = 1) {
  const modules = readModules(await withoutUnused(script, options));
  return exportsOf(modules.find(({ ids }) => ids.includes(id))?.source ?? '');
}

test('what nobody takes goes, with what only it needed; what is taken stays and works', async () => {
  const helped = offering(['used', 'unused'], 'function help(){return"only for the unused"}').replace(
    '"unused of it"',
    ' help()',
  );
  const script = chunk(1, helped, 2, 'e=>{let a=e.r(1);e.s(["x",0,(0,a.used)()])}');
  const rest = await withoutUnused(script, nothing);
  expect(rest).not.toMatch(/unused|help/);
  const exported: Record<string, () => string> = {};
  const world = {
    TURBOPACK: {
      push: ([, , make]: [string, number, (...given: unknown[]) => void]) => make({}, {}, exported),
    },
  };
  runInNewContext(rest, world);
  expect(exported.used?.()).toBe('used of it');
});

test('what only an unused part took goes with it', async () => {
  const chain = chunk(
    ...[1, offering(['a', 'b'])],
    ...[
      2,
      offering(['c', 'd'], 'let q=e.r(1);').replace('"d of it"', ' q.b()').replace('"c of it"', ' q.a()'),
    ],
    ...[3, 'e=>{e.r(2).c()}'],
  );
  expect(await left(chain)).toEqual(['a']);
});

test.each([
  ['a member of it at once', 'e=>{e.r(1).a()}', ['a']],
  ['members of what it is called', 'e=>{let t=e.r(1);t.a(t.b)}', ['a', 'b']],
  ['nothing but that it runs', 'e=>{"use strict";e.r(1),e.r(9);let t=1}', []],
  ['all of it, handed on', 'e=>{f(e.r(1))}', ['a', 'b', 'c']],
  ['all of it, by a name that is not known', 'e=>{let t=e.r(1);t[e.x]()}', ['a', 'b', 'c']],
  ['all of it, called otherwise later', 'e=>{let t;t=e.r(1);t.a()}', ['a', 'b', 'c']],
  ['all of it, taken apart', 'e=>{let{a:t}=e.r(1);t()}', ['a', 'b', 'c']],
  ['all of it, as what it offers itself', '(e,t)=>{t.exports=e.r(1)}', ['a', 'b', 'c']],
  ['all of it, as the last of several', 'e=>{f((1,e.r(1)))}', ['a', 'b', 'c']],
  ['another thing of that name elsewhere', 'e=>{let t=e.r(1);function f(t){return t.b}return t.a(f)}', ['a']],
])('of a module somebody takes %s', async (_, taker, names) => {
  expect(await left(chunk(1, offering(['a', 'b', 'c']), 2, taker))).toEqual(names);
});

test('what a later script takes, and what the page names, stays', async () => {
  const script = chunk(1, offering(['a', 'b']));
  expect(await left(script, { later: [chunk(2, 'e=>{e.i(1).b()}')], roots: [] })).toEqual(['b']);
  expect(await left(script, { later: [], roots: [1] })).toEqual(['a', 'b']);
});

test('a module that is written otherwise is left alone', async () => {
  for (const source of [
    'e=>{e.s(["a",0,1])}',
    '(e,t)=>{t.exports={a:function(){return 1}}}',
    offering(['a']).replace('for(var o in n)', 'for(var o in m)'),
  ]) {
    expect(await withoutUnused(chunk(1, source), nothing)).toBe(chunk(1, source));
  }
});
