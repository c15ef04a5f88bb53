'use client';

import { useState } from 'react';
import { openInboxFiles } from '#/app/(agent)/inbox/files.ts';
import { inboxPorts } from '#/app/(agent)/inbox/transport.ts';
import { FilesContext } from '#/components/conversation/attachments/files-context.ts';
import { Inbox } from '#/components/inbox/inbox.tsx';
import type { InboxStart } from '#/components/inbox/ports.ts';

/** The inbox with its way to the server. */
export function InboxPage({ start }: { start: InboxStart }) {
  const [files] = useState(() => openInboxFiles(start.me.id));
  return (
    <FilesContext value={files}>
      <Inbox start={start} ports={inboxPorts} />
    </FilesContext>
  );
}
