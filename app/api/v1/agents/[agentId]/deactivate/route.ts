import { serve } from '#/lib/api/endpoint.ts';
import { agents } from '#/lib/api/endpoints/agents.ts';

export const POST = serve(agents.deactivate);
