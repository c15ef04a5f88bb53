import { Readable } from 'node:stream';
import { RefusedError } from '#/lib/errors.ts';
import { dispositionOf, fileNameHeader, rangeOf } from '#/lib/files/rules.ts';
import { addFile, type FileActor, openFile, openThumbnail } from '#/lib/files/service.ts';

/** Takes the body of a request as a file. */
export async function receiveFile(actor: FileActor, request: Request) {
  const bytes = Number(request.headers.get('content-length') ?? Number.NaN);
  if (!Number.isSafeInteger(bytes)) throw new RefusedError({ code: 'invalid', reason: 'length_required' });
  return addFile(actor, { name: nameOf(request), bytes, body: chunksOf(request.body) });
}

/** Headers are Latin letters only, so the name comes encoded as in an address. */
function nameOf(request: Request): string {
  try {
    return decodeURIComponent(request.headers.get(fileNameHeader) ?? '').slice(0, 2_000);
  } catch {
    return '';
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A file, or its small picture, as an answer that no cache keeps and that can do nothing where it is opened. */
export async function sendFile(
  actor: FileActor,
  { fileId, size }: { fileId: string; size?: 'thumbnail' | undefined },
  request: Request,
): Promise<Response> {
  if (size === 'thumbnail') {
    const small = await openThumbnail(actor, fileId);
    return new Response(streamOf(small), { headers: { ...safe, 'Content-Type': 'image/webp' } });
  }
  const { file, isShown, read } = await openFile(actor, fileId);
  const range = rangeOf(request.headers.get('range'), file.bytes);
  const headers = {
    ...safe,
    'Content-Type': file.type === 'text/plain' ? 'text/plain; charset=utf-8' : file.type,
    'Content-Disposition': dispositionOf(file.name, isShown),
    'Accept-Ranges': 'bytes',
  };
  if (range === 'refused') {
    return new Response(null, {
      status: 416,
      headers: { ...safe, 'Content-Range': `bytes */${file.bytes}` },
    });
  }
  const source = await read(range ?? undefined);
  if (source === null) throw new RefusedError({ code: 'not_found', reason: 'file_lost' });
  if (range === null) {
    return new Response(streamOf(source), { headers: { ...headers, 'Content-Length': String(file.bytes) } });
  }
  const { first, last } = range;
  return new Response(streamOf(source), {
    status: 206,
    headers: {
      ...headers,
      'Content-Length': String(last - first + 1),
      'Content-Range': `bytes ${first}-${last}/${file.bytes}`,
    },
  });
}

const safe = {
  'Cache-Control': 'private, no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy':
    "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};

/** Safe: Node's own web stream and the global one are the same thing under two names. */
function streamOf(source: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(source) as unknown as ReadableStream<Uint8Array>;
}
