import { closeDatabase } from '#/db/client.ts';
import { env } from '#/lib/env.ts';
import { ensureWorkspace } from '#/lib/workspace/service.ts';

/**
 * Makes the workspace of a first run. `signInUrl` is a one-time address for making the first admin, null once there is
 * one: nothing of it is ever kept or logged, so each start without an admin makes a new one.
 */
export async function firstRun(): Promise<{ signInUrl: string | null; widgetKey: string }> {
  const { port, publicUrl } = env();
  const own = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const origins = publicUrl === undefined ? own : [publicUrl, ...own];
  const { setupToken, widgetKey } = await ensureWorkspace({ origins });
  const address = publicUrl ?? `http://localhost:${port}`;
  return { signInUrl: setupToken === null ? null : `${address}/setup#${setupToken}`, widgetKey };
}

if (import.meta.main) {
  const { signInUrl } = await firstRun();
  if (signInUrl !== null) {
    console.log(`Set up Parley and sign in (this address works once):\n  ${signInUrl}`);
  }
  await closeDatabase();
}
