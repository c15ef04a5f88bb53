import postgres from 'postgres';

/** Asks PostgreSQL, past every proxy and every policy of the app. A connection of its own for each call. */
export type Ask = <Row extends object>(
  query: (sql: postgres.Sql) => postgres.PendingQuery<Row[]>,
) => Promise<Row[]>;

export function askOver(superUrl: string): Ask {
  return async (query) => {
    const sql = postgres(superUrl, { max: 1, onnotice: () => {}, connect_timeout: 5, fetch_types: false });
    try {
      return await query(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
}
