import { createContext } from 'react';
import type { FileRef } from '#/lib/files/schema.ts';
import type { FilePorts } from '#/lib/sync/file-transfer.ts';

/**
 * Loads what brings files to the server and back: nobody waits for it who sends none. The same for as long as a page lives.
 * `shelf`: where the unsent words outlive a reload, so do the files that go with them.
 */
export type FileAccess = (() => Promise<FilePorts>) & { shelf?: FileShelf };
export type FileShelf = {
  load(key: string): readonly FileRef[];
  save(key: string, files: readonly FileRef[]): void;
};

export const FilesContext = createContext<FileAccess | null>(null);
