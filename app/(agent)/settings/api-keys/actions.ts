'use server';

import { agentAction } from '#/lib/action.ts';
import { createKeyInputSchema, keyRefSchema, rotateKeyInputSchema } from '#/lib/api-keys/schema.ts';
import { createKey, revokeKey, rotateKey } from '#/lib/api-keys/service.ts';

export const createApiKey = agentAction({
  name: 'settings.createApiKey',
  limit: 'settings.write',
  input: createKeyInputSchema,
  run: (agent, input) => createKey(agent, input),
});

export const rotateApiKey = agentAction({
  name: 'settings.rotateApiKey',
  limit: 'settings.write',
  input: rotateKeyInputSchema,
  run: (agent, input) => rotateKey(agent, input),
});

export const revokeApiKey = agentAction({
  name: 'settings.revokeApiKey',
  limit: 'settings.write',
  input: keyRefSchema,
  run: (agent, input) => revokeKey(agent, input),
});
