import * as z from 'zod/mini';
import { countAgentRecords, findAgentsById, listAgentRecords } from '#/db/api/agents.ts';
import { findDepartmentsById } from '#/db/api/departments.ts';
import { read, type Tx } from '#/db/client.ts';
import { agentAvailabilities, agentRoles, emailAddress, handOverTargetSchema } from '#/lib/agents/schema.ts';
import {
  changeAgent,
  deactivateAgent,
  handOverTickets,
  inviteAgent,
  listInvites,
  reactivateAgent,
  revokeInvite,
} from '#/lib/agents/service.ts';
import type { KeyActor } from '#/lib/api/actor.ts';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { exampleIds } from '#/lib/api/example-world.ts';
import {
  type Asked,
  apiId,
  countQuery,
  type ListSpec,
  listQuery,
  recordQuery,
  toPage,
} from '#/lib/api/query.ts';
import {
  type AgentRecord,
  agentRecord,
  invitationRecord,
  pendingInvitationRecord,
} from '#/lib/api/records/agents.ts';
import { RefusedError } from '#/lib/errors.ts';
import { ownOriginOf } from '#/lib/own-origin.ts';
import { authorize } from '#/lib/permissions/can.ts';

/** People only: the accounts of keys are not among them. A key of one department sees that one's people. */
const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    name: { type: 'text' },
    email: { type: 'text' },
    role: { type: 'choice', values: agentRoles },
    departmentId: { type: 'id', isNullable: true },
    availability: { type: 'choice', values: agentAvailabilities },
    isActive: { type: 'boolean' },
    createdAt: { type: 'time' },
  },
  orderable: ['name', 'createdAt'],
  defaultOrder: 'name',
  includable: ['department'],
  selectable: Object.keys(agentRecord.shape).filter((field) => field !== 'department'),
};
const params = z.strictObject({ agentId: apiId });

async function withIncluded(
  tx: Tx,
  actor: KeyActor,
  { include }: Pick<Asked, 'include'>,
  records: readonly AgentRecord[],
): Promise<AgentRecord[]> {
  if (!include.has('department')) return [...records];
  const ids = records.flatMap(({ departmentId }) => (departmentId === null ? [] : [departmentId]));
  const found = await findDepartmentsById(tx, actor, [...new Set(ids)]);
  return records.map((record) => ({ ...record, department: found.get(record.departmentId ?? '') ?? null }));
}

async function getRecord(
  actor: KeyActor,
  agentId: string,
  asked: Pick<Asked, 'include'> = { include: new Set() },
): Promise<AgentRecord> {
  const [record] = await read(async (tx) => {
    const found = await findAgentsById(tx, actor, [agentId]);
    return withIncluded(tx, actor, asked, [...found.values()]);
  });
  if (record === undefined) throw new RefusedError({ code: 'not_found' });
  return record;
}

export const agents = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/agents',
    operationId: 'listAgents',
    noun: 'agents',
    summary: 'Lists agents',
    description: 'People, those who were switched off too. A key of one department sees that one’s people.',
    scope: 'agents:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: listQuery,
    body: null,
    answer: listOf(agentRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [
      {
        name: 'Who can sign in, with departments',
        query: { where: '{"isActive":true}', include: 'department' },
      },
    ],
    run: async (actor, { asked }) => ({
      value: await read(async (tx) => {
        const { data, nextCursor } = toPage(asked, await listAgentRecords(tx, actor, asked));
        return { data: await withIncluded(tx, actor, asked, data), nextCursor };
      }),
    }),
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/agents/count',
    operationId: 'countAgents',
    noun: 'agents',
    summary: 'Counts agents',
    scope: 'agents:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'Admins', query: { where: '{"role":"admin"}' } }],
    run: async (actor, { asked }) => ({
      value: { count: await read((tx) => countAgentRecords(tx, actor, asked)) },
    }),
  }),

  get: endpoint({
    method: 'GET',
    path: '/api/v1/agents/{agentId}',
    operationId: 'getAgent',
    noun: 'agents',
    summary: 'Answers one agent',
    scope: 'agents:read',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: recordQuery,
    body: null,
    answer: agentRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'One agent', params: { agentId: exampleIds.agent } }],
    run: async (actor, { params: { agentId }, asked }) => ({ value: await getRecord(actor, agentId, asked) }),
  }),

  change: endpoint({
    method: 'PATCH',
    path: '/api/v1/agents/{agentId}',
    operationId: 'updateAgent',
    noun: 'agents',
    summary: 'Moves an agent to another department',
    description:
      'Null is none. Names, addresses and passwords are the person’s own, and roles are given by people. For keys of all departments.',
    scope: 'agents:write',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: z.strictObject({ departmentId: z.nullable(apiId) }),
    answer: agentRecord,
    status: 200,
    idempotency: 'key',
    examples: [
      {
        name: 'To another department',
        params: { agentId: exampleIds.otherAgent },
        body: { departmentId: exampleIds.department },
      },
    ],
    run: async (actor, { params: { agentId }, body: { departmentId } }) => {
      const before = await getRecord(actor, agentId);
      authorize(actor, 'agent.place', { agentId, departmentId: before.departmentId });
      const { events } = await changeAgent(actor, { agentId, departmentId });
      return { value: await getRecord(actor, agentId), events };
    },
  }),

  deactivate: endpoint({
    method: 'POST',
    path: '/api/v1/agents/{agentId}/deactivate',
    operationId: 'deactivateAgent',
    noun: 'agents',
    summary: 'Switches an agent off',
    description:
      'Every session ends at once. Open tickets go to `handOver`, to nobody unless said otherwise, within seconds. No key switches an admin off. For keys of all departments.',
    scope: 'agents:write',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: z.strictObject({ handOver: z.optional(handOverTargetSchema) }),
    answer: agentRecord,
    status: 200,
    idempotency: 'key',
    examples: [
      {
        name: 'With the tickets going to a colleague',
        params: { agentId: exampleIds.otherAgent },
        body: { handOver: { to: 'agent', agentId: exampleIds.agent } },
      },
    ],
    run: async (actor, { params: { agentId }, body: { handOver } }) => {
      const before = await getRecord(actor, agentId);
      authorize(actor, 'agent.deactivate', { agentId, departmentId: before.departmentId });
      const { events } = await deactivateAgent(actor, agentId, handOver);
      return { value: await getRecord(actor, agentId), events, after: handOverTickets(actor) };
    },
  }),

  reactivate: endpoint({
    method: 'POST',
    path: '/api/v1/agents/{agentId}/reactivate',
    operationId: 'reactivateAgent',
    noun: 'agents',
    summary: 'Switches an agent on again',
    description: 'Tickets that were handed over stay where they are. For keys of all departments.',
    scope: 'agents:write',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: noParameters,
    answer: agentRecord,
    status: 200,
    idempotency: 'key',
    examples: [{ name: 'Back again', params: { agentId: exampleIds.otherAgent }, body: {} }],
    run: async (actor, { params: { agentId } }) => {
      const before = await getRecord(actor, agentId);
      authorize(actor, 'agent.deactivate', { agentId, departmentId: before.departmentId });
      const { events } = await reactivateAgent(actor, agentId);
      return { value: await getRecord(actor, agentId), events };
    },
  }),

  listInvitations: endpoint({
    method: 'GET',
    path: '/api/v1/agents/invitations',
    operationId: 'listInvitations',
    noun: 'agents',
    summary: 'Lists invitations that nobody has taken yet',
    description: 'All of them, the newest first. For keys of all departments.',
    scope: 'agents:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: noParameters,
    body: null,
    answer: listOf(pendingInvitationRecord),
    status: 200,
    idempotency: 'none',
    examples: [{ name: 'All of them' }],
    run: async (actor) => {
      const invites = await listInvites(actor);
      const data = invites.map(({ id, email, departmentId, createdAt, expiresAt }) => {
        return { id, email, departmentId, createdAt, expiresAt };
      });
      return { value: { data, nextCursor: null } };
    },
  }),

  invite: endpoint({
    method: 'POST',
    path: '/api/v1/agents/invitations',
    operationId: 'createInvitation',
    noun: 'agents',
    summary: 'Invites an agent',
    description:
      'Always as an agent: admins are made by people. Earlier invitations of the same address end, so asking again is a new link. The link is answered once and kept nowhere, which is why Idempotency-Key is not heeded. For keys of all departments.',
    scope: 'agents:write',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: noParameters,
    body: z.strictObject({ email: emailAddress, departmentId: z.optional(z.nullable(apiId)) }),
    answer: invitationRecord,
    status: 201,
    idempotency: 'none',
    examples: [{ name: 'A new colleague', body: { email: 'noor@example.com' } }],
    run: async (actor, { body: { email, departmentId = null } }, request) => {
      const { value, events } = await inviteAgent(actor, { email, role: 'agent', departmentId });
      const { id, token, expiresAt } = value;
      // In the fragment, which no server, proxy or Referer ever sees.
      const url = `${ownOriginOf(request.headers)}/invite#${token}`;
      return { value: { id, email, departmentId, url, expiresAt }, events };
    },
  }),

  revokeInvitation: endpoint({
    method: 'DELETE',
    path: '/api/v1/agents/invitations/{invitationId}',
    operationId: 'deleteInvitation',
    noun: 'agents',
    summary: 'Ends an invitation',
    description: 'Its link opens nothing any more. One that is over stays so. For keys of all departments.',
    scope: 'agents:write',
    actors: ['key'],
    limit: 'api.key',
    params: z.strictObject({ invitationId: apiId }),
    query: noParameters,
    body: null,
    answer: null,
    status: 204,
    idempotency: 'key',
    examples: [{ name: 'One that is over', params: { invitationId: exampleIds.newCustomer } }],
    run: async (actor, { params: { invitationId } }) => {
      const { events } = await revokeInvite(actor, invitationId);
      return { value: null, events };
    },
  }),
};
