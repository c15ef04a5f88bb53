import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { tags, ticketTags } from '#/db/schema.ts';
import type { Tag, TagInUse } from '#/lib/tags/schema.ts';

export async function listTags(tx: Tx): Promise<Tag[]> {
  return await tx.execute<Tag>(sql`select id, name, color from ${tags} order by name, id`);
}

/** The same with how many tickets carry each. */
export async function listTagsInUse(tx: Tx): Promise<TagInUse[]> {
  return await tx.execute<TagInUse>(sql`
    select id, name, color, coalesce(used.count, 0) as tickets from ${tags}
    left join (select tag_id, count(*)::int as count from ${ticketTags} group by tag_id) used
      on used.tag_id = ${tags.id}
    order by name, id`);
}

/** What carries one tag carries the other too. */
export async function copyTicketTags(tx: Tx, from: string, to: string): Promise<void> {
  await tx.execute(sql`
    insert into ${ticketTags} (ticket_id, tag_id)
    select ticket_id, ${to}::uuid from ${ticketTags} where ${ticketTags.tagId} = ${from}
    on conflict do nothing`);
}

export async function findTag(tx: Tx, id: string): Promise<Tag | null> {
  const [row] = await tx.execute<Tag>(sql`select id, name, color from ${tags} where ${tags.id} = ${id}`);
  return row ?? null;
}

/** Those of these ids that there are. */
export async function listTagsByIds(tx: Tx, ids: readonly string[]): Promise<Tag[]> {
  return await tx.execute<Tag>(
    sql`select id, name, color from ${tags} where ${tags.id} = any((select ${`{${ids.join(',')}}`}::uuid[])::uuid[])`,
  );
}

export async function countTags(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`select count(*)::int as count from ${tags}`);
  return row?.count ?? 0;
}

/** A taken name surfaces as a violation of `tags_name_unique`, a used id as one of the key. */
export async function insertTag(tx: Tx, tag: Tag): Promise<void> {
  await tx.execute(sql`insert into ${tags} (id, name, color) values (${tag.id}, ${tag.name}, ${tag.color})`);
}

export async function updateTag(tx: Tx, tag: Tag): Promise<void> {
  await tx.execute(
    sql`update ${tags} set name = ${tag.name}, color = ${tag.color} where ${tags.id} = ${tag.id}`,
  );
}

/** Takes it off every ticket, too. */
export async function deleteTag(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from ${tags} where ${tags.id} = ${id}`);
}

/** The newest tickets that carry the tag, as far as their rows are on somebody's screen. */
export async function listTicketIdsOfTag(tx: Tx, id: string, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select ${ticketTags.ticketId} as id from ${ticketTags} where ${ticketTags.tagId} = ${id}
    order by ${ticketTags.ticketId} desc limit ${limit}`);
  return rows.map((row) => row.id);
}

export async function addTicketTags(tx: Tx, ticketId: string, tagIds: readonly string[]): Promise<void> {
  if (tagIds.length === 0) return;
  await tx.execute(sql`
    insert into ${ticketTags} (ticket_id, tag_id)
    select ${ticketId}::uuid, id from ${tags}
    where ${tags.id} = any((select ${`{${tagIds.join(',')}}`}::uuid[])::uuid[]) on conflict do nothing`);
}

export async function removeTicketTags(tx: Tx, ticketId: string, tagIds: readonly string[]): Promise<void> {
  if (tagIds.length === 0) return;
  await tx.execute(sql`
    delete from ${ticketTags} where ${ticketTags.ticketId} = ${ticketId}
      and ${ticketTags.tagId} = any((select ${`{${tagIds.join(',')}}`}::uuid[])::uuid[])`);
}

export async function lockTag(tx: Tx, id: string): Promise<Tag | null> {
  const [row] = await tx.execute<Tag>(
    sql`select id, name, color from ${tags} where ${tags.id} = ${id} for update`,
  );
  return row ?? null;
}
