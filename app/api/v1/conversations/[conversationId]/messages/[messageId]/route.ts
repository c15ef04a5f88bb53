import { serve } from '#/lib/api/endpoint.ts';
import { messages } from '#/lib/api/endpoints/messages.ts';

export const GET = serve(messages.get);
