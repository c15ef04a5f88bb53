import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { agents, departments, tickets, viewingStatus } from '#/db/schema.ts';
import type { Readership } from '#/lib/realtime/changes.ts';
import type { Viewer } from '#/lib/viewing/schema.ts';

/** What this page showed until now, locked until the transaction ends; null for nothing, or another agent's page. */
export async function lockViewedTicket(tx: Tx, pageId: string, agentId: string): Promise<string | null> {
  const [row] = await tx.execute<{ ticket_id: string }>(sql`
    select ticket_id from ${viewingStatus} where page_id = ${pageId} and agent_id = ${agentId} for update`);
  return row?.ticket_id ?? null;
}

/** False when the page is another agent's. */
export async function upsertViewing(
  tx: Tx,
  viewing: { pageId: string; agentId: string; ticketId: string; isTyping: boolean; forMs: number },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into ${viewingStatus} (page_id, agent_id, ticket_id, is_typing, expires_at)
    values (${viewing.pageId}, ${viewing.agentId}, ${viewing.ticketId}, ${viewing.isTyping},
      now() + make_interval(secs => ${viewing.forMs / 1000}::float8))
    on conflict (page_id) do update set ticket_id = excluded.ticket_id, is_typing = excluded.is_typing,
      expires_at = excluded.expires_at where ${viewingStatus.agentId} = excluded.agent_id
    returning page_id`);
  return rows.length > 0;
}

export async function deleteViewing(tx: Tx, pageId: string, agentId: string): Promise<void> {
  await tx.execute(sql`delete from ${viewingStatus} where page_id = ${pageId} and agent_id = ${agentId}`);
}

/** Which of these tickets the agent looks at with any page, and whether one of them types. */
export async function listViewedTickets(
  tx: Tx,
  agentId: string,
  ticketIds: readonly string[],
): Promise<Map<string, { isTyping: boolean }>> {
  const rows = await tx.execute<{ ticket_id: string; is_typing: boolean }>(sql`
    select ticket_id, bool_or(is_typing) as is_typing from ${viewingStatus}
    where agent_id = ${agentId} and ticket_id = any(${`{${ticketIds.join(',')}}`}::uuid[]) and expires_at > now()
    group by ticket_id`);
  return new Map(rows.map((row) => [row.ticket_id, { isTyping: row.is_typing }]));
}

/** Everybody but this agent who looks at the ticket now. */
export async function listViewers(tx: Tx, ticketId: string, exceptAgentId: string): Promise<Viewer[]> {
  const rows = await tx.execute<{ id: string; name: string; is_typing: boolean }>(sql`
    select ${agents.id} as id, ${agents.name} as name, bool_or(${viewingStatus.isTyping}) as is_typing
    from ${viewingStatus} join ${agents} on ${agents.id} = ${viewingStatus.agentId}
    where ${viewingStatus.ticketId} = ${ticketId} and ${viewingStatus.expiresAt} > now()
      and ${viewingStatus.agentId} <> ${exceptAgentId}
    group by ${agents.id}, ${agents.name} order by ${agents.id}`);
  return rows.map((row) => ({ id: row.id, name: row.name, isTyping: row.is_typing }));
}

/** Every page of an agent counts as silent from now on, until it says something again. */
export async function silenceViewing(tx: Tx, agentId: string): Promise<void> {
  await tx.execute(sql`
    update ${viewingStatus} set expires_at = '-infinity' where agent_id = ${agentId}`);
}

/** An agent whose page fell silent, and what is left of their looking at its ticket. */
export type Expired = {
  ticketId: string;
  agent: { id: string; name: string };
  left: 'none' | 'viewing' | 'typing';
  readers: Readership;
};

/** Takes away pages that fell silent, at most `limit` at a time. */
export async function takeExpiredViewing(tx: Tx, limit: number): Promise<Expired[]> {
  const rows = await tx.execute<{
    ticket_id: string;
    agent_id: string;
    name: string;
    is_typing: boolean | null;
    department_id: string | null;
    is_restricted: boolean;
    assignee_id: string | null;
  }>(sql`
    with expired as (
      delete from ${viewingStatus} where page_id in (
        select page_id from ${viewingStatus} where ${viewingStatus.expiresAt} < now()
        order by ${viewingStatus.expiresAt} limit ${limit} for update skip locked)
      returning ticket_id, agent_id)
    select each.ticket_id, each.agent_id, ${agents.name} as name, ${tickets.departmentId} as department_id,
      coalesce(${departments.isRestricted}, false) as is_restricted, ${tickets.assigneeId} as assignee_id,
      (select bool_or(still.is_typing) from ${viewingStatus} still where still.agent_id = each.agent_id
        and still.ticket_id = each.ticket_id and still.expires_at > now()) as is_typing
    from (select distinct ticket_id, agent_id from expired) each
      join ${agents} on ${agents.id} = each.agent_id
      join ${tickets} on ${tickets.id} = each.ticket_id
      left join ${departments} on ${departments.id} = ${tickets.departmentId}`);
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    agent: { id: row.agent_id, name: row.name },
    left: row.is_typing === null ? 'none' : row.is_typing ? 'typing' : 'viewing',
    readers: {
      departmentId: row.department_id,
      departmentIsRestricted: row.is_restricted,
      assigneeId: row.assignee_id,
    },
  }));
}
