import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ensureAppDatabase } from './app-database.ts';
import { checkFormat, loadSecrets, lockDataFolder, openDataFolder, readState } from './data-folder.ts';
import { checkDatabase } from './database-refusal.ts';
import { startPostgres } from './embedded-postgres.ts';
import { Refusal } from './refusal.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const stateSchema = z.object({ postgresPort: z.number() });

export type OwnDatabase = {
  url: string;
  dataDir: string;
  /** Stops what was started for this; a Parley that ran already goes on. */
  close(): Promise<void>;
};

/**
 * This installation's database, for a script that works beside a running Parley or without one: DATABASE_URL, else the
 * embedded one, which is started for as long as it takes when nothing runs on the data folder. With `isMade`, a database that is not there yet is a Refusal.
 */
export async function openOwnDatabase(options: { isMade: boolean }): Promise<OwnDatabase> {
  const given = process.env.DATABASE_URL || undefined;
  const place = openDataFolder(projectDir, process.env.PARLEY_DATA, given === undefined);
  const { dataDir } = place;
  if (given !== undefined) {
    await checkDatabase(given);
    return { url: given, dataDir, close: async () => {} };
  }
  if (options.isMade && !existsSync(join(dataDir, 'postgres'))) {
    throw new Refusal(
      `There is no database in ${dataDir} yet: set PARLEY_DATA or DATABASE_URL if it is elsewhere.`,
    );
  }
  const secrets = loadSecrets(dataDir);
  const password = secrets.POSTGRES_APP_PASSWORD;
  const port = readState(dataDir, 'postgres.json', stateSchema)?.postgresPort;
  const running = `postgres://parley:${encodeURIComponent(password)}@127.0.0.1:${port}/parley`;
  // Only Parley's own answers with this password; what else took the port meanwhile does not.
  if (port !== undefined && (await answers(port)) && (await signsIn(running))) {
    return { url: running, dataDir, close: async () => {} };
  }
  const lock = await lockDataFolder(dataDir);
  try {
    checkFormat(dataDir);
    const postgres = await startPostgres({
      dataDir,
      superPassword: secrets.POSTGRES_SUPER_PASSWORD,
      ...(place.owner === undefined ? {} : { owner: place.owner }),
      ...(place.nativeDir === undefined ? {} : { nativeDir: place.nativeDir }),
    });
    const url = await ensureAppDatabase(postgres.superUrl, 'parley', 'parley', password);
    return {
      url,
      dataDir,
      async close() {
        await postgres.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Where backups go unless somebody says otherwise. */
export function backupsDirOf(dataDir: string): string {
  return join(dataDir, 'backups');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1');
    const settle = (isThere: boolean) => {
      probe.destroy();
      resolve(isThere);
    };
    probe.once('connect', () => settle(true));
    probe.once('error', () => settle(false));
    probe.setTimeout(2_000, () => settle(false));
  });
}

async function signsIn(url: string): Promise<boolean> {
  return checkDatabase(url).then(
    () => true,
    () => false,
  );
}
