import { fileRefInputSchema, readFileQuerySchema } from '#/lib/files/schema.ts';
import { removeFile } from '#/lib/files/service.ts';
import { sendFile } from '#/lib/files/transfer.ts';
import { writerRoute } from '#/lib/route.ts';

export const GET = writerRoute({
  name: 'widget.file',
  limit: 'file.read',
  visitorLimit: 'widget.config',
  input: readFileQuerySchema,
  run: (writer, input, request) => sendFile(writer, input, request),
});

export const DELETE = writerRoute({
  name: 'widget.removeFile',
  limit: 'file.add',
  visitorLimit: 'widget.config',
  input: fileRefInputSchema,
  run: (writer, { fileId }) => removeFile(writer, fileId),
});
