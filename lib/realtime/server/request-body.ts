import type { IncomingMessage } from 'node:http';

export type RequestBody = { isTooLarge: false; bytes: Buffer } | { isTooLarge: true };

/** How many times the limit is read and thrown away, so that the sender gets to hear why. */
const drainedTimesMax = 8;

/**
 * Reads a body, counting as it comes and keeping no more than allowed. Rejects when the sender goes away
 * or sends far too much.
 */
export function readBody(request: IncomingMessage, bodyBytesMax: number): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    request.on('data', (chunk: Buffer) => {
      byteCount += chunk.length;
      if (byteCount <= bodyBytesMax) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      if (byteCount > bodyBytesMax * drainedTimesMax) request.destroy(new Error('body far too large'));
    });
    request.on('end', () => {
      const isTooLarge = byteCount > bodyBytesMax;
      resolve(isTooLarge ? { isTooLarge } : { isTooLarge, bytes: Buffer.concat(chunks) });
    });
    request.on('error', reject);
    request.on('close', () => reject(new Error('request closed early')));
  });
}
