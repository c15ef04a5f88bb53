import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { FinalState } from '#/bench/history-checker.ts';
import type { View } from '#/bench/load/people.ts';
import { read, transact } from '#/db/client.ts';

const rowSchema = z.object({
  conversationId: z.string(),
  seq: z.coerce.number(),
  publicSeq: z.nullable(z.coerce.number()),
  id: z.string(),
  kind: z.enum(['reply', 'note', 'event']),
  sender: z.nullable(z.string()),
  text: z.string(),
});
const headSchema = z.object({
  conversationId: z.string(),
  lastSeq: z.coerce.number(),
  lastPublicSeq: z.coerce.number(),
});
const deadlineMs = 60_000;
const outboxMsMax = 10_000;

/** What PostgreSQL holds of these readers' conversations, past everything that the app could answer. */
export async function readStored(views: readonly View[]): Promise<FinalState> {
  const visitors = new Map(
    views.flatMap(({ audience, conversationId, reader }) =>
      audience === 'customer' ? [[conversationId, reader] as const] : [],
    ),
  );
  const ids = sql`(select value::uuid from json_array_elements_text(${JSON.stringify([...visitors.keys()])}::text::json))`;
  const [rows, heads] = await transact(
    async (tx) => [
      await tx.execute(sql`
        select conversation_id as "conversationId", seq, public_seq as "publicSeq", messages.id, kind, text,
          agents.name as sender, customer_id
        from messages left join agents on agents.id = agent_id
        where conversation_id in ${ids} order by conversation_id, seq`),
      await tx.execute(sql`
        select id as "conversationId", last_seq as "lastSeq", last_public_seq as "lastPublicSeq"
        from conversations where id in ${ids}`),
    ],
    { deadlineMs },
  );
  return {
    rows: rows.map((row) => {
      const parsed = rowSchema.parse(row);
      return parsed.sender !== null || row.customer_id === null
        ? parsed
        : { ...parsed, sender: visitors.get(parsed.conversationId) ?? '' };
    }),
    heads: heads.map((head) => headSchema.parse(head)),
    unpublishedEvents: await untilPublished(),
    // Nobody sends read marks here: each counts as having read to the end.
    views: views.map((view) => ({
      ...view,
      sender: view.reader,
      readThrough: view.shown.length,
      unreadCount: 0,
    })),
  };
}

async function untilPublished(): Promise<number> {
  const endMs = performance.now() + outboxMsMax;
  for (;;) {
    const [found] = await read((tx) =>
      tx.execute<{ count: number }>(
        sql`select count(*)::int as count from events where published_at is null`,
      ),
    );
    const count = found?.count ?? 0;
    if (count === 0 || performance.now() > endMs) return count;
    await delay(100);
  }
}
