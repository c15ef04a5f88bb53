import * as z from 'zod/mini';
import { participantKinds } from '#/lib/api/records/participants.ts';

/** Somebody who types in a conversation now. */
export const typingRecord = z.strictObject({
  kind: z.enum(participantKinds),
  id: z.uuid().register(z.globalRegistry, { description: 'The customer’s or agent’s id.' }),
  name: z.nullable(z.string()),
  forMs: z.int().register(z.globalRegistry, {
    description:
      'How long that is still shown, unless it is said again. A span, since no clocks are compared.',
  }),
});
export type TypingRecord = z.infer<typeof typingRecord>;

/** What was said last about one’s own typing. */
export const ownTypingRecord = z.strictObject({ isTyping: z.boolean(), forMs: z.int() });
