import * as z from 'zod/mini';
import { countDepartmentRecords, findDepartmentsById, listDepartmentRecords } from '#/db/api/departments.ts';
import { read } from '#/db/client.ts';
import type { KeyActor } from '#/lib/api/actor.ts';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { exampleIds } from '#/lib/api/example-world.ts';
import { apiId, countQuery, type ListSpec, listQuery, recordQuery, toPage } from '#/lib/api/query.ts';
import { type DepartmentRecord, departmentRecord } from '#/lib/api/records/departments.ts';
import { createDepartmentInputSchema, editDepartmentInputSchema } from '#/lib/departments/schema.ts';
import {
  deleteDepartment,
  editDepartment,
  moveTicketsOut,
  saveDepartment,
} from '#/lib/departments/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { authorize } from '#/lib/permissions/can.ts';

/** A key of one department sees that one. */
const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    name: { type: 'text' },
    isRestricted: { type: 'boolean' },
    createdAt: { type: 'time' },
  },
  orderable: ['name', 'createdAt'],
  defaultOrder: 'name',
  includable: [],
  selectable: Object.keys(departmentRecord.shape),
};
const params = z.strictObject({ departmentId: apiId });

async function getRecord(actor: KeyActor, departmentId: string): Promise<DepartmentRecord> {
  const found = await read((tx) => findDepartmentsById(tx, actor, [departmentId]));
  const record = found.get(departmentId);
  if (record === undefined) throw new RefusedError({ code: 'not_found' });
  return record;
}

export const departments = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/departments',
    operationId: 'listDepartments',
    noun: 'departments',
    summary: 'Lists departments',
    description: 'A key of one department sees that one.',
    scope: 'departments:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: listQuery,
    body: null,
    answer: listOf(departmentRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'By name', query: { order: 'name', limit: '10' } }],
    run: async (actor, { asked }) => ({
      value: toPage(asked, await read((tx) => listDepartmentRecords(tx, actor, asked))),
    }),
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/departments/count',
    operationId: 'countDepartments',
    noun: 'departments',
    summary: 'Counts departments',
    scope: 'departments:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'All of them' }],
    run: async (actor, { asked }) => ({
      value: { count: await read((tx) => countDepartmentRecords(tx, actor, asked)) },
    }),
  }),

  get: endpoint({
    method: 'GET',
    path: '/api/v1/departments/{departmentId}',
    operationId: 'getDepartment',
    noun: 'departments',
    summary: 'Answers one department',
    scope: 'departments:read',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: recordQuery,
    body: null,
    answer: departmentRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'One department', params: { departmentId: exampleIds.department } }],
    run: async (actor, { params: { departmentId } }) => ({ value: await getRecord(actor, departmentId) }),
  }),

  create: endpoint({
    method: 'POST',
    path: '/api/v1/departments',
    operationId: 'createDepartment',
    noun: 'departments',
    summary: 'Creates a department',
    description:
      'Unrestricted, always open, in UTC and without members unless said otherwise. Who is named as a member leaves the department they were in. For keys of all departments.',
    scope: 'departments:write',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: noParameters,
    body: createDepartmentInputSchema,
    answer: departmentRecord,
    status: 201,
    idempotency: 'key',
    examples: [
      {
        name: 'Open on weekdays',
        body: {
          name: 'Returns',
          timezone: 'Europe/Berlin',
          businessHours: [
            { day: 1, opens: '09:00', closes: '17:00' },
            { day: 2, opens: '09:00', closes: '17:00' },
          ],
        },
      },
    ],
    run: async (actor, { body, recordId }) => {
      // By their own: the one that is to be made is hidden from whoever may not make it, which would answer not_found.
      authorize(actor, 'department.manage', { departmentId: actor.departmentId });
      const { name, isRestricted = false, timezone = 'UTC', businessHours = null, memberIds = [] } = body;
      const wanted = { id: recordId, name, isRestricted, timezone, businessHours, memberIds };
      const { events } = await saveDepartment(actor, wanted);
      const value = await getRecord(actor, recordId);
      return { value, events, headers: { Location: `/api/v1/departments/${recordId}` } };
    },
  }),

  change: endpoint({
    method: 'PATCH',
    path: '/api/v1/departments/{departmentId}',
    operationId: 'updateDepartment',
    noun: 'departments',
    summary: 'Changes a department',
    description:
      'What is left out stays as it is. `memberIds` names all of its members: who is not named any more is in none. Restricting it takes its tickets from everybody else at once. For keys of all departments.',
    scope: 'departments:write',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: editDepartmentInputSchema.check(
      z.refine((input) => Object.keys(input).length > 0, 'nothing_to_change'),
    ),
    answer: departmentRecord,
    status: 200,
    idempotency: 'key',
    examples: [
      {
        name: 'Another name',
        params: { departmentId: exampleIds.otherDepartment },
        body: { name: 'Shipping and returns' },
      },
    ],
    run: async (actor, { params: { departmentId }, body }) => {
      const { events } = await editDepartment(actor, departmentId, body);
      return { value: await getRecord(actor, departmentId), events };
    },
  }),

  delete: endpoint({
    method: 'DELETE',
    path: '/api/v1/departments/{departmentId}',
    operationId: 'deleteDepartment',
    noun: 'departments',
    summary: 'Deletes a department',
    description:
      'Its members and tickets go to `moveTo`, or to no department. The department is gone at once; many tickets follow within seconds, each with an entry that says so. Keys of that department open nothing any more. For keys of all departments.',
    scope: 'departments:write',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: z.strictObject({ moveTo: z.optional(apiId) }),
    body: null,
    answer: null,
    status: 204,
    idempotency: 'key',
    examples: [
      {
        name: 'With what is in it going elsewhere',
        params: { departmentId: exampleIds.otherDepartment },
        query: { moveTo: exampleIds.department },
      },
    ],
    run: async (actor, { params: { departmentId }, query: { moveTo = null } }) => {
      // What the service takes for done already, a deletion of nothing, is a refusal here.
      await getRecord(actor, departmentId);
      const { events } = await deleteDepartment(actor, { id: departmentId, moveTo });
      return { value: null, events, after: moveTicketsOut(actor) };
    },
  }),
};
