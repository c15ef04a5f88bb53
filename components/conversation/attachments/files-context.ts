import { createContext } from 'react';
import type { FilePorts } from '#/lib/sync/file-transfer.ts';

/** Loads what brings files to the server and back: nobody waits for it who sends none. The same for as long as a page lives. */
export type FileAccess = () => Promise<FilePorts>;

export const FilesContext = createContext<FileAccess | null>(null);
