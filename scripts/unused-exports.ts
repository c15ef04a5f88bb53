import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';

/** A module of the build: the numbers that it is known by, and its function as the compiler wrote it. */
export type BuiltModule = { ids: number[]; source: string };

/** The modules of scripts of the build, in their order. A runtime that stands among them starts nothing here. */
export function readModules(script: string): BuiltModule[] {
  const pushed: unknown[][] = [];
  const world = { TURBOPACK: { push: (chunk: unknown[]) => pushed.push(chunk) } };
  runInNewContext(script, Object.assign(world, { globalThis: world, Proxy }));
  const modules: BuiltModule[] = [];
  let ids: number[] = [];
  for (const each of pushed.flat()) {
    if (typeof each === 'number') ids.push(each);
    if (typeof each !== 'function') continue;
    modules.push({ ids, source: String(each) });
    ids = [];
  }
  return modules;
}

/**
 * `script` without what its modules offer each other and none takes, nor what only that needed: the compiler keeps all
 * that any page might take. `later` are scripts that may be loaded after it and take from these modules as well; of the
 * modules in `roots` everything is kept.
 */
export async function withoutUnused(
  script: string,
  { later: others, roots }: { later: readonly string[]; roots: readonly number[] },
): Promise<string> {
  let rest = script;
  const later = others.flatMap(readModules);
  const outside: Reading = { offers: [], takes: roots.map((id) => ({ id, names: null })) };
  const known = new Map<string, Reading>();
  for (let isSmaller = true; isSmaller; ) {
    const modules = readModules(rest);
    const taken = takenBy([outside, ...[...modules, ...later].map(({ source }) => readingOf(source, known))]);
    const before = rest;
    for (const { ids, source } of modules) {
      const isUnused = ({ name }: Offer) => !ids.some((id) => isTaken(taken, id, name));
      const unused = readingOf(source, known).offers.filter(isUnused);
      if (unused.length > 0) rest = replaceOnce(rest, source, await minified(cut(source, unused)));
    }
    isSmaller = rest.length < before.length;
  }
  return rest;
}

/** What a module offers, in the alphabet's order; empty for one that is written otherwise than the compiler does. */
export function exportsOf(source: string): string[] {
  const alone = /Object\.defineProperty\([\w$]+,"(\w+)",\{enumerable:!0,get:function/.exec(source)?.[1];
  const many = readModule(source).offers.map(({ name }) => name);
  return many.length > 0 || alone === undefined ? many.toSorted() : [alone];
}

/** `text` with another part in the place of one that is there exactly once; throws where it is not. */
export function replaceOnce(text: string, part: string, by: string): string {
  const at = text.indexOf(part);
  if (at === -1 || text.indexOf(part, at + 1) !== -1) throw new Error(`Not there once: ${part.slice(0, 80)}`);
  return text.slice(0, at) + by + text.slice(at + part.length);
}

/** One name that a module offers, and where in its source that is written. */
type Offer = { name: string; start: number; end: number };
/** What a module takes from another one: these names, or null for all that there is. */
type Take = { id: number; names: string[] | null };
type Reading = { offers: Offer[]; takes: Take[] };

/** What all take from each module; null: everything. */
function takenBy(readings: readonly Reading[]): Map<number, Set<string> | null> {
  const taken = new Map<number, Set<string> | null>();
  for (const { id, names } of readings.flatMap(({ takes }) => takes)) {
    const known = taken.get(id);
    taken.set(id, names === null || known === null ? null : new Set([...(known ?? []), ...names]));
  }
  return taken;
}

function isTaken(taken: ReturnType<typeof takenBy>, id: number, name: string): boolean {
  const names = taken.get(id);
  return names === null || names?.has(name) === true;
}

function readingOf(source: string, known: Map<string, Reading>): Reading {
  const reading = known.get(source) ?? readModule(source);
  known.set(source, reading);
  return reading;
}

/** As much of the syntax tree as is looked at. */
type Node = {
  type: string;
  start: number;
  end: number;
  name?: string;
  value?: unknown;
  computed?: boolean;
  callee?: Node;
  arguments?: Node[];
  object?: Node;
  property?: Node;
  id?: Node;
  key?: Node;
  right?: Node;
  init?: Node | null;
  params?: Node[];
  properties?: Node[];
  expressions?: Node[];
};
type Binding = { constant: boolean; referencePaths: Path[] };
type Path = {
  node: Node;
  parent: Node;
  parentPath: Path | null;
  scope: { getBinding(name: string): Binding | undefined };
};

const require = createRequire(import.meta.url);
const { parse } = loaded<{ parse(text: string): Node }>('babel/parser');
const { default: traverse } = loaded<{
  default(tree: Node, visitors: Record<string, (path: Path) => void>): void;
}>('babel/traverse');
const { minify } = loaded<{ minify(text: string, options: object): Promise<{ code?: string }> }>('terser');

/** Safe as far as the framework ships these tools as their makers do; their answers are compared with nothing else. */
function loaded<Tool>(name: string): Tool {
  return require(`next/dist/compiled/${name}`) as Tool;
}

/** So that what stands in it is an expression. */
const opening = 'module(';

function readModule(source: string): Reading {
  const reading: Reading = { offers: [], takes: [] };
  const lists = new Map<string, Node>();
  let world: string | undefined;
  traverse(parse(`${opening}${source})`), {
    VariableDeclarator({ node: { id, init } }) {
      if (id?.name !== undefined && init?.type === 'ObjectExpression') lists.set(id.name, init);
    },
    // "for (var name in list) Object.defineProperty(exports, name, …)"
    ForInStatement({ node }) {
      const list = lists.get(node.right?.name ?? '');
      if (list !== undefined && reading.offers.length === 0) reading.offers = offersIn(list);
    },
    CallExpression(path) {
      world ??= path.node.arguments?.[0]?.params?.[0]?.name;
      const take = takeOf(path, world);
      if (take !== null) reading.takes.push(take);
    },
  });
  return reading;
}

function offersIn({ properties = [] }: Node): Offer[] {
  return properties.flatMap(({ key, start, end }) => {
    const name = key?.name ?? key?.value;
    return typeof name === 'string'
      ? [{ name, start: start - opening.length, end: end - opening.length }]
      : [];
  });
}

/** "world.r(12345)", and what becomes of it. Null for any other call. */
function takeOf(path: Path, world: string | undefined): Take | null {
  const { callee, arguments: given = [] } = path.node;
  const [first] = given;
  if (callee?.type !== 'MemberExpression' || callee.object?.name !== world) return null;
  return typeof first?.value === 'number' ? { id: first.value, names: namesTaken(path) } : null;
}

function namesTaken({ node, parent, parentPath, scope }: Path): string[] | null {
  switch (parent.type) {
    case 'MemberExpression':
      return memberOf(parent, node);
    case 'ExpressionStatement':
      return [];
    case 'SequenceExpression':
      // Only its last part is what it comes to.
      return parent.expressions?.at(-1) !== node || parentPath?.parent.type === 'ExpressionStatement'
        ? []
        : null;
    case 'VariableDeclarator': {
      const binding = scope.getBinding(parent.id?.name ?? '');
      if (binding?.constant !== true) return null;
      const each = binding.referencePaths.map((path) => memberOf(path.parent, path.node));
      return each.includes(null) ? null : each.flatMap((names) => names ?? []);
    }
    default:
      return null;
  }
}

function memberOf({ type, object, property, computed }: Node, node: Node): string[] | null {
  const isPlain = type === 'MemberExpression' && object === node && computed !== true;
  return isPlain && property?.name !== undefined ? [property.name] : null;
}

function cut(source: string, offers: readonly Offer[]): string {
  let rest = source;
  for (const { start, end } of offers.toSorted((one, other) => other.start - one.start)) {
    rest = rest.slice(0, start) + rest.slice(rest[end] === ',' ? end + 1 : end);
  }
  return rest;
}

/** A module without what nothing in it reaches any more. */
async function minified(source: string): Promise<string> {
  const options = {
    compress: { passes: 2, ecma: 2020 },
    ecma: 2020,
    format: { comments: false, wrap_func_args: false },
  };
  const { code = '' } = await minify(`${opening}${source})`, options);
  return code.slice(opening.length).replace(/\);?$/, '');
}
