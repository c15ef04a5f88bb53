import * as z from 'zod/mini';

/** Where any Pusher client connects to, and what it may join. */
export const realtimeRecord = z.strictObject({
  key: z
    .string()
    .register(z.globalRegistry, { description: 'The app key of the Pusher protocol. Not a secret.' }),
  host: z.string(),
  port: z.int(),
  tls: z.boolean(),
  cluster: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'Of a hosted service; null with our own server.',
  }),
  authEndpoint: z.string().register(z.globalRegistry, {
    description: 'Where the client asks for its channels, with the same Authorization header as here.',
  }),
  channels: z.array(z.string()).register(z.globalRegistry, {
    description:
      'The list channels that this token may join. A conversation has its own: see docs/realtime.md.',
  }),
});
export type RealtimeRecord = z.infer<typeof realtimeRecord>;

/** A grant in the words of the Pusher protocol. */
export const realtimeGrantRecord = z.strictObject({
  auth: z.string(),
  channel_data: z
    .optional(z.string())
    .register(z.globalRegistry, { description: 'Of a channel: pass it on.' }),
  user_data: z.optional(z.string()).register(z.globalRegistry, { description: 'Of a sign-in: pass it on.' }),
});
export type RealtimeGrantRecord = z.infer<typeof realtimeGrantRecord>;
