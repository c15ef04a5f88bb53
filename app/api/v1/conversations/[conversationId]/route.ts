import { serve } from '#/lib/api/endpoint.ts';
import { conversations } from '#/lib/api/endpoints/conversations.ts';

export const GET = serve(conversations.get);
