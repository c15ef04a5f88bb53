import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { widgets } from '#/db/schema.ts';

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

export async function insertWidget(
  tx: Tx,
  widget: Omit<Widget, 'look'> & { identitySecret: string },
): Promise<void> {
  await tx.execute(sql`
    insert into ${widgets} (id, key, name, allowed_origins, department_id, identity_secret)
    values (${widget.id}, ${widget.key}, ${widget.name},
      array(select json_array_elements_text(${JSON.stringify(widget.allowedOrigins)}::text::json)),
      ${widget.departmentId}, ${widget.identitySecret})`);
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
