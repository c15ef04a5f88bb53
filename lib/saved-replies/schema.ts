import * as z from 'zod/mini';
import { idSchema, messageText, textCharsMax } from '#/lib/messages/schema.ts';
import { cleanName } from '#/lib/text.ts';

/** A text to answer with. `ownerId` null: everybody's. `shortcut` is what one types after the slash. */
export type SavedReply = {
  id: string;
  title: string;
  shortcut: string | null;
  text: string;
  ownerId: string | null;
  updatedAt: string;
};

export const replyTextCharsMax = textCharsMax;
export const replyTitleCharsMax = 80;
export const shortcutCharsMax = 30;
/** Of one reach: everybody's, or one agent's own. */
export const savedRepliesMax = 500;

/** Letters, digits, `-` and `_`; typed with or without the slash, kept without it. */
export const shortcutText = z.string().check(
  z.maxLength(shortcutCharsMax + 1, 'shortcut_too_long'),
  z.overwrite((text) => text.trim().replace(/^\//, '').toLowerCase()),
  z.maxLength(shortcutCharsMax, 'shortcut_too_long'),
  z.regex(/^[\p{L}\p{M}\p{N}_-]+$/u, 'shortcut_invalid'),
);

/** `id` is made by the client: the first save makes the reply, each later one changes it. */
export const saveReplyInputSchema = z.strictObject({
  id: idSchema,
  title: z.string().check(
    z.maxLength(replyTitleCharsMax, 'title_too_long'),
    z.refine((text) => !text.includes('\0'), 'name_has_nul'),
    z.overwrite(cleanName),
    z.minLength(1, 'title_empty'),
  ),
  shortcut: z.nullable(shortcutText),
  text: messageText,
  isShared: z.boolean(),
});
export type SaveReplyInput = z.infer<typeof saveReplyInputSchema>;

export const replyRefSchema = z.strictObject({ id: idSchema });
