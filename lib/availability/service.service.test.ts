import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { findReplyTime } from '#/db/reply-times.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { findWidget, type Widget } from '#/db/widgets.ts';
import { openingAt } from '#/lib/availability/opening.ts';
import { getAvailability, getReplyTime } from '#/lib/availability/service.ts';
import { saveDepartment } from '#/lib/departments/service.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeWidget } from '#/lib/testing.ts';
import { findWidgetServices } from '#/lib/widgets/frame.ts';
import { createWidget, saveWidget } from '#/lib/widgets/service.ts';

let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  await makeWidget();
  admin = await makeAgent('admin');
});
beforeEach(async () => {
  widget = await makeOwnWidget();
});
afterAll(() => database.close());

async function makeOwnWidget(): Promise<Widget> {
  const { value } = await createWidget(admin, { id: newId(), name: 'Site' });
  const made = await read((tx) => findWidget(tx, value.id));
  if (made === null) throw new Error('the widget is not there');
  return made;
}

const visitor = () => ({ kind: 'visitor', widgetId: widget.id }) as const;

describe('when people are there', () => {
  test('follows the hours of the department that new tickets go to', async () => {
    expect(await getAvailability(visitor(), widget.id)).toMatchObject({ spans: null });
    const departmentId = newId();
    await saveDepartment(admin, {
      id: departmentId,
      name: 'Sales',
      isRestricted: false,
      timezone: 'Europe/Berlin',
      businessHours: [{ day: 1, opens: '09:00', closes: '17:00' }],
      memberIds: [],
    });
    await saveWidget(admin, { widgetId: widget.id, departmentId });
    const friday = Date.parse('2026-01-09T18:00:00Z');
    const { spans, at } = await getAvailability(visitor(), widget.id, friday);
    expect(at).toBe(friday);
    expect(openingAt(spans, friday)).toMatchObject({
      isOpen: false,
      opensAt: Date.parse('2026-01-12T08:00:00Z'),
    });
  });

  test('is told to whoever has the widget, and of no other one', async () => {
    const other = await makeOwnWidget();
    await expect(getAvailability(visitor(), other.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getReplyTime(visitor(), other.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await findWidgetServices('wk_unknownunknown')).toBeNull();
    expect(await findWidgetServices('no key')).toBeNull();
    expect(await findWidgetServices(widget.key)).toMatchObject({
      preChat: null,
      asksRating: true,
      replyWithinMs: null,
    });
  });
});

/** Tickets of this widget, asked `hoursAgo`, first answered after so many minutes (null: never). */
async function makeHistory(
  tickets: readonly { hoursAgo: number; minutes: number | null }[],
  isExample = false,
): Promise<void> {
  const customerId = newId();
  await transact(async (tx) => {
    await tx.execute(sql`insert into customers (id, is_example) values (${customerId}, ${isExample})`);
    const rows = tickets.map(({ hoursAgo, minutes }) => ({ id: newId(), hours_ago: hoursAgo, minutes }));
    await tx.execute(sql`
      insert into tickets (id, subject, customer_id, widget_id, created_at, first_replied_at)
      select row.id, 'Help', ${customerId}, ${widget.id}, now() - make_interval(hours => row.hours_ago),
        now() - make_interval(hours => row.hours_ago) + make_interval(mins => row.minutes)
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as row (id uuid, hours_ago int, minutes int)`);
  });
}
const days = (count: number) => 24 * count;

describe('the usual time of a first reply', () => {
  test('is the median of this hour’s over the last thirty days', async () => {
    await makeHistory([
      ...[1, 2, 3, 4, 50].map((minutes, index) => ({ hoursAgo: days(index + 1), minutes })),
      { hoursAgo: days(40), minutes: 900 },
      { hoursAgo: days(2) + 5, minutes: 900 },
      { hoursAgo: days(3), minutes: null },
    ]);
    expect(await getReplyTime(visitor(), widget.id)).toBe(3 * 60_000);
  });

  test('is not told of fewer than five, of another site’s, or of the example workspace’s', async () => {
    await makeHistory([1, 2, 3, 4].map((minutes) => ({ hoursAgo: days(1), minutes })));
    await makeHistory(
      [1, 2, 3, 4, 5, 6].map((minutes) => ({ hoursAgo: days(1), minutes })),
      true,
    );
    const { samples } = await read((tx) => findReplyTime(tx, widget.id));
    expect(samples).toBe(4);
    expect(await getReplyTime(visitor(), widget.id)).toBeNull();
    widget = await makeOwnWidget();
    expect(await getReplyTime(visitor(), widget.id)).toBeNull();
  });

  test('is remembered for some minutes, however many ask', async () => {
    await makeHistory([1, 1, 1, 1, 1].map((minutes) => ({ hoursAgo: days(1), minutes })));
    const asked = await Promise.all(Array.from({ length: 20 }, () => getReplyTime(visitor(), widget.id)));
    expect(new Set(asked)).toEqual(new Set([60_000]));
    await makeHistory([90, 90, 90, 90, 90, 90, 90].map((minutes) => ({ hoursAgo: days(1), minutes })));
    expect(await getReplyTime(visitor(), widget.id)).toBe(60_000);
  });

  test('reads one index as far as it takes, on a site with much history too', async () => {
    const spread = Array.from({ length: 6_000 }, (_, index) => ({ hoursAgo: index % 720, minutes: 5 }));
    await makeHistory(spread);
    const crowd = Array.from({ length: 900 }, () => ({ hoursAgo: days(1), minutes: 5 }));
    await makeHistory(crowd);
    const { plan, samples } = await transact(async (tx) => {
      await tx.execute(sql`analyze tickets`);
      const found = await findReplyTime(tx, widget.id);
      const rows = await tx.execute<{ 'QUERY PLAN': string }>(sql`
        explain select created_at from tickets where widget_id = ${widget.id}
          and extract(hour from created_at at time zone 'UTC') = extract(hour from now() at time zone 'UTC')
          and created_at > now() - interval '30 days' and first_replied_at is not null
        order by widget_id, extract(hour from created_at at time zone 'UTC'), created_at desc limit 500`);
      return { plan: rows.map((row) => row['QUERY PLAN']).join('\n'), samples: found.samples };
    });
    expect(samples).toBe(500);
    expect(plan).toContain('tickets_reply_times_idx');
    expect(plan).not.toContain('Sort');
  });
});
