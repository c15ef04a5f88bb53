import type { Bridge } from '#/lib/embed/bridge.ts';
import type { ConversationSnapshot } from '#/lib/sync/conversation.ts';
import type { CustomerListSnapshot } from '#/lib/sync/widget.ts';

type Known = { unreadCount: number; status: string; agentId: string | null };

/**
 * Tells the page around us what news the list and the open conversation bring: each once, and nothing of what stood
 * there when we first looked.
 */
export function openHostEvents(emit: Bridge['emit']) {
  let known: Map<string, Known> | null = null;
  let shown: { conversationId: string; through: number; isTyping: boolean } | null = null;

  return {
    /** `openId`: what comes into the open conversation, that one tells. */
    hearList({ conversations }: CustomerListSnapshot, openId: string | null) {
      const before = known;
      known = new Map();
      for (const { id, unreadCount, status, assignee } of conversations) {
        known.set(id, { unreadCount, status, agentId: assignee?.id ?? null });
        const was = before?.get(id);
        if (before === null) continue;
        if (unreadCount > (was?.unreadCount ?? 0) && id !== openId) {
          emit('message:received', { conversationId: id });
        }
        if (was === undefined) continue;
        if (status !== was.status) emit('conversation:status', { conversationId: id, status });
        if ((assignee?.id ?? null) !== was.agentId) {
          emit('agent:assigned', { conversationId: id, agentName: assignee?.name ?? null });
        }
      }
    },
    hearThread({ conversationId, bubbles, isLoading, typists }: ConversationSnapshot) {
      if (isLoading) return;
      const newest = bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
      if (shown?.conversationId !== conversationId) {
        shown = { conversationId, through: newest, isTyping: false };
      }
      for (let index = bubbles.length - 1; index >= 0; index--) {
        const { order, isMine, kind } = bubbles[index] ?? { order: null, isMine: true, kind: 'event' };
        if (order === null) continue;
        if (order <= shown.through) break;
        if (!isMine && kind === 'reply') emit('message:received', { conversationId });
      }
      shown.through = Math.max(shown.through, newest);
      const typist = typists[0];
      if ((typist !== undefined) === shown.isTyping) return;
      shown.isTyping = typist !== undefined;
      emit('typing', { conversationId, isTyping: shown.isTyping, agentName: typist?.name ?? null });
    },
    /** Nobody is here any more, or somebody else. */
    forget() {
      known = null;
      shown = null;
    },
  };
}
