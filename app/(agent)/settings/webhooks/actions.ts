'use server';

import { agentAction } from '#/lib/action.ts';
import {
  changeWebhookInputSchema,
  createWebhookInputSchema,
  deliveryRefSchema,
  webhookRefSchema,
} from '#/lib/webhooks/schema.ts';
import {
  changeWebhook as change,
  createWebhook as create,
  deleteWebhook as remove,
  resendDelivery as resend,
  rotateSecret as rotate,
} from '#/lib/webhooks/service.ts';

export const createWebhook = agentAction({
  name: 'settings.createWebhook',
  limit: 'settings.write',
  input: createWebhookInputSchema,
  run: (agent, input) => create(agent, input),
});

export const changeWebhook = agentAction({
  name: 'settings.changeWebhook',
  limit: 'settings.write',
  input: changeWebhookInputSchema,
  run: (agent, input) => change(agent, input),
});

export const deleteWebhook = agentAction({
  name: 'settings.deleteWebhook',
  limit: 'settings.write',
  input: webhookRefSchema,
  run: (agent, { id }) => remove(agent, id),
});

export const rotateWebhookSecret = agentAction({
  name: 'settings.rotateWebhookSecret',
  limit: 'settings.write',
  input: webhookRefSchema,
  run: (agent, { id }) => rotate(agent, id),
});

export const resendWebhookDelivery = agentAction({
  name: 'settings.resendWebhookDelivery',
  limit: 'settings.write',
  input: deliveryRefSchema,
  run: (agent, ref) => resend(agent, ref),
});
