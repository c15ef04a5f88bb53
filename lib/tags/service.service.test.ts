import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { getCatalogue } from '#/lib/catalogue/service.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { changeTag, createTag, deleteTag, listTagsInUse, mergeTag } from '#/lib/tags/service.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket } from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let admin: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  admin = await makeAgent('admin');
});
afterAll(() => database.close());

test('any agent makes a tag, once for one id; its name belongs to it whatever the case', async () => {
  const tag = { id: newId(), name: 'Billing', color: 'green' } as const;
  expect((await createTag(agent, tag)).events).toHaveLength(1);
  expect(await createTag(agent, tag)).toEqual({ value: tag, events: [] });
  await expect(createTag(agent, { ...tag, id: newId(), name: 'BILLING' })).rejects.toMatchObject({
    failure: { code: 'conflict', reason: 'name_taken' },
  });
  expect((await getCatalogue(agent)).tags).toContainEqual(tag);
});

test('two who make the same tag at the same moment: one has it, the other is told', async () => {
  const make = () => createTag(agent, { id: newId(), name: 'Same moment', color: 'red' });
  const settled = await Promise.allSettled([make(), make()]);
  expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('only an admin renames, recolours and deletes; a deleted one is on no ticket', async () => {
  const tag = { id: newId(), name: 'Refund', color: 'red' } as const;
  await createTag(agent, tag);
  const { ticketId } = await makeConversation(widget);
  await changeTicket(agent, {
    ticketId,
    id: newId(),
    change: { field: 'tags', add: [tag.id], remove: [] },
  });
  await expect(changeTag(agent, { id: tag.id, name: 'Money back' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(deleteTag(agent, tag.id)).rejects.toMatchObject({ code: 'forbidden' });
  const { value } = await changeTag(admin, { id: tag.id, name: 'Money back', color: 'blue' });
  expect(value).toEqual({ id: tag.id, name: 'Money back', color: 'blue' });
  expect((await getTicket(agent, ticketId)).ticket.tags).toEqual([value]);
  expect((await changeTag(admin, { id: tag.id, color: 'blue' })).events).toEqual([]);
  const gone = await deleteTag(admin, tag.id);
  expect(gone.events.map(({ type, ticketId: told }) => [type, told])).toEqual([
    ['tag.changed', null],
    ['ticket.changed', ticketId],
  ]);
  expect((await deleteTag(admin, tag.id)).events).toEqual([]);
  expect((await getTicket(agent, ticketId)).ticket.tags).toEqual([]);
  await expect(changeTag(admin, { id: tag.id, name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
});

test('a tag merged into another leaves its tickets with that one, once each, and tells their lists', async () => {
  const [from, into] = [
    { id: newId(), name: 'Parcel', color: 'red' },
    { id: newId(), name: 'Delivery', color: 'blue' },
  ] as const;
  for (const tag of [from, into]) await createTag(agent, tag);
  const tickets = [await makeConversation(widget), await makeConversation(widget)];
  const [first, second] = tickets.map(({ ticketId }) => ticketId);
  const add = (ticketId: string, ids: string[]) =>
    changeTicket(agent, { ticketId, id: newId(), change: { field: 'tags', add: ids, remove: [] } });
  await add(first ?? '', [from.id]);
  await add(second ?? '', [from.id, into.id]);
  await expect(mergeTag(agent, { id: from.id, into: into.id })).rejects.toMatchObject({ code: 'forbidden' });
  for (const wrong of [from.id, newId()]) {
    await expect(mergeTag(admin, { id: from.id, into: wrong })).rejects.toMatchObject({
      code: 'invalid',
      failure: { field: 'into' },
    });
  }
  const { events } = await mergeTag(admin, { id: from.id, into: into.id });
  expect(events.flatMap(({ ticketId }) => ticketId ?? []).toSorted()).toEqual([first, second].toSorted());
  for (const { ticketId } of tickets) {
    expect((await getTicket(agent, ticketId)).ticket.tags).toEqual([into]);
  }
  expect((await mergeTag(admin, { id: from.id, into: into.id })).events).toEqual([]);
  expect((await listTagsInUse(agent)).find(({ id }) => id === into.id)).toEqual({ ...into, tickets: 2 });
});

test('two who merge the same pair both ways at once: one pair of hands wins, and no ticket loses both', async () => {
  const [a, b] = [newId(), newId()];
  for (const id of [a, b]) await createTag(agent, { id, name: id, color: 'grey' });
  const { ticketId } = await makeConversation(widget);
  await changeTicket(agent, { ticketId, id: newId(), change: { field: 'tags', add: [a, b], remove: [] } });
  await Promise.allSettled([mergeTag(admin, { id: a, into: b }), mergeTag(admin, { id: b, into: a })]);
  expect((await getTicket(agent, ticketId)).ticket.tags).toHaveLength(1);
});
