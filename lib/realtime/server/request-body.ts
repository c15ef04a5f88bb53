import type { IncomingMessage } from 'node:http';

export type RequestBody = { isTooLarge: false; bytes: Buffer } | { isTooLarge: true };

/**
 * Reads a body to its end, counting as it comes and keeping no more than `bytesKeptMax`: the rest is thrown
 * away, so that the sender gets to hear why. Rejects when the sender goes away or sends above `bytesReadMax`.
 */
export function readBody(
  request: IncomingMessage,
  bytesKeptMax: number,
  bytesReadMax: number,
): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    request.on('data', (chunk: Buffer) => {
      byteCount += chunk.length;
      if (byteCount <= bytesKeptMax) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      if (byteCount > bytesReadMax) request.destroy(new Error('body far too large'));
    });
    request.on('end', () => {
      const isTooLarge = byteCount > bytesKeptMax;
      resolve(isTooLarge ? { isTooLarge } : { isTooLarge, bytes: Buffer.concat(chunks) });
    });
    request.on('error', reject);
    request.on('close', () => reject(new Error('request closed early')));
  });
}
