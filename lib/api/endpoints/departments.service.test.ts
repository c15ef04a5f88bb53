import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { read, transact } from '#/db/client.ts';
import { findDepartment } from '#/db/departments.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { departments } from '#/lib/api/endpoints/departments.ts';
import { type DepartmentRecord, departmentRecord } from '#/lib/api/records/departments.ts';
import { apiEnvironment, ask, type Given } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newId } from '#/lib/ids.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { getTicket } from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let token: string;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  ({ token } = await makeKey(['departments:write']));
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
});

const pageSchema = z.strictObject({ data: z.array(departmentRecord), nextCursor: z.nullable(z.string()) });

async function create(body: unknown): Promise<DepartmentRecord> {
  const { status, body: made } = await ask(departments.create, { token, body });
  expect(status).toBe(201);
  return departmentRecord.parse(made);
}

async function get(departmentId: string, given: Given = { token }): Promise<DepartmentRecord> {
  const { status, body } = await ask(departments.get, { ...given, params: { departmentId } });
  expect(status).toBe(200);
  return departmentRecord.parse(body);
}

async function idsIn(query: Record<string, string>, by = token): Promise<string[]> {
  const { status, body } = await ask(departments.list, { token: by, query });
  expect(status).toBe(200);
  return pageSchema.parse(body).data.map(({ id }) => id);
}

const named = () => `Department ${newId()}`;

describe('departments', () => {
  test('are made with what is usual where nothing is said, once for each Idempotency-Key', async () => {
    const name = named();
    const given = { token, body: { name }, headers: { 'Idempotency-Key': newId() } };
    const first = await ask(departments.create, given);
    const made = departmentRecord.parse(first.body);
    expect(made).toMatchObject({
      ...{ name, isRestricted: false, timezone: 'UTC', businessHours: null, memberIds: [], openTickets: 0 },
    });
    expect(first.headers.get('location')).toBe(`/api/v1/departments/${made.id}`);
    expect((await ask(departments.create, given)).body).toEqual(first.body);
    expect(await ask(departments.create, { token, body: { name: name.toUpperCase() } })).toMatchObject({
      status: 409,
      body: { code: 'name_taken', field: 'name' },
    });
    expect(await get(made.id)).toEqual(made);
  });

  test('are listed by name, found by parts of it and counted', async () => {
    const part = newId();
    const second = await create({ name: `B ${part}`, isRestricted: true });
    const first = await create({ name: `A ${part}` });
    const where = JSON.stringify({ name: { contains: part } });
    expect(await idsIn({ where })).toEqual([first.id, second.id]);
    expect(await idsIn({ where, order: '-name' })).toEqual([second.id, first.id]);
    expect((await ask(departments.count, { token, query: { where } })).body).toEqual({ count: 2 });
    const restricted = JSON.stringify({ name: { contains: part }, isRestricted: true });
    expect(await idsIn({ where: restricted })).toEqual([second.id]);
    const page = pageSchema.parse(
      (await ask(departments.list, { token, query: { where, limit: '1' } })).body,
    );
    expect(await idsIn({ where, limit: '1', cursor: page.nextCursor ?? '' })).toEqual([second.id]);
  });

  test('change in what is named, and keep the rest, members too', async () => {
    const member = await makeAgent();
    const hours = [{ day: 1, opens: '09:00', closes: '17:00' }];
    const { id } = await create({ name: named(), businessHours: hours, memberIds: [member.id] });
    const change = (body: unknown) => ask(departments.change, { token, params: { departmentId: id }, body });
    const renamed = departmentRecord.parse((await change({ name: `New ${id}` })).body);
    expect(renamed).toMatchObject({ name: `New ${id}`, businessHours: hours, memberIds: [member.id] });
    const open = departmentRecord.parse((await change({ businessHours: null, memberIds: [] })).body);
    expect(open).toMatchObject({ name: `New ${id}`, businessHours: null, memberIds: [] });
    for (const [body, code, field] of [
      [{}, 'nothing_to_change', undefined],
      [{ name: ' ' }, 'name_empty', 'name'],
      [{ timezone: 'Mars' }, 'timezone_unknown', 'timezone'],
      [{ businessHours: [{ day: 1, opens: '17:00', closes: '09:00' }] }, 'hours_invalid', 'businessHours'],
      [{ name: 'Half done', memberIds: [newId()] }, 'agent_unknown', 'memberIds'],
      [{ isRestricted: 'yes' }, 'type_not_valid', 'isRestricted'],
      [{ closedAt: null }, 'unknown_field', 'closedAt'],
    ] as const) {
      const { status, body: told } = await change(body);
      expect({ status, told }).toMatchObject({ status: 400, told: { code, ...(field && { field }) } });
    }
    expect(await get(id)).toEqual(open);
  });

  test('take no key for a member', async () => {
    const { id } = await create({ name: named() });
    const other = await makeKey(['departments:read']);
    const given = { token, params: { departmentId: id }, body: { memberIds: [other.keyId] } };
    expect(await ask(departments.change, given)).toMatchObject({
      status: 400,
      body: { code: 'agent_unknown' },
    });
  });

  test('go with what is in them going elsewhere', async () => {
    const admin = await makeAgent('admin');
    const { id } = await create({ name: named() });
    const to = await create({ name: named() });
    const member = await makeAgent('agent', id);
    const { ticketId } = await makeConversation(widget);
    await transact((tx) => updateTicketDepartment(tx, ticketId, id));
    const remove = (query: Record<string, string>) =>
      ask(departments.delete, { token, params: { departmentId: id }, query });
    for (const moveTo of [newId(), id, id.toUpperCase()]) {
      expect(await remove({ moveTo })).toMatchObject({
        status: 400,
        body: { code: 'department_unknown', field: 'moveTo' },
      });
    }
    expect(await remove({ moveTo: to.id })).toMatchObject({ status: 204, body: null });
    await drainPublishing();
    expect((await getTicket(admin, ticketId)).ticket.department?.id).toBe(to.id);
    expect((await get(to.id)).memberIds).toEqual([member.id]);
    expect((await remove({})).status).toBe(404);
    expect(await read((tx) => findDepartment(tx, id))).toBeNull();
  });

  test('that go take their keys with them', async () => {
    const { id } = await create({ name: named() });
    const other = await create({ name: named() });
    const placed = await makeKey(['departments:read'], { departmentId: id });
    expect(await idsIn({}, placed.token)).toEqual([id]);
    await ask(departments.delete, { token, params: { departmentId: id } });
    await drainPublishing();
    const told = await ask(departments.get, { token: placed.token, params: { departmentId: other.id } });
    expect([401, 404]).toContain(told.status);
    const listed = await ask(departments.list, { token: placed.token });
    expect(JSON.stringify(listed.body)).not.toContain(other.id);
  });

  test('are one to a key of one, which changes nothing about it', async () => {
    const departmentId = await makeDepartment(true);
    const other = await makeDepartment(false);
    const placed = await makeKey(['departments:write'], { departmentId });
    expect(await idsIn({}, placed.token)).toEqual([departmentId]);
    expect((await ask(departments.count, { token: placed.token })).body).toEqual({ count: 1 });
    const before = await get(departmentId, { token: placed.token });
    const change = (id: string) =>
      ask(departments.change, { token: placed.token, params: { departmentId: id }, body: { name: 'Mine' } });
    expect([(await change(departmentId)).status, (await change(other)).status]).toEqual([403, 404]);
    const remove = (id: string) =>
      ask(departments.delete, { token: placed.token, params: { departmentId: id } });
    expect([(await remove(departmentId)).status, (await remove(other)).status]).toEqual([403, 404]);
    expect((await ask(departments.create, { token: placed.token, body: { name: 'Mine' } })).status).toBe(403);
    expect(await get(departmentId)).toEqual(before);
  });

  test('take the scope that they need', async () => {
    const reads = await makeKey(['departments:read']);
    expect(await ask(departments.create, { token: reads.token, body: { name: named() } })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing', field: 'departments:write' },
    });
    const none = await makeKey(['messages:read']);
    expect((await ask(departments.list, { token: none.token })).status).toBe(403);
  });
});
