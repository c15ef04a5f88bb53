import * as z from 'zod/mini';
import { idSchema } from '#/lib/messages/schema.ts';
import { cleanText } from '#/lib/text.ts';

/** From terrible to great. */
export const scores = [1, 2, 3, 4, 5] as const;
export type Score = (typeof scores)[number];
export const commentCharsMax = 1_000;
/** How long a rating may be changed. */
export const changeableForMs = 86_400_000;

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

export type Rating = {
  score: number;
  comment: string | null;
  /** Until then it may be changed; ISO 8601. */
  changeableUntil: string;
};

/** How a conversation that is over can go on, and what its customer thought of it. */
export type Ending = {
  /** What a further message does: it is a reply, it opens the ticket again, or it begins another conversation. */
  goesOn: 'reply' | 'reopen' | 'followUp';
  /** The entry that resolved it last; null when it is not resolved, or closed without. */
  resolveId: string | null;
  rating: Rating | null;
};
export const endingQuerySchema = z.strictObject({ conversationId: idSchema });
