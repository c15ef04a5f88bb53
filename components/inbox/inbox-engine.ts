import type { StaffOutbox } from '#/lib/sync/staff-outbox.ts';
import type { ConversationTransport, LiveConnection } from '#/lib/sync/transport.ts';

/** What the whole inbox shares; null until the browser has opened it. */
export type InboxEngine = {
  live: LiveConnection | null;
  outbox: StaffOutbox;
  transport: ConversationTransport;
};
