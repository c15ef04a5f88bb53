import { transact } from '#/db/client.ts';
import { takeExpiredTyping } from '#/db/typing.ts';
import { logger } from '#/lib/logger.ts';
import type { Sender } from '#/lib/messages/schema.ts';
import { publishTyping } from '#/lib/realtime/publish.ts';

const everyMs = 1_000;
const batchMax = 200;

/** Ends typing signals whose writer fell silent (a closed lid, a lost network) and tells so. Any number may run. */
export function startTypingExpiry(): { stop(): Promise<void> } {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();
  const next = () => {
    timer = setTimeout(() => {
      turn = runTurn().then(() => {
        if (!isStopped) next();
      });
    }, everyMs);
    timer.unref();
  };
  next();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await turn;
    },
  };
}

async function runTurn(): Promise<void> {
  try {
    await expireTyping();
  } catch (error) {
    logger().warn('typing signals did not expire', { error });
  }
}

/** One turn: how many signals it ended. */
export async function expireTyping(): Promise<number> {
  const expired = await transact((tx) => takeExpiredTyping(tx, batchMax));
  for (const { conversationId, senderId, senderKind, name } of expired) {
    const sender: Sender =
      senderKind === 'customer'
        ? { kind: 'customer', id: senderId, name }
        : { kind: 'agent', id: senderId, name: name ?? '' };
    publishTyping({ conversationId, sender, isTyping: false, forMs: 0 });
  }
  return expired.length;
}
