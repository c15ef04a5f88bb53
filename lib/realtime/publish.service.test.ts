import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { deactivateAgent } from '#/lib/agents/service.ts';
import { startBulk } from '#/lib/bulk/service.ts';
import { startTicket } from '#/lib/conversations/service.ts';
import { blockCustomer, findCustomerByToken, revokeSession } from '#/lib/customers/service.ts';
import { saveDepartment } from '#/lib/departments/service.ts';
import { createSecret, identify } from '#/lib/identity/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { mergeTickets } from '#/lib/merges/service.ts';
import { markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import { authorizeChannels } from '#/lib/realtime/authorize-channel.ts';
import type { ChangeEvent } from '#/lib/realtime/changes.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { drainPublishing, publishBulkJob, publishChanges, publishMark } from '#/lib/realtime/publish.ts';
import { relayUnpublished } from '#/lib/realtime/relay.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget, signToken } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { setViewing } from '#/lib/viewing/service.ts';

/** A realtime server that writes down what it is told: the far end of our HTTP, in place of a Pusher server. */
const batchSchema = z.object({
  batch: z.array(z.object({ channel: z.string(), name: z.string(), data: z.string() })),
});
type Told = { channel: string; name: string; data: string };
let told: Told[] = [];
let ended: string[] = [];
let sockets = 0;
let answer: (response: ServerResponse) => void = (response) => response.end('{}');

let realtime: Server;
let database: TestDatabase;
let widget: Widget;

beforeAll(async () => {
  realtime = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const path = request.url?.split('?')[0] ?? '';
      const user = /\/users\/([^/]+)\/terminate_connections$/.exec(path)?.[1];
      if (user !== undefined) ended.push(user);
      else if (response.writable) told.push(...batchSchema.parse(JSON.parse(body)).batch);
      answer(response);
    });
  });
  realtime.on('connection', () => {
    sockets++;
  });
  await new Promise<void>((resolve) => realtime.listen(0, '127.0.0.1', resolve));
  const { port } = z
    .object({ port: z.number() })
    .parse(realtime.address() satisfies AddressInfo | string | null);
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
  });
  widget = await makeWidget();
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
  realtime.closeAllConnections();
  realtime.close();
});
beforeEach(async () => {
  answer = (response) => response.end('{}');
  await relayUntilIdle();
  told = [];
  ended = [];
});

async function relayUntilIdle() {
  while ((await relayUnpublished(0)) > 0) await drainPublishing();
}
async function publish(events: readonly ChangeEvent[]) {
  publishChanges(events);
  await drainPublishing();
}
async function unpublishedOf(ticketId: string): Promise<number> {
  const [row] = await read((tx) =>
    tx.execute<{ count: number }>(sql`select count(*)::int as count from events
      where ticket_id = ${ticketId} and published_at is null`),
  );
  return row?.count ?? -1;
}
const on = (channel: string) => told.filter((event) => event.channel === channel);

describe('publishing', () => {
  test('a message reaches both sides’ conversation, the agents’ list and the customer’s list, and is marked', async () => {
    const { customer, conversationId, ticketId, events } = await makeConversation(widget, 'hello there');
    await publish(events);
    expect(on(channels.conversation(conversationId)).map(({ name }) => name)).toEqual(['message.created']);
    expect(on(channels.staffConversation(conversationId)).map(({ name }) => name)).toEqual([
      'message.created',
    ]);
    expect(
      on(channels.staff()).some(({ name, data }) => name === 'ticket.changed' && data.includes(ticketId)),
    ).toBe(true);
    expect(on(channels.customer(customer.id)).map(({ name }) => name)).toContain('conversation.changed');
    expect(await unpublishedOf(ticketId)).toBe(0);
  });

  test('a note reaches staff and nobody else', async () => {
    const agent = await makeAgent();
    const { customer, conversationId } = await makeConversation(widget);
    const { events } = await writeNote(agent, { conversationId, id: newId(), text: 'between us' });
    await publish(events);
    expect(on(channels.staffConversation(conversationId))).toHaveLength(1);
    expect(on(channels.conversation(conversationId))).toEqual([]);
    expect(on(channels.customer(customer.id))).toEqual([]);
  });

  test('a mention is told to the colleague alone, by the relay too, and not to who may not see the ticket', async () => {
    const [agent, ana, outsider] = [await makeAgent('admin'), await makeAgent('admin'), await makeAgent()];
    const { customer, conversationId, ticketId } = await makeConversation(widget);
    const departmentId = await makeDepartment(true);
    await transact((tx) => updateTicketDepartment(tx, ticketId, departmentId));
    const note = () => ({ conversationId, id: newId(), text: '@both', mentions: [ana.id, outsider.id] });
    await publish((await writeNote(agent, note())).events);
    const toAna = () => on(channels.agent(ana.id)).filter(({ name }) => name === 'notification.created');
    expect(toAna()).toHaveLength(1);
    expect(JSON.parse(toAna()[0]?.data ?? '')).toMatchObject({
      notification: { kind: 'mention', ticket: { id: ticketId }, actor: { id: agent.id }, seq: 2 },
    });
    // The process died after the commit: nothing was published by it.
    await writeNote(agent, note());
    await relayUntilIdle();
    expect(toAna()).toHaveLength(2);
    expect(on(channels.agent(outsider.id))).toEqual([]);
    expect(on(channels.agent(agent.id)).filter(({ name }) => name === 'notification.created')).toEqual([]);
    const forCustomer = [...on(channels.customer(customer.id)), ...on(channels.conversation(conversationId))];
    expect(JSON.stringify(forCustomer)).not.toMatch(new RegExp(`@both|${ana.id}|${agent.id}`));
  });

  test('two hundred messages keep their order on their channel over few connections', async () => {
    const { customer, conversationId } = await makeConversation(widget);
    sockets = 0;
    for (let index = 0; index < 200; index++) {
      const { events } = await sendMessage(customer, { conversationId, id: newId(), text: `${index}` });
      publishChanges(events);
    }
    await drainPublishing();
    const orders = on(channels.conversation(conversationId)).map(({ data }) => JSON.parse(data).entry.order);
    expect(orders).toEqual(Array.from({ length: 200 }, (_, index) => index + 2));
    expect(sockets).toBeLessThanOrEqual(8);
  });

  test('a read mark is told to each side in its own order', async () => {
    const agent = await makeAgent();
    const { conversationId } = await makeConversation(widget);
    await writeNote(agent, { conversationId, id: newId(), text: 'note' });
    const reader = await makeAgent();
    const mark = await markRead(reader, { conversationId, through: 2 });
    if (mark !== null) publishMark(mark);
    await drainPublishing();
    const through = (channel: string) => on(channel).map(({ data }) => JSON.parse(data).through);
    expect(through(channels.staffConversation(conversationId))).toEqual([2]);
    expect(through(channels.conversation(conversationId))).toEqual([1]);
  });
});

describe('the relay', () => {
  test('publishes what a process committed and did not live to tell', async () => {
    const { conversationId, ticketId } = await makeConversation(widget);
    expect(await unpublishedOf(ticketId)).toBe(2);
    await relayUntilIdle();
    expect(on(channels.conversation(conversationId))).toHaveLength(1);
    expect(await unpublishedOf(ticketId)).toBe(0);
  });

  test('publishes what the realtime server refused, once it takes events again', async () => {
    answer = (response) => response.writeHead(500).end();
    const { conversationId, ticketId, events } = await makeConversation(widget);
    await publish(events);
    expect(await unpublishedOf(ticketId)).toBe(2);
    told = [];
    answer = (response) => response.end('{}');
    await relayUntilIdle();
    expect(on(channels.conversation(conversationId))).toHaveLength(1);
    expect(await unpublishedOf(ticketId)).toBe(0);
  });

  test('rows that cannot be told let newer ones go first, and are tried again', async () => {
    const stuck = await Promise.all(Array.from({ length: 26 }, () => makeConversation(widget)));
    answer = (response) => response.writeHead(500).end();
    expect(await relayUnpublished(0)).toBe(0);
    const newer = await makeConversation(widget);
    answer = (response) => response.end('{}');
    await relayUnpublished(0);
    expect(await unpublishedOf(newer.ticketId)).toBe(0);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
    try {
      await relayUntilIdle();
    } finally {
      vi.useRealTimers();
    }
    for (const { ticketId } of stuck) expect(await unpublishedOf(ticketId)).toBe(0);
  });

  test('leaves alone what is younger than its own process may need', async () => {
    const { ticketId } = await makeConversation(widget);
    await relayUnpublished();
    expect(await unpublishedOf(ticketId)).toBe(2);
  });
});

describe('losing access', () => {
  const socketId = '1.2';
  const named = (actor: Awaited<ReturnType<typeof makeAgent>>) => ({
    ...actor,
    name: 'Ana',
    email: 'a@b.test',
  });

  test('a restricted move is told to former readers first, and closes the sockets of those who listened', async () => {
    const departmentId = await makeDepartment(true);
    const [onlooker, member, admin] = [
      await makeAgent(),
      await makeAgent('agent', departmentId),
      await makeAgent('admin'),
    ];
    const { conversationId, ticketId } = await makeConversation(widget);
    const channel = channels.staffConversation(conversationId);
    for (const agent of [onlooker, member, admin]) {
      const { channels: grants } = await authorizeChannels(named(agent), {
        socketId,
        channels: [channel],
        isSignin: false,
      });
      expect(grants[channel]).not.toBeNull();
    }
    const change = { field: 'department', to: departmentId } as const;
    const { events } = await changeTicket(admin, { ticketId, id: newId(), change });
    await publish(events);
    const lists = told.filter(({ data, name }) => name.startsWith('ticket.') && data.includes(ticketId));
    expect(lists.map(({ channel: list, name }) => [list, name])).toEqual([
      [channels.staff(), 'ticket.removed'],
      [channels.department(departmentId), 'ticket.changed'],
    ]);
    expect(ended).toEqual([`agent-${onlooker.id}`]);
    // Their own rights did not change: nothing tells their pages to load anew.
    expect(told.filter(({ name }) => name === 'access.changed')).toEqual([]);
    const again = await authorizeChannels(named(onlooker), {
      socketId,
      channels: [channel],
      isSignin: false,
    });
    expect(again.channels[channel]).toBeNull();
  });

  test('who only sees who else is on a ticket is an onlooker too', async () => {
    const departmentId = await makeDepartment(true);
    const [onlooker, admin] = [await makeAgent(), await makeAgent('admin')];
    const { ticketId } = await makeConversation(widget);
    const presence = channels.ticketPresence(ticketId);
    const grants = await authorizeChannels(named(onlooker), {
      socketId,
      channels: [presence],
      isSignin: false,
    });
    expect(grants.channels[presence]).not.toBeNull();
    const change = { field: 'department', to: departmentId } as const;
    await publish((await changeTicket(admin, { ticketId, id: newId(), change })).events);
    expect(ended).toEqual([`agent-${onlooker.id}`]);
  });

  test('a department that is restricted leaves everybody else’s list at once, and their sockets are closed', async () => {
    const [admin, outsider] = [await makeAgent('admin'), await makeAgent()];
    const department = {
      id: newId(),
      name: 'Legal',
      isRestricted: false,
      timezone: 'UTC',
      businessHours: null,
      memberIds: [],
    };
    await publish((await saveDepartment(admin, department)).events);
    const member = await makeAgent('agent', department.id);
    const { ticketId } = await makeConversation(widget);
    const change = { field: 'department', to: department.id } as const;
    await publish((await changeTicket(admin, { ticketId, id: newId(), change })).events);
    told = [];
    ended = [];
    const memberIds = [member.id];
    await publish((await saveDepartment(admin, { ...department, memberIds, isRestricted: true })).events);
    const removed = on(channels.staff()).filter(({ name }) => name === 'ticket.removed');
    expect(removed.map(({ data }) => JSON.parse(data))).toEqual([{ ticketId }]);
    expect(on(channels.staff()).map(({ name }) => name)).toContain('catalogue.changed');
    expect(ended).toContain(`agent-${outsider.id}`);
    expect(ended).not.toContain(`agent-${member.id}`);
    expect(ended).not.toContain(`agent-${admin.id}`);
    for (const agent of [admin, outsider, member]) {
      expect(on(channels.agent(agent.id)).map(({ name }) => name)).toContain('access.changed');
    }
  });

  test('a deactivated agent’s sockets are closed, and no channel is granted any more', async () => {
    const [agent, admin] = [await makeAgent(), await makeAgent('admin')];
    const { ticketId } = await makeConversation(widget);
    const assign = { field: 'assignee', to: agent.id } as const;
    await changeTicket(admin, { ticketId, id: newId(), change: assign });
    await setViewing(agent, { pageId: newId(), ticketId, isTyping: false });
    const { events } = await deactivateAgent(admin, agent.id);
    expect(events.map((event) => event.type)).toEqual(['agent.deactivated']);
    await publish(events);
    // Colleagues do not wait for the page to fall silent.
    await expect
      .poll(() => on(channels.staff()).find(({ name }) => name === 'viewing.changed')?.data ?? '{}')
      .toContain(`"ticketId":"${ticketId}","agent":{"id":"${agent.id}"`);
    expect(ended).toEqual([`agent-${agent.id}`]);
    await expect(
      authorizeChannels(named(agent), { socketId, channels: ['private-staff'], isSignin: true }),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('a customer who shuts down is off the air', async () => {
    const { customer } = await makeConversation(widget);
    const { events } = await revokeSession(customer);
    await publish(events);
    expect(ended).toEqual([`customer-${customer.sessionId}`]);
    await expect(
      authorizeChannels(customer, { socketId, channels: [channels.customer(customer.id)], isSignin: true }),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('channel grants', () => {
  const socketId = '123.456';

  test('a customer gets their own channels and no other, agent or admin’s', async () => {
    const mine = await makeConversation(widget);
    const other = await makeConversation(widget);
    const agent = await makeAgent();
    const departmentId = await makeDepartment(true);
    const allowed = [channels.customer(mine.customer.id), channels.conversation(mine.conversationId)];
    const denied = [
      channels.customer(other.customer.id),
      channels.conversation(other.conversationId),
      channels.staffConversation(mine.conversationId),
      channels.ticketPresence(mine.ticketId),
      channels.staff(),
      channels.department(departmentId),
      channels.agent(agent.id),
      channels.conversation(newId()),
      `${channels.conversation(mine.conversationId)}x`,
      `private-encrypted-${mine.conversationId}`,
      channels.conversation(mine.conversationId).toUpperCase(),
      '__proto__',
      '',
    ];
    const grants = await authorizeChannels(mine.customer, {
      socketId,
      channels: [...allowed, ...denied],
      isSignin: true,
    });
    for (const name of allowed) expect(grants.channels[name]).toMatchObject({ auth: expect.any(String) });
    for (const name of denied) expect(grants.channels[name] ?? null).toBeNull();
    expect(grants.user?.user_data).toContain(`customer-${mine.customer.sessionId}`);
  });

  test('an agent gets staff’s channels as far as the departments let, under their own name', async () => {
    const departmentId = await makeDepartment(true);
    const outsider = { ...(await makeAgent()), name: 'Out', email: 'o@b.test' };
    const member = { ...(await makeAgent('agent', departmentId)), name: 'In', email: 'i@b.test' };
    const { conversationId, ticketId, customer } = await makeConversation(widget);
    const names = [
      channels.staff(),
      channels.department(departmentId),
      channels.staffConversation(conversationId),
      channels.ticketPresence(ticketId),
      channels.agent(outsider.id),
      channels.conversation(conversationId),
      channels.customer(customer.id),
    ];
    const granted = async (agent: typeof outsider) => {
      const grants = await authorizeChannels(agent, { socketId, channels: names, isSignin: false });
      return names.map((name) => grants.channels[name] !== null);
    };
    expect(await granted(outsider)).toEqual([true, false, true, true, true, false, false]);
    expect(await granted(member)).toEqual([true, true, true, true, false, false, false]);
    const presence = channels.ticketPresence(ticketId);
    const grants = await authorizeChannels(outsider, { socketId, channels: [presence], isSignin: false });
    expect(JSON.parse(grants.channels[presence]?.channel_data ?? '{}')).toMatchObject({
      user_id: outsider.id,
    });
  });

  test.each(['', '1', '1.', '.1', '1.2.3', '1.2:private-staff', ' 1.2', '1.2\n', `${'1'.repeat(30)}.1`])(
    'the socket id %j is refused',
    async (bad) => {
      const { customer } = await makeConversation(widget);
      await expect(
        authorizeChannels(customer, { socketId: bad, channels: [], isSignin: true }),
      ).rejects.toMatchObject({ code: 'invalid' });
    },
  );
});

describe('a ticket’s life', () => {
  test('a merge tells the lists of both rows and the customer of each conversation, under its new number', async () => {
    const agent = await makeAgent();
    const { customer, ticketId: targetId, conversationId, events } = await makeConversation(widget);
    const source = { ticketId: newId(), conversationId: newId() };
    const started = await startTicket(customer, { ...source, id: newId(), text: 'again' });
    await publish([...events, ...started.events]);
    told = [];
    const done = await mergeTickets(agent, { id: newId(), sourceId: source.ticketId, targetId });
    await publish(done.events);
    const rows = on(channels.staff())
      .filter(({ name }) => name === 'ticket.changed')
      .map(({ data }) => JSON.parse(data).ticket);
    expect(rows.map(({ id, status }) => [id, status]).toSorted()).toEqual(
      [
        [targetId, 'open'],
        [source.ticketId, 'closed'],
      ].toSorted(),
    );
    const theirs = on(channels.customer(customer.id)).map(({ data }) => JSON.parse(data).conversation);
    expect(theirs.map(({ id, ticketId }) => [id, ticketId]).toSorted()).toEqual(
      [conversationId, source.conversationId].map((id) => [id, targetId]).toSorted(),
    );
    expect(on(channels.conversation(source.conversationId))).toEqual([]);
    expect(await unpublishedOf(targetId)).toBe(0);
  });

  test('merged into a restricted department, it closes the sockets of who listened and may not any more', async () => {
    const departmentId = await makeDepartment(true);
    const member = await makeAgent('agent', departmentId);
    const outsider = await makeAgent();
    const target = await makeConversation(widget);
    const source = { ticketId: newId(), conversationId: newId() };
    await startTicket(target.customer, { ...source, id: newId(), text: 'again' });
    await transact((tx) => updateTicketDepartment(tx, target.ticketId, departmentId));
    const listen = { socketId: '1.1', channels: [channels.staffConversation(source.conversationId)] };
    await authorizeChannels({ ...outsider, name: 'x', email: 'x' }, { ...listen, isSignin: false });
    const done = await mergeTickets(member, {
      id: newId(),
      sourceId: source.ticketId,
      targetId: target.ticketId,
    });
    await publish(done.events);
    expect(ended).toContain(`agent-${outsider.id}`);
    expect(ended).not.toContain(`agent-${member.id}`);
  });

  test('blocking a customer closes the sockets of every session, and says so in the agents’ lists', async () => {
    const agent = await makeAgent();
    const { customer, ticketId } = await makeConversation(widget);
    const { events } = await blockCustomer(agent, { customerId: customer.id, isBlocked: true });
    await publish(events);
    expect(ended).toEqual([`customer-${customer.sessionId}`]);
    expect(on(channels.staff()).map(({ data }) => JSON.parse(data).ticket.id)).toEqual([ticketId]);
    const asks = { socketId: '1.1', channels: [channels.customer(customer.id)], isSignin: false };
    await expect(authorizeChannels(customer, asks)).rejects.toMatchObject({
      failure: { code: 'forbidden', reason: 'blocked' },
    });
  });

  test('a visitor who signs in is told as the person to both sides’ lists, and the old socket is closed', async () => {
    const admin = await makeAgent('admin');
    const { value: made } = await createSecret(admin, { widgetId: widget.id, id: newId() });
    const { customer, token, ticketId, conversationId } = await makeConversation(widget);
    const request = { socketId: '1.1', channels: [channels.conversation(conversationId)], isSignin: false };
    expect((await authorizeChannels(customer, request)).channels[request.channels[0] ?? '']).not.toBeNull();
    const stranger = await makeConversation(widget);
    const next = newToken();
    const signed = signToken(widget.key, made.secret, { sub: newId(), name: 'Ada' });
    const input = { widgetKey: widget.key, origin: null, token: signed, held: token, next };
    const { value, events } = await identify(
      { kind: 'visitor', widgetId: widget.id },
      { ...input, locale: null, timezone: null },
    );
    await relayUntilIdle();
    expect(ended).toContain(`customer-${customer.sessionId}`);
    expect(on(channels.staff()).map(({ data }) => JSON.parse(data).ticket)).toContainEqual(
      expect.objectContaining({
        id: ticketId,
        customer: expect.objectContaining({ id: value.customerId, name: 'Ada', isVerified: true }),
      }),
    );
    const changed = on(channels.customer(value.customerId)).filter(
      ({ name }) => name === 'conversation.changed',
    );
    expect(changed.map(({ data }) => JSON.parse(data).conversation.id)).toContain(conversationId);
    for (const channel of [channels.customer(customer.id), channels.customer(stranger.customer.id)]) {
      expect(
        told.filter((event) => event.channel === channel && event.data.includes(value.customerId)),
      ).toEqual([]);
    }
    expect(events.length).toBeGreaterThan(0);
    await expect(authorizeChannels(customer, request)).rejects.toMatchObject({ code: 'unauthenticated' });
    const person = await findCustomerByToken(next);
    if (person === null) throw new Error('nobody is signed in');
    expect((await authorizeChannels(person, request)).channels[request.channels[0] ?? '']).not.toBeNull();
    expect(
      (await authorizeChannels(stranger.customer, request)).channels[request.channels[0] ?? ''],
    ).toBeNull();
  });

  test('work on many tickets is told to its agent alone', async () => {
    const agent = await makeAgent();
    const { ticketId } = await makeConversation(widget);
    const act = { field: 'priority', to: 'low' } as const;
    const { value } = await startBulk(agent, { id: newId(), act, on: { ids: [ticketId] } });
    publishBulkJob(agent.id, value);
    await drainPublishing();
    expect(told.map(({ channel, name }) => [channel, name])).toEqual([
      [channels.agent(agent.id), 'bulk.changed'],
    ]);
  });
});
