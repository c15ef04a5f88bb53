import { fail, type Result, succeed } from '#/lib/errors.ts';
import { fileNameHeader } from '#/lib/files/rules.ts';
import type { FileAllowance, FileRef } from '#/lib/files/schema.ts';
import { resultOf } from '#/lib/sync/answers.ts';

/** Files on their way to the server and back. Nothing in it throws: a lost answer is `unavailable`. */
export type FilePorts = {
  /** `onProgress` hears of the share that left this machine, 0 to 1. */
  upload(
    file: Blob,
    name: string,
    options: { onProgress(share: number): void; signal: AbortSignal },
  ): Promise<Result<FileRef>>;
  /** Takes an upload back that no message has taken. */
  remove(fileId: string): Promise<Result<null>>;
  read(fileId: string, size: 'thumbnail' | 'whole'): Promise<Result<Blob>>;
  fetchAllowance(): Promise<Result<FileAllowance>>;
};

/** The way to the files under `path`; `headers` say who asks, each time anew. */
export function openFileTransfer(path: string, headers: () => Record<string, string>): FilePorts {
  return {
    upload: (file, name, options) =>
      new Promise((resolve) => {
        // The only way to hear how far it is.
        const request = new XMLHttpRequest();
        const lost = () => resolve(fail({ code: 'unavailable', reason: 'no_connection' }));
        request.open('POST', path);
        const named = {
          ...headers(),
          'content-type': 'application/octet-stream',
          [fileNameHeader]: encodeURIComponent(name.toWellFormed()),
        };
        for (const [header, value] of Object.entries(named)) request.setRequestHeader(header, value);
        request.upload.onprogress = ({ loaded, total }) =>
          options.onProgress(total === 0 ? 0 : loaded / total);
        request.onerror = lost;
        request.onabort = lost;
        request.onload = () =>
          resolve(
            resultOf<FileRef>(async () => new Response(request.responseText, { status: request.status })),
          );
        options.signal.addEventListener('abort', () => request.abort());
        if (options.signal.aborted) lost();
        else request.send(file);
      }),
    remove: (fileId) =>
      resultOf(() => fetch(`${path}/${fileId}`, { method: 'DELETE', headers: headers(), keepalive: true })),
    async read(fileId, size) {
      const query = size === 'thumbnail' ? '?size=thumbnail' : '';
      try {
        const response = await fetch(`${path}/${fileId}${query}`, { headers: headers(), cache: 'no-store' });
        return response.ok ? succeed(await response.blob()) : await resultOf<Blob>(async () => response);
      } catch {
        return fail({ code: 'unavailable', reason: 'no_connection' });
      }
    },
    fetchAllowance: () => resultOf(() => fetch(path, { headers: headers(), cache: 'no-store' })),
  };
}
