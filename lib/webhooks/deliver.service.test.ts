import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import { beginAttempt, settleAttempt, takeLease } from '#/db/webhooks.ts';
import type { Widget } from '#/db/widgets.ts';
import { eventRecord } from '#/lib/api/records/events.ts';
import type { WebhookWithSecretRecord } from '#/lib/api/records/webhooks.ts';
import { apiEnvironment } from '#/lib/api/testing.ts';
import type { ApiEventType } from '#/lib/events/schema.ts';
import { newId } from '#/lib/ids.ts';
import { type Answering, type Received, type Receiver, startReceiver } from '#/lib/outbound/testing.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { deliverDue } from '#/lib/webhooks/deliver.ts';
import {
  changeWebhook,
  countStoppedWebhooks,
  createWebhook,
  deleteWebhook,
  getDelivery,
  getWebhook,
  listDeliveries,
  resendDelivery,
  rotateSecret,
} from '#/lib/webhooks/service.ts';

let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  apiEnvironment();
  process.env.OUTBOUND_ALLOW = '127.0.0.1';
  database = await testDatabase();
  widget = await makeWidget();
  admin = await makeAgent('admin');
});
afterEach(async () => {
  await transact((tx) => tx.execute(sql`delete from webhooks`));
  for (const close of closing.splice(0)) await close();
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
});

async function receiver(answer?: Answering): Promise<Receiver> {
  const started = await startReceiver(answer);
  closing.push(started.close);
  return started;
}

async function makeWebhook(
  url: string,
  types: ApiEventType[] = ['message.created'],
  departmentId: string | null = null,
): Promise<WebhookWithSecretRecord> {
  const input = { id: newId(), name: 'Orders', url, types, departmentId };
  return (await createWebhook(admin, input)).value;
}

/** As a receiver checks what came: one of the signatures is by this secret. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const right = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(signed)
    .digest('base64');
  return String(headers['webhook-signature']).split(' ').includes(`v1,${right}`);
}

const idsOf = (there: Receiver) => there.received.map(({ headers }) => headers['webhook-id']);
/** Whatever waits is due now, and no webhook rests. */
const skipWaiting = () =>
  transact(async (tx) => {
    await tx.execute(sql`update webhook_deliveries set next_attempt_at = now() where state = 'waiting'`);
    await tx.execute(sql`update webhooks set paused_until = null`);
  });
/** As if so many hours had gone by for whatever waits. */
const skipHours = (hours: number) =>
  transact(async (tx) => {
    await tx.execute(sql`update webhook_deliveries set next_attempt_at = now(),
      expires_at = expires_at - make_interval(hours => ${hours}) where state = 'waiting'`);
    await tx.execute(sql`update webhooks set paused_until = null,
      failing_since = failing_since - make_interval(hours => ${hours}),
      disabled_at = disabled_at - make_interval(hours => ${hours})`);
  });
const answering =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (_received, response) =>
    void response.writeHead(status, headers).end('so it is');
async function onlyDelivery(webhookId: string) {
  const deliveries = await listDeliveries(admin, webhookId);
  expect(deliveries).toHaveLength(1);
  const [delivery] = deliveries;
  if (delivery === undefined) throw new Error('no delivery');
  return getDelivery(admin, { webhookId, deliveryId: delivery.id });
}

test('an event of a chosen type is told once, signed, as the feed tells it; what was before is not', async () => {
  const there = await receiver();
  await makeConversation(widget, 'Before');
  const webhook = await makeWebhook(`${there.url}/hook`);
  const { conversationId, ticketId, firstId } = await makeConversation(widget, 'Where is my parcel?');
  await deliverDue();
  await deliverDue();
  expect(there.received).toHaveLength(1);
  const [one] = there.received;
  if (one === undefined) throw new Error('nothing came');
  expect(one).toMatchObject({
    method: 'POST',
    path: '/hook',
    headers: { 'content-type': 'application/json' },
  });
  expect(isSigned(one, webhook.secret)).toBe(true);
  expect(Math.abs(Number(one.headers['webhook-timestamp']) * 1_000 - Date.now())).toBeLessThan(60_000);
  const event = eventRecord.parse(JSON.parse(one.body));
  expect(event).toMatchObject({ type: 'message.created', conversationId, ticketId, subjectId: firstId });
  expect(event.object).toMatchObject({ text: 'Where is my parcel?' });
  expect(one.headers['webhook-id']).toBe(event.id);
  expect(await onlyDelivery(webhook.id)).toMatchObject({
    ...{ state: 'delivered', attempts: 1, lastStatus: 204, lastProblem: null, body: one.body },
    log: [{ number: 1, status: 204, problem: null, url: `${there.url}/hook` }],
  });
});

test('events come in the order of the feed', async () => {
  const there = await receiver();
  await makeWebhook(there.url, ['ticket.created', 'message.created']);
  for (const text of ['one', 'two', 'three']) await makeConversation(widget, text);
  await deliverDue();
  const positions = there.received.map(({ body }) => eventRecord.parse(JSON.parse(body)).position);
  expect(positions).toHaveLength(6);
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
});

test('an event whose transaction commits late is told, too, however far the webhook has read meanwhile', async () => {
  const there = await receiver();
  const { ticketId } = await makeConversation(widget);
  await makeWebhook(there.url, ['ticket.changed', 'message.created']);
  const late = newId();
  const writer = postgres(database.url, { max: 1 });
  await writer.unsafe('begin');
  await writer`insert into events (id, type, ticket_id, actor_kind, published_at)
    values (${late}, 'ticket.changed', ${ticketId}, 'system', now())`;
  await makeConversation(widget, 'Committed before');
  await deliverDue();
  expect(there.received).toHaveLength(1);
  await writer.unsafe('commit');
  await writer.end();
  await makeConversation(widget, 'Committed after');
  await deliverDue();
  expect(idsOf(there)).toHaveLength(3);
  expect(idsOf(there)[1]).toBe(late);
});

test('without a webhook nothing is numbered, and what nobody chose is not written down', async () => {
  const { firstId } = await makeConversation(widget);
  await deliverDue();
  const waiting = await read((tx) =>
    tx.execute(sql`select from events join messages using (conversation_id, seq)
      where messages.id = ${firstId} and events.position is null`),
  );
  expect(waiting).toHaveLength(1);
  const there = await receiver();
  await makeWebhook(there.url, ['agent.joined']);
  await makeConversation(widget);
  await deliverDue();
  const rows = await read((tx) => tx.execute(sql`select from webhook_deliveries`));
  expect(rows).toHaveLength(0);
});

test('several processes at once send each event once', async () => {
  const there = await receiver();
  const others = await receiver();
  await makeWebhook(there.url);
  await makeWebhook(others.url);
  for (let index = 0; index < 10; index++) await makeConversation(widget, `Question ${index}`);
  await Promise.all(Array.from({ length: 4 }, deliverDue));
  await deliverDue();
  for (const { received } of [there, others]) {
    expect(received).toHaveLength(10);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(10);
  }
});

test('a webhook has one sender at a time, and what a sender that slept finds decides nothing', async () => {
  const there = await receiver(answering(500));
  const { id: webhookId } = await makeWebhook(there.url);
  await makeConversation(widget);
  await deliverDue();
  await skipWaiting();
  const lease = await transact((tx) => takeLease(tx, newId(), 30));
  if (lease === null) throw new Error('no lease');
  expect(await transact((tx) => takeLease(tx, newId(), 30))).toBeNull();
  const slept = await transact((tx) => beginAttempt(tx, lease, 30));
  if (slept === null) throw new Error('nothing due');
  expect(slept.number).toBe(2);
  // Begun, so nobody begins it again; until the lease is over and it counts as lost.
  expect(await transact((tx) => beginAttempt(tx, lease, 30))).toBeNull();
  await skipWaiting();
  await transact((tx) => tx.execute(sql`update webhooks set leased_until = now() - interval '1 second'`));
  const next = await transact((tx) => takeLease(tx, newId(), 30));
  if (next === null) throw new Error('no second lease');
  expect(await transact((tx) => beginAttempt(tx, lease, 30))).toBeNull();
  expect((await transact((tx) => beginAttempt(tx, next, 30)))?.number).toBe(3);
  const late = {
    deliveryId: slept.deliveryId,
    status: 204,
    problem: null,
    state: 'delivered',
    afterMs: 0,
  } as const;
  expect(await transact((tx) => settleAttempt(tx, { ...late, number: slept.number }))).toBe(false);
  expect((await onlyDelivery(webhookId)).state).toBe('waiting');
});

test('what is not taken is tried again later, with the same id and body, and the webhook is healthy again', async () => {
  let isUp = false;
  const there = await receiver((_received, response) => void response.writeHead(isUp ? 200 : 500).end('no'));
  const { id } = await makeWebhook(there.url);
  await makeConversation(widget);
  await deliverDue();
  const failed = await onlyDelivery(id);
  expect(failed).toMatchObject({
    state: 'waiting',
    attempts: 1,
    lastStatus: 500,
    log: [{ answerText: 'no' }],
  });
  const waitsMs = Date.parse(failed.nextAttemptAt ?? '') - Date.now();
  expect(waitsMs).toBeGreaterThan(1_000);
  expect(waitsMs).toBeLessThan(6_000);
  expect((await getWebhook(admin, id)).failingSince).not.toBeNull();
  await deliverDue();
  expect(there.received).toHaveLength(1);
  isUp = true;
  await skipWaiting();
  await deliverDue();
  expect(await onlyDelivery(id)).toMatchObject({ state: 'delivered', attempts: 2, lastStatus: 200 });
  expect((await getWebhook(admin, id)).failingSince).toBeNull();
  const [first, second] = there.received;
  expect(second?.body).toBe(first?.body);
  expect(new Set(idsOf(there)).size).toBe(1);
});

test('a receiver that asks for time gets it', async () => {
  const there = await receiver(answering(503, { 'Retry-After': '900' }));
  const { id } = await makeWebhook(there.url);
  await makeConversation(widget);
  await deliverDue();
  const waitsMs = Date.parse((await onlyDelivery(id)).nextAttemptAt ?? '') - Date.now();
  expect(waitsMs).toBeGreaterThan(880_000);
});

test('a webhook to which nothing gets through for a day is switched off, with a notice; on again it goes on', async () => {
  let isUp = false;
  const there = await receiver((_received, response) => void response.writeHead(isUp ? 200 : 500).end());
  const { id } = await makeWebhook(there.url);
  await makeConversation(widget);
  await deliverDue();
  expect(await countStoppedWebhooks(admin)).toBe(0);
  await skipHours(23);
  await deliverDue();
  expect((await getWebhook(admin, id)).isEnabled).toBe(true);
  await skipHours(1);
  await deliverDue();
  expect(await getWebhook(admin, id)).toMatchObject({ isEnabled: false, disabledReason: 'failing' });
  expect(await onlyDelivery(id)).toMatchObject({ state: 'failed', attempts: 3, nextAttemptAt: null });
  expect(await countStoppedWebhooks(admin)).toBe(1);
  expect(await countStoppedWebhooks(await makeAgent())).toBe(0);
  const [trail] = await read((tx) =>
    tx.execute<{ actor: string; after: unknown }>(sql`select actor_kind as actor, after from events
      where type = 'webhook.changed' and subject_id = ${id} order by created_at desc limit 1`),
  );
  expect(trail).toEqual({ actor: 'system', after: { disabled: 'failing' } });

  await makeConversation(widget, 'Meanwhile');
  await deliverDue();
  expect(there.received).toHaveLength(3);
  isUp = true;
  await changeWebhook(admin, { id, isEnabled: true });
  await deliverDue();
  expect(there.received).toHaveLength(4);
  expect(there.received.at(-1)?.body).toContain('Meanwhile');
  expect(await countStoppedWebhooks(admin)).toBe(0);
});

test('switched off by hand it waits; on again after more than a day it begins with what comes then', async () => {
  const there = await receiver();
  const { id } = await makeWebhook(there.url);
  await changeWebhook(admin, { id, isEnabled: false });
  expect(await countStoppedWebhooks(admin)).toBe(0);
  await makeConversation(widget, 'Meanwhile');
  await skipHours(25);
  await changeWebhook(admin, { id, isEnabled: true });
  await makeConversation(widget, 'Afterwards');
  await deliverDue();
  expect(there.received).toHaveLength(1);
  expect(there.received[0]?.body).toContain('Afterwards');
});

test('410 switches off at once', async () => {
  const there = await receiver(answering(410));
  const { id } = await makeWebhook(there.url);
  await makeConversation(widget);
  await makeConversation(widget);
  await deliverDue();
  expect(there.received).toHaveLength(1);
  expect(await getWebhook(admin, id)).toMatchObject({ isEnabled: false, disabledReason: 'gone' });
});

test('an event that the receiver cannot take does not keep the next ones from coming', async () => {
  const there: Receiver = await receiver(
    ({ body }, response) => void response.writeHead(body.includes('poison') ? 500 : 204).end(),
  );
  const { id } = await makeWebhook(there.url);
  for (const text of ['first', 'poison', 'last']) await makeConversation(widget, text);
  await deliverDue();
  const states = (await listDeliveries(admin, id)).map(({ state }) => state);
  expect(states.toSorted()).toEqual(['delivered', 'delivered', 'waiting']);
  expect((await getWebhook(admin, id)).failingSince).toBeNull();
});

test('from the third failure on a webhook rests, so that what is down is not stormed', async () => {
  const there = await receiver(answering(500));
  await makeWebhook(there.url);
  for (let index = 0; index < 6; index++) await makeConversation(widget, `Question ${index}`);
  await deliverDue();
  expect(there.received).toHaveLength(3);
});

test('a redirect inside is not followed, and 1 GB is not read', async () => {
  const inside = await startReceiver(undefined, { host: '127.0.0.2' });
  closing.push(inside.close);
  const leading = await receiver(answering(307, { Location: inside.url }));
  const endless = await receiver(answering(200, { 'Content-Length': '1000000000' }));
  const one = await makeWebhook(leading.url);
  const two = await makeWebhook(endless.url);
  await makeConversation(widget);
  await deliverDue();
  expect(await onlyDelivery(one.id)).toMatchObject({ state: 'waiting', lastProblem: 'address_not_allowed' });
  expect(await onlyDelivery(two.id)).toMatchObject({
    ...{ state: 'waiting', lastStatus: 200, lastProblem: 'answer_too_large' },
  });
  expect(inside.received).toEqual([]);
});

test('a webhook of a department hears of its tickets and of no other', async () => {
  const [own, other] = [await makeDepartment(true), await makeDepartment(false)];
  const there = await receiver();
  await makeWebhook(there.url, ['message.created', 'ticket.created', 'department.changed'], own);
  const seen = await makeConversation(widget, 'Ours');
  await transact((tx) => updateTicketDepartment(tx, seen.ticketId, own));
  const hidden = await makeConversation(widget, 'Theirs');
  await transact((tx) => updateTicketDepartment(tx, hidden.ticketId, other));
  await makeConversation(widget, 'Nobody’s');
  await deliverDue();
  const heard = there.received.map(({ body }) => eventRecord.parse(JSON.parse(body)).ticketId);
  expect(new Set(heard)).toEqual(new Set([seen.ticketId]));
});

test('for a day after a change both secrets sign; then only the new one does', async () => {
  const there = await receiver();
  const { id, secret: former } = await makeWebhook(there.url);
  const { value } = await rotateSecret(admin, id);
  expect(value.secret).not.toBe(former);
  expect(value.formerSecretUntil).not.toBeNull();
  await makeConversation(widget);
  await deliverDue();
  await transact((tx) => tx.execute(sql`update webhooks set former_until = now()`));
  await makeConversation(widget);
  await deliverDue();
  const [during, after] = there.received;
  if (during === undefined || after === undefined) throw new Error('something did not come');
  expect([isSigned(during, former), isSigned(during, value.secret)]).toEqual([true, true]);
  expect([isSigned(after, former), isSigned(after, value.secret)]).toEqual([false, true]);
  expect((await getWebhook(admin, id)).formerSecretUntil).toBeNull();
});

test('what was delivered or given up is sent again when asked for, as it was', async () => {
  const there = await receiver();
  const { id: webhookId } = await makeWebhook(there.url);
  await makeConversation(widget);
  await deliverDue();
  const { id: deliveryId } = await onlyDelivery(webhookId);
  const { value } = await resendDelivery(admin, { webhookId, deliveryId });
  expect(value).toMatchObject({ state: 'waiting', attempts: 1, finishedAt: null });
  await deliverDue();
  expect(await onlyDelivery(webhookId)).toMatchObject({ state: 'delivered', attempts: 2 });
  const [first, second] = there.received;
  expect([second?.body, second?.headers['webhook-id']]).toEqual([first?.body, first?.headers['webhook-id']]);
});

test('an answer with anything in it is kept as far as it is text', async () => {
  const there = await receiver(
    (_received, response) =>
      void response.writeHead(200).end(Buffer.concat([Buffer.from('a\0b'), Buffer.from([0xff, 0xfe])])),
  );
  const { id } = await makeWebhook(there.url);
  await makeConversation(widget);
  await deliverDue();
  expect((await onlyDelivery(id)).log[0]?.answerText).toBe('ab��');
});

test('what is deleted takes its deliveries with it: a webhook, and a ticket', async () => {
  const there = await receiver();
  const { id } = await makeWebhook(there.url);
  const { ticketId } = await makeConversation(widget);
  await deliverDue();
  expect(await listDeliveries(admin, id)).toHaveLength(1);
  await transact((tx) => tx.execute(sql`delete from tickets where id = ${ticketId}`));
  expect(await listDeliveries(admin, id)).toEqual([]);
  await makeConversation(widget);
  await deleteWebhook(admin, id);
  await deliverDue();
  expect(there.received).toHaveLength(1);
  await expect(getWebhook(admin, id)).rejects.toMatchObject({ code: 'not_found' });
});
