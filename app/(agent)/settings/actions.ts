'use server';

import * as z from 'zod/mini';
import { agentAction } from '#/lib/action.ts';
import { agentRefSchema, inviteAgentInputSchema } from '#/lib/agents/schema.ts';
import {
  deactivateAgent as deactivate,
  handOverTickets,
  inviteAgent as invite,
  reactivateAgent as reactivate,
} from '#/lib/agents/service.ts';
import { inviteUrl } from '#/lib/links.ts';
import { saveWidgetInputSchema } from '#/lib/widgets/schema.ts';
import { saveWidget as save } from '#/lib/widgets/service.ts';
import { removeExampleData as removeExample } from '#/lib/workspace/service.ts';

export const inviteAgent = agentAction({
  name: 'settings.inviteAgent',
  limit: 'settings.write',
  input: inviteAgentInputSchema,
  run: async (agent, input) => {
    const { value, events } = await invite(agent, input);
    return { value: { url: await inviteUrl(value.token), expiresAt: value.expiresAt }, events };
  },
});

export const deactivateAgent = agentAction({
  name: 'settings.deactivateAgent',
  limit: 'settings.write',
  input: agentRefSchema,
  run: (agent, { agentId }) => deactivate(agent, agentId),
  after: (agent) => handOverTickets(agent),
});

export const reactivateAgent = agentAction({
  name: 'settings.reactivateAgent',
  limit: 'settings.write',
  input: agentRefSchema,
  run: (agent, { agentId }) => reactivate(agent, agentId),
});

export const saveWidget = agentAction({
  name: 'settings.saveWidget',
  limit: 'settings.write',
  input: saveWidgetInputSchema,
  run: (agent, input) => save(agent, input),
});

export const removeExampleData = agentAction({
  name: 'settings.removeExampleData',
  limit: 'settings.write',
  input: z.strictObject({}),
  run: (agent) => removeExample(agent),
});
