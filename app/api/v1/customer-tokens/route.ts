import { serve } from '#/lib/api/endpoint.ts';
import { customerTokens } from '#/lib/api/endpoints/customer-tokens.ts';

export const POST = serve(customerTokens.create);
