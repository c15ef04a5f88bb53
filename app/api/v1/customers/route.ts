import { serve } from '#/lib/api/endpoint.ts';
import { customers } from '#/lib/api/endpoints/customers.ts';

export const GET = serve(customers.list);
export const POST = serve(customers.create);
