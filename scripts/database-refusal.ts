import postgres from 'postgres';
import { isDatabaseUrl } from '#/lib/env.ts';
import { Refusal } from './refusal.ts';

/** Connects once, so that a wrong DATABASE_URL is one sentence before anything else happens. Throws a Refusal. */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  if (!isDatabaseUrl(databaseUrl)) {
    throw new Refusal('DATABASE_URL is not valid: expected postgres://user:password@host:5432/database.');
  }
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    const [row] = await sql`select current_setting('server_version_num')::int as version`;
    if (Number(row?.version) < 150_000) {
      throw new Refusal(
        'The PostgreSQL that DATABASE_URL names is too old: Parley needs version 15 or newer.',
      );
    }
  } catch (error) {
    throw databaseRefusal(error, databaseUrl) ?? error;
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** The sentence for an error of connecting; undefined when the error is about something else. Never holds a password. */
export function databaseRefusal(error: unknown, databaseUrl: string): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const outer = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = outer instanceof Error && 'code' in outer ? String(outer.code) : '';
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  const where = url === undefined ? 'the database' : `the database server at ${url.host}`;
  const user = decodeURIComponent(url?.username ?? '');
  const sentence = sentences(where, user, url?.pathname.slice(1) ?? '')[code];
  return sentence === undefined ? undefined : new Refusal(sentence);
}

function sentences(where: string, user: string, database: string): Record<string, string> {
  const unreachable = `DATABASE_URL: ${where} does not answer; check host, port and firewall.`;
  const signIn = `DATABASE_URL: ${where} refuses the user "${user}"; check the name and the password.`;
  return {
    ECONNREFUSED: unreachable,
    EHOSTUNREACH: unreachable,
    ENETUNREACH: unreachable,
    ETIMEDOUT: unreachable,
    ECONNRESET: unreachable,
    CONNECT_TIMEOUT: unreachable,
    CONNECTION_CLOSED: unreachable,
    ENOTFOUND: `DATABASE_URL: ${where} was not found; check the host name.`,
    EAI_AGAIN: `DATABASE_URL: ${where} was not found; check the host name.`,
    ERR_INVALID_URL: 'DATABASE_URL is not valid: expected postgres://user:password@host:5432/database.',
    '28P01': signIn,
    '28000': signIn,
    '3D000': `DATABASE_URL: ${where} has no database "${database}"; create it first.`,
    '53300': `DATABASE_URL: ${where} has no connection left; raise max_connections or end other clients.`,
    '57P03': `DATABASE_URL: ${where} is still starting; try again in a moment.`,
  };
}
