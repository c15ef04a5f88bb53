import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { savedReplies } from '#/db/schema.ts';
import type { SavedReply } from '#/lib/saved-replies/schema.ts';

type RawReply = {
  id: string;
  title: string;
  shortcut: string | null;
  text: string;
  owner_id: string | null;
  updated_at: string;
};

const columns = sql`id, title, shortcut, text, owner_id, ${iso(savedReplies.updatedAt)} as updated_at`;

function replyOf(row: RawReply): SavedReply {
  return {
    id: row.id,
    title: row.title,
    shortcut: row.shortcut,
    text: row.text,
    ownerId: row.owner_id,
    updatedAt: row.updated_at,
  };
}

/** Those in `scope`, by title. */
export async function listSavedReplies(tx: Tx, scope: SQL, limit: number): Promise<SavedReply[]> {
  const rows = await tx.execute<RawReply>(
    sql`select ${columns} from ${savedReplies} where ${scope} order by lower(title), id limit ${limit}`,
  );
  return rows.map(replyOf);
}

export async function lockSavedReply(tx: Tx, id: string): Promise<SavedReply | null> {
  const [row] = await tx.execute<RawReply>(
    sql`select ${columns} from ${savedReplies} where ${savedReplies.id} = ${id} for update`,
  );
  return row === undefined ? null : replyOf(row);
}

/** How many there are of one reach: everybody's for null, else that agent's own. */
export async function countSavedReplies(tx: Tx, ownerId: string | null): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from ${savedReplies}
    where ${savedReplies.ownerId} is not distinct from ${ownerId}::uuid`);
  return row?.count ?? 0;
}

/** The reply of the same reach that has this shortcut already. */
export async function findShortcut(
  tx: Tx,
  reply: Pick<SavedReply, 'id' | 'shortcut' | 'ownerId'>,
): Promise<{ id: string; title: string } | null> {
  const [row] = await tx.execute<{ id: string; title: string }>(sql`
    select id, title from ${savedReplies}
    where ${savedReplies.shortcut} = ${reply.shortcut}::citext and ${savedReplies.id} <> ${reply.id}
      and ${savedReplies.ownerId} is not distinct from ${reply.ownerId}::uuid`);
  return row ?? null;
}

export async function writeSavedReply(
  tx: Tx,
  reply: Omit<SavedReply, 'updatedAt'>,
): Promise<SavedReply | null> {
  const [row] = await tx.execute<RawReply>(sql`
    insert into ${savedReplies} (id, owner_id, title, shortcut, text)
    values (${reply.id}, ${reply.ownerId}, ${reply.title}, ${reply.shortcut}, ${reply.text})
    on conflict (id) do update set owner_id = excluded.owner_id, title = excluded.title,
      shortcut = excluded.shortcut, text = excluded.text, updated_at = now()
    returning ${columns}`);
  return row === undefined ? null : replyOf(row);
}

export async function deleteSavedReply(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from ${savedReplies} where ${savedReplies.id} = ${id}`);
}
