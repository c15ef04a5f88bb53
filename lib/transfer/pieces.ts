/** One line of a JSONL file, or one object of a dump, as it stands in its file. */
export type Piece = {
  /** Which of the files. */
  source: number;
  /** From 1, within its file. */
  number: number;
  /** Null: longer than anything that can be meant, and not kept. */
  bytes: Buffer | null;
};

/** What is wrong with a piece as a whole, before its fields are looked at. */
export type PieceProblem = 'too_long' | 'not_utf8' | 'not_json' | 'not_an_object';

/** Longer than any record that Parley makes: a text of 10,000 characters with all that may hang on it. */
export const pieceBytesMax = 1024 * 1024;

const newline = 10;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The lines of a file without their ends; never more than one of them is held, however long it is. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  source: number,
  bytesMax: number = pieceBytesMax,
): AsyncGenerator<Piece> {
  const line = openPiece(bytesMax);
  let number = 1;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      line.add(bytes.subarray(from, at));
      yield { source, number, bytes: line.take() };
      number++;
      from = at + 1;
    }
    line.add(bytes.subarray(from));
  }
  if (!line.isEmpty()) yield { source, number, bytes: line.take() };
}

/** Bytes that come in parts; what is longer than `bytesMax` is let go as it comes. */
export function openPiece(bytesMax: number) {
  let parts: Buffer[] = [];
  let length = 0;
  return {
    add(part: Buffer): void {
      length += part.length;
      if (part.length === 0) return;
      if (length > bytesMax) parts = [];
      // Its own copy: a part of a chunk would keep the whole chunk.
      else parts.push(Buffer.from(part));
    },
    isEmpty: () => length === 0,
    take(): Buffer | null {
      const bytes = length > bytesMax ? null : Buffer.concat(parts);
      parts = [];
      length = 0;
      return bytes;
    },
  };
}

/** What a piece says; `blank` for an empty line. */
export function parsePiece(
  piece: Piece,
): { value: Record<string, unknown> } | { problem: PieceProblem } | 'blank' {
  if (piece.bytes === null) return { problem: 'too_long' };
  let text: string;
  try {
    text = decoder.decode(piece.bytes).trim();
  } catch {
    return { problem: 'not_utf8' };
  }
  if (text === '') return 'blank';
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { value } : { problem: 'not_an_object' };
  } catch {
    return { problem: 'not_json' };
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type Unsound = { path: string; reason: 'has_nul' | 'too_deep' | 'number_too_large' };

const depthMax = 20;

/**
 * The value as PostgreSQL keeps it: halves of surrogate pairs become U+FFFD. Answers what it can't keep instead: a NUL
 * anywhere, nesting without end, a number beyond all numbers.
 */
export function toSound(value: unknown): { value: unknown } | { unsound: Unsound } {
  const found: Unsound[] = [];
  const sound = soundOf(value, [], found);
  const [unsound] = found;
  return unsound === undefined ? { value: sound } : { unsound };
}

function soundOf(value: unknown, path: readonly string[], found: Unsound[]): unknown {
  const complain = (reason: Unsound['reason']) => {
    found.push({ path: path.join('.').slice(0, 200), reason });
    return null;
  };
  if (typeof value === 'string') return value.includes('\0') ? complain('has_nul') : value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : complain('number_too_large');
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > depthMax) return complain('too_deep');
  if (Array.isArray(value)) return value.map((each, index) => soundOf(each, [...path, String(index)], found));
  const entries = Object.entries(value).map(([key, each]) => {
    if (key.includes('\0')) complain('has_nul');
    return [key.toWellFormed(), soundOf(each, [...path, key.replaceAll('\0', '')], found)] as const;
  });
  return Object.fromEntries(entries);
}
