import type { FileAccess } from '#/components/conversation/attachments/files-context.ts';

let files: ReturnType<FileAccess> | null = null;

/** The inbox's way for files, loaded with the first one: an agent's session is a cookie, and needs no header. */
export const inboxFiles: FileAccess = () => {
  files ??= import('#/lib/sync/file-transfer.ts').then(({ openFileTransfer }) =>
    openFileTransfer('/api/inbox/files', () => ({})),
  );
  return files;
};
