import type { Change, Sender } from '#/lib/messages/schema.ts';

/** What a line in the customer's thread says about a change: they only ever hear of resolving, reopening and closing. */
export function customerWords(change: Change, sender: Sender | 'me'): string {
  if (change.field !== 'status') return 'This conversation was updated';
  const byAgent = sender !== 'me' && sender.kind === 'agent' ? sender.name : null;
  if (change.to === 'resolved') {
    return byAgent === null ? 'This conversation was resolved' : `${byAgent} marked this as resolved`;
  }
  if (change.to === 'closed') return 'This conversation was closed';
  return 'This conversation is open again';
}
