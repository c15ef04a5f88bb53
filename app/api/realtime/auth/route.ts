import * as z from 'zod/mini';
import { authorizeChannels } from '#/lib/realtime/authorize-channel.ts';
import { eitherRoute } from '#/lib/route.ts';

const input = z.strictObject({
  socketId: z.string().check(z.maxLength(64)),
  channels: z.array(z.string().check(z.maxLength(164))).check(z.maxLength(100)),
  signin: z.optional(z.boolean()),
});

export const POST = eitherRoute({
  name: 'realtime.auth',
  limit: 'realtime.authorize',
  input,
  run: (actor, { socketId, channels, signin }) =>
    authorizeChannels(actor, { socketId, channels, isSignin: signin === true }),
});
