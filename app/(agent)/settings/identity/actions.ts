'use server';

import { agentAction } from '#/lib/action.ts';
import { checkTokenInputSchema, createSecretInputSchema, secretRefSchema } from '#/lib/identity/schema.ts';
import { checkToken, createSecret, revokeSecret } from '#/lib/identity/service.ts';

export const createIdentitySecret = agentAction({
  name: 'settings.createIdentitySecret',
  limit: 'settings.write',
  input: createSecretInputSchema,
  run: (agent, input) => createSecret(agent, input),
});

export const revokeIdentitySecret = agentAction({
  name: 'settings.revokeIdentitySecret',
  limit: 'settings.write',
  input: secretRefSchema,
  run: (agent, input) => revokeSecret(agent, input),
});

export const checkIdentityToken = agentAction({
  name: 'settings.checkIdentityToken',
  limit: 'settings.write',
  input: checkTokenInputSchema,
  run: async (agent, input) => ({ value: await checkToken(agent, input), events: [] }),
});
