import { serve } from '#/lib/api/endpoint.ts';
import { departments } from '#/lib/api/endpoints/departments.ts';

export const GET = serve(departments.get);
export const PATCH = serve(departments.change);
export const DELETE = serve(departments.delete);
