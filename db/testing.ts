import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { closeDatabase, openDatabase, type Tx } from '#/db/client.ts';
import { migrate, migrationHashes } from '#/db/migrate.ts';

export type TestDatabase = { url: string; superUrl: string; close(): Promise<void> };

const owner = 'parley';
const ownerPassword = 'parley';
/** Serialises the workers' race for making the template. */
const templateLockKey = 7_275_539_02;

/**
 * A migrated database of its own, owned by a role that is neither superuser nor exempt from row-level security, as in
 * production; `db/client.ts` of this worker points at it. Needs PARLEY_TEST_POSTGRES (a superuser's URL).
 */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.PARLEY_TEST_POSTGRES;
  if (serverUrl === undefined) throw new Error('PARLEY_TEST_POSTGRES is not set: run through vitest');
  const name = `parley_${randomBytes(8).toString('hex')}`;
  await asSuperuser(serverUrl, async (sql) => {
    await sql`select pg_advisory_lock(${templateLockKey})`;
    const template = await ensureTemplate(sql, serverUrl);
    await sql`create database ${sql(name)} template ${sql(template)} owner ${sql(owner)} strategy file_copy`;
  });
  const url = databaseUrl(serverUrl, name, { name: owner, password: ownerPassword });
  await openDatabase(url);
  return {
    url,
    superUrl: databaseUrl(serverUrl, name),
    async close() {
      await closeDatabase();
      await asSuperuser(serverUrl, (sql) => sql`drop database ${sql(name)} with (force)`);
    },
  };
}

export async function updateDepartmentRestriction(tx: Tx, id: string, isRestricted: boolean): Promise<void> {
  await tx.execute(sql`update departments set is_restricted = ${isRestricted} where id = ${id}`);
}

/** A ticket where nobody moved it; people go through `changeTicket`. */
export async function updateTicketDepartment(tx: Tx, ticketId: string, departmentId: string): Promise<void> {
  await tx.execute(sql`update tickets set department_id = ${departmentId} where id = ${ticketId}`);
}

/** Named after the migrations in it: a server that outlives a change of them gets another. */
async function ensureTemplate(sql: postgres.Sql, serverUrl: string): Promise<string> {
  const content = createHash('sha256').update(migrationHashes().join()).digest('hex');
  const template = `parley_template_${content.slice(0, 16)}`;
  const [found] = await sql`select 1 from pg_database where datname = ${template} and datistemplate`;
  if (found !== undefined) return template;
  await sql`drop database if exists ${sql(template)} with (force)`;
  const [role] = await sql`select 1 from pg_roles where rolname = ${owner}`;
  if (role === undefined) await sql`create role ${sql(owner)} login createrole password 'parley'`;
  await sql`create database ${sql(template)} owner ${sql(owner)}`;
  await migrate(databaseUrl(serverUrl, template, { name: owner, password: ownerPassword }));
  await sql`alter database ${sql(template)} is_template true allow_connections false`;
  return template;
}

async function asSuperuser(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function databaseUrl(serverUrl: string, name: string, role?: { name: string; password: string }): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  if (role !== undefined) {
    url.username = role.name;
    url.password = role.password;
  }
  return url.href;
}
