import { damaged, hostileTexts, idFrom, type Maker, sampleOf } from '#/bench/api-fuzz/values.ts';
import { pick } from '#/bench/random.ts';
import { type ApiParameter, type JsonSchema, jsonSchema, type NamedOperation } from '#/lib/api/schema.ts';

/** Who a request says that it is from. */
export type Caller = { name: string; authorization: string | null };

export type FuzzRequest = {
  named: NamedOperation;
  caller: Caller;
  method: string;
  /** Path and query as they go out. */
  url: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** Whether everything in it was made as the document has it. */
  isMeantWell: boolean;
};

export type RequestMaker = Omit<Maker, 'known'> & {
  callers: readonly Caller[];
  /** Ids that answers named so, and that this caller is to try. */
  knownTo(caller: Caller, name: string): readonly string[];
  /** Cursors that any list answered. */
  cursors: readonly string[];
  /** ETags that any ticket was answered with. */
  etags: readonly string[];
};

type CallMaker = RequestMaker & Maker;

/** A request for this operation: mostly as described, often with something wrong, sometimes with nothing right. */
export function requestOf(named: NamedOperation, given: RequestMaker): FuzzRequest {
  const { random, callers } = given;
  const caller = pick(random, callers);
  const maker: CallMaker = { ...given, known: (name) => given.knownTo(caller, name) };
  const isMeantWell = random() < 0.4;
  const path = pathOf(named, maker, isMeantWell);
  const search = searchOf(named, maker, isMeantWell);
  const body = bodyOf(named, maker, isMeantWell);
  const headers: Record<string, string> = {
    ...(caller.authorization === null ? {} : { authorization: caller.authorization }),
    ...headersOf(named, maker, isMeantWell),
    ...(body === null ? {} : { 'content-type': typeOf(random, isMeantWell) }),
  };
  return {
    named,
    caller,
    method: named.method.toUpperCase(),
    url: search === '' ? path : `${path}?${search}`,
    headers,
    body,
    isMeantWell,
  };
}

function pathOf({ path, operation }: NamedOperation, maker: CallMaker, isMeantWell: boolean): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const { random } = maker;
    if (!isMeantWell && random() < 0.2) return encodeURIComponent(hostilePart(random));
    const schema = operation.parameters.find((each) => each.in === 'path' && each.name === name)?.schema;
    return encodeURIComponent(String(sampleOf(schema ?? {}, maker, name)));
  });
}

/** No empty part and no dots: these would be other addresses. */
function hostilePart(random: () => number): string {
  const text = pick(random, hostileTexts).toWellFormed().slice(0, 200);
  return /^\.*$/.test(text) ? 'x' : text;
}

function searchOf({ operation }: NamedOperation, maker: CallMaker, isMeantWell: boolean): string {
  const { random } = maker;
  const includable = operation['x-list']?.include ?? [];
  const pairs: [string, string][] = operation.parameters
    // Where nothing can be included, naming anything is a mistake.
    .filter(({ name }) => name !== 'include' || includable.length > 0 || !isMeantWell)
    .filter((each) => each.in === 'query' && (each.required || random() < 0.4))
    .map((each) => [each.name, queryValue(each, operation, maker, isMeantWell)]);
  if (!isMeantWell && random() < 0.15) pairs.push([pick(random, ['wher', 'page', 'key', '__proto__']), '1']);
  const first = pairs[0];
  if (!isMeantWell && first !== undefined && random() < 0.05) pairs.push(first);
  return pairs
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&')
    .slice(0, 9_000);
}

function queryValue(
  parameter: ApiParameter,
  operation: NamedOperation['operation'],
  maker: CallMaker,
  isMeantWell: boolean,
): string {
  const { random } = maker;
  const { name, schema } = parameter;
  const list = operation['x-list'];
  if (!isMeantWell && random() < 0.25) return pick(random, hostileTexts);
  const some = (from: readonly string[]) => from.filter(() => random() < 0.4).join(',');
  switch (name) {
    case 'where':
      return whereText(schema, maker, isMeantWell);
    case 'order':
      return `${random() < 0.5 ? '-' : ''}${pick(random, list?.order.length ? list.order : ['id'])}`;
    case 'include':
      return some(list?.include ?? []) || pick(random, list?.include.length ? list.include : ['x']);
    case 'fields':
      return some(list?.fields ?? []) || 'id';
    case 'cursor':
      return maker.cursors.length > 0 && random() < 0.8 ? pick(random, maker.cursors) : 'eyJhIjoxfQ.abc';
    case 'types':
      return String(pick(random, maker.named.Event?.properties?.type?.enum ?? ['ticket.changed']));
    case 'wait':
      // Waiting is tested by itself; here it would only take time.
      return random() < 0.02 ? '1' : '0';
    default:
      return String(sampleOf(schema, maker, name));
  }
}

function whereText(schema: JsonSchema, maker: CallMaker, isMeantWell: boolean): string {
  const { random } = maker;
  const content = jsonSchema.parse(Reflect.get(schema, 'contentSchema') ?? {});
  const where = sampleOf(content, maker, '');
  if (isMeantWell || random() < 0.4) return JSON.stringify(where);
  if (random() < 0.2) {
    const field = pick(random, [...Object.keys(content.properties ?? {}), 'id']);
    return JSON.stringify({ [field]: { in: Array.from({ length: 10_000 }, () => idFrom(random)) } });
  }
  return random() < 0.8
    ? JSON.stringify(damaged(where, random))
    : pick(random, ['{', '[]', '"x"', '1', 'null']);
}

function headersOf(
  { operation }: NamedOperation,
  maker: CallMaker,
  isMeantWell: boolean,
): Record<string, string> {
  const { random } = maker;
  const headers: Record<string, string> = {};
  const takes = (name: string) =>
    operation.parameters.some((each) => each.in === 'header' && each.name === name);
  if (takes('Idempotency-Key') && random() < 0.7) {
    // Few enough that some come again, with the same request or with another one.
    const key = isMeantWell
      ? idFrom(random)
      : pick(random, ['again', 'a b', 'ü', 'x'.repeat(256), '', idFrom(random)]);
    headers['idempotency-key'] = key;
  }
  if (takes('If-Match') && random() < 0.5) {
    const known = maker.etags.length > 0 ? pick(random, maker.etags) : '"1"';
    headers['if-match'] = isMeantWell
      ? known
      : pick(random, [known, '*', 'W/"1"', '"-1"', '1', '"1", "2"', 'x'.repeat(5_000)]);
  }
  if (!isMeantWell && random() < 0.03) headers['content-encoding'] = 'gzip';
  return headers;
}

function typeOf(random: () => number, isMeantWell: boolean): string {
  if (isMeantWell || random() < 0.9) return 'application/json';
  return pick(random, [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'x',
  ]);
}

function bodyOf(
  { method, operation }: NamedOperation,
  maker: CallMaker,
  isMeantWell: boolean,
): Buffer | null {
  const { random } = maker;
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (schema === undefined) {
    return !isMeantWell && method !== 'get' && random() < 0.1 ? Buffer.from('{"surprise":1}') : null;
  }
  const value = sampleOf(schema, maker);
  if (isMeantWell || random() < 0.2) return textBody(value);
  if (random() < 0.75) return textBody(damaged(value, random));
  return pick<() => Buffer>(random, [
    () => Buffer.from(JSON.stringify(value).slice(0, -1)),
    () => Buffer.from(`[${JSON.stringify(value)}]`),
    () => Buffer.from('\ufeff{}'),
    () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    () => Buffer.from('null'),
    () => Buffer.from('"text"'),
    () => Buffer.from('{"id":1e999}'),
    () => Buffer.from('{"text":"a","text":"b"}'),
    () => Buffer.from(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
    () => Buffer.from(JSON.stringify({ text: 'x'.repeat(300_000) })),
    () => Buffer.alloc(0),
  ])();
}

/** JSON as a client writes it: half characters stay as they are, for the server to make something of. */
function textBody(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** What an `id` in this path's answers is called elsewhere: one of `/webhooks/{webhookId}/deliveries` is a `deliveryId`. */
export function idNamesOf(path: string): string[] {
  const part = path.split('/').findLast((each) => /^[a-z-]+$/.test(each) && each !== 'count') ?? '';
  const noun = part
    .replace(/ies$/, 'y')
    .replace(/s$/, '')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [`${noun}Id`, ...(noun === 'agent' ? ['assigneeId'] : [])];
}
