import { serve } from '#/lib/api/endpoint.ts';
import { participants } from '#/lib/api/endpoints/participants.ts';

export const GET = serve(participants.list);
