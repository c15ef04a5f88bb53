import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BackupError } from '#/db/backup-file.ts';
import { SchemaNewerError } from '#/db/migrate.ts';
import { changeEpoch, checkBackup, restoreDatabase } from '#/db/restore.ts';
import { readStored } from './backup-storage.ts';
import { reasonOf } from './database-preparation.ts';
import { openOwnDatabase } from './own-database.ts';
import { type OwnFiles, openOwnFiles } from './own-files.ts';
import { Refusal } from './refusal.ts';

/** `npm run restore -- file [--replace]`, `-- --check file`, and `-- --new-epoch` after another tool restored. */
const usage =
  'Say: npm run restore -- <file> [--replace], npm run restore -- --check <file>, or npm run restore -- --new-epoch.';

try {
  await run();
} catch (error) {
  const isSentence = error instanceof BackupError || error instanceof SchemaNewerError;
  console.error(isSentence ? error.message : reasonOf(error));
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArguments();
  const file = positionals[0] === undefined ? undefined : resolve(positionals[0]);
  if (values['new-epoch'] === true && file === undefined) return newEpoch();
  if (file === undefined || positionals.length > 1) throw new Refusal(usage);
  if (values.check === true) return check(file);
  await restore(file, values.replace === true);
}

async function restore(file: string, replaces: boolean): Promise<void> {
  // Before a database is started for it.
  await checkBackup(readStored(file));
  const database = await openOwnDatabase({ isMade: false });
  try {
    const startedAt = Date.now();
    const files = await openOwnFiles(database.dataDir);
    const { keepFile } = files;
    const report = await restoreDatabase(database.url, () => readStored(file), { replaces, keepFile });
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `Restored what was backed up at ${report.createdAt} (${seconds} s):\n${listOf(report.counts)}`,
    );
    await tellFiles(files, report.files);
    if (report.brokenLogs > 0) {
      console.log(`${report.brokenLogs} conversations were not whole when they were backed up.`);
    }
    console.log('Open pages notice within a minute and load anew.');
  } finally {
    await database.close();
  }
}

async function tellFiles(
  files: OwnFiles,
  { wanted, kept }: { wanted: readonly string[]; kept: ReadonlySet<string> },
): Promise<void> {
  if (files.isLocal) await files.removeOthers(new Set([...wanted, ...kept]));
  let missing = 0;
  for (const key of wanted) if (!kept.has(key) && !(await files.has(key))) missing++;
  if (kept.size > 0) console.log(`The files that people sent are back (${kept.size.toLocaleString('en')}).`);
  if (missing > 0) {
    console.log(`${missing.toLocaleString('en')} files are neither in this backup nor where files are kept.`);
  }
}

async function check(file: string): Promise<void> {
  const { header, end } = await checkBackup(readStored(file));
  const files = end.files > 0 ? `\n  with ${end.files.toLocaleString('en')} files that people sent` : '';
  console.log(`A sound backup of ${header.createdAt}:\n${listOf(end.counts)}${files}`);
}

async function newEpoch(): Promise<void> {
  const database = await openOwnDatabase({ isMade: true });
  try {
    await changeEpoch(database.url);
    console.log('Open pages notice within a minute and load anew.');
  } finally {
    await database.close();
  }
}

function listOf(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `  ${name.padEnd(20)} ${count.toLocaleString('en')}`)
    .join('\n');
}

function parseArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        replace: { type: 'boolean' },
        check: { type: 'boolean' },
        'new-epoch': { type: 'boolean' },
      },
    });
  } catch {
    throw new Refusal(usage);
  }
}
