import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { currentEpoch } from '#/db/expressions.ts';
import { workspace } from '#/db/schema.ts';

export async function findWorkspace(
  tx: Tx,
): Promise<{ name: string; epoch: string; reopeningHours: number } | null> {
  const [row] = await tx.execute<{ name: string; epoch: string; reopening_hours: number }>(
    sql`select name, epoch, reopening_hours from ${workspace}`,
  );
  return row === undefined ? null : { name: row.name, epoch: row.epoch, reopeningHours: row.reopening_hours };
}

/** True when this call made the one row. */
export async function insertWorkspace(tx: Tx, name: string, epoch: string): Promise<boolean> {
  const rows = await tx.execute(
    sql`insert into ${workspace} (name, epoch) values (${name}, ${epoch}) on conflict do nothing returning id`,
  );
  return rows.length > 0;
}

export async function updateWorkspaceName(tx: Tx, name: string): Promise<void> {
  await tx.execute(sql`update ${workspace} set name = ${name}`);
}

/** The same row, locked until the end of the transaction. */
export async function lockWorkspace(tx: Tx): Promise<{ name: string; reopeningHours: number } | null> {
  const [row] = await tx.execute<{ name: string; reopening_hours: number }>(
    sql`select name, reopening_hours from ${workspace} for update`,
  );
  return row === undefined ? null : { name: row.name, reopeningHours: row.reopening_hours };
}

export async function updateWorkspace(tx: Tx, to: { name: string; reopeningHours: number }): Promise<void> {
  await tx.execute(sql`update ${workspace} set name = ${to.name}, reopening_hours = ${to.reopeningHours}`);
}

/** As clients know it, see `currentEpoch`. */
export async function findEpoch(tx: Tx): Promise<string> {
  const [row] = await tx.execute<{ epoch: string }>(sql`select ${currentEpoch} as epoch`);
  return row?.epoch ?? '';
}
