import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { listRunningJobs } from '#/db/bulk.ts';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import type { BulkAct, BulkJob, StartBulkInput } from '#/lib/bulk/schema.ts';
import { cancelBulk, carryOutNext, listBulkJobs, startBulk, undoBulk } from '#/lib/bulk/service.ts';
import { carryOutAll } from '#/lib/bulk/work.ts';
import { startTicket } from '#/lib/conversations/service.ts';
import { newId } from '#/lib/ids.ts';
import { mergeTickets } from '#/lib/merges/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { createTag } from '#/lib/tags/service.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';
import { getTicket, listTimeline } from '#/lib/tickets/service.ts';

const told: BulkJob[] = [];
vi.mock('#/lib/realtime/publish.ts', () => ({
  publishChanges: () => {},
  publishBulkJob: (_agentId: string, job: BulkJob) => told.push(job),
}));

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
});
afterAll(() => database.close());
beforeEach(async () => {
  agent = await makeAgent();
  told.length = 0;
});

async function makeTickets(count: number): Promise<string[]> {
  const made = [];
  for (let index = 0; index < count; index++) made.push((await makeConversation(widget)).ticketId);
  return made;
}
const start = (act: BulkAct, on: StartBulkInput['on'], actor = agent, id = newId()) =>
  startBulk(actor, { id, act, on });
const change = (ticketId: string, to: TicketChange, actor = agent) =>
  changeTicket(actor, { ticketId, id: newId(), change: to });
const ticketOf = async (id: string, actor = agent) => (await getTicket(actor, id)).ticket;
const jobOf = async (id: string, actor = agent) => {
  const job = (await listBulkJobs(actor)).find((each) => each.id === id);
  if (job === undefined) throw new Error('no such job');
  return job;
};
const low = { field: 'priority', to: 'low' } as const;

describe('work on many tickets', () => {
  test('changes each, counts those that were so already, and tells its agent how far it is', async () => {
    const ids = await makeTickets(5);
    const [first = ''] = ids;
    await change(first, low);
    const { value } = await start(low, { ids });
    expect(value).toMatchObject({ state: 'running', total: 5, done: 0, canUndo: false });
    await carryOutAll();
    const job = await jobOf(value.id);
    expect(job).toMatchObject({ state: 'done', done: 4, skipped: 1, canUndo: true });
    expect(job.reasons).toEqual([{ reason: 'same_already', count: 1 }]);
    for (const id of ids) expect((await ticketOf(id)).priority).toBe('low');
    expect((await listTimeline(agent, ids[1] ?? ''))[0]).toMatchObject({
      actor: { kind: 'agent', id: agent.id },
      before: { priority: 'normal' },
      after: { priority: 'low' },
    });
    expect(told.at(-1)).toEqual(job);
  });

  test('takes all that the list shows, and only what its agent may see', async () => {
    const tag = { id: newId(), name: `Tag ${newId()}`.slice(0, 40), color: 'red' } as const;
    await createTag(agent, tag);
    const ids = await makeTickets(3);
    for (const id of ids) await change(id, { field: 'tags', add: [tag.id], remove: [] });
    const departmentId = await makeDepartment(true);
    await change(ids[2] ?? '', { field: 'department', to: departmentId });
    const { value } = await start(low, { view: 'all', filter: { tag: [tag.id] } });
    expect(value.total).toBe(2);
    await carryOutAll();
    expect(await jobOf(value.id)).toMatchObject({ state: 'done', done: 2, skipped: 0 });
  });

  test('by a condition on what is gone is refused, since without it everything would match', async () => {
    for (const filter of [{ tag: [newId()] }, { customer: newId() }, { assignee: [newId()] }]) {
      await expect(start(low, { view: 'all', filter })).rejects.toMatchObject({
        failure: { code: 'conflict', reason: 'filter_gone' },
      });
    }
  });

  test('the same id again is the same job, whoever else uses it is refused', async () => {
    const ids = await makeTickets(2);
    const id = newId();
    const [one, two] = await Promise.all([start(low, { ids }, agent, id), start(low, { ids }, agent, id)]);
    expect([one.value.id, two.value.id]).toEqual([id, id]);
    await carryOutAll();
    expect((await start(low, { ids }, agent, id)).value).toMatchObject({ state: 'done', done: 2 });
    const other = await makeAgent();
    await expect(start(low, { ids }, other, id)).rejects.toMatchObject({ failure: { reason: 'id_used' } });
    await expect(cancelBulk(other, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(undoBulk(other, { id: newId(), of: id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await listBulkJobs(other)).toEqual([]);
  });

  test('on nothing is over at once, and what can never be done is refused at once', async () => {
    const { value } = await start(low, { view: 'snoozed', filter: { priority: ['urgent'] } });
    expect(value).toMatchObject({ state: 'done', total: 0, canUndo: false });
    const past = new Date(Date.now() - 1).toISOString();
    await expect(start({ field: 'snooze', until: past }, { ids: [newId()] })).rejects.toMatchObject({
      failure: { code: 'invalid', reason: 'moment_past' },
    });
  });

  test('shared by several processes changes each ticket once', async () => {
    const ids = await makeTickets(12);
    const { value } = await start(low, { ids });
    await Promise.all([carryOutAll(), carryOutAll(), carryOutAll()]);
    expect(await jobOf(value.id)).toMatchObject({ state: 'done', done: 12, skipped: 0 });
    for (const id of ids) {
      const timeline = await listTimeline(agent, id);
      expect(timeline.filter(({ type }) => type === 'ticket.changed')).toHaveLength(1);
    }
  });

  test('that was left in the middle goes on elsewhere', async () => {
    const ids = await makeTickets(4);
    const { value } = await start(low, { ids });
    const [job] = (await read((tx) => listRunningJobs(tx, 5))).filter(({ id }) => id === value.id);
    if (job === undefined) throw new Error('the job does not run');
    await carryOutNext(job, null);
    expect(await jobOf(value.id)).toMatchObject({ state: 'running', done: 1 });
    await carryOutAll();
    expect(await jobOf(value.id)).toMatchObject({ state: 'done', done: 4 });
  });

  test('leaves alone what its agent may not see or change any more: demoted, moved, switched off', async () => {
    const admin = await makeAgent('admin');
    const departmentId = await makeDepartment(true);
    const ids = await makeTickets(3);
    for (const id of ids.slice(0, 2)) await change(id, { field: 'department', to: departmentId }, admin);
    const { value } = await start(low, { ids }, admin);
    await transact((tx) => tx.execute(sql`update agents set role = 'agent' where id = ${admin.id}`));
    await carryOutAll();
    expect(await jobOf(value.id, admin)).toMatchObject({
      state: 'done',
      done: 1,
      skipped: 2,
      reasons: [{ reason: 'not_found', count: 2 }],
    });
    const gone = await start(low, { ids: await makeTickets(2) }, admin);
    await transact((tx) => tx.execute(sql`update agents set deactivated_at = now() where id = ${admin.id}`));
    await carryOutAll();
    expect((await jobOf(gone.value.id, admin)).reasons).toEqual([{ reason: 'forbidden', count: 2 }]);
  });

  test('passes over what was merged or is gone meanwhile', async () => {
    const { customer, ticketId } = await makeConversation(widget);
    const source = newId();
    await startTicket(customer, { ticketId: source, conversationId: newId(), id: newId(), text: 'x' });
    const { value } = await start(low, { ids: [source, ticketId, newId()] });
    expect(value.total).toBe(2);
    await mergeTickets(agent, { id: newId(), sourceId: source, targetId: ticketId });
    await carryOutAll();
    expect(await jobOf(value.id)).toMatchObject({ done: 1, reasons: [{ reason: 'merged', count: 1 }] });
  });

  test('cancelled, leaves the rest as it is, and what was done can be taken back', async () => {
    const ids = await makeTickets(4);
    const { value } = await start(low, { ids });
    const [job] = (await read((tx) => listRunningJobs(tx, 5))).filter(({ id }) => id === value.id);
    if (job === undefined) throw new Error('the job does not run');
    await expect(undoBulk(agent, { id: newId(), of: value.id })).rejects.toMatchObject({
      failure: { reason: 'still_running' },
    });
    await carryOutNext(job, null);
    await cancelBulk(agent, value.id);
    expect(await carryOutNext(job, null)).toBeNull();
    await carryOutAll();
    expect(await jobOf(value.id)).toMatchObject({ state: 'cancelled', done: 1, skipped: 0, canUndo: true });
    const undo = await undoBulk(agent, { id: newId(), of: value.id });
    expect(undo.value.total).toBe(1);
    await carryOutAll();
    for (const id of ids) expect((await ticketOf(id)).priority).toBe('normal');
  });

  test('tells who is given a few tickets, and not who is given many', async () => {
    const [few, many] = [await makeAgent(), await makeAgent()];
    await start({ field: 'assignee', to: few.id }, { ids: await makeTickets(2) });
    await start({ field: 'assignee', to: many.id }, { ids: await makeTickets(11) });
    await carryOutAll();
    const toldOf = async (id: string) =>
      (await read((tx) => tx.execute(sql`select 1 from notifications where agent_id = ${id}`))).length;
    expect([await toldOf(few.id), await toldOf(many.id)]).toEqual([2, 0]);
  });
});

describe('taking back work on many tickets', () => {
  const undone = async (of: string) => {
    const { value } = await undoBulk(agent, { id: newId(), of });
    await carryOutAll();
    return jobOf(value.id);
  };

  test('reverses what is still as it was left, and nothing that somebody changed since', async () => {
    const ids = await makeTickets(3);
    const colleague = await makeAgent();
    const { value } = await start({ field: 'status', to: 'resolved' }, { ids });
    await carryOutAll();
    await change(ids[0] ?? '', { field: 'status', to: 'pending' }, colleague);
    const job = await undone(value.id);
    expect(job).toMatchObject({
      state: 'done',
      undoes: value.id,
      done: 2,
      reasons: [{ reason: 'changed_meanwhile', count: 1 }],
      canUndo: false,
    });
    const statuses = await Promise.all(ids.map(async (id) => (await ticketOf(id)).status));
    expect(statuses).toEqual(['pending', 'open', 'open']);
    expect((await jobOf(value.id)).canUndo).toBe(false);
    await expect(undoBulk(agent, { id: newId(), of: value.id })).rejects.toMatchObject({
      failure: { reason: 'nothing_to_undo' },
    });
  });

  test('brings back each ticket’s own value: priorities, people, snoozes, tags', async () => {
    const [one = '', two = ''] = await makeTickets(2);
    const [tag, kept] = [newId(), newId()];
    await createTag(agent, { id: tag, name: `A ${tag}`.slice(0, 40), color: 'red' });
    await createTag(agent, { id: kept, name: `B ${kept}`.slice(0, 40), color: 'red' });
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await change(one, { field: 'snooze', until });
    await change(one, { field: 'assignee', to: agent.id });
    await change(one, { field: 'tags', add: [kept, tag], remove: [] });
    const acts: BulkAct[] = [
      { field: 'assignee', to: null },
      { field: 'tags', add: [tag], remove: [kept] },
      { field: 'status', to: 'resolved' },
      { field: 'snooze', until: new Date(Date.now() + 2 * 86_400_000).toISOString() },
    ];
    const before = [await ticketOf(one), await ticketOf(two)];
    const jobs = [];
    for (const act of acts) {
      jobs.push((await start(act, { ids: [one, two] })).value.id);
      await carryOutAll();
    }
    for (const id of jobs.toReversed()) await undone(id);
    const seen = (rows: typeof before) =>
      rows.map(({ status, snoozedUntil, assignee, tags }) => ({ status, snoozedUntil, assignee, tags }));
    expect(seen([await ticketOf(one), await ticketOf(two)])).toEqual(seen(before));
  });

  test('by two at the same moment happens once', async () => {
    const ids = await makeTickets(1);
    const { value } = await start(low, { ids });
    await carryOutAll();
    const both = await Promise.allSettled([
      undoBulk(agent, { id: newId(), of: value.id }),
      undoBulk(agent, { id: newId(), of: value.id }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});
