import postgres from 'postgres';
import { actionIdOf, decodeAnswer, encodeArguments } from '../bench/adapters/parley-actions.ts';
import { newId, newToken } from '../lib/ids.ts';
import { channels } from '../lib/realtime/channels.ts';
import { expect, type House, test } from './people.ts';

/** What came back: a status, and for a decoded action its `Result`. */
type Answer = { status: number; text: string; code: string | null; value: unknown };
type Stranger = { token: string; customerId: string; conversationId: string; ticketId: string };

const json = { 'content-type': 'application/json' };

for (const [name, text, reason] of [
  ['empty', '', 'text_empty'],
  ['only white space', ' \n\t ', 'text_empty'],
  ['only invisible characters', '\u200b\u2060\ufeff', 'text_empty'],
  ['10,001 characters', 'x'.repeat(10_001), 'text_too_long'],
  ['a NUL', 'before\0after', 'text_has_nul'],
] as const) {
  test(`a text that is ${name} is refused with its reason and nothing is stored`, async ({ house }) => {
    const started = await start(house, 'A fair beginning');
    const before = await countOf(house);
    const id = newId();
    const answer = await act(house, 'sendMessage', [
      started.token,
      { conversationId: started.conversationId, id, text },
    ]);
    expect([answer.status, answer.code]).toEqual([200, 'invalid']);
    expect(answer.text).toContain(reason);
    expect(await countOf(house)).toEqual(before);
    const beginning = await act(house, 'startConversation', [beginningOf(house, text)]);
    expect(beginning.code).toBe('invalid');
    expect(await countOf(house)).toEqual(before);
  });
}

test('odd but honest text is stored: a lone surrogate repaired, direction overrides and marks as they are', async ({
  house,
}) => {
  const { token, conversationId } = await start(house, 'A fair beginning');
  for (const [text, stored] of [
    ['half \ud83d emoji', 'half \ufffd emoji'],
    ['right \u202eto left', 'right \u202eto left'],
    [`marks ${'\u0301'.repeat(300)}`, `marks ${'\u0301'.repeat(300)}`],
  ] as const) {
    const answer = await act(house, 'sendMessage', [token, { conversationId, id: newId(), text }]);
    expect(answer.code, text.slice(0, 20)).toBeNull();
    expect(answer.value).toMatchObject({ text: stored });
  }
});

test('a body that is too large, not JSON, of another kind or from elsewhere never reaches an action', async ({
  house,
}) => {
  const { url } = house.app;
  const action = { 'next-action': actionIdOf('app/widget/actions.ts', 'sendMessage') };
  const plain = { 'content-type': 'text/plain;charset=UTF-8', origin: url, ...action };
  const path = `${url}/widget?widget=${house.widgetKey}`;
  const before = await countOf(house);
  const statusOf = async (headers: Record<string, string>, body: string, to = path) => {
    const response = await fetch(to, { method: 'POST', headers, body });
    const text = await response.text();
    expect(text).not.toMatch(/node_modules|\n\s+at |select |insert /i);
    return response.status;
  };
  expect(await statusOf(plain, JSON.stringify(['x'.repeat(1_000_000)]))).toBe(413);
  expect(await statusOf(plain, JSON.stringify(['\u0301'.repeat(1_000_000)]))).toBe(413);
  expect(await statusOf(plain, 'this is not json')).toBe(400);
  expect(await statusOf({ ...plain, 'content-type': 'text/html' }, '[]')).toBe(415);
  for (const origin of ['null', 'https://evil.example', house.shop.url]) {
    expect(await statusOf({ ...plain, origin }, '[]')).toBe(403);
  }
  const { origin: _, ...withoutOrigin } = plain;
  expect(await statusOf(withoutOrigin, '[]')).toBe(403);
  const api = `${url}/api/widget/read`;
  const bearer = { authorization: `Bearer ${newToken()}` };
  expect(await statusOf({ ...json, ...bearer, origin: url }, '{"conversationId":', api)).toBe(400);
  expect(await statusOf({ ...json, ...bearer, origin: url }, '{}', api)).toBe(401);
  expect(await statusOf({ ...json, ...bearer }, '{}', api)).toBe(403);
  expect(await countOf(house)).toEqual(before);
});

test('a forged or expired session, an unknown widget and a foreign site are refused by their codes', async ({
  house,
}) => {
  const owner = await start(house, 'A fair beginning');
  const message = { conversationId: owner.conversationId, id: newId(), text: 'Let me in' };
  for (const token of [newToken(), '', 'x', `${owner.token}x`]) {
    expect((await act(house, 'sendMessage', [token, message])).code).toBe('unauthenticated');
  }
  const unknown = { ...beginningOf(house, 'Hello'), widgetKey: 'wk_00000000000000000000' };
  expect((await act(house, 'startConversation', [unknown])).code).toMatch(/not_found|forbidden/);
  const foreign = { ...beginningOf(house, 'Hello'), origin: 'https://evil.example' };
  expect((await act(house, 'startConversation', [foreign])).code).toBe('forbidden');

  const sql = postgres(house.app.databaseUrl, { max: 1 });
  await sql`update customer_sessions set expires_at = now() - interval '1 second'
    where customer_id = ${owner.customerId}`;
  await sql.end();
  await expect
    .poll(async () => (await act(house, 'sendMessage', [owner.token, message])).code)
    .toBe('unauthenticated');
});

test('another customer is refused by every action, route and channel of somebody’s conversation', async ({
  house,
}) => {
  const owner = await start(house, 'Mine alone: cobalt-heron-5521');
  const stranger = await start(house, 'A fair beginning');
  const { conversationId, ticketId, customerId } = owner;
  const before = await countOf(house);

  const message = { conversationId, id: newId(), text: 'I was here' };
  expect((await act(house, 'sendMessage', [stranger.token, message])).code).toBe('not_found');
  expect((await act(house, 'requestTicketLink', [stranger.token, { ticketId }])).code).toBe('not_found');
  const taken = { ticketId, conversationId, id: newId(), text: 'Mine now', page: null };
  expect((await act(house, 'startTicket', [stranger.token, taken])).code).toMatch(/conflict|not_found/);
  const following = {
    followsConversationId: conversationId,
    conversationId: newId(),
    id: newId(),
    text: 'Mine',
  };
  expect((await act(house, 'startFollowUp', [stranger.token, following])).code).toBe('not_found');
  const stolen = { ...beginningOf(house, 'Mine now'), ticketId, conversationId };
  expect((await act(house, 'startConversation', [stolen])).code).toMatch(/conflict|not_found/);

  const page = `/api/widget/conversations/${conversationId}/messages`;
  const asked = [
    await get(house, page, stranger.token),
    await get(house, `${page}?after=0&limit=100`, stranger.token),
    await post(house, '/api/widget/read', { conversationId, through: 1 }, stranger.token),
    await post(house, '/api/widget/typing', { conversationId, isTyping: true }, stranger.token),
  ];
  expect(asked.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  for (const path of [
    '/api/inbox/tickets',
    `/api/inbox/tickets/${ticketId}`,
    `/api/inbox/tickets/${ticketId}/events`,
    `/api/inbox/conversations/${conversationId}/messages`,
  ]) {
    for (const token of [owner.token, stranger.token, null]) {
      expect((await get(house, path, token)).status, path).toBe(401);
    }
  }
  const state = await get(house, '/api/widget/state', stranger.token);
  expect(state.text).not.toContain('cobalt-heron-5521');

  const names = [
    channels.customer(customerId),
    channels.conversation(conversationId),
    channels.staffConversation(conversationId),
    channels.ticketPresence(ticketId),
    channels.staff(),
    channels.agent(customerId),
    channels.department(ticketId),
    'private-anything',
    `private-conversation-${conversationId},private-staff`,
  ];
  const granted = await post(
    house,
    '/api/realtime/auth',
    { socketId: '1.2', channels: names },
    stranger.token,
  );
  if (granted.status === 200) {
    expect(granted.value).toMatchObject({ channels: Object.fromEntries(names.map((name) => [name, null])) });
  } else {
    expect(granted.status).toBe(400);
  }
  const forged = await post(
    house,
    '/api/realtime/auth',
    { socketId: '1.2:private-staff', channels: [] },
    stranger.token,
  );
  expect(forged.status).toBe(400);
  expect(await countOf(house)).toEqual(before);
});

test('the session’s token is never in an address, a frame of the socket or an answer', async ({
  customer,
  house,
}) => {
  const addresses: string[] = [];
  const frames: string[] = [];
  const answers: Promise<string>[] = [];
  customer.page.on('request', (request) =>
    addresses.push(`${request.url()} ${request.headers().referer ?? ''}`),
  );
  customer.page.on('websocket', (socket) => {
    addresses.push(socket.url());
    socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
    socket.on('framesent', ({ payload }) => frames.push(String(payload)));
  });
  customer.page.on('response', (response) => answers.push(response.text().catch(() => '')));
  await customer.start();
  await customer.send('Where does my token go?');
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  await customer.page.reload();
  await customer.reopen(/Where does my token go/);
  await expect(customer.log).toContainText('Where does my token go?');

  const token = await customer.page.evaluate(
    (key) => localStorage.getItem(`parley:${key}:token`),
    house.widgetKey,
  );
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const everything = [...addresses, ...frames, ...(await Promise.all(answers))].join('\n');
  expect(everything).toContain('Where does my token go?');
  expect(everything).not.toContain(token);
});

function beginningOf(house: House, text: string) {
  return {
    widgetKey: house.widgetKey,
    origin: house.shop.url,
    sessionToken: newToken(),
    ticketId: newId(),
    conversationId: newId(),
    id: newId(),
    text,
    locale: 'en',
    timezone: 'Europe/Dublin',
    page: null,
  };
}

async function start(house: House, text: string): Promise<Stranger> {
  const beginning = beginningOf(house, text);
  const answer = await act(house, 'startConversation', [beginning]);
  expect(answer.code).toBeNull();
  const { sessionToken: token, conversationId, ticketId } = beginning;
  const customerId = /"customerId":"([0-9a-f-]{36})"/.exec(answer.text)?.[1] ?? '';
  return { token, customerId, conversationId, ticketId };
}

async function act(house: House, name: string, args: readonly unknown[]): Promise<Answer> {
  const response = await fetch(`${house.app.url}/widget?widget=${house.widgetKey}`, {
    method: 'POST',
    headers: {
      origin: house.app.url,
      'content-type': 'text/plain;charset=UTF-8',
      accept: 'text/x-component',
      'next-action': actionIdOf('app/widget/actions.ts', name),
    },
    body: encodeArguments(args),
  });
  const text = await response.text();
  return { status: response.status, text, ...outcomeOf(response.status === 200 ? decodeAnswer(text) : null) };
}

async function get(house: House, path: string, token: string | null): Promise<Answer> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return answerOf(await fetch(`${house.app.url}${path}`, { headers }));
}

async function post(house: House, path: string, body: unknown, token: string): Promise<Answer> {
  const headers = { ...json, origin: house.app.url, authorization: `Bearer ${token}` };
  return answerOf(
    await fetch(`${house.app.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  );
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, text, ...outcomeOf(JSON.parse(text)) };
}

function outcomeOf(result: unknown): { code: string | null; value: unknown } {
  if (typeof result !== 'object' || result === null) return { code: null, value: null };
  const error: unknown = Reflect.get(result, 'error');
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : null;
  return { code: typeof code === 'string' ? code : null, value: Reflect.get(result, 'value') };
}

/** How many rows a write could have made, of each kind. */
async function countOf(house: House): Promise<unknown> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  const [counts] = await sql`select (select count(*)::int from messages) as messages,
    (select count(*)::int from tickets) as tickets, (select count(*)::int from customers) as customers,
    (select count(*)::int from customer_sessions) as sessions, (select count(*)::int from events) as events,
    (select count(*)::int from ticket_links) as links`;
  await sql.end();
  return counts;
}
