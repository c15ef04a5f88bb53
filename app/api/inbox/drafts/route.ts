import { draftsQuerySchema, saveDraftInputSchema } from '#/lib/drafts/schema.ts';
import { listDrafts, saveDraft } from '#/lib/drafts/service.ts';
import { publishDraft } from '#/lib/realtime/publish.ts';
import { agentRoute } from '#/lib/route.ts';

export const GET = agentRoute({
  name: 'inbox.drafts',
  limit: 'inbox.read',
  input: draftsQuerySchema,
  run: (agent, { ticketId }) => listDrafts(agent, ticketId),
});

export const POST = agentRoute({
  name: 'inbox.saveDraft',
  limit: 'inbox.write',
  input: saveDraftInputSchema,
  run: async (agent, input) => {
    const { draft, isNew } = await saveDraft(agent, input);
    if (isNew) publishDraft(agent.id, input.ticketId, draft);
    return draft;
  },
});
