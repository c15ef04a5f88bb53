import { execFileSync } from 'node:child_process';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '#/lib/api/endpoints/openapi-document.ts';
import { projectDir } from '#/scripts/source-files.ts';
import { writeOrCheck } from '#/scripts/written-file.ts';

/**
 * Writes e2e/parley-api.d.ts: what openapi-typescript makes of our document, for the client that the tests and the docs
 * use. With `--check` it writes nothing and fails when the file is stale.
 */

const path = 'e2e/parley-api.d.ts';

// TypeScript 7 has no interface for programs yet: the library gets TypeScript 6 as ts-morph ships it, a file without
// the commands that a package of it would put in the place of ours. Nobody else gets it.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const isTheirs =
      specifier === 'typescript' && context.parentURL?.includes('/openapi-typescript/') === true;
    return nextResolve(isTheirs ? '@ts-morph/common/dist/typescript.js' : specifier, context);
  },
});

/** The file as it is to be. */
async function renderTypes(): Promise<string> {
  const { default: typesOf, astToString } = await import('openapi-typescript');
  // Their types know another version of the standard; the document is linted against it.
  const source = JSON.stringify(openApiDocument());
  const types = astToString(await typesOf(source, { alphabetize: false, silent: true }));
  return formatted(
    `// Written by scripts/api-types.ts from /api/v1/openapi.json; npm test fails when the two differ.\n${types}`,
  );
}

function formatted(text: string): string {
  const biome = join(projectDir, 'node_modules/.bin/biome');
  return execFileSync(biome, ['format', `--stdin-file-path=${path}`], {
    cwd: projectDir,
    input: text,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeOrCheck(path, await renderTypes(), 'scripts/api-types.ts');
}
