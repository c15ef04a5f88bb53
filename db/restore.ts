import type postgres from 'postgres';
import { installationTables } from '#/db/backup.ts';
import {
  type BackupEnd,
  BackupError,
  type BackupHeader,
  type BackupSequence,
  type BackupTable,
  readBackup,
} from '#/db/backup-file.ts';
import { type Copy, openCopy } from '#/db/copy.ts';
import { sqlStateOf } from '#/db/errors.ts';
import { listApplied, listMigrations, migrationLockKey, SchemaNewerError } from '#/db/migrate.ts';
import { openOneConnection, quoted } from '#/db/one-connection.ts';
import { newId } from '#/lib/ids.ts';

export type RestoreReport = {
  createdAt: string;
  counts: Record<string, number>;
  /** Migrations that this build has beyond those of the backup. */
  migrated: number;
  /** Conversations whose log is not 1 … head: none, unless the database that was backed up was broken. */
  brokenLogs: number;
  /** Keys of the files that the restored messages have, and those of them whose bytes were in the backup. */
  files: { wanted: string[]; kept: Set<string> };
};

export type RestoreOptions = {
  /** Take the place of what the database holds, instead of refusing. */
  replaces?: boolean;
  onTable?: (name: string) => void;
  /** Where the files of a backup go, each before anything points to it. Without it they are left out. */
  keepFile?: (file: { key: string; bytes: number }, content: AsyncIterable<Uint8Array>) => Promise<void>;
};

const lockTriesMax = 12;
const lockMsMax = 5_000;
const lockRestMsMax = 300;
const bounceEveryMs = 50;

type Held = <T>(work: PromiseLike<T>) => Promise<T>;
type Migration = ReturnType<typeof listMigrations>[number];

/**
 * Makes the database hold exactly what the backup holds, migrated up to this build, under a new epoch: in one
 * transaction, so that everybody sees the old state or the new one, and after any failure the old one. Instances that
 * run wait meanwhile. `open` is read twice: nothing is touched before the whole file was found to be sound.
 */
export async function restoreDatabase(
  url: string,
  open: () => AsyncIterable<Buffer>,
  options: RestoreOptions = {},
): Promise<RestoreReport> {
  const { header } = await checkBackup(open());
  const migrations = splitMigrations(header);
  const { client, held, close } = await openOneConnection(url, 'parley restore');
  const run = (statement: string) => held(client.unsafe(statement));
  try {
    await run('begin');
    await run(`select pg_advisory_xact_lock(${migrationLockKey})`);
    const { tables, sequences, functions } = await held(findOwn(client));
    if (tables.length > 0) await lockTables(url, client, held, tables);
    if (options.replaces !== true && tables.length > 0) await held(refuseUsed(client, tables));
    const kept = await held(keepInstallation(client, tables));
    // In one statement each, so that what belongs together goes together and nothing else goes with it.
    if (tables.length > 0) await run(`drop table ${tables.map(quoted).join(', ')}`);
    if (functions.length > 0) await run(`drop function ${functions.join(', ')}`);
    if (sequences.length > 0) await run(`drop sequence ${sequences.map(quoted).join(', ')}`);
    await held(apply(client, migrations.before, true));
    const { end, kept: keptFiles } = await load(client, held, open(), options);
    await held(setSequences(client, end.sequences));
    await held(checkCounts(client, end.counts));
    await held(apply(client, migrations.after, false));
    await held(putBack(client, kept));
    await held(setEpoch(client));
    const brokenLogs = await held(countBrokenLogs(client));
    const wanted = await held(listFileKeys(client));
    await run('commit');
    await run('analyze');
    return {
      createdAt: header.createdAt,
      counts: end.counts,
      migrated: migrations.after.length,
      brokenLogs,
      files: { wanted, kept: keptFiles },
    };
  } finally {
    // Whatever was not committed is gone with the connection.
    await close();
  }
}

/** For a database that other tools restored: tells every open client that what it holds is not what is stored. */
export async function changeEpoch(url: string): Promise<void> {
  const { client, held, close } = await openOneConnection(url, 'parley restore');
  try {
    await held(setEpoch(client));
  } finally {
    await close();
  }
}

/** Reads a backup to its end and answers what it holds. Throws a `BackupError` at anything that is not right. */
export async function checkBackup(
  source: AsyncIterable<Buffer>,
): Promise<{ header: BackupHeader; tables: BackupTable[]; end: BackupEnd }> {
  let header: BackupHeader | null = null;
  let end: BackupEnd | null = null;
  const tables: BackupTable[] = [];
  for await (const part of readBackup(source)) {
    if (part.kind === 'header') header = part.header;
    else if (part.kind === 'table') tables.push(part.table);
    else if (part.kind === 'end') end = part.end;
  }
  if (header === null || end === null) throw new BackupError('backup_unknown', 'This file is empty.');
  return { header, tables, end };
}

function splitMigrations(header: BackupHeader): { before: Migration[]; after: Migration[] } {
  const all = listMigrations();
  const { length } = header.migrations;
  const isKnown = header.migrations.every((madeAt, index) => all[index]?.madeAt === madeAt);
  if (!isKnown) {
    throw new BackupError(
      'backup_newer',
      'This backup was made by a newer version of Parley: restore it with that version or a later one. Nothing was changed.',
    );
  }
  return { before: all.slice(0, length), after: all.slice(length) };
}

/** What of the migrations' making is in the database. Refuses one that is newer than this build or not ours alone. */
async function findOwn(client: postgres.Sql) {
  const migrations = listMigrations();
  const applied = await listApplied(client);
  const unknown = applied.filter((madeAt) => migrations.every((migration) => migration.madeAt !== madeAt));
  if (unknown.length > 0) throw new SchemaNewerError(unknown.length);
  const text = migrations.flatMap(({ statements }) => statements).join('\n');
  const made = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, name]) => name));
  const madeTables = made(/^\s*CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(?:"?public"?\.)?"?(\w+)/gim);
  const madeSequences = made(/^\s*CREATE SEQUENCE (?:"?public"?\.)?"?(\w+)/gim);
  const madeFunctions = made(/^\s*CREATE (?:OR REPLACE )?FUNCTION (?:"?public"?\.)?"?(\w+)/gim);
  const relations = await client<{ name: string; kind: string }[]>`
    select c.relname as name, c.relkind::text as kind from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm', 'f')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.deptype in ('e', 'i'))`;
  const routines = await client<{ name: string; signature: string }[]>`
    select p.proname as name, p.oid::regprocedure::text as signature from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
        and d.deptype = 'e')`;
  const isOurs = ({ name, kind }: { name: string; kind: string }) =>
    kind === 'r' ? madeTables.has(name) : kind === 'S' && madeSequences.has(name);
  const foreign = relations.filter((relation) => !isOurs(relation)).map(({ name }) => name);
  if (foreign.length > 0) {
    throw new BackupError(
      'database_unfit',
      `The database also holds ${foreign.join(', ')}, which Parley did not make: restore into one of its own. Nothing was changed.`,
    );
  }
  const ours = relations.filter(isOurs);
  return {
    tables: ours.filter(({ kind }) => kind === 'r').map(({ name }) => name),
    sequences: ours.filter(({ kind }) => kind === 'S').map(({ name }) => name),
    functions: routines.filter(({ name }) => madeFunctions.has(name)).map(({ signature }) => signature),
  };
}

/**
 * Waits until nobody uses any of the tables. Under load some transaction always holds one and wants another, so
 * Parley's own statements that are in the way are cancelled, as if the server had been busy: they are asked again. Of
 * others nobody is; two that wait for each other let go and try again.
 */
async function lockTables(url: string, client: postgres.Sql, held: Held, tables: string[]): Promise<void> {
  const [own] = await held(client`select pg_backend_pid() as pid`);
  const bouncer = await openOneConnection(url, 'parley restore');
  let isLocked = false;
  const bounce = async () => {
    while (!isLocked) {
      await bouncer.held(sendAway(bouncer.client, Number(own?.pid)));
      await new Promise((next) => setTimeout(next, bounceEveryMs));
    }
  };
  const bouncing = bounce();
  // Whoever may not send others away waits for them.
  bouncing.catch(() => {});
  try {
    await held(client.unsafe(`set local lock_timeout = ${lockMsMax}`));
    for (let tries = 1; ; tries++) {
      await held(client.unsafe('savepoint locking'));
      const refusal = await held(client.unsafe(lockOf(tables))).then(() => null, sqlStateOrThrow);
      if (refusal === null) break;
      if (tries >= lockTriesMax) throw restless();
      await held(client.unsafe('rollback to savepoint locking'));
      await new Promise((next) => setTimeout(next, Math.random() * lockRestMsMax));
    }
    await held(client.unsafe('set local lock_timeout = 0'));
  } finally {
    isLocked = true;
    await bouncer.close();
  }
}

function lockOf(tables: readonly string[]): string {
  return `lock table ${tables.map(quoted).join(', ')} in access exclusive mode`;
}

/** The states that another try may change: the wait was too long, or a knot was found. */
function sqlStateOrThrow(error: unknown): string {
  const state = sqlStateOf(error);
  if (state === '55P03' || state === '40P01') return state;
  throw error;
}

/** A statement ends with being cancelled; a transaction that idles only with its connection. */
async function sendAway(client: postgres.Sql, waitingPid: number): Promise<void> {
  await client`
    select case when state = 'active' then pg_cancel_backend(pid) else pg_terminate_backend(pid) end
    from pg_stat_activity
    where pid = any(pg_blocking_pids(${waitingPid})) and application_name = 'parley' and usename = current_user`;
}

function restless(): BackupError {
  return new BackupError(
    'database_unfit',
    'The database does not come to rest: stop Parley (and any backup that runs), then restore. Nothing was changed.',
  );
}

/** What a first start makes by itself, and example data, may go; what a person made may not. */
async function refuseUsed(client: postgres.Sql, tables: readonly string[]): Promise<void> {
  const used: string[] = [];
  for (const table of ['agents', 'customers']) {
    if (!tables.includes(table)) continue;
    const [row] = await client.unsafe(
      `select exists (select from public.${table} where not is_example) as is_used`,
    );
    if (row?.is_used === true) used.push(table);
  }
  if (used.length === 0) return;
  throw new BackupError(
    'database_not_empty',
    'This Parley is in use: everything in it would be replaced by the backup. If that is wanted, say --replace. Nothing was changed.',
  );
}

type Kept = { name: string; rows: string }[];

/** A restored database serves this installation, with its secrets, not the one that was backed up. */
async function keepInstallation(client: postgres.Sql, tables: readonly string[]): Promise<Kept> {
  const kept: Kept = [];
  for (const name of installationTables.filter((each) => tables.includes(each))) {
    const [row] = await client.unsafe(`select jsonb_agg(t)::text as rows from public.${quoted(name)} t`);
    if (typeof row?.rows === 'string') kept.push({ name, rows: row.rows });
  }
  return kept;
}

async function putBack(client: postgres.Sql, kept: Kept): Promise<void> {
  for (const { name, rows } of kept) {
    const table = `public.${quoted(name)}`;
    await client.unsafe(
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::text::jsonb)`,
      [rows],
    );
  }
}

/** Statement by statement as the migrator does, and its own record of them. */
async function apply(client: postgres.Sql, migrations: readonly Migration[], isAnew: boolean): Promise<void> {
  await client.unsafe('create schema if not exists drizzle');
  await client.unsafe(`create table if not exists drizzle.__drizzle_migrations
    (id serial primary key, hash text not null, created_at bigint)`);
  if (isAnew) await client.unsafe('delete from drizzle.__drizzle_migrations');
  for (const { madeAt, hash, statements } of migrations) {
    for (const statement of statements) await client.unsafe(statement);
    await client`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${madeAt})`;
  }
}

/** Reads the file a second time, now into the tables. */
async function load(
  client: postgres.Sql,
  held: Held,
  source: AsyncIterable<Buffer>,
  { onTable, keepFile }: RestoreOptions,
): Promise<{ end: BackupEnd; kept: Set<string> }> {
  const forced = await held(client<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relforcerowsecurity`);
  // COPY refuses tables that are under row-level security. Nobody else sees these yet.
  for (const { name } of forced) {
    await held(client.unsafe(`alter table ${quoted(name)} no force row level security`));
    // What triggers would write is in the backup.
    await held(client.unsafe(`alter table ${quoted(name)} disable trigger user`));
  }
  const again = await held(setAside(client));
  let end: BackupEnd | null = null;
  let table: BackupTable | null = null;
  let copy: Copy | null = null;
  const kept = new Set<string>();
  let file: Filling | null = null;
  for await (const part of readBackup(source)) {
    if (part.kind === 'rows' && table !== null) {
      copy ??= await openCopy(client, held, columnsOf(table));
      await copy.write(part.bytes);
      continue;
    }
    await copy?.end();
    copy = null;
    if (part.kind === 'file') {
      file = keepFile === undefined ? null : fill(part, keepFile);
      continue;
    }
    if (part.kind === 'content') {
      await file?.write(part.bytes);
      continue;
    }
    if (part.kind === 'fileEnd') {
      await file?.end();
      if (file !== null) kept.add(part.key);
      file = null;
      continue;
    }
    if (part.kind === 'table') {
      table = part.table;
      onTable?.(table.name);
    } else if (part.kind === 'end') end = part.end;
  }
  if (end === null) throw new BackupError('backup_damaged', 'This backup has no end.');
  for (const statement of again) await held(client.unsafe(statement));
  for (const { name } of forced) {
    await held(client.unsafe(`alter table ${quoted(name)} enable trigger user`));
    await held(client.unsafe(`alter table ${quoted(name)} force row level security`));
  }
  return { end, kept };
}

type Filling = { write(bytes: Buffer): Promise<void>; end(): Promise<void> };

/** One file of the backup on its way to where files are. */
function fill(
  file: { key: string; bytes: number },
  keepFile: NonNullable<RestoreOptions['keepFile']>,
): Filling {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const keeping = keepFile({ key: file.key, bytes: file.bytes }, readable);
  keeping.catch(() => {});
  return {
    write: (bytes) => Promise.race([writer.write(bytes), keeping]),
    async end() {
      await Promise.race([writer.close(), keeping]);
      await keeping;
    },
  };
}

/** Of a backup from before there were any, none. */
async function listFileKeys(client: postgres.Sql): Promise<string[]> {
  const rows = await client<{ key: string }[]>`select key from public.files where state = 'stored'`;
  return rows.map(({ key }) => key);
}

/**
 * Takes away indexes and references, which cost most of the time when they are kept row by row. Answers the statements
 * that make them again, under the same names; a row that they refuse ends the restore.
 */
async function setAside(client: postgres.Sql): Promise<string[]> {
  const constraints = await client<
    { name: string; table: string; definition: string; is_reference: boolean }[]
  >`
    select o.conname as name, c.relname as table, pg_get_constraintdef(o.oid) as definition,
      o.contype = 'f' as is_reference
    from pg_constraint o join pg_class c on c.oid = o.conrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and o.contype in ('p', 'u', 'f')
    order by c.relname, o.conname`;
  const indexes = await client<{ name: string; definition: string }[]>`
    select c.relname as name, pg_get_indexdef(c.oid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace
      and not exists (select from pg_constraint o where o.conindid = c.oid and o.contype in ('p', 'u', 'x'))
    order by c.relname`;
  const [references, keys] = [
    constraints.filter((each) => each.is_reference),
    constraints.filter((each) => !each.is_reference),
  ];
  for (const { name, table } of [...references, ...keys]) {
    await client.unsafe(`alter table public.${quoted(table)} drop constraint ${quoted(name)}`);
  }
  for (const { name } of indexes) await client.unsafe(`drop index public.${quoted(name)}`);
  const addOf = ({ name, table, definition }: (typeof constraints)[number]) =>
    `alter table public.${quoted(table)} add constraint ${quoted(name)} ${definition}`;
  return [...keys.map(addOf), ...indexes.map(({ definition }) => definition), ...references.map(addOf)];
}

function columnsOf({ name, columns }: BackupTable): string {
  return `${quoted(name)} (${columns.map(quoted).join(', ')})`;
}

async function setSequences(client: postgres.Sql, sequences: readonly BackupSequence[]): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences) {
    await client`select setval(${`public.${quoted(name)}`}::regclass, ${lastValue}::bigint, ${isCalled})`;
  }
}

async function checkCounts(client: postgres.Sql, counts: Record<string, number>): Promise<void> {
  for (const [name, count] of Object.entries(counts)) {
    const [row] = await client.unsafe(`select count(*)::float8 as count from public.${quoted(name)}`);
    if (row?.count !== count) throw new Error(`${name} has ${String(row?.count)} rows instead of ${count}`);
  }
}

async function setEpoch(client: postgres.Sql): Promise<void> {
  await client`update public.workspace set epoch = ${newId()}`;
}

async function countBrokenLogs(client: postgres.Sql): Promise<number> {
  const [row] = await client`
    select count(*)::float8 as count from public.conversations c left join (
      select conversation_id, count(*) as entries, max(seq) as last, count(public_seq) as public_entries,
        max(public_seq) as public_last
      from public.messages group by conversation_id
    ) m on m.conversation_id = c.id
    where (c.last_seq, c.last_public_seq, c.last_seq, c.last_public_seq) is distinct from (
      coalesce(m.entries, 0), coalesce(m.public_entries, 0), coalesce(m.last, 0), coalesce(m.public_last, 0))`;
  return Number(row?.count);
}
