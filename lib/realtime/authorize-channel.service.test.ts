import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { transact } from '#/db/client.ts';
import { insertDepartment } from '#/db/departments.ts';
import { type TestDatabase, testDatabase, updateDepartmentRestriction } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { deactivateAgent, type SignedInAgent } from '#/lib/agents/service.ts';
import { revokeSession } from '#/lib/customers/service.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorizeChannels, type Grant } from '#/lib/realtime/authorize-channel.ts';
import type { ChangeEvent } from '#/lib/realtime/changes.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { drainPublishing, publishChanges } from '#/lib/realtime/publish.ts';
import { createRealtimeServer, type RealtimeServer } from '#/lib/realtime/server/realtime-server.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';

/** Our own realtime server and clients that know the protocol and leave out what does not suit them. */

const app = { id: '100001', key: 'public-key', secret: 's'.repeat(32), clientEvents: false };
let server: Server;
let realtime: RealtimeServer;
let database: TestDatabase;
let widget: Widget;
let port = 0;

beforeAll(async () => {
  realtime = createRealtimeServer({ apps: [app] });
  server = createServer((request, response) => {
    if (!realtime.handleRequest(request, response)) response.writeHead(404).end();
  });
  server.on('upgrade', (request, socket, head) => {
    if (!realtime.handleUpgrade(request, socket, head)) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = z.object({ port: z.number() }).parse(server.address()).port;
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    HOST: '127.0.0.1',
    PORT: String(port),
    REALTIME_APP_ID: app.id,
    REALTIME_KEY: app.key,
    REALTIME_SECRET: app.secret,
  });
  widget = await makeWidget();
});
afterAll(async () => {
  await drainPublishing();
  await realtime.close();
  await database.close();
  server.closeAllConnections();
  server.close();
});

type Frame = { event: string; channel?: string; data?: unknown };

/** A socket that subscribes with what it was granted, and never signs in. */
async function openRogue() {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${app.key}?protocol=7`);
  const frames: Frame[] = [];
  const waiting: { is: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = [];
  socket.on('message', (bytes) => {
    const frame: Frame = JSON.parse(String(bytes));
    frames.push(frame);
    for (const one of waiting) if (one.is(frame)) one.resolve(frame);
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  const next = (is: (frame: Frame) => boolean) =>
    new Promise<Frame>((resolve) => waiting.push({ is, resolve }));
  const { data } = await next(({ event }) => event === 'pusher:connection_established');
  const { socket_id: socketId } = z
    .object({ socket_id: z.string() })
    .parse(JSON.parse(z.string().parse(data)));
  return {
    socketId,
    closed,
    heard: () => JSON.stringify(frames),
    /** The answer to a subscription: joined, or refused. */
    async join(channel: string, grant: Grant | null | undefined): Promise<boolean> {
      const answered = next((frame) => frame.channel === channel && frame.event.includes('subscription_'));
      socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel, ...grant } }));
      return (await answered).event === 'pusher_internal:subscription_succeeded';
    },
    close: () => socket.close(),
  };
}

async function ask(actor: CustomerActor | SignedInAgent, socketId: string, channel: string) {
  const grants = await authorizeChannels(actor, { socketId, channels: [channel], isSignin: false });
  return grants.channels[channel];
}
const named = (actor: AgentActor): SignedInAgent => ({ ...actor, name: 'Ana', email: 'a@b.test' });
async function publish(events: readonly ChangeEvent[]) {
  publishChanges(events);
  await drainPublishing();
}

test('switching an agent off ends every socket that used their grants, and the grants they kept', async () => {
  const [agent, admin] = [await makeAgent(), await makeAgent('admin')];
  const [used, kept, other] = [await openRogue(), await openRogue(), await openRogue()];
  const grantOf = async (rogue: typeof used, who = agent) =>
    ask(named(who), rogue.socketId, channels.staff());
  expect(await used.join(channels.staff(), await grantOf(used))).toBe(true);
  expect(await other.join(channels.staff(), await grantOf(other, admin))).toBe(true);
  const later = await grantOf(kept);
  await publish((await deactivateAgent(admin, agent.id)).events);
  expect(await used.closed).toBe(4009);
  expect(await kept.join(channels.staff(), later)).toBe(false);
  const { events } = await makeConversation(widget, 'after the end');
  await publish(events);
  expect(used.heard() + kept.heard()).not.toContain('after the end');
  expect(other.heard()).toContain('after the end');
  kept.close();
  other.close();
});

test('moving a ticket out of sight ends who listened to it, and they come back without it', async () => {
  const departmentId = newId();
  await transact(async (tx) => {
    await insertDepartment(tx, { id: departmentId, name: 'Legal' });
    await updateDepartmentRestriction(tx, departmentId, true);
  });
  const [agent, admin] = [named(await makeAgent()), await makeAgent('admin')];
  const { ticketId, conversationId, customer } = await makeConversation(widget);
  const channel = channels.staffConversation(conversationId);
  const rogue = await openRogue();
  expect(await rogue.join(channel, await ask(agent, rogue.socketId, channel))).toBe(true);
  const change = { field: 'department', to: departmentId } as const;
  await publish((await changeTicket(admin, { ticketId, id: newId(), change })).events);
  expect(await rogue.closed).toBe(4009);
  const again = await openRogue();
  expect(await ask(agent, again.socketId, channel)).toBeNull();
  const staff = await ask(agent, again.socketId, channels.staff());
  expect(await again.join(channels.staff(), staff)).toBe(true);
  const { events } = await sendMessage(customer, { conversationId, id: newId(), text: 'for lawyers only' });
  await publish(events);
  expect(rogue.heard() + again.heard()).not.toContain('for lawyers only');
  again.close();
});

test('however an opening and a move of a ticket meet, nobody goes on listening who may not', async () => {
  const departmentId = newId();
  await transact(async (tx) => {
    await insertDepartment(tx, { id: departmentId, name: 'Board' });
    await updateDepartmentRestriction(tx, departmentId, true);
  });
  const admin = await makeAgent('admin');
  for (let round = 0; round < 12; round++) {
    const agent = named(await makeAgent());
    const { ticketId, conversationId, customer } = await makeConversation(widget);
    const channel = channels.staffConversation(conversationId);
    const rogue = await openRogue();
    const change = { field: 'department', to: departmentId } as const;
    const [grant] = await Promise.all([
      ask(agent, rogue.socketId, channel),
      changeTicket(admin, { ticketId, id: newId(), change }).then(({ events }) => publish(events)),
    ]);
    await rogue.join(channel, grant ?? null);
    const { events } = await sendMessage(customer, { conversationId, id: newId(), text: `secret ${round}` });
    await publish(events);
    expect(rogue.heard()).not.toContain(`secret ${round}`);
    rogue.close();
  }
});

test('a customer’s session that ended ends its sockets too', async () => {
  const { customer } = await makeConversation(widget);
  const channel = channels.customer(customer.id);
  const rogue = await openRogue();
  expect(await rogue.join(channel, await ask(customer, rogue.socketId, channel))).toBe(true);
  await publish((await revokeSession(customer)).events);
  expect(await rogue.closed).toBe(4009);
});
