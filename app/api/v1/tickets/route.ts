import { serve } from '#/lib/api/endpoint.ts';
import { tickets } from '#/lib/api/endpoints/tickets.ts';

export const GET = serve(tickets.list);
export const POST = serve(tickets.create);
