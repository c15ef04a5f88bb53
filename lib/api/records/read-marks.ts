import * as z from 'zod/mini';
import { participantKinds } from '#/lib/api/records/participants.ts';

/** How far somebody has read, in the asker's own order. */
export const readMarkRecord = z.strictObject({
  kind: z.enum(participantKinds),
  id: z.uuid().register(z.globalRegistry, { description: 'The customer’s or agent’s id.' }),
  through: z
    .int()
    .register(z.globalRegistry, { description: 'Everything up to here was read; 0 is nothing.' }),
  at: z.nullable(z.string()),
});
export type ReadMarkRecord = z.infer<typeof readMarkRecord>;
