import { mergePreviewQuerySchema } from '#/lib/merges/schema.ts';
import { previewMerge } from '#/lib/merges/service.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.mergePreview',
  limit: 'inbox.read',
  input: mergePreviewQuerySchema,
  run: (agent, query) => previewMerge(agent, query),
});
