import { resolve } from 'node:path';
import { exportLines } from '#/lib/transfer/jsonl.ts';
import { storeWhole } from './backup-storage.ts';
import { reasonOf } from './database-preparation.ts';
import { openOwnDatabase } from './own-database.ts';
import { Refusal } from './refusal.ts';
import { counted, importReasonOf, progressLine } from './transfer-files.ts';

/** `npm run export -- <file.jsonl[.gz]>`: every record, one a line, while Parley runs. See docs/import.md. */
const [file, ...rest] = process.argv.slice(2);

try {
  if (file === undefined || rest.length > 0 || file.startsWith('-')) {
    throw new Refusal('Say: npm run export -- <file.jsonl>, or <file.jsonl.gz> to have it packed.');
  }
  await run(resolve(file));
} catch (error) {
  console.error(importReasonOf(error) ?? reasonOf(error));
  process.exitCode = 1;
}

async function run(path: string): Promise<void> {
  const database = await openOwnDatabase({ isMade: true });
  try {
    const say = progressLine();
    const startedAt = performance.now();
    let records = 0;
    const lines = exportLines(database.url, (done, about) => {
      records = done;
      say(() => `${counted(done)} of about ${counted(about)} records`);
    });
    const bytes = await storeWhole(path, lines, { isPacked: path.endsWith('.gz') });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `Exported ${counted(records)} records to ${path} (${(bytes / 1e6).toFixed(1)} MB, ${seconds} s).\n` +
        'It holds every conversation with its notes: keep it as you keep the database. The bytes of files, passwords,\n' +
        'keys and secrets are not in it; see docs/import.md.',
    );
  } finally {
    await database.close();
  }
}
