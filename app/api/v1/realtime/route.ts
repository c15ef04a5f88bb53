import { serve } from '#/lib/api/endpoint.ts';
import { realtime } from '#/lib/api/endpoints/realtime.ts';

export const GET = serve(realtime.get);
