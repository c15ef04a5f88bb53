import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { EnvError } from '#/lib/env.ts';
import { nodeFlags } from './node-flags.ts';
import { Refusal } from './refusal.ts';

export interface DatabasePreparation {
  pid: number;
  /**
   * Migrates, compares the secrets with those of other instances (`isOwn`: there can be none) and makes the workspace of
   * a first run; call it once, when the database answers. Throws a Refusal. `signInUrl` is the one-time address for making the first admin, null once there is one.
   */
  run: (isOwn: boolean) => Promise<{ signInUrl: string | null }>;
}

/**
 * Starts `prepare-database.ts`, which loads at once and waits for `run`. A process of its own, because the launcher
 * lives as long as the server: what migrating loads would stay in its memory for all that time.
 */
export function spawnDatabasePreparation(projectDir: string, env: NodeJS.ProcessEnv): DatabasePreparation {
  const child = spawn(
    process.execPath,
    [...nodeFlags(projectDir), join(projectDir, 'scripts/prepare-database.ts')],
    { cwd: projectDir, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const answered = new Promise<{ signInUrl: string | null }>((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message !== 'object' || message === null) return;
      if ('failed' in message) reject(new Refusal(String(message.failed)));
      if ('signInUrl' in message) {
        resolve({ signInUrl: message.signInUrl === null ? null : String(message.signInUrl) });
      }
    });
    child.once('error', reject);
    // After the messages that are still on their way.
    child.once('close', (code, signal) =>
      reject(new Refusal(`The database could not be prepared: it ended with ${signal ?? `code ${code}`}.`)),
    );
  });
  answered.catch(() => {});
  return {
    pid: child.pid ?? 0,
    run(isOwn) {
      if (child.connected) child.send({ run: true, isOwn });
      return answered;
    },
  };
}

/** What to tell the person at the terminal: the sentence of a refusal, the stack of a surprise. */
export function reasonOf(error: unknown): string {
  if (error instanceof Refusal || error instanceof EnvError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
