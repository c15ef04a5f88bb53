import type * as z from 'zod/mini';
import type { AnyEndpoint, Example } from '#/lib/api/endpoint.ts';
import { openSchemaWriter, type SchemaWriter } from '#/lib/api/json-schema.ts';
import * as words from '#/lib/api/openapi-words.ts';
import type { Problem } from '#/lib/api/problems.ts';
import { type FieldSpec, type ListSpec, operatorsOf, valuesMax } from '#/lib/api/query.ts';
import {
  type ApiDocument,
  type ApiList,
  apiDocumentSchema,
  type JsonSchema,
  jsonSchema,
} from '#/lib/api/schema.ts';

export type DocumentSource = {
  endpoints: readonly AnyEndpoint[];
  /** Schemas that have a name of their own in the document. */
  records: Readonly<Record<string, z.ZodMiniType>>;
  problem: z.ZodMiniType;
  /** Every code of a refusal. */
  problems: Readonly<Record<string, Problem>>;
  /** What is sent to webhooks. */
  webhookPayload: z.ZodMiniType;
};

/** The OpenAPI 3.1 document of these endpoints. Throws where one of them cannot be described. */
export function openApiOf(source: DocumentSource): ApiDocument {
  const { endpoints, records, problem, problems, webhookPayload } = source;
  const writer = openSchemaWriter({ ...records, Problem: problem });
  const problemReference = writer.write(problem, 'output');
  const paths: Record<string, Record<string, unknown>> = {};
  for (const definition of endpoints) {
    const methods = paths[definition.path] ?? {};
    const method = definition.method.toLowerCase();
    if (methods[method] !== undefined)
      throw new Error(`${definition.method} ${definition.path} is there twice`);
    methods[method] = operationOf(definition, writer);
    paths[definition.path] = methods;
  }
  const nouns = new Set(endpoints.map(({ noun }) => noun));
  const webhooks = { event: { post: webhookOf(writer.write(webhookPayload, 'output')) } };
  return apiDocumentSchema.parse({
    openapi: '3.1.1',
    info: {
      title: 'Parley',
      version: '1',
      summary: 'Customers, tickets and conversations, under the same permissions as the screens.',
      description: words.introduction,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The Parley that serves this document.' }],
    tags: [...nouns].map((noun) => ({ name: noun, description: words.nouns[noun] })),
    paths,
    webhooks,
    components: {
      schemas: writer.named(),
      responses: words.refusals(problemReference),
      headers: words.headers,
      securitySchemes: words.securitySchemes,
    },
    'x-problems': problems,
  });
}

function operationOf(definition: AnyEndpoint, writer: SchemaWriter): Record<string, unknown> {
  const { operationId, summary, description, noun, body, query, list, examples } = definition;
  const asked = fieldsOf(writer.write(query, 'input'));
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [noun],
    security: securityOf(definition),
    parameters: parametersOf(definition, writer),
    ...(body === null ? {} : { requestBody: bodyOf(definition, writer.write(body, 'input')) }),
    responses: responsesOf(definition, writer),
    ...(list === undefined ? {} : { 'x-list': listOf(list, asked) }),
    'x-examples': examples.map((example) => callOf(definition, example)),
  };
}

/** One requirement for each kind of asker; any of them will do. */
function securityOf({ actors, scope }: AnyEndpoint): Record<string, string[]>[] {
  return actors.map((actor) => {
    if (actor === 'key') return { key: scope === null ? [] : [scope] };
    return actor === 'customer' ? { customer: [] } : {};
  });
}

function parametersOf(definition: AnyEndpoint, writer: SchemaWriter): Record<string, unknown>[] {
  const { params, query, path, method, idempotency, noun } = definition;
  const inPath = fieldsOf(writer.write(params, 'input')).map(({ name, schema }) =>
    parameter(name, 'path', true, schema, words.pathParameter(name)),
  );
  for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
    if (!inPath.some((each) => each.name === name)) throw new Error(`${path} has no schema for {${name}}`);
  }
  const inQuery = fieldsOf(writer.write(query, 'input')).map(({ name, schema, isRequired }) => {
    const described = name === 'where' ? whereSchema(definition, schema) : schema;
    return parameter(name, 'query', isRequired, described, null);
  });
  const inHeader: Record<string, unknown>[] = [];
  if (idempotency === 'key') {
    inHeader.push(parameter('Idempotency-Key', 'header', false, words.keySchema, words.idempotencyKey));
  }
  if (noun === 'tickets' && method === 'PATCH') {
    inHeader.push(parameter('If-Match', 'header', false, words.etagSchema, words.ifMatch));
  }
  return [...inPath, ...inQuery, ...inHeader];
}

type Field = { name: string; schema: JsonSchema; isRequired: boolean };

function fieldsOf({ properties = {}, required = [] }: JsonSchema): Field[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    isRequired: required.includes(name),
  }));
}

function parameter(
  name: string,
  where: 'path' | 'query' | 'header',
  required: boolean,
  schema: JsonSchema,
  fallback: string | null,
): Record<string, unknown> {
  const { description, ...rest } = schema;
  const said = description ?? fallback;
  return { name, in: where, required, ...(said === null ? {} : { description: said }), schema: rest };
}

/** `where` is JSON text: what may stand in it is the schema of its content. */
function whereSchema({ list }: AnyEndpoint, text: JsonSchema): JsonSchema {
  if (list === undefined) return text;
  const properties = Object.fromEntries(
    Object.entries(list.filterable).map(([name, field]) => [name, conditionSchema(field)]),
  );
  const contentSchema = { type: 'object', properties, additionalProperties: false };
  return jsonSchema.parse({ ...text, contentMediaType: 'application/json', contentSchema });
}

function conditionSchema(field: FieldSpec): JsonSchema {
  const value = valueSchema(field);
  const known = operatorsOf(field);
  const properties = Object.fromEntries(
    known.map((operator): [string, JsonSchema] => {
      if (operator === 'in') return [operator, { type: 'array', items: value, maxItems: valuesMax }];
      return [operator, operator === 'isNull' ? { type: 'boolean' } : value];
    }),
  );
  const compared: JsonSchema = { type: 'object', properties, additionalProperties: false };
  return { anyOf: [value, compared, ...(known.includes('isNull') ? [{ type: 'null' }] : [])] };
}

function valueSchema({ type, values = [] }: FieldSpec): JsonSchema {
  switch (type) {
    case 'choice':
      return { type: 'string', enum: [...values] };
    case 'id':
      return { type: 'string', format: 'uuid' };
    case 'time':
      return { type: 'string', format: 'date-time' };
    case 'text':
      return { type: 'string', maxLength: 500 };
    case 'integer':
    case 'boolean':
      return { type };
  }
}

/** What a list takes, by the parameters that it has: a count has no order, a single record no conditions. */
function listOf({ filterable, orderable, includable, selectable }: ListSpec, parameters: Field[]): ApiList {
  const has = (name: string) => parameters.some((each) => each.name === name);
  const where = Object.entries(filterable).map(([name, field]): [string, string[]] => [
    name,
    [...operatorsOf(field)],
  ]);
  return {
    where: has('where') ? Object.fromEntries(where) : {},
    order: has('order') ? [...orderable] : [],
    include: has('include') ? [...includable] : [],
    fields: has('fields') ? [...selectable] : [],
  };
}

function bodyOf({ takesForm, examples }: AnyEndpoint, schema: JsonSchema): Record<string, unknown> {
  const named = examples.filter(({ body }) => body !== undefined);
  const media = { schema, ...examplesOf(named.map(({ name, body }) => [name, body])) };
  return {
    required: true,
    content: {
      'application/json': media,
      ...(takesForm === true ? { 'application/x-www-form-urlencoded': { schema } } : {}),
    },
  };
}

function responsesOf(definition: AnyEndpoint, writer: SchemaWriter): Record<string, unknown> {
  const { status, answer, examples } = definition;
  // An answer that was asked for in part is no example of the whole.
  const named = examples.filter(
    ({ answer: told, query }) => told !== undefined && query?.fields === undefined,
  );
  const content =
    answer === null
      ? {}
      : {
          content: {
            'application/json': {
              schema: writer.write(answer, 'output'),
              ...examplesOf(named.map((example) => [example.name, example.answer])),
            },
          },
        };
  const success = { description: words.successes[status], headers: words.headersOf(definition), ...content };
  const replay = { description: words.replayed, headers: words.headersOf(definition), ...content };
  const refusals = words
    .refusalsOf(definition)
    .map((name): [string, unknown] => [
      String(words.refusalStatuses[name]),
      { $ref: `#/components/responses/${name}` },
    ]);
  return {
    [String(status)]: success,
    ...(definition.status === 201 && definition.idempotency === 'id' ? { '200': replay } : {}),
    ...Object.fromEntries(refusals),
  };
}

function examplesOf(named: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  if (named.length === 0) return {};
  const entries = named.map(([name, value], index) => [`example${index + 1}`, { summary: name, value }]);
  return { examples: Object.fromEntries(entries) };
}

/** An example as the request that it is. */
function callOf(
  { path }: AnyEndpoint,
  { name, params = {}, query = {}, headers = {}, body, answer }: Example,
) {
  const filled = path.replace(/\{(\w+)\}/g, (_, parameterName: string) => {
    const value = params[parameterName];
    if (value === undefined) throw new Error(`the example "${name}" of ${path} names no ${parameterName}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(query).toString();
  return {
    name,
    url: search === '' ? filled : `${filled}?${search}`,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(answer === undefined ? {} : { answer }),
  };
}

function webhookOf(payload: JsonSchema): Record<string, unknown> {
  return {
    operationId: 'receiveEvent',
    summary: 'An event is sent to your address',
    description: words.webhook,
    tags: ['webhooks'],
    security: [],
    parameters: words.webhookHeaders,
    requestBody: { required: true, content: { 'application/json': { schema: payload } } },
    responses: {
      '2XX': {
        description: 'Taken. Anything else, or nothing within five seconds, is tried again for a day.',
      },
    },
    'x-examples': [],
  };
}
