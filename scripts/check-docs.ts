import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFiles, projectDir } from './source-files.ts';

const roots = ['app', 'components', 'lib', 'db', 'scripts', 'e2e', 'bench', 'docs', 'public', '.ci'];
const ending = /\.(?:ts|tsx|mjs|cjs|md|json|sql|css|yml|png)$/;

/** Every path that a document names exists: in code spans and in links. */
export function checkDocs(): string[] {
  const documents = listFiles().filter((path) => path.endsWith('.md'));
  return documents.flatMap((path) => {
    const text = readFileSync(join(projectDir, path), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    const missing = [...namedPaths(text), ...linkedPaths(text, path)].filter(
      (named) => !existsSync(join(projectDir, named)),
    );
    return [...new Set(missing)].map((named) => `${path} names ${named}, which does not exist`);
  });
}

function namedPaths(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return spans
    .map((span) =>
      span
        .replace(/[.,:;]+$/, '')
        .replace(/^#?\/(?=[a-z])/, '')
        .replace(/#.*$/, '')
        .replace(/\/$/, ''),
    )
    .filter((span) => !/[\s*<>{}…|]/.test(span) && isPath(span));
}

function isPath(span: string): boolean {
  const [first = ''] = span.split('/');
  if (!span.includes('/')) return false;
  // `lib/messages/service.sendMessage` names a function, not a file.
  return roots.includes(first) && (ending.test(span) || !/\.[^/]*$/.test(span));
}

function linkedPaths(text: string, document: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => (match[1] ?? '').replace(/[#?].*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/i.test(target))
    .map((target) => join(dirname(document), decodeURIComponent(target)));
}
