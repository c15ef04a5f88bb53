import * as z from 'zod/mini';
import { countCustomerRecords, findCustomersById, listCustomerRecords } from '#/db/api/customers.ts';
import { read } from '#/db/client.ts';
import type { KeyActor } from '#/lib/api/actor.ts';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { exampleAt, exampleIds, exampleWidgetKey } from '#/lib/api/example-world.ts';
import { apiId, countQuery, type ListSpec, listQuery, recordQuery, toPage } from '#/lib/api/query.ts';
import { type CustomerRecord, customerRecord } from '#/lib/api/records/customers.ts';
import { createCustomerInputSchema, editCustomerInputSchema } from '#/lib/customers/schema.ts';
import { createCustomer, editCustomer } from '#/lib/customers/service.ts';
import { RefusedError } from '#/lib/errors.ts';

/** A key of one department sees those who have a ticket in it, ended ones included; one of all sees everybody. */
const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    email: { type: 'text', operators: ['eq', 'in'] },
    phone: { type: 'text', operators: ['eq', 'in'] },
    externalId: { type: 'text', operators: ['eq', 'in'] },
    createdAt: { type: 'time' },
  },
  orderable: ['createdAt'],
  defaultOrder: '-createdAt',
  includable: [],
  selectable: Object.keys(customerRecord.shape),
};
const params = z.strictObject({ customerId: apiId });

async function getRecord(actor: KeyActor, customerId: string): Promise<CustomerRecord> {
  const found = await read((tx) => findCustomersById(tx, actor, [customerId]));
  const record = found.get(customerId);
  if (record === undefined) throw new RefusedError({ code: 'not_found' });
  return record;
}

const maya: CustomerRecord = {
  id: exampleIds.customer,
  name: 'Maya Okafor',
  email: 'maya@example.com',
  phone: null,
  externalId: null,
  widgetKey: null,
  verifiedAt: null,
  blockedAt: null,
  locale: 'en',
  timezone: 'Europe/Berlin',
  attributes: {},
  signedKeys: [],
  lastPage: null,
  lastSeenAt: null,
  createdAt: exampleAt,
};

export const customers = {
  list: endpoint({
    method: 'GET',
    path: '/api/v1/customers',
    operationId: 'listCustomers',
    noun: 'customers',
    summary: 'Lists customers',
    description:
      'Everybody who wrote, and those whom you created. A key of one department sees who has, or had, a ticket in it. A visitor who was identified is listed as that person only.',
    scope: 'customers:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: listQuery,
    body: null,
    answer: listOf(customerRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'Who has this address', query: { where: '{"email":"maya@example.com"}' } }],
    run: async (actor, { asked }) => ({
      value: toPage(asked, await read((tx) => listCustomerRecords(tx, actor, asked))),
    }),
  }),

  count: endpoint({
    method: 'GET',
    path: '/api/v1/customers/count',
    operationId: 'countCustomers',
    noun: 'customers',
    summary: 'Counts customers',
    scope: 'customers:read',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'Since a day', query: { where: '{"createdAt":{"gte":"2026-11-01T00:00:00Z"}}' } }],
    run: async (actor, { asked }) => ({
      value: { count: await read((tx) => countCustomerRecords(tx, actor, asked)) },
    }),
  }),

  get: endpoint({
    method: 'GET',
    path: '/api/v1/customers/{customerId}',
    operationId: 'getCustomer',
    noun: 'customers',
    summary: 'Answers one customer',
    scope: 'customers:read',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: recordQuery,
    body: null,
    answer: customerRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'One customer', params: { customerId: exampleIds.customer }, answer: maya }],
    run: async (actor, { params: { customerId } }) => ({ value: await getRecord(actor, customerId) }),
  }),

  create: endpoint({
    method: 'POST',
    path: '/api/v1/customers',
    operationId: 'createCustomer',
    noun: 'customers',
    summary: 'Creates a customer',
    description:
      'Somebody who has not written yet. With `externalId` and the `widgetKey` of your site they are the person who signs in with a token whose `sub` is that id. For keys of all departments: a key of one would not see whom it made.',
    scope: 'customers:write',
    actors: ['key'],
    limit: 'api.key',
    params: noParameters,
    query: noParameters,
    body: createCustomerInputSchema,
    answer: customerRecord,
    status: 201,
    idempotency: 'key',
    examples: [
      {
        name: 'Somebody your site knows',
        body: {
          name: 'Lena Fischer',
          email: 'lena@example.com',
          externalId: 'user-2041',
          widgetKey: exampleWidgetKey,
          locale: 'de',
        },
      },
    ],
    run: async (actor, { body, recordId }) => {
      const { events } = await createCustomer(actor, recordId, body);
      const value = await getRecord(actor, recordId);
      return { value, events, headers: { Location: `/api/v1/customers/${recordId}` } };
    },
  }),

  change: endpoint({
    method: 'PATCH',
    path: '/api/v1/customers/{customerId}',
    operationId: 'updateCustomer',
    noun: 'customers',
    summary: 'Changes a customer',
    description:
      'What is left out stays as it is; null empties it. Attributes are merged by key, and null takes one away. `isBlocked` ends every session and is for keys of all departments. All of it is done, or nothing.',
    scope: 'customers:write',
    actors: ['key'],
    limit: 'api.key',
    params,
    query: noParameters,
    body: editCustomerInputSchema.check(
      z.refine((input) => Object.keys(input).length > 0, 'nothing_to_change'),
    ),
    answer: customerRecord,
    status: 200,
    idempotency: 'key',
    examples: [
      {
        name: 'Another name, and an attribute',
        params: { customerId: exampleIds.otherCustomer },
        body: { name: 'Jonas Weber', attributes: { plan: 'pro' } },
      },
    ],
    run: async (actor, { params: { customerId }, body }) => {
      const { events } = await editCustomer(actor, customerId, body);
      return { value: await getRecord(actor, customerId), events };
    },
  }),
};
