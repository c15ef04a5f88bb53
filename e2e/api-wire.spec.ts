import { z } from 'zod';
import { signIn } from '../bench/adapters/parley-calls.ts';
import { makeKey } from '../bench/adapters/parley-keys.ts';
import { openHttpClient } from '../bench/http-client.ts';
import { newId } from '../lib/ids.ts';
import { expect, type House, test } from './people.ts';
import { openRawCalls, type RawAnswer } from './raw-calls.ts';

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
});
const madeSchema = z.object({ id: z.string(), version: z.number(), subject: z.string() });

async function keyOf(house: House, scopes: readonly string[]): Promise<string> {
  const http = openHttpClient(house.app.url);
  const { email, password } = house.admin;
  await signIn(http, { url: house.app.url, widgetKey: house.widgetKey, realtimeKey: '', email, password });
  const { token } = await makeKey(http, { name: 'Wire', scopes });
  http.close();
  return token;
}

/** A refusal as it is told: whatever refused, it is the same form, names its request, and is kept by nobody. */
function problemIn({ status, headers, text }: RawAnswer): z.infer<typeof problemSchema> {
  expect(headers['content-type']).toBe('application/problem+json');
  expect(headers['cache-control']).toBe('private, no-store');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['access-control-allow-origin']).toBeUndefined();
  const problem = problemSchema.parse(JSON.parse(text));
  expect([problem.status, problem.requestId]).toEqual([status, headers['x-request-id']]);
  expect(problem.type).toBe(`/docs/api#${problem.code}`);
  return problem;
}

test('what is refused before it reaches an endpoint is told as what endpoints refuse', async ({ house }) => {
  const calls = openRawCalls(house);
  const authorization = `Bearer ${await keyOf(house, ['tickets:write'])}`;
  const json = { authorization, 'content-type': 'application/json' };
  const ask = async (method: string, path: string, headers: Record<string, string> = json, body = '') => {
    const answer = await calls.ask(method, path, headers, body);
    return { ...problemIn(answer), allow: answer.headers.allow };
  };
  const tickets = '/api/v1/tickets';
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const refused: [Promise<object>, number, string][] = [
    [ask('GET', '/api/v1'), 404, 'not_found'],
    [ask('GET', '/api/v1/nothing'), 404, 'not_found'],
    [ask('GET', `${tickets}/`), 404, 'not_found'],
    [ask('GET', `${tickets}/x`), 400, 'value_not_valid'],
    [ask('GET', `${tickets}/%00`), 400, 'url_not_valid'],
    [ask('GET', `${tickets}?where=%zz`), 400, 'url_not_valid'],
    [ask('GET', `${tickets}?where=${'x'.repeat(8_200)}`), 414, 'url_too_long'],
    [ask('POST', tickets, { ...json, origin: 'https://evil.example' }, '{}'), 403, 'origin_not_allowed'],
    [ask('POST', tickets, { ...json, origin: 'null' }, '{}'), 403, 'origin_not_allowed'],
    [ask('POST', tickets, { ...json, 'content-type': 'text/plain' }, '{}'), 415, 'type_not_supported'],
    [ask('POST', tickets, { ...json, 'content-encoding': 'gzip' }, '{}'), 415, 'encoding_not_supported'],
    [ask('POST', tickets, json, '{"id":'), 400, 'body_not_valid'],
    [ask('POST', tickets, json, deep), 400, 'body_not_valid'],
    [ask('POST', tickets, json, `"${'x'.repeat(300_000)}"`), 413, 'body_too_large'],
    [ask('POST', tickets, json, '[]'), 400, 'type_not_valid'],
    [ask('GET', tickets, {}), 401, 'token_missing'],
  ];
  for (const [asked, status, code] of refused) expect(await asked).toMatchObject({ status, code });
  const known = { status: 405, code: 'method_not_allowed', allow: 'GET, POST' };
  for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect(await ask(method, tickets)).toMatchObject(known);
  calls.close();
});

test('who is signed in with a browser is nobody to the API', async ({ agent, house }) => {
  const { page } = agent;
  await page.goto(`${house.app.url}/settings/profile`);
  const asked = await page.evaluate(async () => {
    const [read, write] = await Promise.all([
      fetch('/api/v1/tickets'),
      fetch('/api/v1/tickets', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
    ]);
    return [read.status, write.status];
  });
  expect(asked).toEqual([401, 401]);
});

test('of two programs that read the same ticket one writes, and the other is told of what it lost to', async ({
  agent,
  customer,
  house,
}) => {
  await customer.start();
  await customer.send('Two programs look at this');
  await expect(agent.row('Two programs look at this')).toBeVisible();
  const calls = openRawCalls(house);
  const authorization = `Bearer ${await keyOf(house, ['tickets:write'])}`;
  const where = encodeURIComponent(JSON.stringify({ subject: 'Two programs look at this' }));
  const listed = await calls.ask('GET', `/api/v1/tickets?where=${where}&fields=number`, { authorization });
  const { data } = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(JSON.parse(listed.text));
  const path = `/api/v1/tickets/${data[0]?.id}`;
  const tag = String((await calls.ask('GET', path, { authorization })).headers.etag);
  const patch = (subject: string, more: Record<string, string>) => {
    const headers = { authorization, 'content-type': 'application/json', 'if-match': tag, ...more };
    return calls.ask('PATCH', path, headers, JSON.stringify({ subject }));
  };
  const keys = [{ 'idempotency-key': newId() }, { 'idempotency-key': newId() }] as const;
  const both = await Promise.all([patch('Mine', keys[0]), patch('No, mine', keys[1])]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  const [winner, loser] = both[0].status === 200 ? both : [both[1], both[0]];
  expect(problemIn(loser).code).toBe('changed_meanwhile');
  expect(loser.headers.etag).toBe(winner.headers.etag);
  const won = madeSchema.parse(JSON.parse(winner.text));
  expect(winner.headers.etag).toBe(`"${won.version}"`);
  await expect(agent.row(won.subject)).toBeVisible();
  // The answer was lost on the way: the same request again is not carried out again.
  const repeated = await patch(won.subject, won.subject === 'Mine' ? keys[0] : keys[1]);
  expect([repeated.status, repeated.text]).toEqual([200, winner.text]);
  expect(repeated.headers['idempotent-replayed']).toBe('true');
  calls.close();
});
