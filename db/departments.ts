import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { isPerson } from '#/db/expressions.ts';
import { jsonParam } from '#/db/messages.ts';
import { agents, departments, invites, tickets, widgets } from '#/db/schema.ts';
import type { Department } from '#/lib/agents/schema.ts';
import type { DepartmentDetail, OpeningSpan } from '#/lib/departments/schema.ts';

/** A department that is being closed is in none of these: nothing new may come into it. */
const isOpen = sql`${departments.closedAt} is null`;

export async function listDepartments(tx: Tx): Promise<Department[]> {
  const rows = await tx.execute<{ id: string; name: string; is_restricted: boolean }>(
    sql`select id, name, is_restricted from ${departments} where ${isOpen} order by name, id`,
  );
  return rows.map((row) => ({ id: row.id, name: row.name, isRestricted: row.is_restricted }));
}

export async function findDepartment(tx: Tx, id: string): Promise<Department | null> {
  const [row] = await tx.execute<{ id: string; name: string; is_restricted: boolean }>(
    sql`select id, name, is_restricted from ${departments} where ${departments.id} = ${id} and ${isOpen}`,
  );
  return row === undefined ? null : { id: row.id, name: row.name, isRestricted: row.is_restricted };
}

export async function insertDepartment(tx: Tx, department: { id: string; name: string }): Promise<void> {
  await tx.execute(sql`insert into ${departments} (id, name) values (${department.id}, ${department.name})`);
}

type RawDetail = {
  id: string;
  name: string;
  is_restricted: boolean;
  timezone: string;
  business_hours: OpeningSpan[] | null;
  member_ids: string[];
  widget_ids: string[];
  open_tickets: number;
};

/** All of them with who and what is in them, by name. */
export async function listDepartmentDetails(tx: Tx): Promise<DepartmentDetail[]> {
  const rows = await tx.execute<RawDetail>(sql`
    select id, name, is_restricted, timezone, business_hours,
      coalesce((select json_agg(agents.id order by agents.name, agents.id) from ${agents}
        where agents.department_id = departments.id and agents.deactivated_at is null and ${isPerson}), '[]')
        as member_ids,
      coalesce((select json_agg(widgets.id) from ${widgets}
        where widgets.department_id = departments.id), '[]') as widget_ids,
      (select count(*)::int from ${tickets} where tickets.department_id = departments.id
        and tickets.status in ('open', 'pending', 'snoozed')) as open_tickets
    from ${departments} where ${isOpen} order by lower(name), id`);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    isRestricted: row.is_restricted,
    timezone: row.timezone,
    businessHours: row.business_hours,
    memberIds: row.member_ids,
    widgetIds: row.widget_ids,
    openTickets: row.open_tickets,
  }));
}

export type DepartmentColumns = Pick<
  DepartmentDetail,
  'id' | 'name' | 'isRestricted' | 'timezone' | 'businessHours'
>;

/** Also one that is being closed, locked until the end of the transaction. */
export async function lockDepartment(
  tx: Tx,
  id: string,
): Promise<(DepartmentColumns & { isClosed: boolean }) | null> {
  const [row] = await tx.execute<RawDetail & { is_closed: boolean }>(sql`
    select id, name, is_restricted, timezone, business_hours, closed_at is not null as is_closed
    from ${departments} where ${departments.id} = ${id} for update`);
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    isRestricted: row.is_restricted,
    timezone: row.timezone,
    businessHours: row.business_hours,
    isClosed: row.is_closed,
  };
}

/** Another department with this name, whatever its capitals. */
export async function findDepartmentNamed(tx: Tx, name: string, exceptId: string): Promise<string | null> {
  const [row] = await tx.execute<{ id: string }>(sql`
    select id from ${departments}
    where lower(name) = lower(${name}) and ${departments.id} <> ${exceptId} and ${isOpen}`);
  return row?.id ?? null;
}

export async function writeDepartment(tx: Tx, department: DepartmentColumns): Promise<void> {
  await tx.execute(sql`
    insert into ${departments} (id, name, is_restricted, timezone, business_hours)
    values (${department.id}, ${department.name}, ${department.isRestricted}, ${department.timezone},
      ${jsonParam(department.businessHours ?? undefined)})
    on conflict (id) do update set name = excluded.name, is_restricted = excluded.is_restricted,
      timezone = excluded.timezone, business_hours = excluded.business_hours`);
}

/** The people who are present members, active or not, locked in the order of their ids. A key's account stays where it is. */
export async function lockMemberIds(tx: Tx, departmentId: string): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from ${agents} where ${agents.departmentId} = ${departmentId} and ${isPerson}
    order by id for update`);
  return rows.map((row) => row.id);
}

/** Nobody is offered it any more; what points to it as a place for new work points to `movesTo`. */
export async function closeDepartment(tx: Tx, id: string, movesTo: string | null): Promise<void> {
  await tx.execute(sql`
    update ${departments} set closed_at = now(), moves_to = ${movesTo} where ${departments.id} = ${id}`);
  await tx.execute(sql`update ${departments} set moves_to = ${movesTo} where ${departments.movesTo} = ${id}`);
  await tx.execute(sql`
    update ${widgets} set department_id = ${movesTo} where ${widgets.departmentId} = ${id}`);
  await tx.execute(sql`
    update ${invites} set department_id = ${movesTo} where ${invites.departmentId} = ${id}`);
}

/** Those being closed for at least this long, and where their tickets go. */
export async function listClosedDepartments(
  tx: Tx,
  olderThanMs: number,
): Promise<{ id: string; movesTo: string | null }[]> {
  const rows = await tx.execute<{ id: string; moves_to: string | null }>(sql`
    select id, moves_to from ${departments}
    where ${departments.closedAt} <= now() - make_interval(secs => ${olderThanMs / 1000}::float8)
    order by closed_at, id`);
  return rows.map((row) => ({ id: row.id, movesTo: row.moves_to }));
}

/** In ended statuses too: a ticket that is over keeps its readers as well. */
export async function listTicketIdsOfDepartment(
  tx: Tx,
  departmentId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from ${tickets} where ${tickets.departmentId} = ${departmentId}
      and (${after}::uuid is null or ${tickets.id} > ${after}::uuid)
    order by ${tickets.id} limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Takes away a closed one that holds nothing any more; false while it does. */
export async function deleteEmptyDepartment(tx: Tx, id: string): Promise<boolean> {
  // The lock waits for whoever is just moving something in, and lets nobody after them.
  await tx.execute(
    sql`select id from ${departments} where ${departments.id} = ${id} and not ${isOpen} for update`,
  );
  const rows = await tx.execute(sql`
    delete from ${departments} where ${departments.id} = ${id} and not ${isOpen}
      and not exists (select 1 from ${tickets} where ${tickets.departmentId} = ${id})
      and not exists (select 1 from ${agents} where ${agents.departmentId} = ${id} and ${isPerson})
    returning id`);
  return rows.length > 0;
}

/** Its tickets that are not over and who holds them, those with the latest activity first. */
export async function listLiveTickets(
  tx: Tx,
  departmentId: string,
  limit: number,
): Promise<{ id: string; assigneeId: string | null }[]> {
  const rows = await tx.execute<{ id: string; assignee_id: string | null }>(sql`
    select id, assignee_id from ${tickets} where ${tickets.departmentId} = ${departmentId}
      and ${tickets.status} in ('open', 'pending', 'snoozed')
    order by ${tickets.lastActivityAt} desc limit ${limit}`);
  return rows.map((row) => ({ id: row.id, assigneeId: row.assignee_id }));
}
