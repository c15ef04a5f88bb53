import type { FileAccess, FileShelf } from '#/components/conversation/attachments/files-context.ts';
import type { FileRef } from '#/lib/files/schema.ts';

/** The inbox's way for files, loaded with the first one: an agent's session is a cookie, and needs no header. */
export function openInboxFiles(agentId: string): FileAccess {
  let files: ReturnType<FileAccess> | null = null;
  const access: FileAccess = () => {
    files ??= import('#/lib/sync/file-transfer.ts').then(
      ({ openFileTransfer }) => openFileTransfer('/api/inbox/files', () => ({})),
      (error: unknown) => {
        // Loaded anew the next time.
        files = null;
        throw error;
      },
    );
    return files;
  };
  access.shelf = tabShelf(`parley:files:${agentId}:`);
  return access;
}

/** Drafts are kept on the server; the files that go with them, uploaded already, by their names in this tab. */
function tabShelf(prefix: string): FileShelf {
  return {
    load(key) {
      try {
        const files: unknown = JSON.parse(sessionStorage.getItem(prefix + key) ?? '[]');
        return Array.isArray(files) ? files.filter(isFileRef) : [];
      } catch {
        return [];
      }
    },
    save(key, files) {
      try {
        if (files.length === 0) sessionStorage.removeItem(prefix + key);
        else sessionStorage.setItem(prefix + key, JSON.stringify(files));
      } catch {
        // Full or forbidden: then a reload loses them, and they are chosen again.
      }
    },
  };
}

function isFileRef(value: unknown): value is FileRef {
  return typeof value === 'object' && value !== null && 'id' in value && 'name' in value && 'bytes' in value;
}
