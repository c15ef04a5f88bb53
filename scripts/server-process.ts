import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { compileCache, nodeFlags } from './node-flags.ts';

export interface ServerProcess {
  child: ChildProcess;
  pid: number;
  /** Resolves once it answers requests; rejects with the reason when it ends before that. */
  ready: Promise<void>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Lets a held server begin. */
  release: () => void;
  /** Lets it finish what it is doing; after 3 s ends it hard. */
  stop: () => Promise<void>;
}

export interface SpawnOptions {
  stdio?: 'inherit' | 'pipe';
  /** Loads everything and then waits for `release`: the database is got ready meanwhile. */
  isHeld?: boolean;
  /** What to run, from the project's folder. Default: the app itself. */
  entry?: 'server.ts' | 'scripts/realtime.ts' | 'scripts/worker.ts';
}

const stopMsMax = 3000;

/**
 * V8's own limits follow the machine's memory, so that on a large one the heap grows by gigabytes before garbage is
 * collected, and loading alone leaves 200 MiB of it. What is in use is about 60 MiB. Young objects keep the room that
 * requests need to die in. What NODE_OPTIONS names is left to it.
 */
export function heapFlags(nodeOptions = ''): string[] {
  return ['--max-old-space-size=512', '--max-semi-space-size=16', '--initial-old-space-size=48'].filter(
    (flag) => !nodeOptions.includes(flag.split('=')[0] ?? flag),
  );
}

/** Runs `server.ts` (or another long-lived process of ours) as a child that ends by itself when this process goes. */
export function spawnServer(
  projectDir: string,
  env: NodeJS.ProcessEnv,
  { stdio = 'inherit', isHeld = false, entry = 'server.ts' }: SpawnOptions = {},
): ServerProcess {
  const child = spawn(
    process.execPath,
    [...nodeFlags(projectDir), ...heapFlags(env.NODE_OPTIONS), join(projectDir, entry)],
    {
      cwd: projectDir,
      env: {
        ...compileCache(projectDir),
        ...env,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        ...(isHeld ? { PARLEY_HELD: '1' } : {}),
      },
      stdio: ['ignore', stdio, stdio, 'ipc'],
    },
  );
  let reason: string | undefined;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      reason = error.message;
      resolve({ code: 1, signal: null });
    });
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message !== 'object' || message === null) return;
      if ('ready' in message) resolve();
      if ('failed' in message) reason = String(message.failed);
    });
    exited.then(({ code, signal }) =>
      reject(new Error(reason ?? `it ended with ${signal ?? `code ${code}`}`)),
    );
  });
  ready.catch(() => {});
  return {
    child,
    pid: child.pid ?? 0,
    ready,
    exited,
    release: () => void (child.connected && child.send({ release: true })),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const hurry = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
      await exited;
      clearTimeout(hurry);
    },
  };
}
