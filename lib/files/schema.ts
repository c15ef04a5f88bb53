import * as z from 'zod/mini';

/** What the server knows a file to be; decided by its content, never by what the sender said. */
export const fileTypes = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg', 'jfif'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/avif': ['avif'],
  'image/heic': ['heic', 'heif'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt', 'log', 'md', 'csv', 'tsv', 'json', 'yaml', 'yml', 'ini', 'eml', 'ics', 'vcf', 'srt'],
  'application/zip': ['zip'],
  'application/gzip': ['gz', 'tgz'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  'video/mp4': ['mp4', 'm4v'],
  'video/quicktime': ['mov', 'qt'],
  'video/webm': ['webm'],
  'audio/mpeg': ['mp3'],
  'audio/mp4': ['m4a'],
  'audio/wav': ['wav'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
} as const satisfies Record<string, readonly string[]>;
export type FileType = keyof typeof fileTypes;

export const filesPerMessageMax = 10;
/** In UTF-8 bytes, its extension included: what every file system takes. */
export const nameBytesMax = 200;

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

/** Request headers of an upload, whose body is the file itself. */
export const fileNameHeader = 'x-parley-file-name';
/** Of a visitor without a session: the widget, and the origin of the page that embeds it. */
export const widgetKeyHeader = 'x-parley-widget';
export const pageOriginHeader = 'x-parley-origin';
