import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { jsonlSource } from '#/lib/transfer/jsonl.ts';
import { reasonOf } from './database-preparation.ts';
import { Refusal } from './refusal.ts';
import { importAndReport } from './report-import.ts';
import { importReasonOf, readTransferFile, sizeOfFile } from './transfer-files.ts';

/** `npm run import -- <file.jsonl[.gz]> [--check]`, beside a running Parley or without one. See docs/import.md. */
const usage = 'Say: npm run import -- <file.jsonl> [--check]. The file may be packed (.gz).';

try {
  const { file, isOnlyChecked } = parseArguments();
  // Before a database is started for it.
  await sizeOfFile(file);
  const source = jsonlSource(file, () => readTransferFile(file));
  if (!(await importAndReport(source, { isOnlyChecked }))) process.exitCode = 1;
} catch (error) {
  console.error(importReasonOf(error) ?? reasonOf(error));
  process.exitCode = 1;
}

function parseArguments(): { file: string; isOnlyChecked: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { check: { type: 'boolean', default: false } },
    });
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw new Refusal(usage);
    return { file: resolve(file), isOnlyChecked: values.check };
  } catch {
    throw new Refusal(usage);
  }
}
