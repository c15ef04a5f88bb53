import { transact } from '#/db/client.ts';
import { takeExpiredTyping } from '#/db/typing.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import type { Sender } from '#/lib/messages/schema.ts';
import { publishTyping } from '#/lib/realtime/publish.ts';

const everyMs = 1_000;
const batchMax = 200;

/** Ends typing signals whose writer fell silent (a closed lid, a lost network) and tells so. Any number may run. */
export function startTypingExpiry(): Turns {
  return runTurns({
    name: 'end of typing signals',
    everyMs,
    turn: async () => {
      await expireTyping();
      return undefined;
    },
  });
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
