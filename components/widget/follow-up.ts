import type { Thread } from '#/components/widget/messenger.ts';
import { newId } from '#/lib/ids.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';
import { type Draft, type OutboxStorage, openStart, type StoredEntry } from '#/lib/sync/storage.ts';
import type { CustomerListStore } from '#/lib/sync/widget.ts';

type Target = { conversationId: string; start: Draft['start'] | null };

/**
 * Words that were refused because their conversation is over go on where the ticket goes on: in its newest conversation,
 * or in a further one that they begin. What is shown goes with them. Of a conversation that is gone altogether they begin
 * a new ticket, only when the person asks for it. Answers how many conversations were left.
 */
export async function followUp(parts: {
  outbox: Outbox;
  storage: OutboxStorage;
  list: CustomerListStore | null;
  isAsked: boolean;
  hasSession: boolean;
  drafts: Map<string, string>;
  current(): Thread | null;
  open(conversationId: string, start: Target['start']): void;
}): Promise<number> {
  const { outbox, storage, list, current } = parts;
  await list?.refresh();
  let left = 0;
  for (const fromId of outbox.conversationIds()) {
    const refused = outbox.list(fromId).filter(isOver);
    const [first] = refused;
    if (first === undefined) continue;
    const shown = current();
    const isShown = shown?.conversationId === fromId;
    const target = await targetOf(fromId, first, parts.isAsked && isShown);
    if (target === null) continue;
    left++;
    // In the new one before they leave the old one: a crash between the two must lose nothing.
    for (const { text, files } of refused) {
      outbox.add({ ...target, id: newId(), kind: 'reply', text, ...(files === undefined ? {} : { files }) });
    }
    for (const { id } of refused) outbox.takeBack(id);
    if (!isShown) continue;
    // Half a thought in the composer goes along.
    const typed = take(shown.store.getSnapshot().isStarted ? fromId : '');
    if (typed !== undefined) parts.drafts.set(target.start === null ? target.conversationId : '', typed);
    parts.open(target.conversationId, target.start);
  }
  return left;

  function take(key: string): string | undefined {
    const typed = parts.drafts.get(key);
    parts.drafts.delete(key);
    return typed;
  }

  async function targetOf(fromId: string, first: StoredEntry, mayStart: boolean): Promise<Target | null> {
    const conversations = list?.getSnapshot().conversations ?? [];
    const followedId = first.start?.follows ?? fromId;
    const ticketId = conversations.find(({ id }) => id === followedId)?.ticketId;
    const newest = conversations.find((conversation) => conversation.ticketId === ticketId);
    if (ticketId === undefined || newest === undefined) {
      return mayStart ? openStart(storage, parts.hasSession) : null;
    }
    if (newest.id !== fromId && newest.status !== 'closed') return { conversationId: newest.id, start: null };
    // The same for every tab until its first message is confirmed.
    const { conversationId } = await openStart(storage, true);
    return { conversationId, start: { ticketId, sessionToken: null, follows: newest.id } };
  }
}

function isOver({ failure }: StoredEntry): boolean {
  return failure?.reason?.startsWith('followup') === true;
}
