import * as z from 'zod/mini';
import { catalogue, records, webhookPayload } from '#/lib/api/catalogue.ts';
import { type AnyEndpoint, endpoint, noParameters } from '#/lib/api/endpoint.ts';
import { openApiOf } from '#/lib/api/openapi.ts';
import { problemSchema, problems } from '#/lib/api/problems.ts';
import type { ApiDocument } from '#/lib/api/schema.ts';

/** The document that describes all endpoints, itself included. */
export const getOpenApiDocument = endpoint({
  method: 'GET',
  path: '/api/v1/openapi.json',
  operationId: 'getOpenApiDocument',
  noun: 'reference',
  summary: 'Answers this document',
  description: 'OpenAPI 3.1, written from what the endpoints themselves check.',
  scope: null,
  actors: ['anybody'],
  limit: 'api.open',
  params: noParameters,
  query: noParameters,
  body: null,
  answer: z.looseObject({ openapi: z.string() }),
  status: 200,
  idempotency: 'none',
  examples: [{ name: 'The whole document' }],
  run: async () => ({ value: openApiDocument() }),
});

/** Everything that is served below /api/v1. */
export const everyEndpoint: readonly AnyEndpoint[] = [...catalogue, getOpenApiDocument];

let written: ApiDocument | undefined;

/** The document; written when it is first asked for, since it depends on nothing but this build. */
export function openApiDocument(): ApiDocument {
  const source = { endpoints: everyEndpoint, records, problem: problemSchema, problems, webhookPayload };
  written ??= openApiOf(source);
  return written;
}
