import { type Copy, openCopy } from '#/db/copy.ts';
import type { OneConnection } from '#/db/one-connection.ts';
import type { TransferNoun } from '#/db/transfer/tables.ts';

/**
 * Where records wait until all of them were read and found to fit together: tables of their own beside Parley's, which
 * nobody else reads, no backup holds and a crash of the database may empty. They go when the import is over.
 */

/** `alias`: the customer of this id is the one of `parent`. `link`: the message of this id is in the conversation `parent`. */
export type StagedNoun = TransferNoun | 'alias' | 'link';
export type StagedRecord = {
  noun: StagedNoun;
  id: string;
  /** Its ticket or conversation. */
  parent: string | null;
  /** Of which file, and which of its lines or objects it is. */
  source: number;
  number: number;
  record: Record<string, unknown>;
};

/** An import that is under way, or was cut while it read. */
export type Run = {
  /** What is read, by name. */
  name: string;
  /** Read and kept until now, and the SHA-256 of all of it. */
  pieces: number;
  digest: string;
  records: number;
};

const importLockKey = 7_275_539_06;

/** Makes the tables unless a former import left them. Null when another import is under way; else what was left. */
export async function openStaging({ client, held }: OneConnection): Promise<{ run: Run | null } | null> {
  const [lock] = await held(
    client<{ is_ours: boolean }[]>`select pg_try_advisory_lock(${importLockKey}) as is_ours`,
  );
  if (lock?.is_ours !== true) return null;
  await held(client.unsafe('create schema if not exists parley_import'));
  await held(
    client.unsafe(`create unlogged table if not exists parley_import.run (
      id int primary key default 1 check (id = 1), name text not null, pieces bigint not null, digest text not null,
      records bigint not null)`),
  );
  await held(
    client.unsafe(`create unlogged table if not exists parley_import.lines (
      noun text not null, id uuid not null, parent uuid, source smallint not null, number bigint not null,
      record jsonb not null)`),
  );
  const [run] = await held(
    client<
      Run[]
    >`select name, pieces::float8 as pieces, digest, records::float8 as records from parley_import.run`,
  );
  return { run: run ?? null };
}

/** Forgets what a former import left, and begins another. */
export async function beginRun({ client, held }: OneConnection, name: string): Promise<void> {
  await held(
    client.unsafe(`drop index if exists parley_import.lines_id; drop index if exists parley_import.lines_parent;
      truncate parley_import.lines, parley_import.run`),
  );
  await held(
    client`insert into parley_import.run (name, pieces, digest, records) values (${name}, 0, '', 0)`,
  );
}

/** Keeps these records and how far the reading came, both or neither. */
export async function stage(
  { client, held }: OneConnection,
  records: readonly StagedRecord[],
  run: Omit<Run, 'name'>,
): Promise<void> {
  await held(client.unsafe('begin'));
  const into = 'parley_import.lines (noun, id, parent, source, number, record)';
  const copy: Copy = await openCopy(client, held, into);
  await copy.write(records.map(rowOf).join(''));
  await copy.end();
  await held(client`update parley_import.run set pieces = ${run.pieces}, digest = ${run.digest},
    records = ${run.records}`);
  await held(client.unsafe('commit'));
}

/** One line of COPY. Of what COPY escapes, JSON without line breaks has the backslash alone. */
function rowOf({ noun, id, parent, source, number, record }: StagedRecord): string {
  const json = JSON.stringify(record).replaceAll('\\', '\\\\');
  return `${noun}\t${id}\t${parent ?? '\\N'}\t${source}\t${number}\t${json}\n`;
}

/** Lets the next import begin at once: the server notices a connection that is gone only a moment later. */
export async function releaseStaging({ client, held }: OneConnection): Promise<void> {
  try {
    await held(client.unsafe('rollback'));
    await held(client`select pg_advisory_unlock(${importLockKey})`);
  } catch {
    // The connection is lost, and its lock with it.
  }
}

export async function dropStaging({ client, held }: OneConnection): Promise<void> {
  await held(client.unsafe('drop schema if exists parley_import cascade'));
}
