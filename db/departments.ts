import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { departments } from '#/db/schema.ts';
import type { Department } from '#/lib/agents/schema.ts';

export async function listDepartments(tx: Tx): Promise<Department[]> {
  const rows = await tx.execute<{ id: string; name: string; is_restricted: boolean }>(
    sql`select id, name, is_restricted from ${departments} order by name, id`,
  );
  return rows.map((row) => ({ id: row.id, name: row.name, isRestricted: row.is_restricted }));
}

export async function findDepartment(tx: Tx, id: string): Promise<Department | null> {
  const [row] = await tx.execute<{ id: string; name: string; is_restricted: boolean }>(
    sql`select id, name, is_restricted from ${departments} where ${departments.id} = ${id}`,
  );
  return row === undefined ? null : { id: row.id, name: row.name, isRestricted: row.is_restricted };
}

export async function insertDepartment(tx: Tx, department: { id: string; name: string }): Promise<void> {
  await tx.execute(sql`insert into ${departments} (id, name) values (${department.id}, ${department.name})`);
}
