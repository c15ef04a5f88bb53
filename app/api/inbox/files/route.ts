import * as z from 'zod/mini';
import { getAllowance } from '#/lib/files/service.ts';
import { receiveFile } from '#/lib/files/transfer.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.fileAllowance',
  limit: 'inbox.read',
  input: z.strictObject({}),
  run: (agent) => getAllowance(agent),
});

export const POST = agentRoute({
  name: 'inbox.addFile',
  limit: 'file.add',
  input: z.strictObject({}),
  isBodyRaw: true,
  run: (agent, _input, request) => receiveFile(agent, request),
});
