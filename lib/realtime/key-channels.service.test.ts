import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { serve } from '#/lib/api/endpoint.ts';
import { realtime } from '#/lib/api/endpoints/realtime.ts';
import { tickets } from '#/lib/api/endpoints/tickets.ts';
import { problemSchema } from '#/lib/api/problems.ts';
import { realtimeGrantRecord, realtimeRecord } from '#/lib/api/records/realtime.ts';
import { type Scope, scopes } from '#/lib/api/scopes.ts';
import { ask } from '#/lib/api/testing.ts';
import { revokeKey } from '#/lib/api-keys/service.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorizeChannels } from '#/lib/realtime/authorize-channel.ts';
import type { ChangeEvent } from '#/lib/realtime/changes.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { keyChannels, keyEventPayloads } from '#/lib/realtime/key-events.ts';
import { drainPublishing, publishChanges, publishViewing } from '#/lib/realtime/publish.ts';
import { type Conversing, makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { setViewing } from '#/lib/viewing/service.ts';

/** What keys may join, and what is told there. The far end of our publishing writes down what it is told. */

const batchSchema = z.object({
  batch: z.array(z.object({ channel: z.string(), name: z.string(), data: z.string() })),
});
const socketId = '1234.5678';
const allReads = scopes.filter((scope) => scope.endsWith(':read'));
type Key = Awaited<ReturnType<typeof makeKey>>;

let told: { channel: string; name: string; data: string }[] = [];
let ended: string[] = [];
let far: Server;
let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
let billing: string;
let shipping: string;
let ours: Conversing;
let theirs: Conversing;

beforeAll(async () => {
  far = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const user = /\/users\/([^/]+)\/terminate_connections/.exec(request.url ?? '')?.[1];
      if (user !== undefined) ended.push(user);
      else told.push(...batchSchema.parse(JSON.parse(body)).batch);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(far.address());
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    PUSHER_APP_ID: 'app',
    PUSHER_KEY: 'key',
    PUSHER_SECRET: 's'.repeat(32),
    PUSHER_HOST: '127.0.0.1',
    PUSHER_PORT: String(port),
    PUSHER_TLS: 'false',
    RATE_LIMIT_SCALE: '100000',
  });
  widget = await makeWidget();
  admin = await makeAgent('admin');
  [billing, shipping] = [await makeDepartment(false), await makeDepartment(false)];
  [ours, theirs] = [await makeConversation(widget), await makeConversation(widget)];
  await transact((tx) => updateTicketDepartment(tx, ours.ticketId, billing));
  await transact((tx) => updateTicketDepartment(tx, theirs.ticketId, shipping));
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
  far.closeAllConnections();
  far.close();
});
beforeEach(async () => {
  await drainPublishing();
  told = [];
  ended = [];
});

const authorize = (token: string, channel?: string) =>
  ask(realtime.authorize, {
    token,
    body: { socket_id: socketId, ...(channel === undefined ? {} : { channel_name: channel }) },
  });
async function mayJoin(key: Key, channel: string): Promise<boolean> {
  const { status, body } = await authorize(key.token, channel);
  if (status === 200) return realtimeGrantRecord.parse(body).auth.startsWith('key:');
  expect([status, problemSchema.parse(body).code]).toEqual([403, 'channel_refused']);
  return false;
}
async function publish(events: readonly ChangeEvent[]): Promise<void> {
  publishChanges(events);
  await drainPublishing();
}
const toldOn = (channel: string) =>
  told.filter((one) => one.channel === channel).map(({ name, data }) => [name, JSON.parse(data)] as const);
const setSubject = async (ticketId: string, to: string) =>
  (await changeTicket(admin, { ticketId, id: newId(), change: { field: 'subject', to } })).events;

describe('what a key may not GET, it may not join', () => {
  const everyChannel = () => ({
    tickets: keyChannels.tickets(),
    ourTickets: keyChannels.departmentTickets(billing),
    theirTickets: keyChannels.departmentTickets(shipping),
    ourLog: channels.staffConversation(ours.conversationId),
    theirLog: channels.staffConversation(theirs.conversationId),
    ourPublicLog: channels.conversation(ours.conversationId),
    ourCustomer: channels.customer(ours.customer.id),
    ourPresence: channels.ticketPresence(ours.ticketId),
    staff: channels.staff(),
    ourDepartment: channels.department(billing),
    admin: channels.agent(admin.id),
    unknownLog: channels.staffConversation(newId()),
    noneOfOurs: 'private-tickets-',
    prototype: '__proto__',
  });
  const without = (...left: Scope[]) => allReads.filter((scope) => !left.includes(scope));
  const cases: { title: string; scopes: Scope[]; isOfDepartment: boolean; joins: string[] }[] = [
    {
      title: 'all scopes',
      scopes: allReads,
      isOfDepartment: false,
      joins: ['tickets', 'ourLog', 'theirLog'],
    },
    {
      title: 'all scopes of a department',
      scopes: allReads,
      isOfDepartment: true,
      joins: ['ourTickets', 'ourLog'],
    },
    {
      title: 'no tickets',
      scopes: without('tickets:read'),
      isOfDepartment: false,
      joins: ['ourLog', 'theirLog'],
    },
    { title: 'no messages', scopes: without('messages:read'), isOfDepartment: false, joins: ['tickets'] },
    {
      title: 'no conversations',
      scopes: without('conversations:read'),
      isOfDepartment: true,
      joins: ['ourTickets'],
    },
    { title: 'realtime alone', scopes: ['realtime:read'], isOfDepartment: false, joins: [] },
  ];
  test.each(cases)('a key with $title', async ({ scopes: held, isOfDepartment, joins }) => {
    const key = await makeKey(held, isOfDepartment ? { departmentId: billing } : {});
    const joined: string[] = [];
    for (const [name, channel] of Object.entries(everyChannel())) {
      if (await mayJoin(key, channel)) joined.push(name);
    }
    expect(joined.sort()).toEqual([...joins].sort());
    const answer = realtimeRecord.parse((await ask(realtime.get, { token: key.token })).body);
    const lists = [keyChannels.tickets(), keyChannels.departmentTickets(billing)];
    const named = joins.flatMap((name) => lists[['tickets', 'ourTickets'].indexOf(name)] ?? []);
    expect(answer.channels).toEqual(named);
  });

  test('a key without realtime joins nothing at all', async () => {
    const { token } = await makeKey(['tickets:read']);
    const { status, body } = await authorize(token, keyChannels.tickets());
    expect([status, problemSchema.parse(body).code]).toEqual([403, 'scope_missing']);
  });

  test('a robot whose key is not shown joins nothing, whatever its role may read', async () => {
    const { actor } = await makeKey(allReads);
    const names = Object.values(everyChannel());
    const grants = await authorizeChannels(actor, { socketId, channels: names, isSignin: false });
    expect(Object.values(grants.channels).filter((grant) => grant !== null)).toEqual([]);
  });

  test('a key that was revoked is granted nothing, although it was known a moment ago', async () => {
    const key = await makeKey(allReads);
    expect(await mayJoin(key, keyChannels.tickets())).toBe(true);
    const { events } = await revokeKey(admin, { id: key.keyId });
    const { status, body } = await authorize(key.token, keyChannels.tickets());
    expect([status, problemSchema.parse(body).code]).toEqual([401, 'key_revoked']);
    const late = { scopes: allReads, isLive: () => Promise.resolve(false) };
    const asked = { socketId, channels: [keyChannels.tickets()], isSignin: false };
    await expect(authorizeChannels(key.actor, asked, late)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await publish(events);
    expect(ended).toEqual([`agent-${key.keyId}`]);
  });
});

test('a customer’s token joins that customer’s channels, and no other', async () => {
  const names = (conversing: Conversing) => [
    channels.customer(conversing.customer.id),
    channels.conversation(conversing.conversationId),
  ];
  for (const name of names(ours)) expect((await authorize(ours.token, name)).status).toBe(200);
  const others = [...names(theirs), channels.staffConversation(ours.conversationId), keyChannels.tickets()];
  for (const name of others) expect((await authorize(ours.token, name)).status).toBe(403);
  const answer = realtimeRecord.parse((await ask(realtime.get, { token: ours.token })).body);
  expect(answer.channels).toEqual([channels.customer(ours.customer.id)]);
});

test('without a channel the socket is signed in, so that it can be closed', async () => {
  const key = await makeKey(['realtime:read']);
  const grant = realtimeGrantRecord.parse((await authorize(key.token)).body);
  expect(JSON.parse(grant.user_data ?? '')).toEqual({ id: `agent-${key.keyId}` });
});

test('the form that pusher-js sends is taken as well', async () => {
  const { token } = await makeKey(['realtime:read', 'tickets:read']);
  const request = new Request('http://parley.test/api/v1/realtime/auth', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: `socket_id=${socketId}&channel_name=${keyChannels.tickets()}`,
  });
  const response = await serve(realtime.authorize)(request, { params: Promise.resolve({}) });
  expect(response.status).toBe(200);
  expect(realtimeGrantRecord.parse(await response.json()).auth).toMatch(/^key:[0-9a-f]{64}$/);
});

test.each(['1', '1.x', '1234.5678;', ''])('%j is no socket', async (bad) => {
  const { token } = await makeKey(['realtime:read']);
  const refused = await ask(realtime.authorize, { token, body: { socket_id: bad } });
  expect([refused.status, problemSchema.parse(refused.body).code]).toEqual([400, 'socket_id_not_valid']);
});

describe('tickets are told to keys', () => {
  let all: Key;

  beforeAll(async () => {
    all = await makeKey(['realtime:read', 'tickets:read']);
    await makeKey(['realtime:read', 'tickets:read'], { departmentId: billing });
  });

  test('as GET answers them, on the channel of all and on that of their department', async () => {
    await publish(await setSubject(ours.ticketId, 'Heard'));
    const { body: got } = await ask(tickets.get, { token: all.token, params: { ticketId: ours.ticketId } });
    for (const channel of [keyChannels.tickets(), keyChannels.departmentTickets(billing)]) {
      const [first] = toldOn(channel);
      expect(first?.[0]).toBe('ticket.changed');
      expect(keyEventPayloads['ticket.changed'].parse(first?.[1]).ticket).toEqual(got);
    }
    expect(toldOn(keyChannels.departmentTickets(shipping))).toEqual([]);
  });

  test('a department’s key hears nothing of others, restricted or not', async () => {
    await publish(await setSubject(theirs.ticketId, 'Not theirs to hear'));
    expect(toldOn(keyChannels.departmentTickets(billing))).toEqual([]);
    expect(toldOn(keyChannels.tickets())).toHaveLength(1);
  });

  test('a message makes its ticket news, without its text', async () => {
    const { conversationId } = ours;
    const sent = await sendMessage(ours.customer, {
      conversationId,
      id: newId(),
      text: 'very private words',
    });
    const noted = await writeNote(admin, { conversationId, id: newId(), text: 'a very private note' });
    await publish([...sent.events, ...noted.events]);
    const heard = JSON.stringify(toldOn(keyChannels.tickets()));
    expect(heard).toContain('ticket.changed');
    expect(heard).not.toContain('private');
  });

  test('who looks at a ticket is told to no channel that a key may join', async () => {
    const page = { pageId: newId(), ticketId: ours.ticketId, isTyping: true };
    for (const seen of (await setViewing(admin, page)).seen) publishViewing(seen);
    await drainPublishing();
    const looking = told.filter(({ name }) => name === 'viewing.changed');
    expect(looking.length).toBeGreaterThan(0);
    for (const { channel } of looking) expect(await mayJoin(all, channel)).toBe(false);
  });

  test('a ticket that leaves a department is taken from its keys, and their sockets are closed', async () => {
    const moving = await makeConversation(widget);
    await transact((tx) => updateTicketDepartment(tx, moving.ticketId, billing));
    const reader = await makeKey(allReads, { departmentId: billing });
    const everywhere = await makeKey(allReads);
    const log = channels.staffConversation(moving.conversationId);
    expect([await mayJoin(reader, log), await mayJoin(everywhere, log)]).toEqual([true, true]);
    const change = { field: 'department', to: shipping } as const;
    await publish((await changeTicket(admin, { ticketId: moving.ticketId, id: newId(), change })).events);
    expect(toldOn(keyChannels.departmentTickets(billing))).toEqual([
      ['ticket.removed', { ticketId: moving.ticketId }],
    ]);
    expect(ended).toEqual([`agent-${reader.keyId}`]);
    expect(await mayJoin(reader, log)).toBe(false);
  });

  test('without a key of the department nothing is published for it', async () => {
    const others = await makeDepartment(false);
    const quiet = await makeConversation(widget);
    await transact((tx) => updateTicketDepartment(tx, quiet.ticketId, others));
    await publish(await setSubject(quiet.ticketId, 'Quiet'));
    expect(toldOn(keyChannels.departmentTickets(others))).toEqual([]);
  });
});
