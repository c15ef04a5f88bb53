import * as z from 'zod/mini';
import { idSchema } from '#/lib/messages/schema.ts';
import { commentCharsMax } from '#/lib/ratings/limits.ts';
import { cleanText } from '#/lib/text.ts';

/** `resolveId` is the entry that says it was resolved: each may be rated once. The same again changes nothing. */
export const rateInputSchema = z.strictObject({
  conversationId: idSchema,
  resolveId: idSchema,
  score: z.int().check(z.gte(1, 'score_unknown'), z.lte(5, 'score_unknown')),
  comment: z.nullable(
    z.string().check(
      z.maxLength(commentCharsMax, 'comment_too_long'),
      z.refine((text) => !text.includes('\0'), 'text_has_nul'),
      z.overwrite((text) => cleanText(text).trim()),
    ),
  ),
});
export type RateInput = z.infer<typeof rateInputSchema>;

export const endingQuerySchema = z.strictObject({ conversationId: idSchema });
