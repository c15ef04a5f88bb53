import type postgres from 'postgres';
import { openPool } from '#/db/pool.ts';

/** One connection, and never another: a transaction that lost it must not go on outside of itself. */
export type OneConnection = {
  client: postgres.Sql;
  /** `work`, or a rejection as soon as the connection is gone. */
  held<T>(work: PromiseLike<T>): Promise<T>;
  close(): Promise<void>;
};

/** For backups and migrations of hours: without deadlines, and every value as the same text on both sides. */
export async function openOneConnection(url: string, name: string): Promise<OneConnection> {
  const pool = openPool({
    url,
    max: 1,
    parameters: {
      application_name: name,
      DateStyle: 'ISO, YMD',
      IntervalStyle: 'postgres',
      bytea_output: 'hex',
      extra_float_digits: 1,
      statement_timeout: 0,
      idle_in_transaction_session_timeout: 0,
    },
  });
  const { promise: gone, reject } = Promise.withResolvers<never>();
  gone.catch(() => {});
  const lane = await pool.acquire(gone);
  lane.onDead = () => reject(new Error('The connection to the database was lost.'));
  return {
    client: lane.client,
    held: (work) => Promise.race([work, gone]),
    async close() {
      lane.onDead = null;
      pool.kill(lane);
      await pool.close(0);
    },
  };
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
