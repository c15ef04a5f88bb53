import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from './source-files.ts';

test('the types of the client are those that openapi-typescript makes of the document', () => {
  const script = join(projectDir, 'scripts/api-types.ts');
  const run = () =>
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', script, '--check']);
  expect(run).not.toThrow();
}, 60_000);
