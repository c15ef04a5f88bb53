import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exportDatabase } from '#/db/backup.ts';
import { BackupError } from '#/db/backup-file.ts';
import { storeBackup } from './backup-storage.ts';
import { reasonOf } from './database-preparation.ts';
import { backupsDirOf, openOwnDatabase } from './own-database.ts';
import { openOwnFiles } from './own-files.ts';
import { Refusal } from './refusal.ts';

/** `npm run backup -- [file]`: everything Parley holds, in one file, while it runs. */
const [file, ...rest] = process.argv.slice(2);

try {
  if (rest.length > 0 || file?.startsWith('-')) throw new Refusal('Say: npm run backup -- [file]');
  await run(file);
} catch (error) {
  console.error(error instanceof BackupError ? error.message : reasonOf(error));
  process.exitCode = 1;
}

async function run(given: string | undefined): Promise<void> {
  const database = await openOwnDatabase({ isMade: true });
  try {
    const path = resolve(given ?? join(backupsDirOf(database.dataDir), nameOf(new Date())));
    if (given === undefined) mkdirSync(backupsDirOf(database.dataDir), { recursive: true, mode: 0o700 });
    const startedAt = Date.now();
    const files = await openOwnFiles(database.dataDir);
    const bytes = await storeBackup(
      path,
      exportDatabase(database.url, files.isLocal ? { openFile: (key) => files.storage.open(key) } : {}),
    );
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`Backed up to ${path} (${sizeOf(bytes)}, ${seconds} s).`);
    if (!files.isLocal) console.log('The files that people sent are in your bucket, and not in this backup.');
    console.log(
      'It holds every conversation, password hashes and the secrets of your sites: keep it as you keep those,\n' +
        'and on another machine. The secrets of the installation itself are not in it; see docs/backup.md.',
    );
  } finally {
    await database.close();
  }
}

function nameOf(moment: Date): string {
  return `parley-${moment.toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup.gz`;
}

function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
