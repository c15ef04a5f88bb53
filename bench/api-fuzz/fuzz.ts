import { z } from 'zod';
import type { ParleyAccess } from '#/bench/adapters/parley-calls.ts';
import { jsonIn, openWire, type WireAnswer } from '#/bench/api/wire.ts';
import { mismatchOf } from '#/bench/api-fuzz/conformance.ts';
import { type Caller, type FuzzRequest, idNamesOf, requestOf } from '#/bench/api-fuzz/requests.ts';
import { type Scene, setScene } from '#/bench/api-fuzz/scene.ts';
import { watchWrites } from '#/bench/api-fuzz/writes.ts';
import { randomFrom } from '#/bench/random.ts';
import { operationsOf } from '#/lib/api/schema.ts';

export type FuzzOptions = {
  access: ParleyAccess;
  /** Of the app's database, past every policy. Nobody else may write in it meanwhile. */
  superUrl: string;
  requests: number;
  seed: number;
  say: (line: string) => void;
};
export type FuzzReport = {
  requests: number;
  /** How many were answered so. */
  statuses: Map<number, number>;
  /** Operations, and those among them that never succeeded. */
  operations: number;
  neverSucceeded: string[];
  /** How many rows were really looked at after a refusal. */
  refusals: number;
  complaints: string[];
};

const complaintsMax = 25;
const problemSchema = z.object({
  code: z.string(),
  status: z.number(),
  requestId: z.string(),
  detail: z.string(),
});

/**
 * Asks every operation of the document, well and badly, one request after the other. Complains of a 5xx, of anything
 * stored by what was refused, of answers that are not as the document has them, and of words told to whom they are not for.
 */
export async function runFuzz({ access, superUrl, requests, seed, say }: FuzzOptions): Promise<FuzzReport> {
  const wire = openWire(access.url);
  const scene = await setScene(access, superUrl, wire);
  const writes = await watchWrites(superUrl);
  const operations = operationsOf(scene.document);
  const { schemas } = scene.document.components;
  const succeeded = new Set<string>();
  const statuses = new Map<number, number>();
  const complaints: string[] = [];
  const memory = openMemory(scene, randomFrom(seed + 1));
  const random = randomFrom(seed);
  let [asked, refusals] = [0, 0];
  try {
    for (; asked < requests && complaints.length < complaintsMax; asked++) {
      const named = operations[asked % operations.length];
      if (named === undefined) throw new Error('the document has no operations');
      const { callers, special } = scene;
      const request = requestOf(named, { random, named: schemas, callers, special, ...memory });
      const answer = await wire.ask(request.method, request.url, request.headers, request.body);
      // What a change leaves for after its answer is its own, not the next request's.
      if (answer.status < 300 && request.method !== 'GET') await writes.settle();
      const written = await writes.take();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 300) {
        succeeded.add(named.operation.operationId);
        memory.learn(request, answer);
      } else refusals += 1;
      const wrong = complaintsOf(scene, request, answer, written);
      complaints.push(...wrong.map((what) => `#${asked} ${wordsOf(request)} → ${answer.status}: ${what}`));
      if ((asked + 1) % 2_000 === 0) say(`${asked + 1} of ${requests} requests`);
    }
  } finally {
    wire.close();
    await writes.close();
  }
  const ids = operations.map(({ operation }) => operation.operationId);
  const neverSucceeded = ids.filter((id) => !succeeded.has(id));
  return { requests: asked, statuses, operations: ids.length, neverSucceeded, refusals, complaints };
}

/** What is wrong about this answer to this request. */
function complaintsOf(
  { document, canaries }: Scene,
  { named, caller, url }: FuzzRequest,
  { status, headers, text }: WireAnswer,
  written: readonly string[],
): string[] {
  const found: string[] = [];
  const { operation } = named;
  const told = (canaries.get(caller.name) ?? []).filter((word) => text.includes(word));
  if (told.length > 0) found.push(`tells ${caller.name} "${told.join('", "')}"`);
  if (/\bat .{1,200}\.[cm]?[jt]sx?:\d+/.test(text)) found.push('tells where in the code it failed');
  if (status >= 500) found.push(`a 5xx: ${text.slice(0, 200)}`);
  if (operation.responses[String(status)] === undefined && !guardStatuses.has(status)) {
    found.push('the document does not know this status');
  }
  if (headers['x-request-id'] === undefined) found.push('no X-Request-Id');
  if (status >= 400) {
    if (written.length > 0) found.push(`refused, and yet: ${written.join(', ')}`);
    found.push(...problemComplaints(document['x-problems'], status, headers['content-type'] ?? '', text));
    return found;
  }
  const isPartial = new URL(url, 'http://localhost').searchParams.has('fields');
  const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
  const isDocument = operation.operationId === 'getOpenApiDocument';
  if (schema === undefined && text !== '') found.push('a body where the document has none');
  if (schema !== undefined && !isDocument) {
    const miss = mismatchOf(jsonIn(text), schema, document.components.schemas, isPartial);
    if (miss !== null) found.push(`the answer is not as the document has it: ${miss}`);
  }
  return found;
}

/** What the guard in front of all endpoints answers. */
const guardStatuses = new Set([400, 404, 405, 411, 413, 414, 415]);

function problemComplaints(
  known: Scene['document']['x-problems'],
  status: number,
  type: string,
  text: string,
): string[] {
  if (!type.startsWith('application/problem+json')) return [`a refusal as ${type || 'nothing'}`];
  const problem = problemSchema.safeParse(jsonIn(text));
  if (!problem.success) return [`no problem that one could read: ${text.slice(0, 200)}`];
  const { code, status: said } = problem.data;
  if (said !== status) return [`says ${said}`];
  return known[code] === undefined ? [`the code ${code} is in no list`] : [];
}

function wordsOf({ caller, method, url, body }: FuzzRequest): string {
  const sent = body === null ? '' : ` ${body.toString('utf8').slice(0, 300)}`;
  return `${caller.name}: ${method} ${url.slice(0, 300)}${sent}`;
}

const keptMax = 100;

/** What the answers so far tell of ids, cursors and ETags. */
function openMemory({ ids, hidden }: Scene, random: () => number) {
  const untouched = new Set(hidden.values());
  const cursors: string[] = [];
  const etags: string[] = [];
  const keep = (list: string[], value: string) => {
    if (list.includes(value)) return;
    if (list.length < keptMax) list.push(value);
    else list[Math.floor(random() * keptMax)] = value;
  };
  const note = (name: string, value: string) => {
    if (untouched.has(value)) return;
    const list = ids.get(name) ?? [];
    ids.set(name, list);
    keep(list, value);
  };
  const noteAll = (value: unknown, idNames: readonly string[]) => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) noteAll(each, idNames);
      return;
    }
    for (const [name, each] of Object.entries(value)) {
      if (typeof each !== 'string') {
        // What is inside a record is another noun's.
        noteAll(each, name === 'data' ? idNames : [`${name}Id`]);
        continue;
      }
      if (name === 'id') for (const idName of idNames) note(idName, each);
      else if (name.endsWith('Id')) note(name, each);
      else if (name === 'nextCursor') keep(cursors, each);
    }
  };
  return {
    cursors,
    etags,
    knownTo({ name: caller }: Caller, name: string): readonly string[] {
      const secret = caller === 'full key' ? undefined : hidden.get(name);
      return [...(ids.get(name) ?? []), ...(secret === undefined ? [] : [secret])];
    },
    learn({ named }: FuzzRequest, { headers, text }: WireAnswer) {
      if (named.operation.operationId === 'getOpenApiDocument') return;
      if (headers.etag !== undefined) keep(etags, headers.etag);
      noteAll(jsonIn(text), idNamesOf(named.path));
    },
  };
}
