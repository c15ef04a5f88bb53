import type postgres from 'postgres';
import {
  BackupError,
  type BackupFile,
  type BackupHeader,
  type BackupSequence,
  type BackupTable,
  writeBackup,
} from '#/db/backup-file.ts';
import { copyOut } from '#/db/copy.ts';
import { listApplied } from '#/db/migrate.ts';
import { openOneConnection, quoted } from '#/db/one-connection.ts';

const lockWaitMs = 10_000;
/** What speaks of the installation instead of its data: left out of backups, and kept through a restore. */
export const installationTables = ['secret_fingerprints'];

export type ExportOptions = {
  onTable?: (name: string) => void;
  /** What people sent each other, where it is part of the backup: the bytes under a key, null when they are gone. */
  openFile?: (key: string) => Promise<AsyncIterable<Uint8Array> | null>;
};

/**
 * Everything of the database at one moment, as the bytes of a backup: Parley goes on meanwhile. What a crash may empty
 * (who is typing, counters of rate limits) is left out. Throws `database_unfit` when rows could be hidden from it.
 */
export async function* exportDatabase(url: string, options: ExportOptions = {}): AsyncGenerator<Buffer> {
  const { onTable, openFile } = options;
  const { client, held, close } = await openOneConnection(url, 'parley backup');
  try {
    // Locked before the first look, which is the snapshot: nothing can be emptied or dropped between the two.
    const before = await held(listTables(client));
    if (before.length === 0) {
      throw new BackupError('database_unfit', 'There is nothing of Parley in this database to back up.');
    }
    await held(client.unsafe('begin isolation level repeatable read read only'));
    await held(client.unsafe(`set local lock_timeout = ${lockWaitMs}`));
    const names = before.map(({ name }) => quoted(name)).join(', ');
    await held(client.unsafe(`lock table ${names} in access share mode`));
    const tables = await held(listTables(client));
    if (JSON.stringify(tables) !== JSON.stringify(before)) {
      throw new BackupError('database_unfit', 'The database is being migrated: try again when that is over.');
    }
    const tableNames = tables.map(({ name }) => name);
    await held(refuseHiddenRows(client, tableNames));
    const header = await held(headerOf(client));
    const rowsOf = ({ name, columns }: BackupTable) => {
      onTable?.(name);
      const list = columns.map(quoted).join(', ');
      return copyOut(held(client.unsafe(`copy ${quoted(name)} (${list}) to stdout`).readable()));
    };
    let kept: KeptFile[] = [];
    // At the end: sequences stand outside of snapshots, and a later value is never too low.
    const sequences = async () => {
      kept = openFile === undefined ? [] : await held(listFiles(client));
      const last = await held(listSequences(client));
      // Copying files may take long, and holds nothing up any more.
      await held(client.unsafe('commit'));
      return last;
    };
    yield* writeBackup(header, tables, rowsOf, sequences, () => readFiles(kept, openFile));
  } finally {
    await close();
  }
}

type KeptFile = { key: string; bytes: number | null };

/** A thumbnail stands under the key of its original with an ending; how long it is, nobody wrote down. */
async function listFiles(client: postgres.Sql): Promise<KeptFile[]> {
  const [table] = await client`select to_regclass('public.files') is not null as is_there`;
  // A database that this build has not migrated yet.
  if (table?.is_there !== true) return [];
  const rows = await client<{ key: string; bytes: number; has_small: boolean }[]>`
    select key, bytes::float8 as bytes, thumbnail = 'ready' as has_small from files where state = 'stored' order by id`;
  return rows.flatMap(({ key, bytes, has_small: hasSmall }) =>
    hasSmall
      ? [
          { key, bytes },
          { key: `${key}-small`, bytes: null },
        ]
      : [{ key, bytes }],
  );
}

/** A file that went since its row was read went with its message: whoever restores this has the row collected. */
async function* readFiles(
  kept: readonly KeptFile[],
  openFile: ExportOptions['openFile'],
): AsyncGenerator<BackupFile> {
  for (const { key, bytes } of kept) {
    const content = await openFile?.(key);
    if (content === null || content === undefined) continue;
    if (bytes !== null) {
      yield { key, bytes, content };
      continue;
    }
    const whole: Uint8Array[] = [];
    for await (const chunk of content) whole.push(chunk);
    const joined = Buffer.concat(whole);
    yield { key, bytes: joined.length, content: piecesOf(joined) };
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function headerOf(client: postgres.Sql): Promise<BackupHeader> {
  const [row] = await client`
    select current_setting('server_version') as version,
      to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`;
  return {
    parleyBackup: 2,
    createdAt: String(row?.at),
    migrations: await listApplied(client),
    serverVersion: String(row?.version),
  };
}

/** Tables that outlive a crash, those first that others refer to, with the columns that can be written. */
async function listTables(client: postgres.Sql): Promise<BackupTable[]> {
  const rows = await client<{ name: string; columns: string[]; refers_to: string[] }[]>`
    select c.relname as name,
      (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      (select coalesce(json_agg(distinct r.relname), '[]') from pg_constraint f join pg_class r on r.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and r.oid <> c.oid) as refers_to
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relpersistence = 'p'
      and c.relname not in ${client(installationTables)}
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.deptype = 'e')
    order by c.relname`;
  const ordered: BackupTable[] = [];
  let waiting = [...rows];
  while (waiting.length > 0) {
    const isThere = (name: string) => !waiting.some((other) => other.name === name);
    const ready = waiting.filter(({ refers_to: names }) => names.every(isThere));
    if (ready.length === 0) throw new Error('tables refer to each other in a circle');
    ordered.push(...ready.map(({ name, columns }) => ({ name, columns })));
    waiting = waiting.filter((row) => !ready.includes(row));
  }
  return ordered;
}

async function listSequences(client: postgres.Sql): Promise<BackupSequence[]> {
  const names = await client<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' order by c.relname`;
  const sequences: BackupSequence[] = [];
  for (const { name } of names) {
    const [row] = await client.unsafe(
      `select last_value::text as last_value, is_called from public.${quoted(name)}`,
    );
    sequences.push({ name, lastValue: String(row?.last_value), isCalled: row?.is_called === true });
  }
  return sequences;
}

/**
 * Row-level security binds the role that Parley connects as, too; an export under a narrower policy would silently hold
 * fewer rows. So each table must be free of it for this role, or shown whole by a policy whose reading nothing narrows.
 */
export async function refuseHiddenRows(client: postgres.Sql, tables: readonly string[]): Promise<void> {
  const rows = await client<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and row_security_active(c.oid) and (
      not exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
        and p.permissive = 'PERMISSIVE' and p.cmd in ('ALL', 'SELECT') and p.qual = 'true'
        and (p.roles @> array[current_user]::name[] or p.roles @> array['public']::name[]))
      or exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
        and p.permissive = 'RESTRICTIVE' and p.cmd in ('ALL', 'SELECT')))`;
  const hidden = rows.map(({ name }) => name).filter((name) => tables.includes(name));
  if (hidden.length === 0) return;
  throw new BackupError(
    'database_unfit',
    `The database hides rows of ${hidden.join(', ')} from this user: back up as the user that Parley runs as.`,
  );
}
