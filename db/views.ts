import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { viewPlaces, views } from '#/db/schema.ts';
import type { TicketFilter, TicketSort } from '#/lib/tickets/schema.ts';

/** A saved view as it is stored: what its filter names may be gone, and its words may be of another version. */
export type StoredView = {
  id: string;
  ownerId: string | null;
  createdBy: string | null;
  name: string;
  filter: unknown;
  sort: string;
  position: number;
};

type RawView = {
  id: string;
  owner_id: string | null;
  created_by: string | null;
  name: string;
  filter: unknown;
  sort: string;
  position: number;
};

const columns = sql`${views.id} as id, ${views.ownerId} as owner_id, ${views.createdBy} as created_by,
  ${views.name} as name, ${views.filter} as filter, ${views.sort} as sort`;

function storedViewOf(row: RawView): StoredView {
  return {
    id: row.id,
    ownerId: row.owner_id,
    createdBy: row.created_by,
    name: row.name,
    filter: row.filter,
    sort: row.sort,
    position: row.position,
  };
}

/** Those in `scope`, in this agent's own order. */
export async function listStoredViews(tx: Tx, agentId: string, scope: SQL): Promise<StoredView[]> {
  const rows = await tx.execute<RawView>(sql`
    select ${columns},
      (row_number() over (order by ${viewPlaces.position} nulls last, ${views.position}, ${views.id}))::int as position
    from ${views}
      left join ${viewPlaces} on ${viewPlaces.viewId} = ${views.id} and ${viewPlaces.agentId} = ${agentId}
    where ${scope} order by position`);
  return rows.map(storedViewOf);
}

/** How many there are of one reach: everybody's for null, else that agent's own. */
export async function countViews(tx: Tx, ownerId: string | null): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${views} where ${views.ownerId} is not distinct from ${ownerId}::uuid`);
  return row?.count ?? 0;
}

/** Locked until the transaction ends. Null when there is none. */
export async function lockView(tx: Tx, id: string): Promise<StoredView | null> {
  const [row] = await tx.execute<RawView>(
    sql`select ${columns}, ${views.position} as position from ${views} where ${views.id} = ${id} for update`,
  );
  return row === undefined ? null : storedViewOf(row);
}

/** At the end of the list. False when the id is used. */
export async function insertView(
  tx: Tx,
  view: {
    id: string;
    ownerId: string | null;
    createdBy: string;
    name: string;
    filter: TicketFilter;
    sort: TicketSort;
  },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into ${views} (id, owner_id, created_by, name, filter, sort, position)
    values (${view.id}, ${view.ownerId}, ${view.createdBy}, ${view.name},
      ${JSON.stringify(view.filter)}::text::jsonb, ${view.sort},
      (select coalesce(max(position), 0) + 1 from views))
    on conflict (id) do nothing returning id`);
  return rows.length > 0;
}

export async function updateView(
  tx: Tx,
  view: { id: string; ownerId: string | null; name: string; filter: TicketFilter; sort: TicketSort },
): Promise<void> {
  await tx.execute(sql`
    update ${views} set owner_id = ${view.ownerId}, name = ${view.name},
      filter = ${JSON.stringify(view.filter)}::text::jsonb, sort = ${view.sort}
    where ${views.id} = ${view.id}`);
}

export async function deleteStoredView(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from ${views} where ${views.id} = ${id}`);
}

/** Puts these views in this order for this agent, in front of those that are not named; others than in `scope` are left. */
export async function upsertViewPlaces(
  tx: Tx,
  agentId: string,
  ids: readonly string[],
  scope: SQL,
): Promise<void> {
  await tx.execute(sql`delete from ${viewPlaces} where ${viewPlaces.agentId} = ${agentId}`);
  await tx.execute(sql`
    insert into ${viewPlaces} (agent_id, view_id, position)
    select ${agentId}, ${views.id}, min(placed.position) from ${views}
      join unnest(${`{${ids.join(',')}}`}::uuid[]) with ordinality placed(id, position) on placed.id = ${views.id}
    where ${scope} group by ${views.id}`);
}
