import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate, migrationHashes } from '#/db/migrate.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';

const ownFolder = fileURLToPath(new URL('./migrations', import.meta.url));
let database: TestDatabase;
let folder: string;
let url: string;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** An empty database, and a copy of the migrations to add to. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-migrations-'));
  cpSync(ownFolder, folder, { recursive: true });
  const name = `parley_${randomBytes(8).toString('hex')}`;
  await asOwner(database.superUrl, (sql) => sql`create database ${sql(name)} owner parley`);
  const empty = new URL(database.url);
  empty.pathname = `/${name}`;
  url = empty.href;
  return async () => {
    rmSync(folder, { recursive: true });
    await asOwner(database.superUrl, (sql) => sql`drop database ${sql(name)} with (force)`);
  };
});

async function asOwner<T>(address: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(address, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

function addMigration(tag: string, statements: string): void {
  const path = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8'));
  const when = 4_000_000_000_000 + journal.entries.length;
  journal.entries.push({ idx: journal.entries.length, version: '7', when, tag, breakpoints: true });
  writeFileSync(path, JSON.stringify(journal));
  writeFileSync(join(folder, `${tag}.sql`), statements);
}

const countTables = () =>
  asOwner(url, async (sql) => {
    const [row] = await sql`select count(*)::int as tables from pg_tables where schemaname = 'public'`;
    return row?.tables;
  });

test('an empty database gets everything once, with progress', async () => {
  const steps: unknown[] = [];
  const all = migrationHashes().length;
  expect(await migrate(url, { onProgress: (step) => steps.push(step) })).toEqual({ applied: all });
  expect(steps).toEqual([
    { applied: 0, pending: all },
    { applied: all, pending: 0 },
  ]);
  expect(await migrate(url)).toEqual({ applied: 0 });
});

test('two instances that start together take turns', async () => {
  const results = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(results.map((result) => result.applied).sort()).toEqual([0, 0, migrationHashes().length]);
});

test('a migration that fails half-way leaves nothing of its run', async () => {
  addMigration('9998_good', 'create table half ();');
  addMigration('9999_bad', 'create table whole ();--> statement-breakpoint\nselect 1 / 0;');
  await expect(migrate(url, { folder })).rejects.toThrow();
  expect(await countTables()).toBe(0);
  expect(await migrate(url)).toEqual({ applied: migrationHashes().length });
});

test('a database of a newer build is refused and left as it is', async () => {
  addMigration('9999_later', 'create table later ();');
  await migrate(url, { folder });
  const before = await countTables();
  await expect(migrate(url)).rejects.toMatchObject({ code: 'schema_newer' });
  expect(await countTables()).toBe(before);
});

test('the app can take the customer role, and has none of its rights by itself', async () => {
  await migrate(url);
  const [row] = await asOwner(
    url,
    (sql) => sql`select pg_has_role('parley', 'parley_customer', 'set') as can_set,
      pg_has_role('parley', 'parley_customer', 'usage') as inherits`,
  );
  expect(row).toEqual({ can_set: true, inherits: false });
});

test('the greeting and launcher text that a site had set are its own texts afterwards', async () => {
  const path = join(folder, 'meta/_journal.json');
  const journal = readFileSync(path, 'utf8');
  const { entries, ...rest } = JSON.parse(journal);
  const before = entries.filter(({ tag }: { tag: string }) => tag < '0022_widget_texts');
  writeFileSync(path, JSON.stringify({ ...rest, entries: before }));
  await migrate(url, { folder });
  const looks = [
    { greeting: 'Good day', launcherLabel: 'Ask us', accent: '#112233' },
    { greeting: 'Hi there. How can we help?', launcherLabel: 'Ask us' },
    { greeting: 'Hi there. How can we help?', launcherLabel: 'Chat with us' },
    {},
  ];
  await asOwner(url, async (sql) => {
    for (const [index, look] of looks.entries()) {
      await sql`insert into widgets (id, key, name, look)
        values (gen_random_uuid(), ${`wk_${index}`}, 'Site', ${sql.json(look)})`;
    }
  });
  writeFileSync(path, journal);
  await migrate(url, { folder });
  const texts = await asOwner(url, (sql) => sql`select language, texts from widgets order by key`);
  expect(texts.map((row) => row.texts)).toEqual([
    { en: { 'home.greeting': 'Good day', 'launcher.label': 'Ask us' } },
    { en: { 'launcher.label': 'Ask us' } },
    {},
    {},
  ]);
  expect(texts.map((row) => row.language)).toEqual(['en', 'en', 'en', 'en']);
});
