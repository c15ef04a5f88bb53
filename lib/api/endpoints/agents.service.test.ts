import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { findAgent } from '#/db/agents.ts';
import { read } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { acceptInvite, inviteAgent, listInvites } from '#/lib/agents/service.ts';
import { agents } from '#/lib/api/endpoints/agents.ts';
import {
  type AgentRecord,
  agentRecord,
  invitationRecord,
  pendingInvitationRecord,
} from '#/lib/api/records/agents.ts';
import { apiEnvironment, ask, type Given } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newId } from '#/lib/ids.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket } from '#/lib/tickets/service.ts';

let database: TestDatabase;
let widget: Widget;
let token: string;
let keyId: string;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  ({ token, keyId } = await makeKey(['agents:write', 'departments:read']));
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
});

const pageSchema = z.strictObject({ data: z.array(agentRecord), nextCursor: z.nullable(z.string()) });
const invitationsSchema = z.object({ data: z.array(pendingInvitationRecord) });

async function list(query: Record<string, string>, by = token): Promise<AgentRecord[]> {
  const { status, body } = await ask(agents.list, { token: by, query });
  expect(status).toBe(200);
  return pageSchema.parse(body).data;
}

async function get(agentId: string, given: Given = { token }): Promise<AgentRecord> {
  const { status, body } = await ask(agents.get, { ...given, params: { agentId } });
  expect(status).toBe(200);
  return agentRecord.parse(body);
}

describe('lists of agents', () => {
  test('name people and no keys, with their departments where asked', async () => {
    const departmentId = await makeDepartment(true);
    const ana = await makeAgent('admin', departmentId);
    const ben = await makeAgent('agent', departmentId);
    await makeKey(['agents:read'], { departmentId });
    const where = JSON.stringify({ departmentId });
    const found = await list({ where, include: 'department' });
    expect(found.map(({ id }) => id).toSorted()).toEqual([ana.id, ben.id].toSorted());
    expect(found.map(({ department }) => department?.id)).toEqual([departmentId, departmentId]);
    expect(found[0]?.department?.memberIds.toSorted()).toEqual([ana.id, ben.id].toSorted());
    expect((await list({ where })).every((agent) => agent.department === undefined)).toBe(true);
    const admins = JSON.stringify({ departmentId, role: 'admin', isActive: true });
    expect((await ask(agents.count, { token, query: { where: admins } })).body).toEqual({ count: 1 });
    expect(await list({ where: JSON.stringify({ id: keyId }) })).toEqual([]);
    expect((await ask(agents.get, { token, params: { agentId: keyId } })).status).toBe(404);
  });

  test('find by address whatever its capitals, and by a part of the name', async () => {
    const { id } = await makeAgent();
    const email = `${id}@EXAMPLE.test`;
    expect((await list({ where: JSON.stringify({ email }) })).map((agent) => agent.id)).toEqual([id]);
    const part = JSON.stringify({ name: { contains: id.slice(-4).toUpperCase() }, id });
    expect((await list({ where: part })).map((agent) => agent.id)).toEqual([id]);
    expect(await list({ where: JSON.stringify({ name: { contains: '%' } }) })).toEqual([]);
  });

  test('refuse what they do not know', async () => {
    for (const [query, code, field] of [
      [{ where: '{"passwordHash":"x"}' }, 'unknown_field', 'where.passwordHash'],
      [{ where: '{"role":"robot"}' }, 'value_not_valid', 'where.role'],
      [{ where: '{"isActive":"true"}' }, 'value_not_valid', 'where.isActive'],
      [{ include: 'tickets' }, 'unknown_include', 'include.tickets'],
      [{ order: 'email' }, 'unknown_order', 'order'],
    ] as const) {
      const { status, body } = await ask(agents.list, { token, query });
      expect({ status, body }).toMatchObject({ status: 400, body: { code, field } });
    }
  });

  test('show a key of one department that one’s people', async () => {
    const departmentId = await makeDepartment(false);
    const member = await makeAgent('agent', departmentId);
    const outsider = await makeAgent();
    const placed = await makeKey(['agents:write'], { departmentId });
    expect((await list({}, placed.token)).map(({ id }) => id)).toEqual([member.id]);
    const params = { agentId: outsider.id };
    expect((await ask(agents.get, { token: placed.token, params })).status).toBe(404);
    const change = (agentId: string) =>
      ask(agents.change, { token: placed.token, params: { agentId }, body: { departmentId: null } });
    expect([(await change(outsider.id)).status, (await change(member.id)).status]).toEqual([404, 403]);
    const off = { token: placed.token, params: { agentId: member.id }, body: {} };
    expect((await ask(agents.deactivate, off)).status).toBe(403);
    const invite = { token: placed.token, body: { email: `${newId()}@example.test` } };
    expect((await ask(agents.invite, invite)).status).toBe(403);
    expect((await ask(agents.listInvitations, { token: placed.token })).status).toBe(403);
    expect(await get(member.id)).toMatchObject({ departmentId, isActive: true });
  });
});

describe('changing an agent', () => {
  test('moves them to another department, and to none', async () => {
    const { id: agentId } = await makeAgent();
    const departmentId = await makeDepartment(false);
    const move = (to: unknown) =>
      ask(agents.change, { token, params: { agentId }, body: { departmentId: to } });
    expect(agentRecord.parse((await move(departmentId)).body).departmentId).toBe(departmentId);
    expect(await move(newId())).toMatchObject({
      status: 400,
      body: { code: 'department_unknown', field: 'departmentId' },
    });
    expect((await get(agentId)).departmentId).toBe(departmentId);
    expect(agentRecord.parse((await move(null)).body).departmentId).toBeNull();
  });

  test('gives no role, name or address', async () => {
    const { id: agentId } = await makeAgent();
    for (const more of [
      { role: 'admin' },
      { name: 'Eve' },
      { email: 'eve@example.test' },
      { passwordHash: 'x' },
    ]) {
      const { status, body } = await ask(agents.change, {
        ...{ token, params: { agentId } },
        body: { departmentId: null, ...more },
      });
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'unknown_field' } });
    }
    const missing = { token, params: { agentId }, body: {} };
    expect(await ask(agents.change, missing)).toMatchObject({
      status: 400,
      body: { code: 'field_missing', field: 'departmentId' },
    });
    expect((await read((tx) => findAgent(tx, agentId)))?.role).toBe('agent');
  });

  test('touches the account of no key', async () => {
    const other = await makeKey(['agents:read']);
    const params = { agentId: other.keyId };
    expect((await ask(agents.change, { token, params, body: { departmentId: null } })).status).toBe(404);
    expect((await ask(agents.deactivate, { token, params, body: {} })).status).toBe(404);
    expect((await ask(agents.list, { token: other.token })).status).toBe(200);
  });
});

describe('switching an agent off', () => {
  test('hands their open tickets over, and on again leaves those where they are', async () => {
    const admin = await makeAgent('admin');
    const leaving = await makeAgent();
    const heir = await makeAgent();
    const { ticketId } = await makeConversation(widget);
    await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: leaving.id } });
    const params = { agentId: leaving.id };
    const body = { handOver: { to: 'agent', agentId: heir.id } };
    const { status, body: told } = await ask(agents.deactivate, { token, params, body });
    expect([status, agentRecord.parse(told).isActive]).toEqual([200, false]);
    await drainPublishing();
    expect((await getTicket(admin, ticketId)).ticket.assignee?.id).toBe(heir.id);
    const back = await ask(agents.reactivate, { token, params, body: {} });
    expect(agentRecord.parse(back.body).isActive).toBe(true);
    expect((await getTicket(admin, ticketId)).ticket.assignee?.id).toBe(heir.id);
  });

  test('does not happen to admins, and not with an heir who is none', async () => {
    const admin = await makeAgent('admin');
    await makeAgent('admin');
    const { id: agentId } = await makeAgent();
    expect(await ask(agents.deactivate, { token, params: { agentId: admin.id }, body: {} })).toMatchObject({
      status: 403,
      body: { code: 'admins_by_people_only' },
    });
    for (const heir of [newId(), keyId, agentId, agentId.toUpperCase()]) {
      const body = { handOver: { to: 'agent', agentId: heir } };
      expect(await ask(agents.deactivate, { token, params: { agentId }, body })).toMatchObject({
        status: 400,
        body: { code: 'agent_unknown', field: 'handOver' },
      });
    }
    expect([(await get(admin.id)).isActive, (await get(agentId)).isActive]).toEqual([true, true]);
  });
});

describe('inviting an agent', () => {
  test('answers a link that makes one account, as an agent', async () => {
    const email = `${newId()}@example.test`;
    const departmentId = await makeDepartment(false);
    const { status, body } = await ask(agents.invite, { token, body: { email, departmentId } });
    const invitation = invitationRecord.parse(body);
    expect(status).toBe(201);
    const { data } = invitationsSchema.parse((await ask(agents.listInvitations, { token })).body);
    expect(data.find(({ id }) => id === invitation.id)).toMatchObject({ email, departmentId });
    expect(JSON.stringify(data)).not.toContain('#');
    const secret = invitation.url.split('/invite#')[1] ?? '';
    const { value } = await acceptInvite({ token: secret, name: 'Noor', password: 'a long password' });
    expect(await get(value.agentId)).toMatchObject({ email, departmentId, role: 'agent', isActive: true });
    expect(await ask(agents.invite, { token, body: { email } })).toMatchObject({
      status: 409,
      body: { code: 'email_taken', field: 'email' },
    });
  });

  test('makes no admins, and ends no invitation of one', async () => {
    const email = `${newId()}@example.test`;
    expect(await ask(agents.invite, { token, body: { email, role: 'admin' } })).toMatchObject({
      status: 400,
      body: { code: 'unknown_field', field: 'role' },
    });
    const admin = await makeAgent('admin');
    const { value } = await inviteAgent(admin, { email, role: 'admin', departmentId: null });
    const params = { invitationId: value.id };
    expect(await ask(agents.revokeInvitation, { token, params })).toMatchObject({
      status: 403,
      body: { code: 'admins_by_people_only' },
    });
    expect((await listInvites(admin)).map(({ id }) => id)).toContain(value.id);
  });

  test('ends with its deletion, which may come twice', async () => {
    const email = `${newId()}@example.test`;
    const { body } = await ask(agents.invite, { token, body: { email } });
    const { id: invitationId, url } = invitationRecord.parse(body);
    const end = () => ask(agents.revokeInvitation, { token, params: { invitationId } });
    expect([(await end()).status, (await end()).status]).toEqual([204, 204]);
    const secret = url.split('/invite#')[1] ?? '';
    const taking = acceptInvite({ token: secret, name: 'Noor', password: 'a long password' });
    await expect(taking).rejects.toMatchObject({ code: 'not_found' });
  });

  test('refuses what is no address or department, and takes a scope to write', async () => {
    const reads = await makeKey(['agents:read']);
    for (const [body, code, field] of [
      [{ email: 'nobody' }, 'email_invalid', 'email'],
      [{ email: 'a@example.test', departmentId: newId() }, 'department_unknown', 'departmentId'],
      [{}, 'field_missing', 'email'],
    ] as const) {
      expect(await ask(agents.invite, { token, body })).toMatchObject({ status: 400, body: { code, field } });
    }
    expect(await ask(agents.invite, { token: reads.token, body: { email: 'a@example.test' } })).toMatchObject(
      {
        status: 403,
        body: { code: 'scope_missing', field: 'agents:write' },
      },
    );
  });
});
