import * as z from 'zod/mini';

/** The part of JSON Schema (2020-12) that our document uses. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: boolean | JsonSchema;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
};

const maybe = z.exactOptional;
const deeper = z.lazy((): z.ZodMiniType<JsonSchema> => jsonSchema);
/** Leaves what it does not know where it is. */
export const jsonSchema: z.ZodMiniType<JsonSchema> = z.looseObject({
  $ref: maybe(z.string()),
  type: maybe(z.union([z.string(), z.array(z.string())])),
  format: maybe(z.string()),
  title: maybe(z.string()),
  description: maybe(z.string()),
  properties: maybe(z.record(z.string(), deeper)),
  required: maybe(z.array(z.string())),
  additionalProperties: maybe(z.union([z.boolean(), deeper])),
  propertyNames: maybe(deeper),
  items: maybe(z.union([z.boolean(), deeper])),
  prefixItems: maybe(z.array(deeper)),
  anyOf: maybe(z.array(deeper)),
  oneOf: maybe(z.array(deeper)),
  allOf: maybe(z.array(deeper)),
  enum: maybe(z.array(z.unknown())),
  const: maybe(z.unknown()),
  default: maybe(z.unknown()),
  pattern: maybe(z.string()),
  minLength: maybe(z.number()),
  maxLength: maybe(z.number()),
  minimum: maybe(z.number()),
  maximum: maybe(z.number()),
  exclusiveMinimum: maybe(z.number()),
  exclusiveMaximum: maybe(z.number()),
  minItems: maybe(z.number()),
  maxItems: maybe(z.number()),
});

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: maybe(z.string()),
  schema: jsonSchema,
});
/** A value that goes with a request or an answer. */
export type ApiParameter = z.infer<typeof parameterSchema>;

const exampleSchema = z.looseObject({ summary: z.string(), value: z.unknown() });
const mediaSchema = z.looseObject({
  schema: jsonSchema,
  examples: maybe(z.record(z.string(), exampleSchema)),
});
const contentSchema = z.record(z.string(), mediaSchema);
const responseSchema = z.looseObject({
  $ref: maybe(z.string()),
  description: maybe(z.string()),
  content: maybe(contentSchema),
});

/** What a list takes in `where`, `order`, `include` and `fields`. */
const listSchema = z.looseObject({
  where: z.record(z.string(), z.array(z.string())),
  order: z.array(z.string()),
  include: z.array(z.string()),
  fields: z.array(z.string()),
});
export type ApiList = z.infer<typeof listSchema>;

/** A whole request and what it answers; `url` begins with /api/v1. */
const callSchema = z.looseObject({
  name: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: maybe(z.unknown()),
  answer: maybe(z.unknown()),
});
export type ApiCall = z.infer<typeof callSchema>;

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: maybe(z.string()),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameterSchema),
  requestBody: maybe(z.looseObject({ required: z.boolean(), content: contentSchema })),
  responses: z.record(z.string(), responseSchema),
  'x-list': maybe(listSchema),
  'x-examples': z.array(callSchema),
});
export type ApiOperation = z.infer<typeof operationSchema>;

export const apiMethods = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type ApiMethod = (typeof apiMethods)[number];

/** An OpenAPI 3.1 document as ours are: what generator, page, tests and fuzz agree on. */
export const apiDocumentSchema = z.looseObject({
  openapi: z.literal('3.1.1'),
  info: z.looseObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.looseObject({ url: z.string() })),
  tags: z.array(z.looseObject({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.partialRecord(z.enum(apiMethods), operationSchema)),
  webhooks: maybe(z.record(z.string(), z.partialRecord(z.enum(apiMethods), operationSchema))),
  components: z.looseObject({
    schemas: z.record(z.string(), jsonSchema),
    responses: z.record(z.string(), responseSchema),
  }),
  'x-problems': z.record(z.string(), z.object({ status: z.int(), title: z.string(), detail: z.string() })),
});
export type ApiDocument = z.infer<typeof apiDocumentSchema>;

export type NamedOperation = { path: string; method: ApiMethod; operation: ApiOperation };

/** Every operation of a document, in its order. */
export function operationsOf(document: ApiDocument): NamedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    apiMethods.flatMap((method) => {
      const operation = methods[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}
