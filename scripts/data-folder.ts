import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { canEnter, ensureSystemUser, type Owner, reachableNativeDir } from './embedded-postgres.ts';
import { Refusal } from './refusal.ts';

/** The number in the data folder's `version` file; a newer one is refused, an older one will be upgraded. */
export const dataFormat = 1;

export interface Place {
  dataDir: string;
  /** Who the embedded PostgreSQL runs as, when this process is root. */
  owner: Owner | undefined;
  nativeDir: string | undefined;
  /** A sentence for the person when the data does not lie where they would look for it. */
  notice: string | undefined;
}

const secretsSchema = z.object({
  AUTH_SECRET: z.string(),
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: z.string(),
  REALTIME_APP_ID: z.string(),
  REALTIME_KEY: z.string(),
  REALTIME_SECRET: z.string(),
  POSTGRES_SUPER_PASSWORD: z.string(),
  POSTGRES_APP_PASSWORD: z.string(),
});
export type Secrets = z.infer<typeof secretsSchema>;
/** What `secrets.json` holds when it is complete. */
export const secretNames = Object.keys(secretsSchema.shape);

/** Decides where data lies and as whom PostgreSQL runs, and makes the folder. Throws a Refusal. */
export function openDataFolder(projectDir: string, given: string | undefined, isEmbedded: boolean): Place {
  const wanted = resolve(projectDir, given === undefined || given === '' ? '.parley' : given);
  if (!isEmbedded || process.getuid?.() !== 0) {
    // An embedded database that lies in it may run as somebody else, right now: they must get to it still.
    makeFolder(wanted, existsSync(join(wanted, 'postgres')) ? 0o711 : 0o700);
    return { dataDir: wanted, owner: undefined, nativeDir: undefined, notice: undefined };
  }
  const owner = ensureSystemUser();
  const nativeDir = reachableNativeDir(owner);
  makeFolder(wanted, 0o711);
  if (canEnter(owner, wanted)) return { dataDir: wanted, owner, nativeDir, notice: undefined };
  if (given !== undefined && given !== '') {
    throw new Refusal(
      `PostgreSQL runs as the system user "postgres", who cannot enter ${wanted}: choose another PARLEY_DATA, open the folders above it (chmod o+x), or run Parley as their owner.`,
    );
  }
  const name = createHash('sha256').update(projectDir).digest('hex').slice(0, 12);
  const moved = join('/var/lib/parley', name);
  makeFolder('/var/lib/parley', 0o755);
  makeFolder(moved, 0o711);
  const notice = `The database runs as the system user "postgres", who cannot enter ${projectDir}: data is in ${moved}.`;
  return { dataDir: moved, owner, nativeDir, notice };
}

/** Refuses a folder that a newer Parley wrote; marks a new one. */
export function checkFormat(dataDir: string): void {
  const path = join(dataDir, 'version');
  const text = readIfThere(path);
  if (text === undefined) {
    writeAtomically(path, `${dataFormat}\n`, 0o644);
    return;
  }
  const found = Number.parseInt(text, 10);
  if (found > dataFormat || !/^\d+\s*$/.test(text)) {
    throw new Refusal(
      `The data in ${dataDir} was written by a newer Parley (format ${text.trim().slice(0, 20)}, this one knows ${dataFormat}): start that version again, or choose another PARLEY_DATA. Nothing was changed.`,
    );
  }
}

/** The folder's secrets, made on first use and completed when a later version needs more of them. */
export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  const text = readIfThere(path);
  const made = makeSecrets();
  if (text === undefined) {
    writeAtomically(path, `${JSON.stringify(made, null, 2)}\n`, 0o600);
    return made;
  }
  let held: Record<string, string>;
  try {
    held = z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    throw new Refusal(
      `${path} is damaged: restore it from a backup, or remove it to sign everybody out and make new secrets.`,
    );
  }
  const complete = secretsSchema.parse({ ...made, ...held });
  if (Object.keys(made).some((name) => held[name] === undefined)) {
    writeAtomically(path, `${JSON.stringify(complete, null, 2)}\n`, 0o600);
  }
  return complete;
}

const lockSchema = z.object({ pid: z.number(), startedAt: z.string(), isStopping: z.boolean() });
type Lock = z.infer<typeof lockSchema>;

export interface HeldLock {
  /** Whether the last Parley on this folder ended without tidying up. */
  wasKilled: boolean;
  markStopping: () => void;
  release: () => void;
}

const stoppingMsMax = 20_000;
const noticeMsMax = 1500;

/** One Parley a folder: takes the lock, or refuses. One that is just stopping is waited for. */
export async function lockDataFolder(dataDir: string): Promise<HeldLock> {
  const path = join(dataDir, 'running.json');
  const mine: Lock = { pid: process.pid, startedAt: startOf(process.pid) ?? '', isStopping: false };
  let wasKilled = false;
  for (const since = Date.now(); ; await new Promise((next) => setTimeout(next, 50))) {
    if (tryLock(path, mine)) break;
    const held = readLock(path);
    if (held === undefined || startOf(held.pid) !== held.startedAt) {
      // Renaming first: of two that find the same stale lock, one removes it.
      const stale = `${path}.${process.pid}`;
      try {
        renameSync(path, stale);
        rmSync(stale, { force: true });
        wasKilled = true;
      } catch {
        // The other one was faster.
      }
      continue;
    }
    if (Date.now() - since > (held.isStopping ? stoppingMsMax : noticeMsMax)) {
      throw new Refusal(
        `Parley is already running on ${dataDir} (process ${held.pid}): stop it first, or choose another PARLEY_DATA.`,
      );
    }
  }
  return {
    wasKilled,
    markStopping: () => writeAtomically(path, JSON.stringify({ ...mine, isStopping: true }), 0o644),
    release: () => rmSync(path, { force: true }),
  };
}

/** Reads a small JSON file of our own; undefined when there is none or it cannot be read as `schema`. */
export function readState<T>(dataDir: string, name: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(join(dataDir, name), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Writes a file so that a crash leaves the old or the new one, never half of it. */
export function writeAtomically(path: string, text: string, mode: number): void {
  const partial = `${path}.${process.pid}.new`;
  try {
    writeFileSync(partial, text, { mode, flush: true });
    chmodSync(partial, mode);
    renameSync(partial, path);
  } catch (error) {
    throw folderRefusal(path, error);
  }
}

function makeFolder(path: string, mode: number): void {
  try {
    const isOurs = !existsSync(path) || existsSync(join(path, 'version'));
    mkdirSync(path, { recursive: true });
    if (isOurs) chmodSync(path, mode);
    const probe = join(path, `.write-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw folderRefusal(path, error);
  }
}

function folderRefusal(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new Refusal(
      `Parley may not write to its data folder ${path} (${code}): give this user the folder, or choose another with PARLEY_DATA.`,
    );
  }
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new Refusal(`The data folder ${path} is not a folder: choose another with PARLEY_DATA.`);
  if (code === 'ENOSPC')
    return new Refusal(`The disk that holds ${path} is full: make room, then start again.`);
  return error instanceof Error ? error : new Error(String(error));
}

function makeSecrets(): Secrets {
  return {
    AUTH_SECRET: randomBytes(32).toString('base64url'),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    REALTIME_APP_ID: String(100_000 + (randomBytes(4).readUInt32BE() % 900_000)),
    REALTIME_KEY: randomBytes(10).toString('hex'),
    REALTIME_SECRET: randomBytes(32).toString('hex'),
    POSTGRES_SUPER_PASSWORD: randomBytes(24).toString('base64url'),
    POSTGRES_APP_PASSWORD: randomBytes(24).toString('base64url'),
  };
}

function tryLock(path: string, lock: Lock): boolean {
  try {
    writeFileSync(path, JSON.stringify(lock), { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw folderRefusal(path, error);
  }
}

function readLock(path: string): Lock | undefined {
  try {
    return lockSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** When a process started, as the system tells it: with the number, it names one process for ever. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = readIfThere(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  const listed = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return listed.stdout?.trim() || undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      throw folderRefusal(path, error);
    return undefined;
  }
}
