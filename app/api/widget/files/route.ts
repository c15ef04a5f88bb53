import * as z from 'zod/mini';
import { getAllowance } from '#/lib/files/service.ts';
import { receiveFile } from '#/lib/files/transfer.ts';
import { writerRoute } from '#/lib/route.ts';

export const GET = writerRoute({
  name: 'widget.fileAllowance',
  limit: 'file.read',
  visitorLimit: 'widget.config',
  input: z.strictObject({}),
  run: (writer) => getAllowance(writer),
});

export const POST = writerRoute({
  name: 'widget.addFile',
  limit: 'file.add',
  visitorLimit: 'file.add.visitor',
  input: z.strictObject({}),
  isBodyRaw: true,
  run: (writer, _input, request) => receiveFile(writer, request),
});
