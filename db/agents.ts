import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso, isPerson } from '#/db/expressions.ts';
import { jsonParam } from '#/db/messages.ts';
import { agents, tickets } from '#/db/schema.ts';
import type { Agent, AgentRole, HandOverTarget, PersonRole } from '#/lib/agents/schema.ts';

/** A person's, or that of an api key. */
export type AgentAccount = Omit<Agent, 'role'> & {
  role: AgentRole;
  sessionVersion: number;
  passwordHash: string | null;
  isActive: boolean;
};
export type PersonAccount = AgentAccount & { role: PersonRole };
export type ListedAgent = Agent & {
  isActive: boolean;
  isExample: boolean;
  createdAt: string;
};

type RawAgent<Role extends AgentRole = AgentRole> = {
  id: string;
  name: string;
  email: string;
  role: Role;
  department_id: string | null;
  session_version: number;
  password_hash: string | null;
  is_active: boolean;
  is_example: boolean;
  created_at: string;
};

const columns = sql`id, name, email, role, department_id, session_version, password_hash,
  deactivated_at is null as is_active, is_example, ${iso(agents.createdAt)} as created_at`;

function accountOf<Role extends AgentRole>(row: RawAgent<Role>): AgentAccount & { role: Role } {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    departmentId: row.department_id,
    sessionVersion: row.session_version,
    passwordHash: row.password_hash,
    isActive: row.is_active,
  };
}

export async function findAgentByEmail(tx: Tx, email: string): Promise<AgentAccount | null> {
  const [row] = await tx.execute<RawAgent>(
    sql`select ${columns} from ${agents} where ${agents.email} = ${email}::citext`,
  );
  return row === undefined ? null : accountOf(row);
}

export async function findAgent(tx: Tx, id: string): Promise<AgentAccount | null> {
  const [row] = await tx.execute<RawAgent>(sql`select ${columns} from ${agents} where ${agents.id} = ${id}`);
  return row === undefined ? null : accountOf(row);
}

/** A person's account, locked until the end of the transaction; that of an api key is not one. */
export async function lockAgent(tx: Tx, id: string): Promise<PersonAccount | null> {
  const [row] = await tx.execute<RawAgent<PersonRole>>(
    sql`select ${columns} from ${agents} where ${agents.id} = ${id} and ${isPerson} for update`,
  );
  return row === undefined ? null : accountOf(row);
}

/** Every person. */
export async function listAgents(tx: Tx): Promise<ListedAgent[]> {
  const rows = await tx.execute<RawAgent<PersonRole>>(
    sql`select ${columns} from ${agents} where ${isPerson} order by name, id`,
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    departmentId: row.department_id,
    isActive: row.is_active,
    isExample: row.is_example,
    createdAt: row.created_at,
  }));
}

export type NewAgent = {
  id: string;
  name: string;
  email: string;
  role: AgentRole;
  departmentId: string | null;
  /** Null for who never signs in. */
  passwordHash: string | null;
};

export async function insertAgent(tx: Tx, agent: NewAgent): Promise<void> {
  await tx.execute(sql`
    insert into ${agents} (id, name, email, role, department_id, password_hash)
    values (${agent.id}, ${agent.name}, ${agent.email}, ${agent.role}, ${agent.departmentId},
      ${agent.passwordHash})`);
}

/** Switches an account off or, without a place for its tickets, on; every session made before ends. */
export async function updateAgentActivity(
  tx: Tx,
  id: string,
  handOver: HandOverTarget | null,
): Promise<void> {
  await tx.execute(sql`
    update ${agents} set deactivated_at = ${handOver === null ? sql`null` : sql`now()`},
      hand_over = ${jsonParam(handOver ?? undefined)}, session_version = session_version + 1
    where ${agents.id} = ${id}`);
}

/** Another department; null is none. */
export async function updateAgentDepartment(tx: Tx, id: string, departmentId: string | null): Promise<void> {
  await tx.execute(sql`update ${agents} set department_id = ${departmentId} where ${agents.id} = ${id}`);
}

/** Another role; every session made before ends. */
export async function updateAgentRole(tx: Tx, id: string, role: PersonRole): Promise<void> {
  await tx.execute(sql`
    update ${agents} set role = ${role}, session_version = session_version + 1 where ${agents.id} = ${id}`);
}

/** How many tickets that are not over each agent holds; who holds none is not in it. */
export async function countHeldTickets(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx.execute<{ id: string; count: number }>(sql`
    select assignee_id as id, count(*)::int as count from ${tickets}
    where ${tickets.assigneeId} is not null and ${tickets.status} in ('open', 'pending', 'snoozed')
    group by assignee_id`);
  return new Map(rows.map((row) => [row.id, row.count]));
}

/** Whoever may act now: people, examples of people, and api keys. */
export async function listActiveAgentAccess(
  tx: Tx,
): Promise<{ id: string; role: AgentRole; departmentId: string | null }[]> {
  const rows = await tx.execute<{ id: string; role: AgentRole; department_id: string | null }>(
    sql`select id, role, department_id from ${agents} where ${agents.deactivatedAt} is null order by id`,
  );
  return rows.map((row) => ({ id: row.id, role: row.role, departmentId: row.department_id }));
}

/** Who was switched off at least this long ago and still holds a ticket that is not over, the latest first. */
export async function listDeactivatedHolders(
  tx: Tx,
  olderThanMs: number,
): Promise<{ id: string; handOver: Record<string, unknown> | null }[]> {
  const rows = await tx.execute<{ id: string; hand_over: Record<string, unknown> | null }>(sql`
    select id, hand_over from ${agents}
    where ${agents.deactivatedAt} <= now() - make_interval(secs => ${olderThanMs / 1000}::float8)
      and exists (select 1 from ${tickets} where ${tickets.assigneeId} = ${agents.id}
        and ${tickets.status} in ('open', 'pending', 'snoozed'))
    order by deactivated_at desc, id`);
  return rows.map((row) => ({ id: row.id, handOver: row.hand_over }));
}

/** Admins who can sign in. Locks them, so that two of them cannot switch each other off at once. */
export async function lockActiveAdmins(tx: Tx): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from ${agents} where ${agents.role} = 'admin' and ${agents.deactivatedAt} is null
      and ${agents.passwordHash} is not null order by id for update`);
  return rows.map((row) => row.id);
}

export async function hasAdmin(tx: Tx): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from ${agents} where ${agents.role} = 'admin' and ${agents.deactivatedAt} is null
      and ${agents.passwordHash} is not null limit 1`);
  return rows.length > 0;
}

export async function hasExampleAgents(tx: Tx): Promise<boolean> {
  const rows = await tx.execute(sql`select 1 from ${agents} where ${agents.isExample} limit 1`);
  return rows.length > 0;
}
