import type * as z from 'zod/mini';
import { RefusedError } from '#/lib/errors.ts';

/** Reads what a request brings, strictly: what is not understood is named instead of left out. */

export type Parameters = { params: Record<string, string>; query: Record<string, string> };

/** The parameters of path and query as they stand there; a parameter that comes twice is refused. */
export function readParameters(
  request: Request,
  given: Readonly<Record<string, string | string[] | undefined>>,
): Parameters {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (typeof value === 'string') params[name] = value;
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name in query) throw invalid('parameter_repeated', name);
    query[name] = value;
  }
  refuseNul(query, '');
  return { params, query };
}

/** The body as JSON (or a form's fields, where one is taken); throws for a body where none belongs. */
export async function readBody(
  request: Request,
  { body, takesForm }: { body: unknown; takesForm?: boolean },
): Promise<unknown> {
  if (request.method === 'GET') return null;
  const text = await request.text();
  if (body === null) {
    if (text.trim() !== '') throw new RefusedError({ code: 'invalid', reason: 'body_not_expected' });
    return null;
  }
  const isForm = (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded');
  if (isForm && takesForm === true) return fieldsOf(text);
  const value = parseJson(text);
  refuseNul(value, '');
  return value;
}

function fieldsOf(text: string): unknown {
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) throw invalid('parameter_repeated', name);
    fields[name] = value;
  }
  refuseNul(fields, '');
  return { ...fields };
}

function parseJson(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text, (_, value: unknown) =>
      // Half a character is nothing that PostgreSQL could keep.
      typeof value === 'string' ? value.toWellFormed() : value,
    );
  } catch {
    throw new RefusedError({ code: 'invalid', reason: 'body_not_json' });
  }
}

/** PostgreSQL keeps no NUL in any text: refused here once for all of them. */
function refuseNul(value: unknown, path: string): void {
  if (typeof value === 'string' && value.includes('\0')) throw invalid('text_has_nul', path);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (name.includes('\0')) throw invalid('text_has_nul', path);
    refuseNul(child, path === '' ? name : `${path}.${name}`);
  }
}

/** Parsed by its schema; throws `invalid` with a reason and the field, also for what the schema does not know. */
export function parseStrictly<Schema extends z.ZodMiniType>(
  schema: Schema,
  input: unknown,
  kind: 'parameter' | 'field',
): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new RefusedError({ code: 'invalid' });
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const field = [...path, ...issue.keys.slice(0, 1)].join('.').slice(0, 200);
    throw invalid(`unknown_${kind}`, field);
  }
  throw invalid(reasonOf(issue, valueAt(input, path)), path.join('.').slice(0, 200));
}

/** The schema's own word where it has one. */
function reasonOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (/^[a-z_]{3,40}$/.test(issue.message)) return issue.message;
  if (value === undefined && issue.code === 'invalid_type') return 'field_missing';
  switch (issue.code) {
    case 'invalid_type':
      return 'type_not_valid';
    case 'too_small':
      return 'value_too_small';
    case 'too_big':
      return 'value_too_large';
    default:
      return value === undefined ? 'field_missing' : 'value_not_valid';
  }
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  let value = input;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request; null for none. */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!keyPattern.test(key)) throw invalid('idempotency_key_not_valid', 'Idempotency-Key');
  return key;
}

function invalid(reason: string, field: string): RefusedError {
  return new RefusedError({ code: 'invalid', reason, ...(field === '' ? {} : { field }) });
}
