import { serve } from '#/lib/api/endpoint.ts';
import { webhooks } from '#/lib/api/endpoints/webhooks.ts';

export const GET = serve(webhooks.listDeliveries);
