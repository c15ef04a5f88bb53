import type { OpenedTicket } from '#/components/inbox/ports.ts';
import type { ThreadSnapshot } from '#/lib/sync/thread.ts';

/** The thread a moment before it is opened: what is known already, in its final place. */
export function restingThread(opened: OpenedTicket | null, myId: string): ThreadSnapshot {
  const conversationId = opened?.ticket.conversationId ?? null;
  return {
    bubbles:
      opened === null || conversationId === null || opened.conversations.length > 1
        ? []
        : opened.page.entries.map((entry) => ({
            ...entry,
            state: 'sent',
            failure: null,
            isMine: entry.sender.kind === 'agent' && entry.sender.id === myId,
            heldUntil: null,
            conversationId,
            startedAt: null,
          })),
    parts: new Map(),
    replyTo: conversationId,
    isLoading: opened === null || opened.conversations.length > 1,
    failure: null,
    hasEarlier: false,
    isLoadingEarlier: false,
    isAtNewest: true,
    isLoadingLater: false,
    unreadCount: 0,
    typists: [],
    connection: 'connecting',
    isStorageDurable: true,
  };
}
