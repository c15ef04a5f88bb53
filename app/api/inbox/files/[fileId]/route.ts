import { fileRefInputSchema, readFileQuerySchema } from '#/lib/files/schema.ts';
import { removeFile } from '#/lib/files/service.ts';
import { sendFile } from '#/lib/files/transfer.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.file',
  limit: 'file.read',
  input: readFileQuerySchema,
  run: (agent, input, request) => sendFile(agent, input, request),
});

export const DELETE = agentRoute({
  name: 'inbox.removeFile',
  limit: 'inbox.write',
  input: fileRefInputSchema,
  run: (agent, { fileId }) => removeFile(agent, fileId),
});
