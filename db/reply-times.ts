import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { tickets } from '#/db/schema.ts';

const days = 30;
/** The newest so many say it well enough, and bound what is read on a busy site. */
const samplesMax = 500;

/**
 * How long first replies took at this hour of the day (UTC) in the last thirty days, by the tickets of one widget:
 * the median and how many it comes from. Tickets of the example workspace are nobody's history.
 */
export async function findReplyTime(
  tx: Tx,
  widgetId: string,
): Promise<{ medianMs: number | null; samples: number }> {
  const [row] = await tx.execute<{ median_ms: number | null; samples: number }>(sql`
    select count(*)::int as samples, percentile_cont(0.5) within group (order by recent.ms)::float8 as median_ms
    -- In the index's own order, so that nothing is sorted and only what counts is read.
    from (
      select (extract(epoch from ${tickets.firstRepliedAt} - ${tickets.createdAt}) * 1000)::float8 as ms
      from ${tickets} join customers on customers.id = ${tickets.customerId} and not customers.is_example
      where ${tickets.widgetId} = ${widgetId}
        and extract(hour from ${tickets.createdAt} at time zone 'UTC') = extract(hour from now() at time zone 'UTC')
        and ${tickets.createdAt} > now() - make_interval(days => ${days}::int)
        and ${tickets.firstRepliedAt} is not null
      order by ${tickets.widgetId}, extract(hour from ${tickets.createdAt} at time zone 'UTC'), ${tickets.createdAt} desc
      limit ${samplesMax}) recent`);
  return { medianMs: row?.median_ms ?? null, samples: row?.samples ?? 0 };
}
