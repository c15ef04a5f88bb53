import { logger } from '#/lib/logger.ts';

export type Turns = {
  /** No turn begins any more; resolves when the one under way has ended. */
  stop(): Promise<void>;
  /** The next turn begins now, or as soon as the one under way has ended. */
  wake(): void;
};

type Options = {
  /** For the log: what did not happen when a turn failed. */
  name: string;
  /** From the end of one turn to the beginning of the next. */
  everyMs: number;
  /** Whether the first turn waits for nothing. */
  startsAtOnce?: boolean;
  /** Answers in how many milliseconds it wants its next turn, when that is not `everyMs`. */
  turn(isStopped: () => boolean): Promise<number | undefined>;
};

/**
 * Work that comes again and again, one turn at a time. A turn that fails is one that had nothing to do: it never ends
 * the process, and the log hears of a failure once, until a turn succeeds or fails in another way.
 */
export function runTurns({ name, everyMs, startsAtOnce = false, turn }: Options): Turns {
  let isStopped = false;
  let isRunning = false;
  let isWoken = false;
  let told: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    isRunning = true;
    isWoken = false;
    let nextMs: number | undefined;
    try {
      nextMs = await turn(() => isStopped);
      told = null;
    } catch (error) {
      const kind = kindOf(error);
      if (kind !== told) logger().warn('a turn failed', { turn: name, error });
      told = kind;
    }
    isRunning = false;
    if (!isStopped) next(isWoken ? 0 : (nextMs ?? everyMs));
  }
  function next(inMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      underWay = run();
    }, inMs).unref();
  }
  next(startsAtOnce ? 0 : everyMs);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
    },
    wake() {
      isWoken = true;
      if (!isStopped && !isRunning) next(0);
    },
  };
}

function kindOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : String(Reflect.get(error, 'message'));
}
