import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { widgetSightings, widgets } from '#/db/schema.ts';

export type Widget = {
  id: string;
  key: string;
  name: string;
  allowedOrigins: string[];
  departmentId: string | null;
  look: Record<string, unknown>;
};

type RawWidget = {
  id: string;
  key: string;
  name: string;
  allowed_origins: string[];
  department_id: string | null;
  look: Record<string, unknown>;
};

const columns = sql`id, key, name, to_json(allowed_origins) as allowed_origins, department_id, look`;

function widgetOf(row: RawWidget): Widget {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    allowedOrigins: row.allowed_origins,
    departmentId: row.department_id,
    look: row.look,
  };
}

export async function findWidgetByKey(tx: Tx, key: string): Promise<Widget | null> {
  const [row] = await tx.execute<RawWidget>(
    sql`select ${columns} from ${widgets} where ${widgets.key} = ${key}`,
  );
  return row === undefined ? null : widgetOf(row);
}

export async function findWidget(tx: Tx, id: string): Promise<Widget | null> {
  const [row] = await tx.execute<RawWidget>(
    sql`select ${columns} from ${widgets} where ${widgets.id} = ${id}`,
  );
  return row === undefined ? null : widgetOf(row);
}

export async function listWidgets(tx: Tx): Promise<Widget[]> {
  const rows = await tx.execute<RawWidget>(sql`select ${columns} from ${widgets} order by created_at, id`);
  return rows.map(widgetOf);
}

export async function insertWidget(tx: Tx, widget: Omit<Widget, 'look'>): Promise<void> {
  await tx.execute(sql`
    insert into ${widgets} (id, key, name, allowed_origins, department_id)
    values (${widget.id}, ${widget.key}, ${widget.name},
      array(select json_array_elements_text(${JSON.stringify(widget.allowedOrigins)}::text::json)),
      ${widget.departmentId})`);
}

/** Explicit columns only; null when there is no such widget. */
export async function updateWidget(
  tx: Tx,
  widget: Pick<Widget, 'id' | 'name' | 'allowedOrigins' | 'departmentId' | 'look'>,
): Promise<Widget | null> {
  const [row] = await tx.execute<RawWidget>(sql`
    update ${widgets} set name = ${widget.name}, department_id = ${widget.departmentId},
      allowed_origins = array(select json_array_elements_text(${JSON.stringify(widget.allowedOrigins)}::text::json)),
      look = ${JSON.stringify(widget.look)}::text::jsonb
    where ${widgets.id} = ${widget.id} returning ${columns}`);
  return row === undefined ? null : widgetOf(row);
}

/** Where a widget's configuration was asked for. Times are ISO 8601 in UTC. */
export type Sighting = { origin: string; firstSeenAt: string; lastSeenAt: string };

export async function listSightings(tx: Tx, widgetId: string): Promise<Sighting[]> {
  const rows = await tx.execute<{ origin: string; first_seen_at: string; last_seen_at: string }>(sql`
    select origin, ${iso(widgetSightings.firstSeenAt)} as first_seen_at,
      ${iso(widgetSightings.lastSeenAt)} as last_seen_at
    from ${widgetSightings} where ${widgetSightings.widgetId} = ${widgetId}
    order by last_seen_at desc, origin`);
  return rows.map((row) => ({
    origin: row.origin,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
  }));
}

/** Notes that the widget was asked for now; of sites that are not allowed it keeps the first `strangersMax`. */
export async function noteSighting(tx: Tx, key: string, origin: string, strangersMax: number): Promise<void> {
  await tx.execute(sql`
    insert into ${widgetSightings} (widget_id, origin)
    select id, ${origin} from ${widgets}
    where ${widgets.key} = ${key} and (${origin} = any(allowed_origins)
      or exists (select 1 from ${widgetSightings} as known where known.widget_id = widgets.id and known.origin = ${origin})
      or (select count(*) from ${widgetSightings} as others where others.widget_id = widgets.id
        and others.origin <> all(allowed_origins)) < ${strangersMax}::int)
    on conflict (widget_id, origin) do update set last_seen_at = now()`);
}
