import { openPiece, type Piece } from '#/lib/transfer/pieces.ts';

/** What a class of a Parse dump may be at most: an object with its texts and lists. */
const objectBytesMax = 1024 * 1024;
const headBytesMax = 4096;

const [quote, backslash, open, close, openList, closeList, comma] = [...Buffer.from('"\\{}[],')];
const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);

/**
 * The objects of one file, one at a time: those of a list (`[…]`), of the list that a query answers
 * (`{"results": […]}`), or one after another. What is neither comes as a piece of its own, to be refused with its number.
 * Memory holds one object, whatever the file's size. `onEnd` hears whether the list was closed and the last object whole.
 */
export async function* readObjects(
  chunks: AsyncIterable<Uint8Array>,
  source: number,
  onEnd: (isWhole: boolean) => void = () => {},
): AsyncGenerator<Piece> {
  const scan = openScan();
  let number = 0;
  for await (const chunk of withoutHead(chunks)) {
    for (const bytes of scan.take(chunk)) yield { source, number: ++number, bytes };
  }
  for (const bytes of scan.end()) yield { source, number: ++number, bytes };
  onEnd(scan.isWhole());
}

/** Without a byte order mark and without `{"results":`, behind which the list begins that is meant. */
async function* withoutHead(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head === null) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < headBytesMax) continue;
    yield cutHead(head);
    head = null;
  }
  if (head !== null) yield cutHead(head);
}

function cutHead(head: Buffer): Buffer {
  const found = /^(?:\xef\xbb\xbf)?\s*(?:\{\s*"results"\s*:\s*(?=\[))?/.exec(head.toString('latin1'));
  return head.subarray(found?.[0].length ?? 0);
}

/** Cuts a text of JSON into its objects, at any byte at which it comes in parts. */
function openScan() {
  const held = openPiece(objectBytesMax);
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let isStray = false;
  let isList: boolean | null = null;
  let isOver = false;

  return {
    *take(chunk: Buffer): Generator<Buffer | null> {
      let from = 0;
      for (let at = 0; at < chunk.length && !isOver; at++) {
        const byte = chunk[at] ?? 0;
        if (depth > 0) {
          if (!step(byte)) continue;
          held.add(chunk.subarray(from, at + 1));
          yield held.take();
          continue;
        }
        if (byte === open) {
          if (isStray) yield* stray(chunk.subarray(from, at));
          isList ??= false;
          depth = 1;
          from = at;
        } else if (byte === openList && isList === null) isList = true;
        else if (byte === closeList && isList === true) {
          if (isStray) yield* stray(chunk.subarray(from, at));
          isOver = true;
        } else if (byte === comma || isSpace(byte)) {
          if (isStray) yield* stray(chunk.subarray(from, at));
        } else if (!isStray) {
          isStray = true;
          from = at;
        }
      }
      if (depth > 0 || isStray) held.add(chunk.subarray(from));
    },
    *end(): Generator<Buffer | null> {
      if (depth > 0 || isStray) yield held.take();
    },
    /** The list was closed, where it is one, and the last object was whole. */
    isWhole: () => depth === 0 && (isList !== true || isOver),
  };

  function* stray(rest: Buffer): Generator<Buffer | null> {
    held.add(rest);
    isStray = false;
    yield held.take();
  }

  /** Whether this byte ends the object. */
  function step(byte: number): boolean {
    if (isText) {
      if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) isText = false;
      return false;
    }
    if (byte === quote) isText = true;
    else if (byte === open || byte === openList) depth++;
    else if (byte === close || byte === closeList) depth--;
    return depth === 0;
  }
}
