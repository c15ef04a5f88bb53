import { serve } from '#/lib/api/endpoint.ts';
import { realtime } from '#/lib/api/endpoints/realtime.ts';

export const POST = serve(realtime.authorize);
