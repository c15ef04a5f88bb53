import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { type Env, EnvError, parseEnv } from '#/lib/env.ts';
import { connectionsMax } from '#/lib/process-limits.ts';
import { builtId, hashSources } from './build.ts';
import { dataFormat, secretNames } from './data-folder.ts';
import { advice, broken, type Finding, fine, unknown } from './finding.ts';

export type Variables = Record<string, string | undefined>;

const nodeMajorMin = 24;
const freeBytesMin = 500e6;
const freeBytesWanted = 2e9;
const openFilesWanted = 4_096;

export function checkNode(version = process.version): Finding {
  const major = Number.parseInt(version.slice(1), 10);
  return major >= nodeMajorMin
    ? fine('Node.js', version)
    : broken('Node.js', `${version} is too old`, `install Node.js ${nodeMajorMin} from https://nodejs.org`);
}

/** Where the data lies; looked for as the launcher does, without making anything. */
export function findDataFolder(projectDir: string, given: string | undefined): string {
  const wanted = resolve(projectDir, given === undefined || given === '' ? '.parley' : given);
  const moved = join('/var/lib/parley', createHash('sha256').update(projectDir).digest('hex').slice(0, 12));
  const isMoved =
    !given && !existsSync(join(wanted, 'secrets.json')) && existsSync(join(moved, 'secrets.json'));
  return isMoved ? moved : wanted;
}

export function checkFolder(dataDir: string): Finding {
  const name = 'Data folder';
  if (!existsSync(dataDir)) return unknown(name, `${dataDir} is not there yet: "npm start" makes it`);
  const stat = statSync(dataDir);
  if (!stat.isDirectory())
    return broken(name, `${dataDir} is not a folder`, 'choose another one with PARLEY_DATA');
  if (!isWritable(dataDir)) {
    return broken(
      name,
      `this user may not write to ${dataDir}`,
      'give it the folder (chown), or run Parley as its owner',
    );
  }
  if ((stat.mode & 0o022) !== 0)
    return broken(name, `others may write to ${dataDir}`, `chmod go-w ${dataDir}`);
  const format = readIfThere(join(dataDir, 'version'))?.trim();
  if (format !== undefined && !(Number(format) <= dataFormat)) {
    return broken(
      name,
      `a newer Parley wrote it (format ${format})`,
      'start that version, or choose another PARLEY_DATA',
    );
  }
  return fine(name, dataDir);
}

export function checkSpace(
  dataDir: string,
  read: (path: string) => { bavail: number; bsize: number } = statfsSync,
): Finding {
  const name = 'Disk';
  if (!existsSync(dataDir)) return unknown(name, 'there is no data folder yet');
  const { bavail, bsize } = read(dataDir);
  const free = bavail * bsize;
  const says = `${(free / 1e9).toFixed(1)} GB free`;
  const next = 'make room: a full disk stops every send';
  if (free < freeBytesMin) return broken(name, says, next);
  return free < freeBytesWanted ? advice(name, says, next) : fine(name, says);
}

/** The folder's secrets, as they are; undefined when there are none that can be read. */
export function readSecrets(dataDir: string): Variables | undefined {
  try {
    const held: unknown = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8'));
    if (typeof held !== 'object' || held === null) return undefined;
    return Object.fromEntries(
      Object.entries(held).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return undefined;
  }
}

export function checkSecretsFile(dataDir: string): Finding {
  const name = 'Secrets';
  const path = join(dataDir, 'secrets.json');
  if (!existsSync(path)) return unknown(name, `${path} is not there yet: "npm start" makes it`);
  if ((statSync(path).mode & 0o077) !== 0)
    return broken(name, `others can read ${path}`, `chmod 600 ${path}, then replace what is in it`);
  const held = readSecrets(dataDir);
  if (held === undefined) {
    return broken(
      name,
      `${path} is damaged`,
      'restore it from a backup; removing it signs everybody out and locks the embedded database',
    );
  }
  const missing = secretNames.filter((wanted) => held[wanted] === undefined);
  return missing.length === 0
    ? fine(name, 'complete, and only their owner reads them')
    : advice(name, `${missing.join(', ')} is missing`, 'the next "npm start" completes them');
}

/** The settings as the app would read them, and what is wrong with them. */
export function readSettings(
  given: Variables,
  secrets: Variables | undefined,
): { finding: Finding; env?: Env } {
  const name = 'Settings';
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const standIn = { DATABASE_URL: 'postgres://127.0.0.1/parley' };
  // What `npm start` will generate is not missing yet.
  const generated = {
    AUTH_SECRET: 'x'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    REALTIME_APP_ID: 'x',
    REALTIME_KEY: 'x',
    REALTIME_SECRET: 'x'.repeat(32),
  };
  try {
    return {
      finding: fine(name, 'every variable reads well'),
      env: parseEnv({ ...standIn, ...generated, ...secrets, ...set }),
    };
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return {
      finding: broken(
        name,
        error.message.replaceAll('\n', ' '),
        'correct it in the environment; .env.example explains each',
      ),
    };
  }
}

export function checkBuild(projectDir: string): Finding {
  const built = builtId(projectDir);
  if (built === undefined) return advice('Build', 'there is none', '"npm start" builds (about a minute)');
  return built === hashSources(projectDir)
    ? fine('Build', `${built}, of these very sources`)
    : advice('Build', `${built} is of other sources than these`, 'restart Parley: "npm start" builds them');
}

export function checkRateScale(scale: number): Finding {
  return scale > 10
    ? advice(
        'Limits',
        `RATE_LIMIT_SCALE=${scale} all but switches them off`,
        'unset it outside of measurements',
      )
    : fine('Limits', scale === 1 ? 'as they are meant' : `${scale} times what is usual`);
}

export function checkOpenFiles(max = connectionsMax() + 400): Finding {
  return max < openFilesWanted
    ? advice(
        'Open files',
        `this shell allows ${max}`,
        `ulimit -n ${openFilesWanted * 4}: each open chat is one`,
      )
    : fine('Open files', `room for ${connectionsMax(max)} connections`);
}

export type Answering = { isOurs: boolean; isThere: boolean; parts: Record<string, string> };

/** Who listens on the port: nobody, Parley, or somebody else. */
export async function askPort(host: string, port: number): Promise<Answering> {
  if (!(await isListening(host, port))) return { isThere: false, isOurs: false, parts: {} };
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/api/health`;
  const live = await askJson(`${base}/live`);
  if (live === null || Reflect.get(live, 'status') !== 'ok')
    return { isThere: true, isOurs: false, parts: {} };
  const ready = await askJson(`${base}/ready`);
  const parts: unknown = ready === null ? null : Reflect.get(ready, 'parts');
  const named = typeof parts === 'object' && parts !== null ? Object.entries(parts) : [];
  return {
    isThere: true,
    isOurs: true,
    parts: Object.fromEntries(named.map(([name, state]) => [name, String(state)])),
  };
}

export function checkPort(port: number, { isThere, isOurs }: Answering): Finding {
  const name = 'Port';
  if (!isThere) return fine(name, `${port} is free: Parley is not running`);
  return isOurs
    ? fine(name, `Parley answers on ${port}`)
    : broken(
        name,
        `another program has ${port}`,
        `stop it, or choose another one: PORT=${port + 1} npm start`,
      );
}

const partNext: Record<string, string> = {
  database: 'see the lines about the database',
  database_write: 'check that its disk has room, and that it is not a standby or read-only',
  schema: 'restart Parley with the build that belongs to this database: "npm start" migrates',
  realtime: 'see the line about the realtime server; chats go on by asking every few seconds',
  relay: 'see the line about the backlog',
  process: 'restart Parley, and look for "uncaught exception" in its log',
  shutdown: 'it is stopping: start it again',
};

/** A line for each part that the running Parley says is failing. */
export function checkParts({ isOurs, parts }: Answering): Finding[] {
  if (!isOurs) return [unknown('Health', 'not running')];
  const failing = Object.keys(parts).filter((part) => parts[part] !== 'ok');
  if (failing.length === 0) return [fine('Health', 'every part works')];
  return failing.map((part) => broken('Health', `${part} is failing`, partNext[part] ?? 'look into its log'));
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ host, port });
    const settle = (isThere: boolean) => {
      probe.destroy();
      resolve(isThere);
    };
    probe.once('connect', () => settle(true));
    probe.once('error', () => settle(false));
    probe.setTimeout(2_000, () => settle(false));
  });
}

export async function askJson(url: string): Promise<object | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(4_000), redirect: 'manual' });
    const body: unknown = await response.json();
    return typeof body === 'object' ? body : null;
  } catch {
    return null;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
