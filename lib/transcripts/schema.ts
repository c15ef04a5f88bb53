import * as z from 'zod/mini';
import { isTimezone } from '#/lib/departments/schema.ts';
import { idSchema } from '#/lib/messages/schema.ts';

/** `lang` as the frame speaks, `timezone` an IANA name: what we do not know is English, and UTC. */
export const transcriptQuerySchema = z.strictObject({
  conversationId: idSchema,
  lang: z.optional(z.string().check(z.maxLength(35))),
  timezone: z.optional(z.string().check(z.maxLength(64), z.refine(isTimezone, 'timezone_unknown'))),
});
export type TranscriptQuery = z.infer<typeof transcriptQuerySchema>;
