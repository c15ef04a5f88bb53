import { serve } from '#/lib/api/endpoint.ts';
import { events } from '#/lib/api/endpoints/events.ts';

export const GET = serve(events.list);
