'use client';

import { inboxPorts } from '#/app/(agent)/inbox/transport.ts';
import { Inbox } from '#/components/inbox/inbox.tsx';
import type { InboxStart } from '#/components/inbox/ports.ts';

/** The inbox with its way to the server. */
export function InboxPage({ start }: { start: InboxStart }) {
  return <Inbox start={start} ports={inboxPorts} />;
}
