import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { number } from '#/db/expressions.ts';
import { conversations, files, messages, tickets } from '#/db/schema.ts';
import type { FileRef } from '#/lib/files/schema.ts';
import type { Readership } from '#/lib/realtime/changes.ts';

/** Whose an upload is, until a message takes it. */
export type FileOwner =
  | { kind: 'customer'; id: string; widgetId: string }
  | { kind: 'agent'; id: string }
  | { kind: 'visitor'; tokenHash: string; widgetId: string };

export type StoredFile = FileRef & { key: string };

type NewFile = {
  id: string;
  key: string;
  name: string;
  type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  hasThumbnail: boolean;
};

/** A file that is about to be kept: known before its bytes are anywhere. */
export async function insertFile(tx: Tx, file: NewFile, owner: FileOwner): Promise<void> {
  const { id, key, name, type, bytes, width, height } = file;
  const thumbnail = file.hasThumbnail ? 'waiting' : 'none';
  const shared = sql`${id}, ${key}, ${name}, ${type}, ${bytes}, ${width}, ${height}, 'arriving', ${thumbnail}`;
  const columns = sql.raw('id, key, name, type, bytes, width, height, state, thumbnail');
  switch (owner.kind) {
    case 'customer':
      await tx.execute(sql`insert into ${files} (${columns}, customer_id, widget_id)
        values (${shared}, ${owner.id}, ${owner.widgetId})`);
      return;
    case 'agent':
      await tx.execute(sql`insert into ${files} (${columns}, agent_id) values (${shared}, ${owner.id})`);
      return;
    case 'visitor':
      await tx.execute(sql`insert into ${files} (${columns}, visitor_hash, widget_id)
        values (${shared}, ${owner.tokenHash}, ${owner.widgetId})`);
  }
}

/** Its bytes are kept. False: it was taken back, or its sender is gone meanwhile. */
export async function updateFileStored(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update ${files} set state = 'stored' where id = ${id} and state = 'arriving' and released_at is null
    returning id`);
  return rows.length > 0;
}

/** Takes turns with every other upload of this owner until the end of the transaction. */
export async function lockOwner(tx: Tx, owner: FileOwner): Promise<void> {
  const name = owner.kind === 'visitor' ? owner.tokenHash : owner.id;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`parley files ${name}`}, 0))`);
}

/** Bytes that an owner has with us, whether a message took them or not. */
export async function sumBytesOf(tx: Tx, owner: FileOwner): Promise<number> {
  const [row] = await tx.execute<{ bytes: number }>(sql`
    select coalesce(sum(bytes), 0)::float8 as bytes from ${files} where ${isOf(owner)} and released_at is null`);
  return row?.bytes ?? 0;
}

/** Bytes that came through a widget in the last day. */
export async function sumBytesOfDay(tx: Tx, widgetId: string): Promise<number> {
  const [row] = await tx.execute<{ bytes: number }>(sql`
    select coalesce(sum(bytes), 0)::float8 as bytes from ${files}
    where widget_id = ${widgetId} and created_at > now() - interval '1 day'`);
  return row?.bytes ?? 0;
}

function isOf(owner: FileOwner): SQL {
  switch (owner.kind) {
    case 'customer':
      return sql`customer_id = ${owner.id}`;
    case 'agent':
      return sql`agent_id = ${owner.id}`;
    case 'visitor':
      return sql`visitor_hash = ${owner.tokenHash}`;
  }
}

type RawFile = {
  id: string;
  key: string;
  name: string;
  type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  thumbnail: 'none' | 'waiting' | 'ready' | 'failed';
};
const columns = sql`${files.id} as id, ${files.key} as key, ${files.name} as name, ${files.type} as type,
  ${number(files.bytes)} as bytes, ${files.width} as width, ${files.height} as height,
  ${files.thumbnail} as thumbnail`;

function fileOf(row: RawFile): StoredFile & { thumbnail: RawFile['thumbnail'] } {
  const { id, key, name, type, bytes, width, height, thumbnail } = row;
  return {
    id,
    key,
    name,
    type,
    bytes,
    ...(width === null ? {} : { width }),
    ...(height === null ? {} : { height }),
    hasThumbnail: thumbnail === 'waiting' || thumbnail === 'ready',
    thumbnail,
  };
}

/** An upload that no message took yet, of whom it is. */
export async function findLooseFile(tx: Tx, id: string, owner: FileOwner) {
  const [row] = await tx.execute<RawFile>(sql`
    select ${columns} from ${files}
    where id = ${id} and ${isOf(owner)} and message_id is null and released_at is null and state = 'stored'`);
  return row === undefined ? null : fileOf(row);
}

/** A file of a message, with what decides who may read it. For a customer row-level security has decided already. */
export async function findHeldFile(tx: Tx, id: string) {
  const [row] = await tx.execute<RawFile & RawReadership>(sql`
    select ${columns}, ${messages.kind} as kind, ${tickets.customerId} as customer_id,
      ${tickets.assigneeId} as assignee_id, ${tickets.departmentId} as department_id,
      coalesce((select is_restricted from departments where departments.id = ${tickets.departmentId}), false)
        as is_restricted
    from ${files}
    join ${messages} on ${messages.conversationId} = ${files.conversationId} and ${messages.id} = ${files.messageId}
    join ${conversations} on ${conversations.id} = ${files.conversationId}
    join ${tickets} on ${tickets.id} = ${conversations.ticketId}
    where ${files.id} = ${id} and ${files.state} = 'stored'`);
  if (row === undefined) return null;
  const readers: Readership & { customerId: string } = {
    customerId: row.customer_id,
    assigneeId: row.assignee_id,
    departmentId: row.department_id,
    departmentIsRestricted: row.is_restricted,
  };
  return { file: fileOf(row), isNote: row.kind !== 'reply', readers };
}

type RawReadership = {
  kind: string;
  customer_id: string;
  assignee_id: string | null;
  department_id: string | null;
  is_restricted: boolean;
};

/** Gives the customer what was uploaded with their session's token before there was a customer. */
export async function claimFiles(tx: Tx, sessionId: string): Promise<void> {
  await tx.execute(sql`select claim_files(${sessionId})`);
}

/**
 * The owner's uploads of these ids that no message took yet, in this order, locked until the end of the transaction.
 * Fewer than asked for: the others are somebody else's, taken, or gone.
 */
export async function lockLooseFiles(
  tx: Tx,
  ids: readonly string[],
  owner: Pick<FileOwner & { kind: 'customer' | 'agent' }, 'kind' | 'id'>,
): Promise<FileRef[]> {
  const mine = owner.kind === 'customer' ? sql`customer_id` : sql`agent_id`;
  const rows = await tx.execute<RawFile>(sql`
    select ${columns} from ${files}
    where id = any(${`{${ids.join(',')}}`}::uuid[]) and ${mine} = ${owner.id} and message_id is null
      and released_at is null and state = 'stored'
    order by id for update`);
  return ids.flatMap((id) => {
    const row = rows.find((each) => each.id === id);
    if (row === undefined) return [];
    const { key: _, thumbnail: __, ...ref } = fileOf(row);
    return [ref];
  });
}

/** Hangs locked uploads on a message that this transaction has just written. */
export async function attachFiles(
  tx: Tx,
  message: { conversationId: string; id: string },
  ids: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    update ${files} set conversation_id = ${message.conversationId}, message_id = ${message.id},
      position = array_position(${`{${ids.join(',')}}`}::uuid[], id)
    where id = any(${`{${ids.join(',')}}`}::uuid[])`);
}

/** Takes an upload back that no message took. */
export async function releaseFile(tx: Tx, id: string, owner: FileOwner): Promise<void> {
  await tx.execute(sql`
    update ${files} set released_at = clock_timestamp()
    where id = ${id} and ${isOf(owner)} and message_id is null and released_at is null`);
}

/** Uploads that nobody will send: taken back, their message gone, or forgotten for `olderThanHours`. */
export async function listForgottenFiles(
  tx: Tx,
  olderThanHours: number,
  limit: number,
): Promise<{ id: string; key: string }[]> {
  const rows = await tx.execute<{ id: string; key: string }>(sql`
    select id, key from ${files} where ${isForgotten(olderThanHours)} order by created_at limit ${limit}`);
  return rows.map(({ id, key }) => ({ id, key }));
}

/** Only while it is still forgotten: a message may have taken it just now. */
export async function deleteForgottenFile(tx: Tx, id: string, olderThanHours: number): Promise<void> {
  await tx.execute(sql`delete from ${files} where id = ${id} and ${isForgotten(olderThanHours)}`);
}

/** Marks it as nobody's for good, so that no message takes it while its bytes are being removed. */
export async function seizeForgottenFile(tx: Tx, id: string, olderThanHours: number): Promise<boolean> {
  const rows = await tx.execute(sql`
    update ${files} set released_at = coalesce(released_at, clock_timestamp())
    where id = ${id} and ${isForgotten(olderThanHours)} returning id`);
  return rows.length > 0;
}

function isForgotten(olderThanHours: number): SQL {
  return sql`message_id is null and (released_at is not null
    or created_at < now() - make_interval(hours => ${olderThanHours}))`;
}

/** The next picture whose thumbnail is to be made, marked as tried once more; others take others. */
export async function takeThumbnailTurn(
  tx: Tx,
  restSeconds: number,
): Promise<{ id: string; key: string; tries: number } | null> {
  const [row] = await tx.execute<{ id: string; key: string; tries: number }>(sql`
    with next as (
      select id from ${files}
      where thumbnail = 'waiting' and state = 'stored' and released_at is null
        and (tried_at is null or tried_at < now() - make_interval(secs => ${restSeconds}))
      order by tried_at nulls first, id limit 1 for update skip locked)
    update ${files} set tried_at = clock_timestamp(), tries = tries + 1 from next where ${files.id} = next.id
    returning ${files.id} as id, ${files.key} as key, ${files.tries} as tries`);
  return row === undefined ? null : { id: row.id, key: row.key, tries: row.tries };
}

export async function updateThumbnail(tx: Tx, id: string, state: 'ready' | 'failed'): Promise<void> {
  await tx.execute(sql`update ${files} set thumbnail = ${state} where id = ${id}`);
}
