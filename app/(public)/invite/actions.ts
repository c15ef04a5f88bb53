'use server';

import { publicAction } from '#/lib/action.ts';
import { acceptInviteInputSchema } from '#/lib/agents/schema.ts';
import { acceptInvite as accept } from '#/lib/agents/service.ts';
import { openFirstSession } from '#/lib/auth/open-session.ts';

export const acceptInvite = publicAction({
  name: 'invite.accept',
  limit: 'token.exchange',
  input: acceptInviteInputSchema,
  run: async (_, input) => {
    const { value, events } = await accept(input);
    await openFirstSession({ email: value.email, password: input.password });
    return { value: null, events };
  },
});
