import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { compileCache, nodeFlags } from '#/scripts/node-flags.ts';
import { heapFlags } from '#/scripts/server-process.ts';
import { projectDir } from '#/scripts/source-files.ts';

/**
 * A process that is started again by itself whenever it ends, as the launcher does with the server: nobody who
 * injects a fault has to.
 */
export type Supervised = {
  pid(): number;
  /** How often it was started. */
  starts(): number;
  /** As a crash would; resolves when it is gone. */
  kill9(): Promise<void>;
  /** SIGTERM; resolves with how long it took to end, and how. */
  terminate(): Promise<{ tookMs: number; code: number | null; signal: NodeJS.Signals | null }>;
  /** Nothing in it runs for this long: the process is stopped and continued. */
  stall(ms: number): Promise<void>;
  /** While held it is not started again. `hold` also ends it. */
  hold(): Promise<void>;
  release(): void;
  /** Resolves when it answers that it is ready. */
  untilReady(msMax: number): Promise<void>;
  stop(): Promise<void>;
};

const restartMs = 100;
const restartMsMax = 5_000;
const healthyMsMin = 10_000;
const readyMsMax = 60_000;
const stopMsMax = 5_000;

export async function superviseProcess(
  script: string,
  options: { env: NodeJS.ProcessEnv; url: string; onOutput: (text: string) => void },
): Promise<Supervised> {
  let starts = 0;
  let failures = 0;
  let isHeld = false;
  let isStopping = false;
  let wake: (() => void) | null = null;
  let current = start();
  const supervision = supervise();
  await untilReady(readyMsMax);
  return {
    pid: () => current.child.pid ?? 0,
    starts: () => starts,
    async kill9() {
      const { child, exited } = current;
      child.kill('SIGKILL');
      await exited;
    },
    async terminate() {
      const { child, exited } = current;
      const beganMs = performance.now();
      child.kill('SIGTERM');
      const end = await exited;
      return { ...end, tookMs: performance.now() - beganMs };
    },
    async stall(ms) {
      const { child } = current;
      child.kill('SIGSTOP');
      await delay(ms);
      child.kill('SIGCONT');
    },
    async hold() {
      isHeld = true;
      const { child, exited } = current;
      child.kill('SIGKILL');
      await exited;
    },
    release() {
      isHeld = false;
      wake?.();
    },
    untilReady,
    async stop() {
      isStopping = true;
      wake?.();
      const { child, exited } = current;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const hurry = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
      await exited;
      clearTimeout(hurry);
      await supervision;
    },
  };

  function start() {
    starts++;
    const child = spawn(
      process.execPath,
      [...nodeFlags(projectDir), ...heapFlags(options.env.NODE_OPTIONS), join(projectDir, script)],
      {
        cwd: projectDir,
        env: {
          ...compileCache(projectDir),
          ...options.env,
          NODE_ENV: 'production',
          NEXT_TELEMETRY_DISABLED: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => options.onOutput(String(chunk)));
    }
    return { child, exited: exitOf(child) };
  }

  async function supervise(): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      const { code } = await current.exited;
      // Whoever ended in order is no crash, and is back at once.
      failures = code === 0 || performance.now() - startedAt > healthyMsMin ? 0 : failures + 1;
      if (!isStopping) await delay(Math.min(restartMsMax, restartMs * 2 ** Math.min(failures, 3)));
      while (isHeld && !isStopping) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (isStopping) return;
      current = start();
    }
  }

  async function untilReady(msMax: number): Promise<void> {
    for (const untilMs = performance.now() + msMax; ; await delay(15)) {
      if (await isReady(options.url)) return;
      if (performance.now() > untilMs) throw new Error(`${script} did not come back by itself`);
    }
  }
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 1, signal: null }));
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}
