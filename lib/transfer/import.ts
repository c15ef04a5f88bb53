import { createHash } from 'node:crypto';
import { type OneConnection, openOneConnection } from '#/db/one-connection.ts';
import { type Misfit, misfitsMax, type Prepared, prepareStaged } from '#/db/transfer/checks.ts';
import { requireSameSchema } from '#/db/transfer/same-schema.ts';
import {
  beginRun,
  dropStaging,
  openStaging,
  type Run,
  releaseStaging,
  type StagedRecord,
  stage,
} from '#/db/transfer/staging.ts';
import { type WrittenCounts, writePrepared } from '#/db/transfer/writing.ts';
import type { Piece } from '#/lib/transfer/pieces.ts';
import { describeMisfit, type Problem } from '#/lib/transfer/problems.ts';

/** Where records come from: one file of lines, or the files of a dump. */
export type ImportSource = {
  /** The same for the same files, so that a reading that was cut goes on. */
  name: string;
  /** From its beginning, each time. */
  read(): AsyncIterable<Piece>;
  /** What a piece says: none, one or several records, or what is wrong with it. */
  parse(piece: Piece): { records: readonly StagedRecord[]; problems: readonly Problem[] };
  /** After the last piece: what is wrong with the whole. */
  finish(): readonly Problem[];
  /** Whether everything was written by an export of ours, which leaves nothing to be worked out. */
  isOwnExport(): boolean;
  /** `line 12`, `Message.json, object 12`. */
  placeOf(source: number, number: number): string;
  /** A field as the files call it, where they speak of ids of their own. */
  fieldOf?(field: string): string;
};

export type ImportProgress =
  | { step: 'reading'; pieces: number; records: number }
  | { step: 'checking' }
  | { step: 'writing'; done: number; total: number };

export type ImportOptions = {
  /** Waited for. */
  onProgress?: (progress: ImportProgress) => void | Promise<void>;
  /** Everything but the writing. */
  isOnlyChecked?: boolean;
  /** How many pieces are kept at once, and how many tickets come in one transaction. */
  piecesPerBatch?: number;
  ticketsPerBatch?: number;
};

export type ImportReport =
  /** Nothing was written. `hasMore`: these are only the first. */
  | { outcome: 'refused'; problems: Problem[]; hasMore: boolean }
  /** Another import of this database is under way. */
  | { outcome: 'busy' }
  | { outcome: 'checked'; prepared: Prepared }
  | { outcome: 'written'; prepared: Prepared; written: WrittenCounts };

const piecesPerBatchDefault = 2_000;
const batchBytesMax = 8 * 1024 * 1024;

/**
 * Takes records in: reads all of them to the side, looks whether they fit together and with what is there, and only then
 * writes, ticket by ticket, each whole. What is there stays as it is. Cut at any moment, the same call goes on behind what
 * was done; done twice, the second changes nothing. Memory does not grow with what is read.
 */
export async function importRecords(
  url: string,
  source: ImportSource,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const connection = await openOneConnection(url, 'parley import');
  try {
    await requireSameSchema(connection);
    const staging = await openStaging(connection);
    if (staging === null) return { outcome: 'busy' };
    const problems = await readAll(connection, source, staging.run, options);
    if (problems.length > 0) return await refuse(connection, problems);
    await options.onProgress?.({ step: 'checking' });
    const found = await prepareStaged(connection, { isOwnExport: source.isOwnExport() });
    if ('misfits' in found) return await refuse(connection, describeAll(found.misfits, source));
    const { prepared } = found;
    if (options.isOnlyChecked === true) {
      await dropStaging(connection);
      return { outcome: 'checked', prepared };
    }
    const written = await writePrepared(connection, writingOptionsOf(options));
    await dropStaging(connection);
    return { outcome: 'written', prepared, written };
  } finally {
    // What was staged stays, for the next call to go on with.
    await releaseStaging(connection);
    await connection.close();
  }
}

function writingOptionsOf({ onProgress, ticketsPerBatch }: ImportOptions) {
  return {
    onProgress: async (done: number, total: number) => onProgress?.({ step: 'writing', done, total }),
    ...(ticketsPerBatch === undefined ? {} : { ticketsPerBatch }),
  };
}

const describeAll = (misfits: readonly Misfit[], source: ImportSource): Problem[] =>
  misfits.map((misfit) => describeMisfit(misfit, source));

async function refuse(connection: OneConnection, problems: Problem[]): Promise<ImportReport> {
  await dropStaging(connection);
  return {
    outcome: 'refused',
    problems: problems.slice(0, misfitsMax),
    hasMore: problems.length >= misfitsMax,
  };
}

/** Stages every record, behind what a former call staged of the same files. Answers what is wrong, then not all is staged. */
async function readAll(
  connection: OneConnection,
  source: ImportSource,
  left: Run | null,
  options: ImportOptions,
): Promise<Problem[]> {
  const former = left?.name === source.name ? left : null;
  if (former === null) await beginRun(connection, source.name);
  const problems = await readBehind(connection, source, former, options);
  if (problems !== 'other_content') return problems;
  await beginRun(connection, source.name);
  const again = await readBehind(connection, source, null, options);
  if (again === 'other_content') throw new Error('an empty run that has content');
  return again;
}

async function readBehind(
  connection: OneConnection,
  source: ImportSource,
  former: Run | null,
  options: ImportOptions,
): Promise<Problem[] | 'other_content'> {
  const { onProgress = () => {}, piecesPerBatch = piecesPerBatchDefault } = options;
  const digest = createHash('sha256');
  const problems: Problem[] = [];
  const skipped = former?.pieces ?? 0;
  let [pieces, records, waitingBytes, waitingPieces] = [0, former?.records ?? 0, 0, 0];
  let waiting: StagedRecord[] = [];
  const flush = async () => {
    if (problems.length === 0 && waitingPieces > 0) {
      records += waiting.length;
      await stage(connection, waiting, { pieces, digest: digest.copy().digest('hex'), records });
    }
    waiting = [];
    [waitingBytes, waitingPieces] = [0, 0];
    await onProgress({ step: 'reading', pieces, records });
  };
  for await (const piece of source.read()) {
    pieces++;
    digest.update(`${piece.source} ${piece.number} `).update(piece.bytes ?? 'too long');
    const parsed = source.parse(piece);
    if (pieces <= skipped) {
      if (pieces === skipped && digest.copy().digest('hex') !== former?.digest) return 'other_content';
      continue;
    }
    problems.push(...parsed.problems);
    if (problems.length >= misfitsMax) return problems;
    waiting.push(...parsed.records);
    waitingPieces++;
    waitingBytes += piece.bytes?.length ?? 0;
    if (waitingPieces >= piecesPerBatch || waitingBytes >= batchBytesMax) await flush();
  }
  if (pieces < skipped) return 'other_content';
  await flush();
  return [...problems, ...source.finish()];
}
