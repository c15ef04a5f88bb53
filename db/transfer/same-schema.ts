import { BackupError } from '#/db/backup-file.ts';
import { listApplied, listMigrations } from '#/db/migrate.ts';
import type { OneConnection } from '#/db/one-connection.ts';

/** Throws `database_unfit`, with the sentence to tell, unless the database is as this build's migrations leave it. */
export async function requireSameSchema({ client, held }: OneConnection): Promise<void> {
  const applied = new Set(await held(listApplied(client)));
  const known = listMigrations().map(({ madeAt }) => madeAt);
  if ([...applied].some((madeAt) => !known.includes(madeAt))) {
    throw new BackupError(
      'database_unfit',
      'The database was made by a newer version of Parley: use that one.',
    );
  }
  if (known.some((madeAt) => !applied.has(madeAt))) {
    throw new BackupError(
      'database_unfit',
      'The database is not of this version of Parley yet: start it once (npm start), or run npm run migrate.',
    );
  }
}
