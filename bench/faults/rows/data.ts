import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Exercise, exercise, type Injection } from '#/bench/faults/exercise.ts';
import { restoreWhileOpen } from '#/bench/faults/restored-crowd.ts';
import type { FaultRow } from '#/bench/faults/rows.ts';
import type { World } from '#/bench/faults/world.ts';
import { migrate } from '#/scripts/migrate.ts';
import { projectDir } from '#/scripts/source-files.ts';

const durable = { realtime: 'embedded', durable: true } as const;
const laterMs = 4_000_000_000_000;
const instances = 3;

export const dataRows: readonly FaultRow[] = [
  row('migration-fails-half-way', ({ world, claim }) =>
    withMigration(world, 'select 1 / 0;', async (folder) => {
      const before = await schemaOf(world);
      const refusal = await reasonOf(migrate(appUrlOf(world), { folder }));
      claim('I12', refusal.includes('left as it was'), `the start said: ${refusal}`);
      claim('I3', (await schemaOf(world)) === before, 'half of a migration stayed');
      // The same build as before starts on it, and finds nothing to do.
      const { applied } = await migrate(appUrlOf(world));
      claim('I12', applied === 0, `${applied} migrations were applied again`);
      return 1;
    }),
  ),
  row('two-instances-migrate-at-once', ({ world, claim }) =>
    withMigration(world, '', async (folder) => {
      const starts = Array.from({ length: instances }, () => migrate(appUrlOf(world), { folder }));
      const applied = (await Promise.all(starts)).map((each) => each.applied).toSorted();
      claim('I2', applied.join() === '0,0,1', `migrations were applied ${applied.join()} times`);
      return instances;
    }),
  ),
  row('old-build-on-a-new-schema', ({ world, claim }) =>
    withMigration(world, '', async (folder) => {
      await migrate(appUrlOf(world), { folder });
      const before = await schemaOf(world);
      // A start of this build is refused; the process that runs goes on, since what came only adds.
      const refusal = await reasonOf(migrate(appUrlOf(world)));
      claim('I12', refusal.includes('newer version'), `the start said: ${refusal}`);
      claim('I3', (await schemaOf(world)) === before, 'an old build changed a newer schema');
      await delay(500);
      return 1;
    }),
  ),
  {
    area: 'data',
    name: 'restored-while-open',
    seeds: 20,
    isQuick: false,
    world: durable,
    run: ({ world, seed, random }) =>
      inFolder((folder) => {
        const file = join(folder, 'parley.backup.gz');
        return restoreWhileOpen(world, {
          seed,
          random,
          backUp: () => runScript(world, folder, 'backup', file),
          restore: () => runScript(world, folder, 'restore', file, '--replace'),
        });
      }),
  },
];

function row(name: string, inject: (context: Injection) => Promise<number>): FaultRow {
  const run = (seed: number): Exercise => ({ seed, inject });
  return {
    area: 'data',
    name,
    seeds: 20,
    isQuick: true,
    world: durable,
    run: (context) => exercise(context.world, run(context.seed)),
  };
}

/** The role that the app connects as, past the proxy. */
function appUrlOf(world: World): string {
  return Object.assign(new URL(world.superUrl), { username: 'parley', password: 'parley' }).href;
}

/** A folder of migrations with one more, which adds and then does `last`. What it left is taken away afterwards. */
function withMigration<T>(world: World, last: string, work: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    cpSync(join(projectDir, 'db/migrations'), folder, { recursive: true });
    const path = join(folder, 'meta/_journal.json');
    const journal = JSON.parse(readFileSync(path, 'utf8'));
    const idx = journal.entries.length;
    journal.entries.push({ idx, version: '7', when: laterMs, tag: '9999_later', breakpoints: true });
    writeFileSync(path, JSON.stringify(journal));
    const statements = [
      'create table later (id uuid primary key)',
      'alter table messages add column later text',
      'alter table tickets add column later integer default 7',
      ...(last === '' ? [] : [last]),
    ];
    writeFileSync(join(folder, '9999_later.sql'), statements.join(';--> statement-breakpoint\n'));
    try {
      return await work(folder);
    } finally {
      await world.ask((sql) => sql`drop table if exists later`);
      await world.ask((sql) => sql`alter table messages drop column if exists later`);
      await world.ask((sql) => sql`alter table tickets drop column if exists later`);
      await world.ask((sql) => sql`delete from drizzle.__drizzle_migrations where created_at = ${laterMs}`);
    }
  });
}

async function schemaOf(world: World): Promise<string> {
  const columns = await world.ask(
    (sql) => sql`
      select table_schema, table_name, column_name, data_type from information_schema.columns
      where table_schema in ('public', 'drizzle') order by 1, 2, 3`,
  );
  const applied = await world.ask(
    (sql) => sql`select hash from drizzle.__drizzle_migrations order by created_at`,
  );
  return JSON.stringify([columns, applied]);
}

function reasonOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** A command as a person runs it, on the database of this world. */
async function runScript(world: World, folder: string, name: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `scripts/${name}.ts`, ...args],
    { cwd: projectDir, env: { ...process.env, DATABASE_URL: appUrlOf(world), PARLEY_DATA: folder } },
  );
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-data-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
