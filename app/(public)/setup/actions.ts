'use server';

import { publicAction } from '#/lib/action.ts';
import { openFirstSession } from '#/lib/auth/open-session.ts';
import { completeSetupInputSchema } from '#/lib/workspace/schema.ts';
import { completeSetup as complete } from '#/lib/workspace/service.ts';

export const completeSetup = publicAction({
  name: 'setup.complete',
  limit: 'token.exchange',
  input: completeSetupInputSchema,
  run: async (_, input) => {
    const { value, events } = await complete(input);
    await openFirstSession({ email: value.email, password: input.password });
    return { value: null, events };
  },
});
