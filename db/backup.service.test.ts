import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { numberWaitingEvents } from '#/db/api/events.ts';
import { exportDatabase } from '#/db/backup.ts';
import { writeBackup } from '#/db/backup-file.ts';
import { transact } from '#/db/client.ts';
import { listMigrations, migrate } from '#/db/migrate.ts';
import { checkBackup, restoreDatabase } from '#/db/restore.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage, writeNote } from '#/lib/messages/service.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';

let source: TestDatabase;
/** An empty database beside it. */
let targetUrl: string;
let targetSuperUrl: string;

beforeAll(async () => {
  source = await testDatabase();
  await fillWithHostileRows();
});
afterAll(() => source.close());

beforeEach(async () => {
  const name = `parley_${randomBytes(8).toString('hex')}`;
  await using(source.superUrl, (sql) => sql`create database ${sql(name)} owner parley`);
  targetUrl = withDatabase(source.url, name);
  targetSuperUrl = withDatabase(source.superUrl, name);
  return async () => {
    await using(source.superUrl, (sql) => sql`drop database ${sql(name)} with (force)`);
  };
});

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

async function using<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** What PostgreSQL takes as text: anything but NUL and halves of surrogate pairs. */
const storable = (text: string) => text.replaceAll('\0', '').toWellFormed();
const hostile = fc.oneof(
  fc.constantFrom(
    '\\.',
    '\n\\.\n',
    '\\N',
    '\\\\N',
    '\t\r\n\b\f\v',
    "';drop table messages;--",
    '{"a":1}',
    '{1,2}',
    '',
    ' ',
    '👩‍👩‍👧‍👦 مرحبا',
    '\u202e\u0301'.repeat(20),
    '\\x00',
    '"quoted"',
    'x'.repeat(100_000),
    '\u{10ffff}\u2028\u2029',
  ),
  fc.string({ unit: 'binary', maxLength: 200 }).map(storable),
  fc
    .array(fc.constantFrom('\\', '.', '\n', '\r', '\t', 'N', '"', ','), { maxLength: 20 })
    .map((all) => all.join('')),
);
const attributes = fc.dictionary(
  hostile,
  fc.oneof(
    hostile,
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(hostile, { maxLength: 3 }),
  ),
  { maxKeys: 4 },
);

/** Conversations made by the services, then texts, objects, arrays and moments of every kind written under them. */
async function fillWithHostileRows(): Promise<void> {
  const widget = await makeWidget();
  const agent = await makeAgent();
  for (const text of fc.sample(
    hostile.filter((each) => each.trim() !== '' && each.length < 10_000),
    30,
  )) {
    const { customer, conversationId } = await makeConversation(widget, `first ${text}`);
    const reply = { conversationId, text: `reply ${text}` };
    await sendMessage(agent, { ...reply, id: newId() });
    await writeNote(agent, { ...reply, id: newId() });
    await sendMessage(customer, { ...reply, id: newId() });
  }
  await transact((tx) => numberWaitingEvents(tx, 10_000));
  await using(source.superUrl, async (sql) => {
    const ids = await sql<
      { conversation_id: string; seq: string }[]
    >`select conversation_id, seq from messages`;
    const texts = fc.sample(hostile, ids.length);
    for (const [index, { conversation_id: id, seq }] of ids.entries()) {
      await sql`update messages set text = ${texts[index] ?? ''} where conversation_id = ${id} and seq = ${seq}`;
    }
    const people = await sql<{ id: string }[]>`select id from customers`;
    const objects = fc.sample(attributes, people.length);
    for (const [index, { id }] of people.entries()) {
      await sql`update customers set attributes = ${sql.json(objects[index] ?? {})},
        name = ${texts[index] ?? null}, last_page = null where id = ${id}`;
    }
    await sql`update widgets set allowed_origins = ${['https://a.test', 'b,"c"\\', 'NULL', '{}']}`;
    await sql`update departments set business_hours = '[{"day": 1, "opens": "09:00"}]'`;
    await sql`insert into secret_fingerprints (name, salt, fingerprint) values ('AUTH_SECRET', 'theirs', 'theirs')`;
    await sql`insert into typing_status (conversation_id, sender_id, sender_kind, is_typing, expires_at)
      select id, ${agent.id}, 'agent', true, now() from conversations limit 1`;
  });
}

const rowTables = async (url: string) =>
  using(url, async (sql) => {
    const rows = await sql<{ name: string }[]>`select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relpersistence = 'p'
        and relname <> 'secret_fingerprints' order by 1`;
    return rows.map(({ name }) => name);
  });

/** A new epoch, and in its event feed only positions that nobody has read. */
const changedByRestore: Readonly<Record<string, string>> = {
  workspace: 'epoch',
  event_feed: 'last_position',
};

/** Every row of every table as text, by a superuser, whom no policy binds. */
async function contentOf(url: string): Promise<Record<string, string[]>> {
  const names = await rowTables(url);
  return using(url, async (sql) => {
    await sql`set time zone 'UTC'`;
    const content: Record<string, string[]> = {};
    for (const name of names) {
      const changing = changedByRestore[name];
      const row = changing === undefined ? sql`t` : sql`to_jsonb(t) - ${changing}::text`;
      const rows = await sql<{ row: string }[]>`select (${row})::text as row from ${sql(name)} t order by 1`;
      content[name] = rows.map((each) => each.row);
    }
    const [sequence] = await sql`select last_value::text || is_called::text as value from ticket_numbers`;
    return { ...content, ticket_numbers: [String(sequence?.value)] };
  });
}

async function joined(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
const collect = (url: string) => joined(exportDatabase(url));

/** In pieces of any size, as a file would come. */
async function* piecesOf(bytes: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const epochOf = (url: string) =>
  using(url, async (sql) => (await sql`select epoch from workspace`)[0]?.epoch);
const feedEndOf = (url: string) =>
  using(url, async (sql) => Number((await sql`select last_position from event_feed`)[0]?.last_position));

describe('a backup', () => {
  test('that was restored holds every row exactly, gapless logs with right heads, and a new epoch', async () => {
    const bytes = await collect(source.url);
    const report = await restoreDatabase(targetUrl, () => piecesOf(bytes));
    const [before, after] = [await contentOf(source.superUrl), await contentOf(targetSuperUrl)];
    expect(after).toEqual(before);
    const { ticket_numbers: _, ...tables } = before;
    const counts = Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, rows.length]));
    // The export runs as the app's role, bound by policies; the counts are a superuser's.
    expect(report.counts).toEqual(counts);
    expect(report.counts.messages).toBeGreaterThan(100);
    expect(report).toMatchObject({ brokenLogs: 0, migrated: 0 });
    expect(await epochOf(targetUrl)).not.toBe(await epochOf(source.url));
    expect(await feedEndOf(targetUrl)).toBeGreaterThan(await feedEndOf(source.url));
    expect(await migrate(targetUrl)).toEqual({ applied: 0 });
  });

  test('leaves row-level security as the migrations made it', async () => {
    const bytes = await collect(source.url);
    await restoreDatabase(targetUrl, () => piecesOf(bytes));
    const guards = (url: string) =>
      using(url, async (sql) => [
        ...(await sql`select relname, relrowsecurity, relforcerowsecurity, relpersistence, relkind from pg_class
          where relnamespace = 'public'::regnamespace order by 1`),
        ...(await sql`select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 2`),
        ...(await sql`select conrelid::regclass::text as relation, conname, convalidated, pg_get_constraintdef(oid)
          from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`),
        ...(await sql`select tablename, policyname, roles, cmd, qual, with_check from pg_policies order by 1, 2`),
        ...(await sql`select table_name, column_name, grantee, privilege_type
          from information_schema.column_privileges where table_schema = 'public' order by 1, 2, 3, 4`),
        ...(await sql`select proname, prosrc, proacl::text from pg_proc
          where pronamespace = 'public'::regnamespace order by 1, 2`),
      ]);
    expect(await guards(targetSuperUrl)).toEqual(await guards(source.superUrl));
  });

  test('reads the same in pieces of any size', async () => {
    const bytes = await collect(source.url);
    const whole = await checkBackup(piecesOf(bytes));
    for (const size of [1, 2, 3, 7, 100_003]) {
      expect(await checkBackup(piecesOf(bytes, size))).toEqual(whole);
    }
  });

  test('is one moment, however long it takes', async () => {
    const parts: Buffer[] = [];
    const widget = await makeWidget();
    for await (const chunk of exportDatabase(source.url)) {
      if (parts.length === 1) await makeConversation(widget, 'while it runs');
      parts.push(chunk);
    }
    const bytes = Buffer.concat(parts);
    const { end } = await checkBackup(piecesOf(bytes));
    const report = await restoreDatabase(targetUrl, () => piecesOf(bytes));
    expect(report).toMatchObject({ brokenLogs: 0, counts: end.counts });
    expect(bytes.includes('while it runs')).toBe(false);
  });

  test('is refused when rows would be hidden from the user that takes it', async () => {
    const name = `reader_${randomBytes(4).toString('hex')}`;
    await using(source.superUrl, async (sql) => {
      await sql.unsafe(`create role ${name} login password 'reader'`);
      await sql.unsafe(`grant select on all tables in schema public to ${name}`);
      await sql.unsafe(
        `grant usage on schema drizzle to ${name}; grant select on all tables in schema drizzle to ${name}`,
      );
    });
    const url = new URL(source.url);
    url.username = name;
    url.password = 'reader';
    await expect(collect(url.href)).rejects.toMatchObject({ code: 'database_unfit' });
    await using(source.superUrl, (sql) => sql.unsafe(`drop owned by ${name}; drop role ${name}`));
  });

  test('that was cut, changed or added to is refused, and nothing is touched', async () => {
    const bytes = await collect(source.url);
    const damaged = fc.oneof(
      fc.nat(bytes.length - 1).map((at) => bytes.subarray(0, at)),
      fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ by;
        return copy;
      }),
      fc.nat(bytes.length - 1).map((at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])),
      fc.constant(Buffer.concat([bytes, Buffer.from('\n')])),
      fc.constant(Buffer.concat([bytes, bytes])),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (broken) => {
        await expect(checkBackup(piecesOf(broken))).rejects.toMatchObject({
          code: expect.stringMatching(/^backup_/),
        });
      }),
      { numRuns: 200 },
    );
    await expect(restoreDatabase(targetUrl, () => piecesOf(bytes.subarray(0, -9)))).rejects.toThrow();
    expect(await rowTables(targetSuperUrl)).toEqual([]);
  });
});

describe('restoring', () => {
  async function inUse(): Promise<void> {
    await migrate(targetUrl);
    await using(targetUrl, async (sql) => {
      await sql`insert into workspace (name, epoch) values ('Theirs', ${newId()})`;
      await sql`insert into customers (id, name) values (${newId()}, 'Somebody')`;
    });
  }

  test('refuses a Parley that is in use, and with the word replaces all of it', async () => {
    await inUse();
    const bytes = await collect(source.url);
    const before = await contentOf(targetSuperUrl);
    await expect(restoreDatabase(targetUrl, () => piecesOf(bytes))).rejects.toMatchObject({
      code: 'database_not_empty',
    });
    expect(await contentOf(targetSuperUrl)).toEqual(before);
    await restoreDatabase(targetUrl, () => piecesOf(bytes), { replaces: true });
    expect(await contentOf(targetSuperUrl)).toEqual(await contentOf(source.superUrl));
  });

  test('keeps what speaks of this installation, and takes nothing of the other one', async () => {
    await inUse();
    const own = { name: 'AUTH_SECRET', salt: 'mine', fingerprint: 'mine' };
    await using(targetUrl, (sql) => sql`insert into secret_fingerprints ${sql(own)}`);
    const bytes = await collect(source.url);
    await restoreDatabase(targetUrl, () => piecesOf(bytes), { replaces: true });
    const rows = await using(
      targetUrl,
      (sql) => sql`select name, salt, fingerprint from secret_fingerprints`,
    );
    expect([...rows]).toEqual([own]);
  });

  test('that fails at its last moment leaves what there was', async () => {
    await inUse();
    const before = [await contentOf(targetSuperUrl), await epochOf(targetUrl)];
    const bytes = await collect(source.url);
    let reads = 0;
    // Sound when it was checked, cut when it was read again.
    const open = () => piecesOf(++reads === 1 ? bytes : bytes.subarray(0, -20));
    await expect(restoreDatabase(targetUrl, open, { replaces: true })).rejects.toMatchObject({
      code: 'backup_damaged',
    });
    expect([await contentOf(targetSuperUrl), await epochOf(targetUrl)]).toEqual(before);
  });

  test('whose connection dies half-way leaves what there was', async () => {
    await inUse();
    const before = await contentOf(targetSuperUrl);
    const bytes = await collect(source.url);
    const onTable = (name: string) => {
      if (name !== 'messages') return;
      void using(
        targetSuperUrl,
        (sql) => sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'parley restore' and datname = current_database()`,
      );
    };
    // Slowly, so that it is still under way by then.
    async function* slowly() {
      for await (const piece of piecesOf(bytes, 20_000)) {
        await new Promise((next) => setImmediate(next));
        yield piece;
      }
      await new Promise((next) => setTimeout(next, 200));
    }
    await expect(restoreDatabase(targetUrl, slowly, { replaces: true, onTable })).rejects.toThrow();
    expect(await contentOf(targetSuperUrl)).toEqual(before);
  });

  test('a backup of an older version migrates what it holds', async () => {
    const all = listMigrations();
    const older = all.length - 2;
    await using(targetUrl, async (sql) => {
      await sql.unsafe('create schema drizzle');
      await sql.unsafe('create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)');
      for (const { madeAt, hash, statements } of all.slice(0, older)) {
        for (const statement of statements) await sql.unsafe(statement);
        await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${madeAt})`;
      }
      await sql`insert into workspace (name, epoch) values ('Old', ${newId()})`;
      await sql`insert into customers (id, name) values (${newId()}, 'From before')`;
    });
    const bytes = await collect(targetUrl);
    const report = await restoreDatabase(targetUrl, () => piecesOf(bytes), { replaces: true });
    expect(report).toMatchObject({ migrated: 2, counts: { customers: 1 } });
    expect(await migrate(targetUrl)).toEqual({ applied: 0 });
  });

  test('refuses a backup of a newer version', async () => {
    const { header } = await checkBackup(piecesOf(await collect(source.url)));
    const later = { ...header, migrations: [...header.migrations, 4_000_000_000_000] };
    const parts = writeBackup(
      later,
      [],
      () => piecesOf(Buffer.alloc(0)),
      async () => [],
    );
    const bytes = await joined(parts);
    await expect(restoreDatabase(targetUrl, () => piecesOf(bytes))).rejects.toMatchObject({
      code: 'backup_newer',
    });
    expect(await rowTables(targetSuperUrl)).toEqual([]);
  });

  test('into a database that others use too is refused', async () => {
    await using(targetUrl, (sql) => sql`create table their_orders ()`);
    const bytes = await collect(source.url);
    await expect(restoreDatabase(targetUrl, () => piecesOf(bytes), { replaces: true })).rejects.toMatchObject(
      {
        code: 'database_unfit',
      },
    );
  });

  test('waits for those who are at work in it, and makes them wait', async () => {
    await inUse();
    const bytes = await collect(source.url);
    const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const working = using(targetUrl, (sql) =>
      sql.begin(async (tx) => {
        await tx`update customers set name = 'Changed'`;
        held();
        await mayEnd;
        // The knot: it holds one table and wants another.
        await tx`select count(*) from messages`;
      }),
    );
    await isHeld;
    const restoring = restoreDatabase(targetUrl, () => piecesOf(bytes), { replaces: true });
    end();
    await Promise.all([working, restoring]);
    expect(await contentOf(targetSuperUrl)).toEqual(await contentOf(source.superUrl));
  });
});
