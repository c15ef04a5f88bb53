import { serve } from '#/lib/api/endpoint.ts';
import { typing } from '#/lib/api/endpoints/typing.ts';

export const GET = serve(typing.count);
