import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { readFilterText } from '#/lib/tickets/filter.ts';
import { findTicketList, listTickets } from '#/lib/tickets/list.ts';
import type { TicketFilter, TicketListQuery, ViewKey } from '#/lib/tickets/schema.ts';
import { saveView } from '#/lib/views/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let restrictedId: string;
let openId: string;
let member: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  restrictedId = await makeDepartment(true);
  openId = await makeDepartment(false);
  member = await makeAgent('agent', restrictedId);
});
afterAll(() => database.close());

const list = (actor: AgentActor, view: ViewKey, more: Partial<TicketListQuery> = {}) =>
  listTickets(actor, { view, filter: {}, sort: 'waiting', limit: 100, ...more });
const idsOf = async (actor: AgentActor, view: ViewKey, more: Partial<TicketListQuery> = {}) =>
  (await list(actor, view, more)).tickets.map(({ id }) => id);

/** A ticket as it came to be somehow; people change them through `changeTicket`. */
async function make(columns: Record<string, string | null> = {}) {
  const made = await makeConversation(widget);
  for (const [name, value] of Object.entries(columns)) {
    const set = sql`${sql.identifier(name)} = ${value}`;
    await transact((tx) => tx.execute(sql`update tickets set ${set} where id = ${made.ticketId}`));
  }
  return made;
}
async function makeTag(ticketIds: readonly string[]): Promise<string> {
  const id = newId();
  await transact(async (tx) => {
    await tx.execute(sql`insert into tags (id, name, color) values (${id}, ${id}, 'teal')`);
    for (const ticketId of ticketIds) {
      await tx.execute(sql`insert into ticket_tags (ticket_id, tag_id) values (${ticketId}, ${id})`);
    }
  });
  return id;
}
async function saved(actor: AgentActor, filter: TicketFilter, isShared = false): Promise<string> {
  const id = newId();
  await saveView(actor, { id, name: 'View', filter, sort: 'newest', isShared });
  return id;
}

describe('a view', () => {
  test('shows what its name says, and counts the same', async () => {
    const me = await makeAgent();
    const status = {
      open: 'open',
      pending: 'pending',
      snoozed: 'snoozed',
      resolved: 'resolved',
      closed: 'closed',
    };
    const made: Record<string, string> = {};
    for (const [name, value] of Object.entries(status)) {
      made[name] = (await make({ status: value, assignee_id: me.id, department_id: openId })).ticketId;
    }
    expect(await idsOf(me, 'mine')).toEqual([made.open, made.pending]);
    expect(await idsOf(me, `department:${openId}`)).toEqual([made.open, made.pending]);
    expect(await idsOf(me, 'snoozed', { filter: { assignee: ['me'] } })).toEqual([made.snoozed]);
    expect(await idsOf(me, 'resolved', { filter: { assignee: ['me'] } })).toEqual([
      made.resolved,
      made.closed,
    ]);
    expect(await idsOf(me, 'all', { filter: { assignee: ['me'], status: [] } })).toHaveLength(5);
    expect(await idsOf(me, 'unassigned')).not.toContain(made.open);
    const { counts, matching, filter } = await list(me, 'mine');
    expect(counts).toMatchObject({ mine: 2, departments: { [openId]: 2 } });
    expect(matching).toBe(2);
    expect(filter).toEqual({ assignee: ['me'], status: ['open', 'pending'] });
    expect(counts.snoozed).toBe((await list(me, 'snoozed')).matching);
  });

  test('that is saved is the asking agent’s own “me”, counted beside the others', async () => {
    const [ana, ben] = [await makeAgent(), await makeAgent()];
    const { ticketId } = await make({ assignee_id: ana.id, priority: 'urgent' });
    const viewId = await saved(ana, { assignee: ['me'], priority: ['urgent'] }, true);
    const own = await list(ana, `saved:${viewId}`);
    expect(own).toMatchObject({ tickets: [{ id: ticketId }], matching: 1, ignored: [] });
    expect(own.filter).toEqual({ assignee: ['me'], priority: ['urgent'] });
    expect(own.counts.saved[viewId]).toBe(1);
    const quick = await list(ana, `saved:${viewId}`, { savedCounts: 'skip' });
    expect(quick).toMatchObject({ tickets: [{ id: ticketId }], counts: { mine: 1, saved: {} } });
    const others = await list(ben, `saved:${viewId}`);
    expect([others.tickets, others.matching, others.counts.saved[viewId]]).toEqual([[], 0, 0]);
    const onTop = await list(ana, `saved:${viewId}`, { filter: { priority: ['low'] } });
    expect([onTop.tickets, onTop.filter.priority, onTop.counts.saved[viewId]]).toEqual([[], ['low'], 1]);
  });

  test('that is gone, another’s or nobody’s says so', async () => {
    const other = await makeAgent();
    const viewId = await saved(other, {});
    for (const view of [`saved:${viewId}`, `saved:${newId()}`, `department:${newId()}`] as const) {
      await expect(list(agent, view)).rejects.toMatchObject({
        code: 'not_found',
        failure: { reason: 'view_gone' },
      });
      expect(await findTicketList(agent, { view, filter: {}, sort: 'waiting', limit: 50 })).toBeNull();
    }
  });

  test('whose department is gone opens without that and says what it left out', async () => {
    const departmentId = await makeDepartment(false);
    const me = await makeAgent();
    const { ticketId } = await make({ assignee_id: me.id });
    const viewId = await saved(me, { department: [departmentId], assignee: ['me'] });
    await transact((tx) => tx.execute(sql`delete from departments where id = ${departmentId}`));
    const opened = await list(me, `saved:${viewId}`);
    expect(opened).toMatchObject({ ignored: ['department'], filter: { assignee: ['me'] } });
    expect(opened.tickets.map(({ id }) => id)).toEqual([ticketId]);
  });

  test('leaves out conditions on what there is not, and names them', async () => {
    const gone = {
      tag: [newId()],
      assignee: [newId(), 'none'],
      customer: newId(),
      fields: [{ subject: 'ticket' as const, key: 'never heard of', is: 1 }],
    };
    const { filter, ignored } = await list(agent, 'all', { filter: gone });
    expect(filter).toEqual({ status: ['open', 'pending'], assignee: ['none'] });
    expect(ignored.toSorted()).toEqual(['assignee', 'customer', 'fields', 'tag']);
  });
});

test('whatever an address or a stored view holds gets a list or a clear refusal', async () => {
  const word = fc.constantFrom(
    '%_\\',
    "'; drop table tickets; --",
    '"',
    '\ud800',
    '\0',
    '🙂'.repeat(60),
    'x'.repeat(10_000),
    '',
    '-1',
  );
  const value = fc.oneof(word, fc.uuid(), fc.integer(), fc.anything());
  const filter = fc.oneof(
    value,
    fc.dictionary(
      fc.constantFrom(
        'status',
        'assignee',
        'tag',
        'customer',
        'createdFrom',
        'waitingMinutes',
        'fields',
        'shape',
      ),
      fc.oneof(
        value,
        fc.array(value, { maxLength: 60 }),
        fc.array(
          fc.record({
            subject: fc.constantFrom('ticket', 'customer'),
            key: word,
            is: fc.oneof(word, fc.double()),
          }),
          { maxLength: 4 },
        ),
      ),
    ),
  );
  await fc.assert(
    fc.asyncProperty(filter, async (given) => {
      const text = JSON.stringify(given) ?? '';
      const read = readFilterText(text);
      const { tickets } = await list(agent, 'all', { filter: read.filter });
      expect(Array.isArray(tickets)).toBe(true);
    }),
    { numRuns: 150 },
  );
}, 60_000);

describe('a restricted department', () => {
  test('shows its tickets, its count and its name’s count to members, its assignee and admins only', async () => {
    const admin = await makeAgent('admin');
    const assignee = await makeAgent();
    const { ticketId } = await make({ department_id: restrictedId, assignee_id: assignee.id });
    const tag = await makeTag([ticketId]);
    const viewId = await saved(admin, { tag: [tag] }, true);
    const query = { filter: { tag: [tag] } };
    for (const who of [member, admin, assignee]) {
      expect(await idsOf(who, 'all', query)).toEqual([ticketId]);
      expect((await list(who, 'all')).counts.saved[viewId]).toBe(1);
    }
    const outside = await list(agent, 'all', query);
    expect([outside.tickets, outside.matching, outside.counts.saved[viewId]]).toEqual([[], 0, 0]);
    expect(await idsOf(agent, `department:${restrictedId}`)).toEqual([]);
    expect(Object.keys(outside.counts.departments)).not.toContain(restrictedId);
    expect((await list(member, 'all')).counts.departments[restrictedId]).toBeGreaterThan(0);
  });
});

describe('the order', () => {
  test('has woken tickets first where the longest waiting are, the newest wake before the others', async () => {
    const me = await makeAgent();
    const own = { assignee_id: me.id };
    const waits = (await make(own)).ticketId;
    const early = (await make({ ...own, woke_at: '2026-01-01T09:00:00Z', waiting_since: null })).ticketId;
    const late = (await make({ ...own, woke_at: '2026-01-02T09:00:00Z' })).ticketId;
    const idle = (await make({ ...own, waiting_since: null, priority: 'urgent' })).ticketId;
    const high = (await make({ ...own, priority: 'high' })).ticketId;
    expect(await idsOf(me, 'mine')).toEqual([late, early, waits, high, idle]);
    const byPriority = await idsOf(me, 'mine', { sort: 'priority' });
    expect(byPriority).toEqual([idle, high, waits, late, early]);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(me, 'mine', { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...page.tickets.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual([late, early, waits, high, idle]);
  });

  test('begins nowhere but where a cursor of the same list says', async () => {
    await make();
    await make();
    const cursor = (await list(agent, 'all', { limit: 1 })).nextCursor ?? '';
    const broken = Buffer.from(`all|waiting|9||${newId()}`).toString('base64url');
    const foreign = [
      { cursor, sort: 'newest' as const },
      { cursor: broken },
      { cursor: 'x'.repeat(400) },
      { cursor: Buffer.from("all|waiting|1|'; drop|x").toString('base64url') },
    ];
    for (const more of foreign) {
      await expect(list(agent, 'all', more)).rejects.toMatchObject({ code: 'invalid' });
    }
    await expect(list(agent, 'unassigned', { cursor })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('a row', () => {
  test('carries tags, custom fields, its snooze and who wrote last', async () => {
    const { ticketId, conversationId, customer } = await make({
      snoozed_by: agent.id,
      snoozed_at: '2026-01-01T09:00:00Z',
      snoozed_until: '2026-01-05T09:00:00Z',
    });
    const tag = await makeTag([ticketId]);
    await transact(async (tx) => {
      await tx.execute(sql`insert into custom_fields (id, subject, key, label, type)
        values (${newId()}, 'customer', 'plan', 'Plan', 'text'), (${newId()}, 'ticket', 'seats', 'Seats', 'number')
        on conflict do nothing`);
      await tx.execute(sql`update tickets set fields = '{"seats": 3}' where id = ${ticketId}`);
      await tx.execute(sql`update customers set attributes = '{"plan": "gold", "secret": "x", "list": [1]}'
        where id = ${customer.id}`);
    });
    const row = async () =>
      (await list(agent, 'all', { filter: { customer: customer.id } })).tickets.find(
        ({ id }) => id === ticketId,
      );
    expect(await row()).toMatchObject({
      tags: [{ id: tag, name: tag, color: 'teal' }],
      fields: { seats: 3 },
      customer: { fields: { plan: 'gold' } },
      snoozedUntil: '2026-01-05T09:00:00.000Z',
      snoozedBy: { id: agent.id },
      wokeAt: null,
      lastSender: 'customer',
    });
    await sendMessage(agent, { conversationId, id: newId(), text: 'Hello' });
    expect((await row())?.lastSender).toBe('agent');
    const fields = [
      { subject: 'customer' as const, key: 'plan', is: 'gold' },
      { subject: 'ticket' as const, key: 'seats', is: 3 },
    ];
    expect(await idsOf(agent, 'all', { filter: { fields } })).toEqual([ticketId]);
  });
});
