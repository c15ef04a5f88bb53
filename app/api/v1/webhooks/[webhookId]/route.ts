import { serve } from '#/lib/api/endpoint.ts';
import { webhooks } from '#/lib/api/endpoints/webhooks.ts';

export const GET = serve(webhooks.get);
export const PATCH = serve(webhooks.change);
export const DELETE = serve(webhooks.delete);
