import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { departments, widgets } from '#/db/schema.ts';
import type { OpeningSpan } from '#/lib/departments/schema.ts';

/** Hours of the department that a widget's new tickets go to; null where there is none, or none any more. */
export async function findHoursOfWidget(
  tx: Tx,
  widgetId: string,
): Promise<{ hours: OpeningSpan[] | null; timezone: string } | null> {
  const [row] = await tx.execute<{ business_hours: OpeningSpan[] | null; timezone: string }>(sql`
    select ${departments.businessHours} as business_hours, ${departments.timezone} as timezone
    from ${widgets} join ${departments} on ${departments.id} = ${widgets.departmentId}
      and ${departments.closedAt} is null
    where ${widgets.id} = ${widgetId}`);
  return row === undefined ? null : { hours: row.business_hours, timezone: row.timezone };
}
