import * as z from 'zod/mini';

export const draftModes = ['reply', 'note'] as const;
export type DraftMode = (typeof draftModes)[number];

/** In UTF-16 units. Longer than a message may be: what is pasted first is shortened later. */
export const draftCharsMax = 50_000;

/** What one agent wrote on a ticket and has not sent. `version` grows with each save; the higher one wins. */
export const draftSchema = z.object({
  mode: z.enum(draftModes),
  text: z.string(),
  version: z.int(),
});
export type Draft = z.infer<typeof draftSchema>;

/** An empty text deletes. A version that is not above the stored one changes nothing and is answered the stored draft. */
export const saveDraftInputSchema = z.strictObject({
  ticketId: z.uuid(),
  mode: z.enum(draftModes),
  text: z.string().check(
    z.maxLength(draftCharsMax, 'text_too_long'),
    z.refine((text) => !text.includes('\0'), 'text_has_nul'),
    z.overwrite((text) => text.toWellFormed()),
  ),
  version: z.int().check(z.positive()),
});
export type SaveDraftInput = z.infer<typeof saveDraftInputSchema>;

export const draftsQuerySchema = z.strictObject({ ticketId: z.uuid() });
