import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listFiles, projectDir } from './source-files.ts';

const roots = ['app', 'components', 'lib', 'db', 'scripts', 'e2e', 'bench', 'server.ts'];
const emptyNames = /^(?!index\.html$)(?:index|utils?|helpers?|types|constants|common|misc)\.[a-z]+$/;
const kebabName = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)+$/;
const emptyWords =
  /\b(?:function|class|interface|type|export const|export let) ((?:handle|process|do)[A-Z]\w*|\w*(?:Manager|Helper|Helpers|Utils?)|data|info|item|misc|common)\b/g;
/** Names that read like the forbidden ones and mean something: the process's singleton, the frame a client sent. */
const meaningfulWords = new Set(['processSingleton', 'handleClientFrame']);
const actionBuilders = ['publicAction', 'visitorAction', 'customerAction', 'agentAction'];

/** What no linter knows: file names, empty words, how actions are built, and that services authorize. */
export function checkStructure(): string[] {
  const paths = listFiles(...roots);
  const sources = new Map(
    paths
      .filter((path) => /\.(?:ts|tsx|mjs)$/.test(path))
      .map((path) => [path, readFileSync(join(projectDir, path), 'utf8')]),
  );
  return [
    ...checkNames(paths),
    ...checkWords(sources),
    ...checkActions(sources),
    ...checkAuthorization(sources),
  ];
}

function checkNames(paths: string[]): string[] {
  return paths.flatMap((path) => {
    const name = basename(path);
    if (name.startsWith('.') || path.startsWith('db/migrations/')) return [];
    if (emptyNames.test(name)) return [`${path}: the name says nothing about what is in it`];
    return kebabName.test(name) || /^(?:README|CONTRIBUTING)\.md$/.test(name)
      ? []
      : [`${path}: file names are kebab-case`];
  });
}

function checkWords(sources: Map<string, string>): string[] {
  return [...sources].flatMap(([path, text]) =>
    [...text.matchAll(emptyWords)]
      .map((match) => match[1] ?? '')
      .filter((word) => !meaningfulWords.has(word))
      .map((word) => `${path}: "${word}" does not say what it does`),
  );
}

/** Every export of a "use server" file is a public POST, so each is built by a wrapper that knows who is asking. */
function checkActions(sources: Map<string, string>): string[] {
  const builders = actionBuilders.join('|');
  const isBuilt = new RegExp(`^export const \\w+ = (?:${builders})\\(`);
  return [...sources].flatMap(([path, text]) => {
    if (!/^\s*(['"])use server\1/m.test(text)) return [];
    const exported = text
      .split('\n')
      .filter((line) => /^export\b/.test(line) && !/^export type\b/.test(line));
    return exported
      .filter((line) => !isBuilt.test(line))
      .map((line) => `${path}: not built by ${actionBuilders.join(', ')}: ${line.slice(0, 80)}`);
  });
}

/** An exported verb that is told who acts and opens a transaction calls authorize or is scoped, itself or further down. */
function checkAuthorization(sources: Map<string, string>): string[] {
  const services = [...sources].filter(([path]) => /^lib\/[^/]+\/service\.ts$/.test(path));
  const functions = new Map(services.flatMap(([path, text]) => splitFunctions(path, text)));
  return [...functions.values()].flatMap(({ path, name, text, isExported }) => {
    const signature = text.slice(0, text.indexOf('{\n'));
    // What takes a function lets its caller authorize; what takes no actor finds out who it is.
    if (!isExported || !/\bactor: /.test(signature) || /\bfn: /.test(signature)) return [];
    const reached = reachableText(name, functions);
    const opensTransaction = /\b(?:transact|asCustomer)(?:<[^>]*>)?\(/.test(reached);
    return opensTransaction && !/\b(?:authorize|can|\w+Scope)\(/.test(reached)
      ? [`${path}: ${name} opens a transaction and never authorizes`]
      : [];
  });
}

interface Declared {
  path: string;
  name: string;
  text: string;
  isExported: boolean;
}

function splitFunctions(path: string, text: string): [string, Declared][] {
  const parts = text.split(/^(?=(?:export )?(?:async )?function )/m).slice(1);
  return parts.map((part) => {
    const name = /function (\w+)/.exec(part)?.[1] ?? '';
    return [name, { path, name, text: part, isExported: part.startsWith('export ') }];
  });
}

function reachableText(name: string, functions: Map<string, Declared>, seen = new Set<string>()): string {
  const declared = functions.get(name);
  if (declared === undefined || seen.has(name)) return '';
  seen.add(name);
  const called = [...declared.text.matchAll(/\b(\w+)\b/g)].map((match) => match[1] ?? '');
  return [declared.text, ...[...new Set(called)].map((other) => reachableText(other, functions, seen))].join(
    '\n',
  );
}
