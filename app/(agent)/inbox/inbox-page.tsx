'use client';

import { inboxFiles } from '#/app/(agent)/inbox/files.ts';
import { inboxPorts } from '#/app/(agent)/inbox/transport.ts';
import { FilesContext } from '#/components/conversation/attachments/files-context.ts';
import { Inbox } from '#/components/inbox/inbox.tsx';
import type { InboxStart } from '#/components/inbox/ports.ts';

/** The inbox with its way to the server. */
export function InboxPage({ start }: { start: InboxStart }) {
  return (
    <FilesContext value={inboxFiles}>
      <Inbox start={start} ports={inboxPorts} />
    </FilesContext>
  );
}
