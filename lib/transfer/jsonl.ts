import { exportRecords } from '#/db/transfer/export.ts';
import { type TransferNoun, transferNouns } from '#/db/transfer/tables.ts';
import type { ImportSource } from '#/lib/transfer/import.ts';
import { isRecord, parsePiece, readLines } from '#/lib/transfer/pieces.ts';
import { type Problem, sentenceOfPiece } from '#/lib/transfer/problems.ts';
import { parseTransferLine } from '#/lib/transfer/records.ts';

/**
 * The file of an export: a first line that says what it is, a line for each record and a last one with how many there are, so
 * that a file that was cut is known. A file that somebody else made needs neither the first nor the last.
 */

const formatVersion = 1;
export type TransferCounts = Partial<Record<TransferNoun, number>>;

/** All of a database's records, as the bytes of a file. `onRecord` hears of each, and about how many there will be. */
export function exportLines(
  url: string,
  onRecord: (done: number, about: number) => void = () => {},
): AsyncGenerator<Buffer> {
  return inBlocks(linesOf(url, onRecord));
}

async function* linesOf(
  url: string,
  onRecord: (done: number, about: number) => void,
): AsyncGenerator<string> {
  const counts: TransferCounts = {};
  let [done, about] = [0, 0];
  yield lineOf({ parleyExport: formatVersion, exportedAt: new Date().toISOString() });
  for await (const { noun, record } of exportRecords(url, (known) => {
    about = known;
  })) {
    counts[noun] = (counts[noun] ?? 0) + 1;
    yield lineOf({ noun, record });
    onRecord(++done, Math.max(about, done));
  }
  yield lineOf({ end: { counts } });
}

const blockCharsMin = 64 * 1024;

/** Many lines at a time: packing and writing each by itself takes longer than all the rest. */
async function* inBlocks(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block = '';
  for await (const line of lines) {
    block += line;
    if (block.length < blockCharsMin) continue;
    yield Buffer.from(block);
    block = '';
  }
  yield Buffer.from(block);
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** A file of such lines as a source of records. `open` reads it from its beginning. */
export function jsonlSource(name: string, open: () => AsyncIterable<Uint8Array>): ImportSource {
  let reading = startReading();
  const refused = (problem: Problem) => {
    reading.spoil();
    return { records: [], problems: [problem] };
  };
  return {
    name: `jsonl ${name}`,
    read() {
      reading = startReading();
      return readLines(open(), 0);
    },
    parse(piece) {
      const at = { source: piece.source, number: piece.number };
      const found = parsePiece(piece);
      if (found === 'blank') return nothing;
      if ('problem' in found) return refused({ ...at, field: null, what: sentenceOfPiece(found.problem) });
      const frame = reading.takeFrame(found.value, piece.number);
      if (frame !== 'record')
        return frame === 'frame' ? nothing : refused({ ...at, field: null, what: frame });
      const parsed = parseTransferLine(found.value, at);
      if ('problem' in parsed) return refused(parsed.problem);
      reading.count(parsed.record.noun);
      return { records: [parsed.record], problems: [] };
    },
    finish: () => reading.finish(),
    isOwnExport: () => reading.isOwnExport(),
    placeOf: (_, number) => `line ${number}`,
  };
}

const nothing = { records: [], problems: [] };

/** Knows of one reading whether it is an export's, and whether its end came. */
function startReading() {
  const counts = new Map<string, number>();
  let header: number | null = null;
  let isOver = false;
  let isSpoilt = false;
  let last = 0;
  return {
    /** `record` when the line is one; `frame` for the first and the last; else what is wrong. */
    takeFrame(value: Record<string, unknown>, number: number): string {
      last = number;
      if (isOver) return 'follows the end of the export';
      if ('parleyExport' in value && counts.size === 0 && header === null) {
        if (value.parleyExport !== formatVersion) {
          return 'says that a newer version of Parley made this export: import it with that version';
        }
        header = number;
        return 'frame';
      }
      if (!('end' in value)) return 'record';
      isOver = true;
      return isSpoilt || isSame(value.end)
        ? 'frame'
        : 'counts other records than came: lines are missing or were added';
    },
    /** A line was refused: what is missing is known. */
    spoil(): void {
      isSpoilt = true;
    },
    count(noun: string): void {
      counts.set(noun, (counts.get(noun) ?? 0) + 1);
    },
    finish(): Problem[] {
      if (header === null || isOver) return [];
      const what = 'is the last line of a file that has no end: it was cut';
      return [{ source: 0, number: last, field: null, what }];
    },
    isOwnExport: () => header !== null,
  };

  function isSame(end: unknown): boolean {
    const told = isRecord(end) && isRecord(end.counts) ? end.counts : {};
    return transferNouns.every((noun) => (counts.get(noun) ?? 0) === Number(told[noun] ?? 0));
  }
}
