'use server';

import * as z from 'zod/mini';
import { publicAction } from '#/lib/action.ts';
import { signInInputSchema } from '#/lib/agents/schema.ts';
import { signOut as forgetSession } from '#/lib/auth/next-auth.ts';
import { openSession } from '#/lib/auth/open-session.ts';

export const signIn = publicAction({
  name: 'sign_in',
  limit: 'sign_in.request',
  input: signInInputSchema,
  run: async (_, input) => {
    await openSession(input);
    return { value: null, events: [] };
  },
});

export const signOut = publicAction({
  name: 'sign_out',
  limit: 'widget.config',
  input: z.void(),
  run: async () => {
    await forgetSession({ redirect: false });
    return { value: null, events: [] };
  },
});
