import type { FileAccess } from '#/components/conversation/attachments/files-context.ts';
import { fail, type Result } from '#/lib/errors.ts';

/** As many as a long look through a thread shows; older ones are asked for again. */
const keptMax = 60;
const triesMax = 6;
const kept = new WeakMap<FileAccess, Map<string, Blob>>();

function shelfOf(access: FileAccess): Map<string, Blob> {
  const shelf = kept.get(access) ?? new Map<string, Blob>();
  kept.set(access, shelf);
  return shelf;
}

/** What this page has already need not be asked for: the picture that was chosen just now. */
export function keepPicture(access: FileAccess, fileId: string, picture: Blob): void {
  const shelf = shelfOf(access);
  shelf.delete(fileId);
  shelf.set(fileId, picture);
  const oldest = shelf.size > keptMax ? shelf.keys().next().value : undefined;
  if (oldest !== undefined) shelf.delete(oldest);
}

/** The small picture of a file, once it is drawn; null when there is none to be had. */
export async function findPicture(
  access: FileAccess,
  fileId: string,
  signal: AbortSignal,
): Promise<Blob | null> {
  for (let tries = 0; tries < triesMax && !signal.aborted; tries++) {
    const held = shelfOf(access).get(fileId);
    if (held !== undefined) return held;
    const result = await read(access, fileId);
    if (result.ok) keepPicture(access, fileId, result.value);
    else if (result.error.code !== 'unavailable' && result.error.code !== 'rate_limited') return null;
    else await new Promise((done) => setTimeout(done, result.error.retryAfterMs ?? 500 * 2 ** tries));
  }
  return shelfOf(access).get(fileId) ?? null;
}

async function read(access: FileAccess, fileId: string): Promise<Result<Blob>> {
  try {
    return await (await access()).read(fileId, 'thumbnail');
  } catch {
    return fail({ code: 'unavailable' });
  }
}
