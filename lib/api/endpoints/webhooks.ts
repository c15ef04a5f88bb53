import * as z from 'zod/mini';
import { countAnswer, endpoint, listOf, noParameters } from '#/lib/api/endpoint.ts';
import { exampleIds } from '#/lib/api/example-world.ts';
import { apiId, countQuery, type ListSpec, listQuery, recordQuery, toPage } from '#/lib/api/query.ts';
import {
  deliveryRecord,
  deliveryStates,
  deliveryWithLogRecord,
  webhookRecord,
  webhookWithSecretRecord,
} from '#/lib/api/records/webhooks.ts';
import { createWebhookInputSchema, webhookChangeSchema } from '#/lib/webhooks/schema.ts';
import {
  changeWebhook,
  countDeliveries,
  countWebhooks,
  createWebhook,
  deleteWebhook,
  getDelivery,
  getWebhook,
  pageOfDeliveries,
  pageOfWebhooks,
  resendDelivery,
  rotateSecret,
} from '#/lib/webhooks/service.ts';

const list: ListSpec = {
  filterable: {
    id: { type: 'id' },
    name: { type: 'text' },
    url: { type: 'text' },
    departmentId: { type: 'id', isNullable: true },
    isEnabled: { type: 'boolean' },
    createdAt: { type: 'time' },
  },
  orderable: ['name', 'createdAt'],
  defaultOrder: 'createdAt',
  includable: [],
  selectable: Object.keys(webhookRecord.shape),
};
const deliveryList: ListSpec = {
  filterable: {
    id: { type: 'id' },
    eventId: { type: 'id' },
    type: { type: 'text' },
    state: { type: 'choice', values: deliveryStates },
    lastStatus: { type: 'integer', isNullable: true },
    createdAt: { type: 'time' },
  },
  orderable: ['createdAt'],
  defaultOrder: '-createdAt',
  includable: [],
  selectable: Object.keys(deliveryRecord.shape),
};
const oneDelivery: ListSpec = { ...deliveryList, selectable: Object.keys(deliveryWithLogRecord.shape) };

const params = z.strictObject({ webhookId: apiId });
const deliveryParams = z.strictObject({ webhookId: apiId, deliveryId: apiId });
const exampleParams = { webhookId: exampleIds.webhook };
const exampleDelivery = { ...exampleParams, deliveryId: exampleIds.delivery };

/** What is the same of all of them. */
const shared = { noun: 'webhooks', actors: ['key'], limit: 'api.key' } as const;

export const webhooks = {
  list: endpoint({
    ...shared,
    method: 'GET',
    path: '/api/v1/webhooks',
    operationId: 'listWebhooks',
    summary: 'Lists webhooks',
    description: 'A key of one department sees those of that department.',
    scope: 'webhooks:read',
    params: noParameters,
    query: listQuery,
    body: null,
    answer: listOf(webhookRecord),
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'Those that are on', query: { where: '{"isEnabled":true}' } }],
    run: async (actor, { asked }) => ({ value: toPage(asked, await pageOfWebhooks(actor, asked)) }),
  }),

  count: endpoint({
    ...shared,
    method: 'GET',
    path: '/api/v1/webhooks/count',
    operationId: 'countWebhooks',
    summary: 'Counts webhooks',
    scope: 'webhooks:read',
    params: noParameters,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'All of them' }],
    run: async (actor, { asked }) => ({ value: { count: await countWebhooks(actor, asked.where) } }),
  }),

  get: endpoint({
    ...shared,
    method: 'GET',
    path: '/api/v1/webhooks/{webhookId}',
    operationId: 'getWebhook',
    summary: 'Answers one webhook',
    scope: 'webhooks:read',
    params,
    query: recordQuery,
    body: null,
    answer: webhookRecord,
    status: 200,
    idempotency: 'none',
    list,
    examples: [{ name: 'One webhook', params: exampleParams }],
    run: async (actor, { params: { webhookId } }) => ({ value: await getWebhook(actor, webhookId) }),
  }),

  create: endpoint({
    ...shared,
    method: 'POST',
    path: '/api/v1/webhooks',
    operationId: 'createWebhook',
    summary: 'Creates a webhook',
    description:
      'It is told of what happens from now on, signed with the secret that is answered here and nowhere else. The key needs to be able to read what the events are about. The URL is https and leads to the public internet. A key of one department makes webhooks of that department.',
    scope: 'webhooks:write',
    params: noParameters,
    query: noParameters,
    body: createWebhookInputSchema,
    answer: webhookWithSecretRecord,
    status: 201,
    idempotency: 'id',
    examples: [
      {
        name: 'For every new message',
        body: {
          id: exampleIds.newWebhook,
          name: 'Order system',
          url: 'https://example.com/parley',
          types: ['message.created'],
        },
      },
    ],
    run: async (actor, { body }) => {
      const { value, events, isNew } = await createWebhook(actor, body);
      const headers = { Location: `/api/v1/webhooks/${value.id}` };
      return isNew
        ? { value, events, headers }
        : { value, events, status: 200, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
    },
  }),

  change: endpoint({
    ...shared,
    method: 'PATCH',
    path: '/api/v1/webhooks/{webhookId}',
    operationId: 'updateWebhook',
    summary: 'Changes a webhook',
    description:
      'What is left out stays as it is. Switched on again within a day it goes on where it stopped, later from now on.',
    scope: 'webhooks:write',
    params,
    query: noParameters,
    body: webhookChangeSchema.check(
      z.refine((change) => Object.keys(change).length > 0, 'nothing_to_change'),
    ),
    answer: webhookRecord,
    status: 200,
    idempotency: 'key',
    examples: [
      {
        name: 'More types',
        params: exampleParams,
        body: { types: ['ticket.created', 'ticket.changed'] },
      },
    ],
    run: (actor, { params: { webhookId }, body }) => changeWebhook(actor, { ...body, id: webhookId }),
  }),

  delete: endpoint({
    ...shared,
    method: 'DELETE',
    path: '/api/v1/webhooks/{webhookId}',
    operationId: 'deleteWebhook',
    summary: 'Deletes a webhook',
    description: 'With the log of its deliveries; what waits is not sent any more.',
    scope: 'webhooks:write',
    params,
    query: noParameters,
    body: null,
    answer: null,
    status: 204,
    idempotency: 'key',
    examples: [{ name: 'One webhook', params: exampleParams }],
    run: async (actor, { params: { webhookId } }) => {
      // What the service takes for done already, a deletion of nothing, is a refusal here.
      await getWebhook(actor, webhookId);
      return deleteWebhook(actor, webhookId);
    },
  }),

  rotateSecret: endpoint({
    ...shared,
    method: 'POST',
    path: '/api/v1/webhooks/{webhookId}/rotate-secret',
    operationId: 'rotateWebhookSecret',
    summary: 'Gives a webhook a new secret',
    description: 'The secret so far signs beside it for 24 hours; a receiver that knows either is right.',
    scope: 'webhooks:write',
    params,
    query: noParameters,
    body: null,
    answer: webhookWithSecretRecord,
    status: 200,
    idempotency: 'none',
    examples: [{ name: 'A new secret', params: exampleParams }],
    run: (actor, { params: { webhookId } }) => rotateSecret(actor, webhookId),
  }),

  listDeliveries: endpoint({
    ...shared,
    method: 'GET',
    path: '/api/v1/webhooks/{webhookId}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'Lists what a webhook was told',
    description: 'Deliveries that are over are kept for 14 days.',
    scope: 'webhooks:read',
    params,
    query: listQuery,
    body: null,
    answer: listOf(deliveryRecord),
    status: 200,
    idempotency: 'none',
    list: deliveryList,
    examples: [{ name: 'What failed', params: exampleParams, query: { where: '{"state":"failed"}' } }],
    run: async (actor, { params: { webhookId }, asked }) => ({
      value: toPage(asked, await pageOfDeliveries(actor, webhookId, asked)),
    }),
  }),

  countDeliveries: endpoint({
    ...shared,
    method: 'GET',
    path: '/api/v1/webhooks/{webhookId}/deliveries/count',
    operationId: 'countWebhookDeliveries',
    summary: 'Counts what a webhook was told',
    scope: 'webhooks:read',
    params,
    query: countQuery,
    body: null,
    answer: countAnswer,
    status: 200,
    idempotency: 'none',
    list: deliveryList,
    examples: [{ name: 'What waits', params: exampleParams, query: { where: '{"state":"waiting"}' } }],
    run: async (actor, { params: { webhookId }, asked }) => ({
      value: { count: await countDeliveries(actor, webhookId, asked.where) },
    }),
  }),

  getDelivery: endpoint({
    ...shared,
    method: 'GET',
    path: '/api/v1/webhooks/{webhookId}/deliveries/{deliveryId}',
    operationId: 'getWebhookDelivery',
    summary: 'Answers one delivery with what was sent and what came back',
    description: 'The key needs to be able to read what the webhook’s events are about.',
    scope: 'webhooks:read',
    params: deliveryParams,
    query: recordQuery,
    body: null,
    answer: deliveryWithLogRecord,
    status: 200,
    idempotency: 'none',
    list: oneDelivery,
    examples: [{ name: 'One delivery', params: exampleDelivery }],
    run: async (actor, { params: ref }) => ({ value: await getDelivery(actor, ref) }),
  }),

  resendDelivery: endpoint({
    ...shared,
    method: 'POST',
    path: '/api/v1/webhooks/{webhookId}/deliveries/{deliveryId}/resend',
    operationId: 'resendWebhookDelivery',
    summary: 'Sends an event to its webhook again',
    description: 'At once, with the same id and the same body, and retried for 24 hours like the first time.',
    scope: 'webhooks:write',
    params: deliveryParams,
    query: noParameters,
    body: null,
    answer: deliveryRecord,
    status: 200,
    idempotency: 'key',
    examples: [{ name: 'Once more', params: exampleDelivery }],
    run: (actor, { params: ref }) => resendDelivery(actor, ref),
  }),
};
