import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { idempotencyKeyOf, parseStrictly, readBody, readParameters } from '#/lib/api/input.ts';

const url = 'http://parley.test/api/v1/things';
const post = (body: string, headers: Record<string, string> = {}) =>
  new Request(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const takes = { body: z.strictObject({}) };

async function refusalOf(attempt: () => unknown): Promise<[string | undefined, string | undefined]> {
  try {
    await attempt();
  } catch (error) {
    const failure: { reason?: string; field?: string } = Reflect.get(Object(error), 'failure');
    return [failure.reason, failure.field];
  }
  throw new Error('nothing was refused');
}

test('a parameter that comes twice, or holds NUL, is refused', async () => {
  const read = (search: string) => readParameters(new Request(`${url}?${search}`), { thingId: 'x' });
  expect(read('a=1&b=%20')).toEqual({ params: { thingId: 'x' }, query: { a: '1', b: ' ' } });
  expect(await refusalOf(() => read('a=1&a=2'))).toEqual(['parameter_repeated', 'a']);
  expect(await refusalOf(() => read('a=%00'))).toEqual(['text_has_nul', 'a']);
  expect(read('__proto__=1&constructor=2').query).toMatchObject({ constructor: '2' });
});

test('a body is JSON, or nothing where none belongs', async () => {
  expect(await readBody(post('{"a":1}'), takes)).toEqual({ a: 1 });
  expect(await readBody(post(''), takes)).toEqual({});
  expect(await readBody(new Request(url), takes)).toBeNull();
  expect(await readBody(post(''), { body: null })).toBeNull();
  expect(await refusalOf(() => readBody(post('{}'), { body: null }))).toEqual([
    'body_not_expected',
    undefined,
  ]);
  expect(await refusalOf(() => readBody(post('{'), takes))).toEqual(['body_not_json', undefined]);
});

test('a form is taken only where one is expected', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await readBody(post('a=1&b=%20', form), { ...takes, takesForm: true })).toEqual({ a: '1', b: ' ' });
  expect(await refusalOf(() => readBody(post('a=1', form), takes))).toEqual(['body_not_json', undefined]);
  expect(await refusalOf(() => readBody(post('a=1&a=2', form), { ...takes, takesForm: true }))).toEqual([
    'parameter_repeated',
    'a',
  ]);
});

test('no text with NUL gets in, wherever it stands, and half characters are repaired', async () => {
  expect(await refusalOf(() => readBody(post('{"a":[{"b":"x\\u0000"}]}'), takes))).toEqual([
    'text_has_nul',
    'a.0.b',
  ]);
  expect(await refusalOf(() => readBody(post('{"a":{"\\u0000":1}}'), takes))).toEqual(['text_has_nul', 'a']);
  expect(await readBody(post('{"a":"\\ud800"}'), takes)).toEqual({ a: '\ufffd' });
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      fc.pre(!JSON.stringify(value).includes('\\u0000'));
      const read = await readBody(post(JSON.stringify(value)), takes);
      expect(JSON.stringify(read)).toBe(JSON.stringify(value));
    }),
  );
});

test('what a schema does not know, lacks or cannot take is named', async () => {
  const schema = z.strictObject({
    name: z.string().check(z.maxLength(3, 'name_too_long')),
    size: z.int().check(z.gte(1), z.lte(9)),
    inner: z.optional(z.strictObject({ a: z.boolean() })),
  });
  const refused = (input: unknown) => refusalOf(() => parseStrictly(schema, input, 'field'));
  expect(parseStrictly(schema, { name: 'x', size: 2 }, 'field')).toEqual({ name: 'x', size: 2 });
  expect(await refused({ name: 'x', size: 2, more: 1 })).toEqual(['unknown_field', 'more']);
  expect(await refused({ name: 'x', size: 2, inner: { a: true, b: 1 } })).toEqual([
    'unknown_field',
    'inner.b',
  ]);
  expect(await refused({ size: 2 })).toEqual(['field_missing', 'name']);
  expect(await refused({ name: 'x', size: '2' })).toEqual(['type_not_valid', 'size']);
  expect(await refused({ name: 'x', size: 0 })).toEqual(['value_too_small', 'size']);
  expect(await refused({ name: 'x', size: 10 })).toEqual(['value_too_large', 'size']);
  expect(await refused({ name: 'long', size: 2 })).toEqual(['name_too_long', 'name']);
  expect(await refused([])).toEqual(['type_not_valid', undefined]);
  expect(await refusalOf(() => parseStrictly(schema, { z: 1, name: 'x', size: 1 }, 'parameter'))).toEqual([
    'unknown_parameter',
    'z',
  ]);
});

test('an Idempotency-Key is 1 to 255 visible characters', async () => {
  const keyed = (key: string) => post('{}', { 'Idempotency-Key': key });
  expect(idempotencyKeyOf(post('{}'))).toBeNull();
  expect(idempotencyKeyOf(keyed('order-17'))).toBe('order-17');
  expect(idempotencyKeyOf(keyed('k'.repeat(255)))).toHaveLength(255);
  for (const key of ['k'.repeat(256), 'a b', 'ä', '']) {
    expect(await refusalOf(() => idempotencyKeyOf(keyed(key)))).toEqual([
      'idempotency_key_not_valid',
      'Idempotency-Key',
    ]);
  }
});
