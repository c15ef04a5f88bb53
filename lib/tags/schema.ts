import * as z from 'zod/mini';
import { cleanName } from '#/lib/text.ts';

/** Named by what they look like to people; the tokens are in `app/globals.css`. */
export const tagColors = ['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple'] as const;
export type TagColor = (typeof tagColors)[number];

export const tagNameMax = 40;
/** In the whole workspace. */
export const tagsMax = 500;
const tagName = z.string().check(
  z.maxLength(tagNameMax, 'name_too_long'),
  z.refine((name) => !name.includes('\0'), 'name_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'name_empty'),
);

export type Tag = { id: string; name: string; color: TagColor };
/** `tickets` is how many carry it. */
export type TagInUse = Tag & { tickets: number };

/** `id` is made by the client: the same one again answers the stored tag. A taken name is `conflict` `name_taken`. */
export const createTagInputSchema = z.strictObject({
  id: z.uuid(),
  name: tagName,
  color: z.enum(tagColors),
});
export type CreateTagInput = z.infer<typeof createTagInputSchema>;
export const changeTagInputSchema = z.strictObject({
  id: z.uuid(),
  name: z.optional(tagName),
  color: z.optional(z.enum(tagColors)),
});
export type ChangeTagInput = z.infer<typeof changeTagInputSchema>;
/** Tag `id` goes, and what it was on has `into`. */
export const mergeTagInputSchema = z.strictObject({ id: z.uuid(), into: z.uuid() });
export type MergeTagInput = z.infer<typeof mergeTagInputSchema>;
export const tagRefSchema = z.strictObject({ id: z.uuid() });
