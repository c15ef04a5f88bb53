import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadSecrets, openDataFolder, readState, type Secrets } from './data-folder.ts';
import { Refusal } from './refusal.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
type Variables = Record<string, string | undefined>;
const stateSchema = z.object({ postgresPort: z.number() });

/**
 * The environment of a process that runs beside the app: what is given, then the secrets of the data folder of this
 * machine, where `npm start` made them. Makes nothing: secrets that are new would fit to nobody's.
 */
export function environmentBeside(given: Variables = process.env): Variables {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const isEmbedded = set.DATABASE_URL === undefined;
  const dataDir = findDataFolder(set.PARLEY_DATA, isEmbedded);
  if (!existsSync(join(dataDir, 'secrets.json'))) return set;
  const { POSTGRES_SUPER_PASSWORD: _super, POSTGRES_APP_PASSWORD: _app, ...secrets } = loadSecrets(dataDir);
  return { ...secrets, ...set };
}

/** As `environmentBeside`, with the address of the database: DATABASE_URL, or the embedded one of a running `npm start`. */
export function environmentWithDatabase(given: Variables = process.env): Variables {
  const env = environmentBeside(given);
  if (env.DATABASE_URL !== undefined) return env;
  const dataDir = findDataFolder(env.PARLEY_DATA, true);
  const state = readState(dataDir, 'postgres.json', stateSchema);
  if (state === undefined || !existsSync(join(dataDir, 'secrets.json'))) {
    throw new Refusal(
      'DATABASE_URL is not set, and no "npm start" has made a database in the data folder: set DATABASE_URL or PARLEY_DATA.',
    );
  }
  return { ...env, DATABASE_URL: embeddedUrl(loadSecrets(dataDir), state.postgresPort) };
}

export function embeddedUrl(secrets: Secrets, port: number): string {
  return `postgres://parley:${encodeURIComponent(secrets.POSTGRES_APP_PASSWORD)}@127.0.0.1:${port}/parley`;
}

function findDataFolder(given: string | undefined, isEmbedded: boolean): string {
  const wanted = resolve(projectDir, given ?? '.parley');
  // As root the embedded database may lie elsewhere; only then it is looked for, since looking makes the folder.
  return isEmbedded && process.getuid?.() === 0 ? openDataFolder(projectDir, given, true).dataDir : wanted;
}
