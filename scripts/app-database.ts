import postgres from 'postgres';

/**
 * Makes the database `name` and the role that owns it (no superuser, bound by row-level security), and answers
 * the URL the app connects with. Safe to repeat; the password becomes the given one.
 */
export async function ensureAppDatabase(
  superUrl: string,
  name: string,
  role: string,
  password: string,
): Promise<string> {
  const sql = postgres(superUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    const [found] = await sql`select
      exists (select from pg_roles where rolname = ${role}) as "hasRole",
      exists (select from pg_database where datname = ${name}) as "hasDatabase"`;
    const verb = found?.hasRole === true ? 'alter' : 'create';
    // A password cannot be a parameter here; ours is base64url, and quoted by the server anyway.
    const [quoted] = await sql`select quote_literal(${password}) as literal`;
    await sql.unsafe(
      `${verb} role "${role}" with login createrole nosuperuser nobypassrls nocreatedb password ${String(quoted?.literal)}`,
    );
    if (found?.hasDatabase !== true) await sql`create database ${sql(name)} owner ${sql(role)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(superUrl);
  url.username = role;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
}
