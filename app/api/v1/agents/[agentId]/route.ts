import { serve } from '#/lib/api/endpoint.ts';
import { agents } from '#/lib/api/endpoints/agents.ts';

export const GET = serve(agents.get);
export const PATCH = serve(agents.change);
