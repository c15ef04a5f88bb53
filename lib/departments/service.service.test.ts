import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import type { SaveDepartmentInput } from '#/lib/departments/schema.ts';
import {
  deleteDepartment,
  listDepartments,
  listDepartmentsInFull,
  moveTicketsOut,
  saveDepartment,
} from '#/lib/departments/service.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor, SystemActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket } from '#/lib/tickets/service.ts';
import { saveWidget } from '#/lib/widgets/service.ts';

let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
beforeAll(async () => {
  database = await testDatabase();
  process.env.DATABASE_URL = database.url;
  widget = await makeWidget();
  admin = await makeAgent('admin');
});
afterAll(() => database.close());

const weekday = (day: number) => ({ day, opens: '09:00', closes: '17:00' });
const input = (change: Partial<SaveDepartmentInput> = {}): SaveDepartmentInput => {
  const id = change.id ?? newId();
  return {
    id,
    name: `Department ${id}`,
    isRestricted: false,
    timezone: 'Europe/Berlin',
    businessHours: [1, 2, 3, 4, 5].map(weekday),
    memberIds: [],
    ...change,
  };
};
const inFull = async (id: string) =>
  (await listDepartmentsInFull(admin)).find((department) => department.id === id);

async function makeTicketIn(departmentId: string): Promise<string> {
  const { ticketId } = await makeConversation(widget);
  await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
  return ticketId;
}

async function moveOut(actor: AgentActor | SystemActor, olderThanMs = 0): Promise<string[]> {
  const types: string[] = [];
  for await (const events of moveTicketsOut(actor, olderThanMs))
    types.push(...events.map(({ type }) => type));
  return types;
}

describe('saving a department', () => {
  test('makes it, and changes it when its id comes again; the same input changes nothing', async () => {
    const wanted = input();
    const made = await saveDepartment(admin, wanted);
    expect(made.events.map(({ type }) => type)).toEqual(['department.changed']);
    expect((await saveDepartment(admin, wanted)).events).toEqual([]);
    const renamed = { ...wanted, name: `Billing ${wanted.id}`, businessHours: null };
    await saveDepartment(admin, renamed);
    expect(await inFull(wanted.id)).toMatchObject({
      name: renamed.name,
      businessHours: null,
      timezone: 'Europe/Berlin',
      memberIds: [],
      openTickets: 0,
    });
  });

  test('tells everybody when who may see its tickets changes, and then only', async () => {
    const wanted = input();
    await saveDepartment(admin, wanted);
    const restricted = await saveDepartment(admin, { ...wanted, isRestricted: true });
    expect(restricted.events.map(({ type }) => type)).toEqual(['department.access_changed']);
    const hours = await saveDepartment(admin, { ...wanted, isRestricted: true, businessHours: [] });
    expect(hours.events.map(({ type }) => type)).toEqual(['department.changed']);
    const opened = await saveDepartment(admin, { ...wanted, businessHours: [] });
    expect(opened.events.map(({ type }) => type)).toEqual(['department.access_changed']);
  });

  test('takes its tickets from everybody but its members and who holds them', async () => {
    const [outsider, holder] = [await makeAgent(), await makeAgent()];
    const wanted = input();
    await saveDepartment(admin, wanted);
    const ticketId = await makeTicketIn(wanted.id);
    const member: AgentActor = { ...(await makeAgent()), departmentId: wanted.id };
    await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: holder.id } });
    await getTicket(outsider, ticketId);
    await saveDepartment(admin, { ...wanted, isRestricted: true, memberIds: [member.id] });
    await expect(getTicket(outsider, ticketId)).rejects.toMatchObject({ code: 'not_found' });
    for (const reader of [member, holder, admin]) await getTicket(reader, ticketId);
  });

  test('moves its members: out of where they were, and out of it when they are not named', async () => {
    const [ana, ben] = [await makeAgent(), await makeAgent()];
    const [first, second] = [input({ memberIds: [ana.id, ben.id] }), input({ memberIds: [ana.id] })];
    const made = await saveDepartment(admin, first);
    expect(made.events.filter(({ type }) => type === 'agent.moved')).toHaveLength(2);
    await saveDepartment(admin, second);
    expect((await inFull(first.id))?.memberIds).toEqual([ben.id]);
    expect((await inFull(second.id))?.memberIds).toEqual([ana.id]);
    const emptied = await saveDepartment(admin, { ...first, memberIds: [] });
    expect(emptied.events.map(({ type, subjectId }) => [type, subjectId])).toEqual([['agent.moved', ben.id]]);
    await expect(saveDepartment(admin, { ...first, memberIds: [newId()] })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test('gives a name once, whatever its capitals, also to two who ask at once', async () => {
    const name = `Orders ${newId()}`;
    const outcomes = await Promise.allSettled([
      saveDepartment(admin, input({ name })),
      saveDepartment(admin, input({ name })),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(saveDepartment(admin, input({ name: name.toUpperCase() }))).rejects.toMatchObject({
      code: 'conflict',
      failure: { reason: 'name_taken', field: 'name' },
    });
  });

  test('is an admin’s', async () => {
    const agent = await makeAgent();
    await expect(saveDepartment(agent, input())).rejects.toMatchObject({ code: 'forbidden' });
    await expect(deleteDepartment(agent, { id: newId(), moveTo: null })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(moveOut(agent)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('taking a department away', () => {
  test('moves agents and widgets at once and tickets with a line each, and then it is gone', async () => {
    const [from, to, agent] = [input({ isRestricted: true }), input(), await makeAgent()];
    await saveDepartment(admin, { ...from, memberIds: [agent.id] });
    await saveDepartment(admin, to);
    await saveWidget(admin, { widgetId: widget.id, departmentId: from.id });
    const [open, over] = [await makeTicketIn(from.id), await makeTicketIn(from.id)];
    await changeTicket(admin, { ticketId: over, id: newId(), change: { field: 'status', to: 'resolved' } });
    await deleteDepartment(admin, { id: from.id, moveTo: to.id });

    expect((await listDepartments(admin)).map(({ id }) => id)).not.toContain(from.id);
    expect(await inFull(to.id)).toMatchObject({ memberIds: [agent.id], widgetIds: [widget.id] });
    // Until it is moved, a ticket keeps exactly the readers it had.
    const outsider = await makeAgent();
    await expect(getTicket(outsider, open)).rejects.toMatchObject({ code: 'not_found' });
    const late = { ticketId: open, id: newId(), change: { field: 'department', to: from.id } } as const;
    await changeTicket(admin, { ...late, id: newId(), change: { field: 'department', to: null } });
    await expect(changeTicket(admin, late)).rejects.toMatchObject({ code: 'invalid' });
    await transact((tx) => updateTicketDepartment(tx, open, from.id));

    expect(await moveOut(admin)).toEqual(['ticket.changed', 'ticket.changed']);
    for (const ticketId of [open, over]) {
      const { ticket, page } = await getTicket(outsider, ticketId);
      expect(ticket.department?.id).toBe(to.id);
      expect(page.entries.at(-1)?.change).toMatchObject({ field: 'department', to: { id: to.id } });
    }
    const rows = await read((tx) => tx.execute(sql`select id from departments where id = ${from.id}`));
    expect(rows).toHaveLength(0);
    await saveWidget(admin, { widgetId: widget.id, departmentId: null });
  });

  test('to none leaves its tickets in none; taking it away again is nothing', async () => {
    const from = input();
    await saveDepartment(admin, from);
    const ticketId = await makeTicketIn(from.id);
    await deleteDepartment(admin, { id: from.id, moveTo: null });
    expect((await deleteDepartment(admin, { id: from.id, moveTo: null })).events).toEqual([]);
    await moveOut(admin);
    expect((await getTicket(admin, ticketId)).ticket.department).toBeNull();
  });

  test('goes on after a process that died in the middle, as the system', async () => {
    const [from, to] = [input(), input()];
    await saveDepartment(admin, from);
    await saveDepartment(admin, to);
    const ticketIds = [await makeTicketIn(from.id), await makeTicketIn(from.id)];
    await deleteDepartment(admin, { id: from.id, moveTo: to.id });
    for await (const events of moveTicketsOut(admin)) if (events.length > 0) break;
    expect(await moveOut({ kind: 'system' }, 60_000)).toEqual([]);
    expect(await moveOut({ kind: 'system' })).toEqual(['ticket.changed']);
    for (const ticketId of ticketIds) {
      expect((await getTicket(admin, ticketId)).ticket.department?.id).toBe(to.id);
    }
  });

  test('follows a chain: what was to go to one that is taken away too goes on to the next', async () => {
    const [first, second, third] = [input(), input(), input()];
    for (const each of [first, second, third]) await saveDepartment(admin, each);
    const ticketId = await makeTicketIn(first.id);
    await deleteDepartment(admin, { id: first.id, moveTo: second.id });
    await deleteDepartment(admin, { id: second.id, moveTo: third.id });
    await moveOut(admin);
    expect((await getTicket(admin, ticketId)).ticket.department?.id).toBe(third.id);
  });

  test('never moves into itself or into one that is gone, and its name is free at once', async () => {
    const from = input();
    await saveDepartment(admin, from);
    for (const moveTo of [from.id, newId()]) {
      await expect(deleteDepartment(admin, { id: from.id, moveTo })).rejects.toMatchObject({
        code: 'invalid',
        failure: { reason: 'department_unknown' },
      });
    }
    await deleteDepartment(admin, { id: from.id, moveTo: null });
    await saveDepartment(admin, input({ name: from.name }));
    await expect(saveDepartment(admin, from)).rejects.toMatchObject({ code: 'not_found' });
    await moveOut(admin);
  });
});
