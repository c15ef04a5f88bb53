import { serve } from '#/lib/api/endpoint.ts';
import { customers } from '#/lib/api/endpoints/customers.ts';

export const GET = serve(customers.get);
export const PATCH = serve(customers.change);
