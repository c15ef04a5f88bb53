import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listMigrations, migrate } from '#/db/migrate.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function using<Value>(url: string, work: (sql: postgres.Sql) => Promise<Value>): Promise<Value> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

test('who was there before there were identities is as before: customers, sessions and widgets', async () => {
  const url = new URL(database.url);
  url.pathname = `/parley_${randomBytes(8).toString('hex')}`;
  await using(database.superUrl, (sql) => sql`create database ${sql(url.pathname.slice(1))} owner parley`);
  const [widgetId, customerId, sessionId, otherId] = [newId(), newId(), newId(), newId()];
  const before = listMigrations().slice(0, 19);
  await using(url.href, async (sql) => {
    await sql.unsafe('create schema drizzle');
    await sql.unsafe('create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)');
    for (const { madeAt, hash, statements } of before) {
      for (const statement of statements) await sql.unsafe(statement);
      await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${madeAt})`;
    }
    await sql`insert into widgets (id, key, name, identity_secret) values (${widgetId}, 'wk_oldshop1', 'Shop', 'never shown')`;
    await sql`insert into customers (id, name, email, attributes) values (${customerId}, 'Ada', 'a@b.test', '{"plan": "pro"}')`;
    await sql`insert into customers (id, external_id, verified_at) values (${otherId}, '42', now())`;
    await sql`
      insert into customer_sessions (id, token_hash, customer_id, widget_id, expires_at)
      values (${sessionId}, 'h', ${customerId}, ${widgetId}, now() + interval '1 day')`;
  });
  await migrate(url.href);
  await using(url.href, async (sql) => {
    const customers = await sql`
      select id, name, email::text, attributes, external_id, verified_at is not null as is_verified, signed_keys,
        merged_into, identity_widget_id
      from customers order by name nulls last`;
    const rest = { merged_into: null, identity_widget_id: null, signed_keys: [] };
    expect(customers.map((row) => ({ ...row }))).toEqual([
      {
        ...{ id: customerId, name: 'Ada', email: 'a@b.test', attributes: { plan: 'pro' } },
        ...{ external_id: null, is_verified: false, ...rest },
      },
      {
        ...{
          id: otherId,
          name: null,
          email: null,
          attributes: {},
          external_id: '42',
          is_verified: true,
          ...rest,
        },
      },
    ]);
    expect(await sql`select id from customer_sessions where revoked_at is null`).toHaveLength(1);
    // Nobody was ever shown it, so nobody can sign with it; a server of the former build still writes one.
    expect((await sql`select identity_secret from widgets`)[0]?.identity_secret).toBeNull();
    await sql`insert into widgets (id, key, name, identity_secret) values (${newId()}, 'wk_older123', 'Old', 'x')`;
  });
  await using(database.superUrl, (sql) => sql`drop database ${sql(url.pathname.slice(1))} with (force)`);
});
