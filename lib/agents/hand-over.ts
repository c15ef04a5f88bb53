import { handOverTickets } from '#/lib/agents/service.ts';
import { logger } from '#/lib/logger.ts';
import { publishChanges } from '#/lib/realtime/publish.ts';

const everyMs = 30_000;
/** Until then it is the business of the call that switched the agent off, so that the entries carry its name. */
const olderThanMs = 10_000;

/**
 * Takes up hand-overs that were interrupted: a process that died in the middle, a ticket that could not be written.
 * Once at the start and then twice a minute. Any number of processes may run one.
 */
export function startHandOverSweep(): { stop(): Promise<void> } {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();
  const next = (inMs: number) => {
    timer = setTimeout(() => {
      turn = runTurn(() => isStopped).then(() => {
        if (!isStopped) next(everyMs);
      });
    }, inMs);
    timer.unref();
  };
  next(0);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await turn;
    },
  };
}

async function runTurn(isStopped: () => boolean): Promise<void> {
  try {
    for await (const events of handOverTickets({ kind: 'system' }, olderThanMs)) {
      publishChanges(events);
      if (isStopped()) return;
    }
  } catch (error) {
    logger().warn('interrupted hand-overs were not taken up', { error });
  }
}
