import type { Change, Sender } from '#/lib/messages/schema.ts';
import type { Say } from '#/lib/texts/words.ts';

/** What a line in the customer's thread says about a change: they only ever hear of resolving, reopening and closing. */
export function customerWords(change: Change, sender: Sender | 'me', say: Say): string {
  if (change.field !== 'status') return say('change.updated');
  const byAgent = sender !== 'me' && sender.kind === 'agent' ? sender.name : null;
  if (change.to === 'resolved') {
    return byAgent === null ? say('change.resolved') : say('change.resolvedBy', { name: byAgent });
  }
  if (change.to === 'closed') return say('change.closed');
  return say('change.reopened');
}
