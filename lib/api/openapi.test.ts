import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { records } from '#/lib/api/catalogue.ts';
import { endpoint, listOf } from '#/lib/api/endpoint.ts';
import { everyEndpoint, openApiDocument } from '#/lib/api/endpoints/openapi-document.ts';
import { openApiOf } from '#/lib/api/openapi.ts';
import { problemSchema, problems } from '#/lib/api/problems.ts';
import { type ApiDocument, operationsOf } from '#/lib/api/schema.ts';
import { scopes } from '#/lib/api/scopes.ts';
import { apiEnvironment } from '#/lib/api/testing.ts';

const root = join(import.meta.dirname, '../..');
let document: ApiDocument;

beforeAll(() => {
  apiEnvironment();
  document = openApiDocument();
});

describe('the document', () => {
  test('breaks no rule of OpenAPI 3.1, nor of those who read it: its examples fit its schemas', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // A name goes before a parameter, by the standard and in our router: /tickets/count is no ticket.
        'no-ambiguous-paths': 'off',
      },
    });
    const found = await lintFromString({ source: JSON.stringify(document), config });
    const told = found.map(({ ruleId, message, location }) => {
      const [place] = location;
      return `${ruleId}: ${message} (${place?.pointer ?? ''})`;
    });
    expect(told).toEqual([]);
  });

  test('knows every route below /api/v1, and no other', () => {
    const routed = routesOf('app/api/v1').toSorted();
    const described = operationsOf(document).map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(described.toSorted()).toEqual(routed);
  });

  test('gives each operation a name, a sentence, a group with words, and an example', () => {
    const operations = operationsOf(document).map(({ operation }) => operation);
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][a-zA-Z]+$/.test(name))).toEqual([]);
    const described = new Set(document.tags.map(({ name }) => name));
    for (const { operationId, summary, tags, 'x-examples': examples } of operations) {
      expect(summary, operationId).toMatch(/^[A-Z].{3,80}[^.]$/);
      expect(
        tags.every((tag) => described.has(tag)),
        operationId,
      ).toBe(true);
      expect(examples.length, operationId).toBeGreaterThan(0);
    }
  });

  test('asks for scopes that a key can be given, and each of them opens something', () => {
    const asked = operationsOf(document).flatMap(({ operation }) =>
      operation.security.flatMap((requirement) => requirement.key ?? []),
    );
    expect([...new Set(asked)].filter((scope) => !scopes.some((known) => known === scope))).toEqual([]);
    const nouns = new Set(asked.map((scope) => scope.split(':')[0]));
    expect(
      [...new Set(scopes.map((scope) => scope.split(':')[0]))].filter((noun) => !nouns.has(noun)),
    ).toEqual([]);
  });

  test('names each record once and refers to it everywhere else', () => {
    const text = JSON.stringify(document);
    for (const name of Object.keys(records)) {
      expect(document.components.schemas[name], name).toBeDefined();
      expect(text, name).toContain(`"#/components/schemas/${name}"`);
    }
  });

  test('lets nothing be sent that it does not describe, and promises nothing about fields to come', () => {
    for (const { operation } of operationsOf(document)) {
      const sent = operation.requestBody?.content['application/json']?.schema;
      if (sent !== undefined) {
        const shapes = sent.anyOf ?? sent.oneOf ?? [sent];
        const isClosed = shapes.every(
          (shape) => shape.$ref === undefined && shape.additionalProperties === false,
        );
        expect(isClosed, operation.operationId).toBe(true);
      }
    }
    expect(JSON.stringify(document.components.schemas)).not.toContain('"additionalProperties":false');
  });
});

describe('writing a document', () => {
  const thing = z.strictObject({ id: z.uuid(), seenAt: z.nullable(z.string()) });
  const listThings = endpoint({
    method: 'GET',
    path: '/api/v1/tickets',
    operationId: 'listThings',
    noun: 'tickets',
    summary: 'List things',
    scope: 'tickets:read',
    actors: ['key', 'customer'],
    limit: 'api.key',
    params: z.strictObject({}),
    query: z.strictObject({ where: z.optional(z.string()) }),
    body: null,
    answer: listOf(thing),
    status: 200,
    idempotency: 'none',
    list: {
      filterable: { seenAt: { type: 'time', isNullable: true } },
      orderable: [],
      defaultOrder: '',
      includable: [],
      selectable: [],
    },
    examples: [{ name: 'All', query: { where: '{}' } }],
    run: async () => ({ value: { data: [], nextCursor: null } }),
  });
  const write = (endpoints: Parameters<typeof openApiOf>[0]['endpoints']) =>
    openApiOf({
      endpoints,
      records: { Thing: thing },
      problem: problemSchema,
      problems,
      webhookPayload: thing,
    });

  test('refers to a record by its name, says which keys may ask, and what a condition may be', () => {
    const [only] = operationsOf(write([listThings]));
    expect(only?.operation.security).toEqual([{ key: ['tickets:read'] }, { customer: [] }]);
    expect(only?.operation.responses['200']?.content?.['application/json']?.schema).toMatchObject({
      properties: { data: { items: { $ref: '#/components/schemas/Thing' } } },
    });
    const [where] = only?.operation.parameters ?? [];
    expect(where?.schema).toMatchObject({
      type: 'string',
      contentMediaType: 'application/json',
      contentSchema: { properties: { seenAt: { anyOf: [{ format: 'date-time' }, {}, { type: 'null' }] } } },
    });
    expect(only?.operation['x-examples'][0]?.url).toBe('/api/v1/tickets?where=%7B%7D');
  });

  test('knows a moment by its name', () => {
    const { Thing } = write([listThings]).components.schemas;
    expect(Thing?.properties?.seenAt).toEqual({ type: ['string', 'null'], format: 'date-time' });
    expect(Thing?.properties?.id).toEqual({ type: 'string', format: 'uuid' });
  });

  test('refuses two operations at one place, and a path whose parameter has no schema', () => {
    expect(() => write([listThings, listThings])).toThrow(/twice/);
    const lost = { ...listThings, path: '/api/v1/tickets/{ticketId}' };
    expect(() => write([lost])).toThrow(/ticketId/);
  });
});

test('every endpoint is served below /api/v1', () => {
  expect(everyEndpoint.filter(({ path }) => !path.startsWith('/api/v1/'))).toEqual([]);
});

/** `GET /api/v1/tickets/{ticketId}` for everything that the files of these routes export. */
function routesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('route.ts'))
    .flatMap((file) => {
      const path = `/${folder.replace(/^app\//, '')}/${file.replace(/\/?route\.ts$/, '')}`.replaceAll(
        /\[(\w+)\]/g,
        '{$1}',
      );
      const source = readFileSync(join(root, folder, file), 'utf8');
      return [...source.matchAll(/^export (?:const|(?:async )?function) ([A-Z]+)\b/gm)].map(
        ([, method]) => `${method} ${path}`,
      );
    });
}
