import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeDepartment } from '#/lib/testing.ts';
import type { TicketFilter } from '#/lib/tickets/schema.ts';
import { changeViewInputSchema, saveViewInputSchema } from '#/lib/views/schema.ts';
import { changeView, deleteView, listViews, orderViews, saveView } from '#/lib/views/service.ts';

let database: TestDatabase;
let ana: AgentActor;
let ben: AgentActor;
let admin: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await transact((tx) => tx.execute(sql`delete from views`));
  ana = await makeAgent();
  ben = await makeAgent();
  admin = await makeAgent('admin');
});

async function save(actor: AgentActor, name: string, isShared: boolean, filter: TicketFilter = {}) {
  return saveView(actor, { id: newId(), name, filter, sort: 'newest', isShared });
}
const names = async (actor: AgentActor) => (await listViews(actor)).map(({ name }) => name);

describe('a saved view', () => {
  test('of one’s own is nobody else’s, not even an admin’s, and nobody is told of it', async () => {
    const { value, events } = await save(ana, 'Late ones', false, { waitingMinutes: 60, status: [] });
    expect(value).toMatchObject({
      name: 'Late ones',
      filter: { waitingMinutes: 60 },
      ownerId: ana.id,
      canChange: true,
      isBroken: false,
    });
    expect(events).toEqual([]);
    expect([await names(ana), await names(ben), await names(admin)]).toEqual([['Late ones'], [], []]);
    for (const other of [ben, admin]) {
      await expect(changeView(other, { id: value.id, name: 'x' })).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(deleteView(other, value.id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('that is shared is everybody’s to open, and its maker’s or an admin’s to change', async () => {
    const { value, events } = await save(ana, 'Team', true);
    expect(events.map(({ type }) => type)).toEqual(['view.changed']);
    expect((await listViews(ben)).map((view) => [view.name, view.canChange])).toEqual([['Team', false]]);
    await expect(changeView(ben, { id: value.id, name: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(deleteView(ben, value.id)).rejects.toMatchObject({ code: 'forbidden' });
    await changeView(admin, { id: value.id, name: 'The team' });
    const changed = await changeView(ana, { id: value.id, sort: 'priority' });
    expect(changed.value).toMatchObject({ name: 'The team', sort: 'priority' });
    expect(changed.events).toHaveLength(1);
    await deleteView(admin, value.id);
    expect(await names(ana)).toEqual([]);
    expect((await deleteView(ana, value.id)).events).toEqual([]);
  });

  test('that is taken back from everybody is its maker’s again, and who had it is told', async () => {
    const { value } = await save(ana, 'Team', true);
    const taken = await changeView(admin, { id: value.id, isShared: false });
    expect(taken).toMatchObject({ value: null, events: [{ type: 'view.changed' }] });
    expect([await names(ana), await names(ben)]).toEqual([['Team'], []]);
    const given = await changeView(ana, { id: value.id, isShared: true });
    expect(given).toMatchObject({ value: { ownerId: null }, events: [{ type: 'view.changed' }] });
  });

  test('is saved once for one id, also by two requests at once', async () => {
    const input = { id: newId(), name: 'Once', filter: {}, sort: 'waiting' as const, isShared: true };
    const saved = await Promise.all([saveView(ana, input), saveView(ana, input)]);
    expect(saved.map(({ value }) => value.name)).toEqual(['Once', 'Once']);
    expect(saved.flatMap(({ events }) => events)).toHaveLength(1);
    await expect(saveView(ben, input)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await names(ana)).toEqual(['Once']);
  });

  test('whose department or tag is gone still opens, without that, and says so', async () => {
    const departmentId = await makeDepartment(false);
    const kept = await makeDepartment(false);
    await save(ana, 'Both', false, { department: [departmentId, kept], tag: [newId()] });
    await transact((tx) => tx.execute(sql`delete from departments where id = ${departmentId}`));
    expect(await listViews(ana)).toMatchObject([{ filter: { department: [kept] }, isBroken: true }]);
  });

  test('whose stored words are rubbish still opens', async () => {
    const { value } = await save(ana, 'Old', false);
    for (const filter of ['"rubbish"', '[1]', 'null', '{"status": "open", "tag": [7], "shape": {}}']) {
      await transact((tx) =>
        tx.execute(
          sql`update views set filter = ${filter}::text::jsonb, sort = 'odd' where id = ${value.id}`,
        ),
      );
      expect(await listViews(ana)).toMatchObject([{ name: 'Old', filter: {}, sort: 'waiting' }]);
    }
  });

  test('stands where each agent put it by hand', async () => {
    const made = [];
    for (const name of ['A', 'B', 'C']) made.push((await save(ana, name, true)).value.id);
    const [a, b, c] = made;
    if (a === undefined || b === undefined || c === undefined) throw new Error('not made');
    const own = (await save(ben, 'Own', false)).value.id;
    await orderViews(ben, [c, own, a]);
    expect(await names(ben)).toEqual(['C', 'Own', 'A', 'B']);
    expect(await names(ana)).toEqual(['A', 'B', 'C']);
    // Another's own, unknown and named twice: nothing of it matters.
    await orderViews(ana, [b, own, newId(), b]);
    expect(await names(ana)).toEqual(['B', 'A', 'C']);
    await save(ana, 'D', true);
    expect(await names(ben)).toEqual(['C', 'Own', 'A', 'B', 'D']);
  });

  test('has a name that can be read, and there are not too many of them', async () => {
    const input = { id: newId(), name: 'x', filter: {}, sort: 'waiting', isShared: false };
    for (const wrong of [
      { name: ' \u202e ' },
      { name: 'x'.repeat(61) },
      { sort: 'odd' },
      { filter: { status: 'open' } },
      { ownerId: newId() },
    ]) {
      expect(saveViewInputSchema.safeParse({ ...input, ...wrong }).success).toBe(false);
    }
    expect(changeViewInputSchema.safeParse({ id: newId(), position: 3 }).success).toBe(false);
    await transact((tx) =>
      tx.execute(sql`insert into views (id, owner_id, created_by, name, filter, sort)
        select uuidv7(), ${ana.id}, ${ana.id}, 'View ' || n, '{}', 'waiting' from generate_series(1, 100) n`),
    );
    await expect(save(ana, 'One more', false)).rejects.toMatchObject({
      code: 'conflict',
      failure: { reason: 'views_full' },
    });
    await save(ben, 'First', false);
  });
});
