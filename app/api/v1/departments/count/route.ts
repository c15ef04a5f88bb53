import { serve } from '#/lib/api/endpoint.ts';
import { departments } from '#/lib/api/endpoints/departments.ts';

export const GET = serve(departments.count);
