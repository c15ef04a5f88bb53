import { createHash } from 'node:crypto';

/**
 * The format of a backup, before compression: a line of JSON that says what it is; for each table a line of JSON, its
 * rows as PostgreSQL's COPY writes them (one line each, newlines within escaped) and a line `\.`; for each file that people
 * sent a line of JSON with its key and length, its bytes as lines of base64 and a line `\.`; then a line with what there
 * must have been, and a last one with the SHA-256 of everything before it.
 */

export type BackupHeader = {
  /** 2: files may follow the tables. */
  parleyBackup: 1 | 2;
  createdAt: string;
  /** When each applied migration was made, which names it. */
  migrations: number[];
  serverVersion: string;
};
export type BackupTable = { name: string; columns: string[] };
export type BackupSequence = { name: string; lastValue: string; isCalled: boolean };
export type BackupEnd = { counts: Record<string, number>; sequences: BackupSequence[]; files: number };
export type BackupFile = { key: string; bytes: number; content: AsyncIterable<Uint8Array> };

export type BackupPart =
  | { kind: 'header'; header: BackupHeader }
  | { kind: 'table'; table: BackupTable }
  /** Whole rows of the table named last. */
  | { kind: 'rows'; bytes: Buffer; count: number }
  | { kind: 'file'; key: string; bytes: number }
  /** A piece of the file named last. */
  | { kind: 'content'; bytes: Buffer }
  | { kind: 'fileEnd'; key: string }
  | { kind: 'end'; end: BackupEnd };

export type BackupRefusal = 'backup_damaged' | 'backup_unknown' | 'backup_newer' | 'database_not_empty';

/** Why a backup was not written or taken back: a sentence for the person at the terminal. Nothing was changed. */
export class BackupError extends Error {
  readonly code: BackupRefusal | 'database_unfit';
  constructor(code: BackupError['code'], message: string) {
    super(message);
    this.name = 'BackupError';
    this.code = code;
  }
}

const newline = 10;
const rowsEnd = Buffer.from('\\.\n');
const rowsEndAfterRow = Buffer.from('\n\\.\n');
/** Whole groups of three, so that each line of base64 stands for itself. */
const contentLineBytes = 57_000;
const lineBytesMax = 256 * 1024 * 1024;

/** Turns parts into the bytes of the format, and adds counts and checksum. */
export async function* writeBackup(
  header: BackupHeader,
  tables: readonly BackupTable[],
  rowsOf: (table: BackupTable) => AsyncIterable<Buffer>,
  sequences: () => Promise<BackupSequence[]>,
  files?: () => AsyncIterable<BackupFile>,
): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  const noted = (bytes: Buffer) => {
    digest.update(bytes);
    return bytes;
  };
  const counts: Record<string, number> = {};
  yield noted(lineOf(header));
  for (const table of tables) {
    yield noted(lineOf({ table: table.name, columns: table.columns }));
    let count = 0;
    for await (const bytes of rowsOf(table)) {
      count += countLines(bytes);
      yield noted(bytes);
    }
    counts[table.name] = count;
    yield noted(rowsEnd);
  }
  const last = await sequences();
  let fileCount = 0;
  for await (const { key, bytes, content } of files?.() ?? []) {
    yield noted(lineOf({ file: key, bytes }));
    for await (const line of linesOf(content)) yield noted(line);
    yield noted(rowsEnd);
    fileCount++;
  }
  yield noted(lineOf({ end: { counts, sequences: last, files: fileCount } }));
  yield lineOf({ sha256: digest.digest('hex') });
}

async function* linesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const chunk of content) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= contentLineBytes) {
      yield Buffer.from(`${held.subarray(0, contentLineBytes).toString('base64')}\n`);
      held = held.subarray(contentLineBytes);
    }
  }
  if (held.length > 0) yield Buffer.from(`${held.toString('base64')}\n`);
}

/**
 * Reads the format back, in pieces of whole rows. Throws `backup_damaged` at what is cut, changed or has anything
 * behind it, and `backup_unknown` at what is none of ours; so only what was read to its end may be trusted.
 */
export async function* readBackup(source: AsyncIterable<Buffer>): AsyncGenerator<BackupPart> {
  const digest = createHash('sha256');
  const counts: Record<string, number> = {};
  let table: string | null = null;
  let file: { key: string; bytes: number; read: number } | null = null;
  let fileCount = 0;
  let state: 'start' | 'between' | 'end' | 'over' = 'start';
  for await (const whole of wholeLines(source)) {
    let block = whole;
    while (block.length > 0) {
      if (state === 'over') throw damaged('something follows its end');
      if (table !== null) {
        const { rows, rest, isOver } = splitRows(block);
        digest.update(rows);
        block = rest;
        const count = countLines(rows);
        counts[table] = (counts[table] ?? 0) + count;
        if (count > 0) yield { kind: 'rows', bytes: rows, count };
        if (isOver) {
          digest.update(rowsEnd);
          table = null;
        }
        continue;
      }
      if (file !== null) {
        const { rows, rest, isOver } = splitRows(block);
        digest.update(rows);
        block = rest;
        const content = contentOf(rows);
        file.read += content.length;
        if (content.length > 0) yield { kind: 'content', bytes: content };
        if (isOver) {
          digest.update(rowsEnd);
          if (file.read !== file.bytes) throw damaged('a file is not whole');
          yield { kind: 'fileEnd', key: file.key };
          fileCount++;
          file = null;
        }
        continue;
      }
      const cut = block.indexOf(newline) + 1;
      const line = block.subarray(0, cut);
      block = block.subarray(cut);
      if (state === 'end') {
        const { sha256 } = parseLine(line, state);
        if (sha256 !== digest.digest('hex')) throw damaged('its checksum is another');
        state = 'over';
        continue;
      }
      digest.update(line);
      const value = parseLine(line, state);
      if (state === 'start') {
        yield { kind: 'header', header: headerOf(value) };
        state = 'between';
      } else if ('table' in value) {
        const next = tableOf(value);
        table = next.name;
        counts[table] = 0;
        yield { kind: 'table', table: next };
      } else if ('file' in value) {
        file = { key: String(value.file), bytes: Number(value.bytes), read: 0 };
        if (!keyPattern.test(file.key)) throw damaged('a file of it has no name');
        yield { kind: 'file', key: file.key, bytes: file.bytes };
      } else {
        const end = endOf(value);
        if (end.files !== fileCount) throw damaged('files are missing');
        if (!isSameCounts(end.counts, counts)) throw damaged('rows are missing');
        yield { kind: 'end', end };
        state = 'end';
      }
    }
  }
  if (state !== 'over') throw damaged('its end is missing');
}

/** Blocks that end with a newline. */
async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of source) {
    const cut = chunk.lastIndexOf(newline) + 1;
    if (cut === 0) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes > lineBytesMax) throw damaged('a line has no end');
      continue;
    }
    yield Buffer.concat([...held, chunk.subarray(0, cut)]);
    held = cut === chunk.length ? [] : [chunk.subarray(cut)];
    heldBytes = chunk.length - cut;
  }
  if (heldBytes > 0) throw damaged('its last line is cut');
}

function splitRows(block: Buffer): { rows: Buffer; rest: Buffer; isOver: boolean } {
  if (block.subarray(0, rowsEnd.length).equals(rowsEnd)) {
    return { rows: block.subarray(0, 0), rest: block.subarray(rowsEnd.length), isOver: true };
  }
  const at = block.indexOf(rowsEndAfterRow);
  if (at < 0) return { rows: block, rest: block.subarray(0, 0), isOver: false };
  return { rows: block.subarray(0, at + 1), rest: block.subarray(at + rowsEndAfterRow.length), isOver: true };
}

const keyPattern = /^[A-Za-z0-9_-]{22,64}$/;

function contentOf(lines: Buffer): Buffer {
  const pieces = lines.toString('latin1').split('\n').slice(0, -1);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++;
  return count;
}

function lineOf(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function parseLine(line: Buffer, state: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw state === 'start' ? notOurs() : damaged('a line of it is not readable');
}

function headerOf(value: Record<string, unknown>): BackupHeader {
  const { parleyBackup, createdAt, migrations, serverVersion } = value;
  if (typeof parleyBackup !== 'number') throw notOurs();
  if (parleyBackup !== 1 && parleyBackup !== 2) {
    throw new BackupError('backup_newer', 'This backup was made by a newer version of Parley: use that one.');
  }
  if (!Array.isArray(migrations) || !migrations.every((each) => typeof each === 'number')) throw notOurs();
  return { parleyBackup, createdAt: String(createdAt), migrations, serverVersion: String(serverVersion) };
}

function tableOf(value: Record<string, unknown>): BackupTable {
  const { table, columns } = value;
  if (typeof table !== 'string' || !Array.isArray(columns)) throw damaged('a table of it is not readable');
  return { name: table, columns: columns.map(String) };
}

function endOf(value: Record<string, unknown>): BackupEnd {
  const { end } = value;
  if (!isRecord(end) || !isRecord(end.counts) || !Array.isArray(end.sequences)) {
    throw damaged('its end is not readable');
  }
  const counts = Object.entries(end.counts).map(([name, count]) => [name, Number(count)] as const);
  const sequences = end.sequences.filter(isRecord).map(({ name, lastValue, isCalled }) => ({
    name: String(name),
    lastValue: String(lastValue),
    isCalled: isCalled === true,
  }));
  return { counts: Object.fromEntries(counts), sequences, files: Number(end.files ?? 0) };
}

function isSameCounts(a: Record<string, number>, b: Record<string, number>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(how: string): BackupError {
  return new BackupError('backup_damaged', `This backup is damaged: ${how}. Nothing was changed.`);
}

function notOurs(): BackupError {
  return new BackupError('backup_unknown', 'This file is no backup of Parley. Nothing was changed.');
}
