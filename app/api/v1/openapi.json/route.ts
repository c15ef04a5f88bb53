import { serve } from '#/lib/api/endpoint.ts';
import { getOpenApiDocument } from '#/lib/api/endpoints/openapi-document.ts';

export const GET = serve(getOpenApiDocument);
