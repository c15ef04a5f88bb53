import * as z from 'zod/mini';
import { filesPerMessageMax } from '#/lib/files/rules.ts';

/**
 * A file as those see it who may read its message. `hasThumbnail`: a small picture is there, or is just being made.
 * Width and height are those of the picture as it is shown.
 */
export const fileRefSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
  width: z.optional(z.int()),
  height: z.optional(z.int()),
  hasThumbnail: z.boolean(),
});
export type FileRef = z.infer<typeof fileRefSchema>;

/** The files of a message that is being sent, each uploaded before by the same person. */
export const fileIdsSchema = z.array(z.uuid()).check(
  z.maxLength(filesPerMessageMax, 'too_many_files'),
  z.refine((ids) => new Set(ids).size === ids.length, 'file_twice'),
);

export const fileRefInputSchema = z.strictObject({ fileId: z.uuid() });
export const readFileQuerySchema = z.strictObject({
  fileId: z.uuid(),
  size: z.optional(z.enum(['thumbnail'])),
});

/** What may still be sent, told before anything is. */
export type FileAllowance = { fileBytesMax: number; bytesLeft: number };
