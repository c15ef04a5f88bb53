import { z } from 'zod';
import type { Crowd } from '#/bench/faults/crowd.ts';
import type { World } from '#/bench/faults/world.ts';
import type { FinalState } from '#/bench/history-checker.ts';

const rowSchema = z.object({
  conversationId: z.string(),
  seq: z.coerce.number(),
  publicSeq: z.nullable(z.coerce.number()),
  id: z.string(),
  kind: z.enum(['reply', 'note', 'event']),
  customerId: z.nullable(z.string()),
  agentId: z.nullable(z.string()),
  text: z.string(),
});
const headSchema = z.object({
  conversationId: z.string(),
  lastSeq: z.coerce.number(),
  lastPublicSeq: z.coerce.number(),
  status: z.string(),
  lastStatus: z.nullable(z.string()),
});
const answerSchema = z.object({
  rows: z.array(rowSchema),
  heads: z.array(headSchema),
  unpublished: z.number(),
});

/** What PostgreSQL holds of this crowd's conversations, past everything that can fail, and what every screen shows. */
export async function readFinalState(
  world: Pick<World, 'ask' | 'accounts'>,
  crowd: Crowd,
): Promise<FinalState> {
  const ids = [...crowd.conversationIds];
  // What the screens show is older than the snapshot, and the snapshot is one: who still writes makes no false alarm.
  const views = crowd.finalViews();
  const [answer] = await world.ask(
    (sql) => sql`
      select
        (select coalesce(json_agg(entry order by entry."conversationId", seq), '[]') from (
          select conversation_id as "conversationId", seq, public_seq as "publicSeq", id, kind,
            customer_id as "customerId", agent_id as "agentId", text
          from messages where conversation_id in ${sql(ids)}) entry) as rows,
        (select coalesce(json_agg(head), '[]') from (
          select conversations.id as "conversationId", last_seq as "lastSeq", last_public_seq as "lastPublicSeq", status,
            (select change->>'to' from messages where conversation_id = conversations.id and kind = 'event'
              and change->>'field' = 'status' order by seq desc limit 1) as "lastStatus"
          from conversations join tickets on tickets.id = ticket_id
          where conversations.id in ${sql(ids)}) head) as heads,
        (select count(*)::int from events
          where published_at is null and conversation_id in ${sql(ids)}) as unpublished`,
  );
  const { rows, heads, unpublished } = answerSchema.parse(answer);
  const nameOfAgent = new Map(world.accounts.map(({ id, name }) => [id, name]));
  const nameOfCustomer = new Map(
    crowd.views
      .filter(({ person }) => person.audience === 'customer')
      .map(({ conversationId, person }) => [conversationId, person.name]),
  );
  // The first to write in a conversation is its customer; a row of any other customer is signed with the bare id.
  const customerOf = new Map(
    rows.filter(({ seq }) => seq === 1).map((row) => [row.conversationId, row.customerId]),
  );
  return {
    rows: rows.map(({ customerId, agentId, ...row }) => {
      const isOwn = customerId !== null && customerOf.get(row.conversationId) === customerId;
      const customer = isOwn ? (nameOfCustomer.get(row.conversationId) ?? customerId) : customerId;
      const agent = agentId === null ? null : (nameOfAgent.get(agentId) ?? agentId);
      return { ...row, sender: agent ?? customer };
    }),
    heads,
    unpublishedEvents: unpublished,
    views,
  };
}
