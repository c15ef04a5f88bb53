import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { views } from '#/db/schema.ts';
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
  ${views.name} as name, ${views.filter} as filter, ${views.sort} as sort, ${views.position} as position`;

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

/** The shared views and this agent's own, in their order. */
export async function listStoredViews(tx: Tx, agentId: string): Promise<StoredView[]> {
  const rows = await tx.execute<RawView>(sql`
    select ${columns} from ${views} where ${views.ownerId} is null or ${views.ownerId} = ${agentId}
    order by ${views.position}, ${views.id}`);
  return rows.map(storedViewOf);
}

/** Locked until the transaction ends. Null when there is none. */
export async function lockView(tx: Tx, id: string): Promise<StoredView | null> {
  const [row] = await tx.execute<RawView>(
    sql`select ${columns} from ${views} where ${views.id} = ${id} for update`,
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

/** Gives each of these views its new position. */
export async function updateViewPositions(
  tx: Tx,
  places: readonly { id: string; position: number }[],
): Promise<void> {
  await tx.execute(sql`
    update ${views} set position = place.position
    from jsonb_to_recordset(${JSON.stringify(places)}::text::jsonb) as place (id uuid, position int)
    where ${views.id} = place.id`);
}
