import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { jsonParam } from '#/db/messages.ts';
import {
  agents,
  apiKeys,
  apiKeyTokens,
  conversations,
  customerSessions,
  customers,
  departments,
  eventFeed,
  events,
  messages,
  participants,
  tickets,
  webhookAttempts,
  webhookDeliveries,
  webhooks,
  widgetSecrets,
  widgets,
} from '#/db/schema.ts';
import { exampleAt, exampleIds, exampleWidgetKey } from '#/lib/api/example-world.ts';
import { scopes } from '#/lib/api/scopes.ts';
import { newId } from '#/lib/ids.ts';

/** Puts back the one small workspace that the documentation's examples are about. For tests only. */
export async function resetExampleWorld(
  tx: Tx,
  tokens: { keyHash: string; customerHash: string; widgetSecret: string },
): Promise<void> {
  await tx.execute(sql`truncate widgets, departments, agents, customers, tickets, events, webhooks, tags,
    event_feed, api_idempotency, invites cascade`);
  await tx.execute(sql`select setval('ticket_numbers', 1001)`);
  await insertPeople(tx);
  await insertConversation(tx);
  await insertKey(tx, tokens.keyHash);
  await insertWebhook(tx);
  const later = new Date(Date.now() + 3_600_000);
  await tx.insert(customerSessions).values({
    id: newId(),
    tokenHash: tokens.customerHash,
    customerId: exampleIds.customer,
    widgetId: exampleIds.widget,
    expiresAt: later,
  });
  const secret = { id: newId(), widgetId: exampleIds.widget, secret: tokens.widgetSecret };
  await tx.insert(widgetSecrets).values(secret);
}

/** Maya as her site knows her: the token of an example is hers. */
export async function identifyExampleCustomer(tx: Tx, externalId: string): Promise<void> {
  await tx
    .update(customers)
    .set({ externalId, identityWidgetId: exampleIds.widget, verifiedAt: at })
    .where(sql`${customers.id} = ${exampleIds.customer}`);
}

const at = new Date(exampleAt);

async function insertPeople(tx: Tx): Promise<void> {
  const widget = { id: exampleIds.widget, key: exampleWidgetKey, name: 'Website', createdAt: at };
  await tx.insert(widgets).values(widget);
  await tx.insert(departments).values([
    { id: exampleIds.department, name: 'Billing', createdAt: at },
    { id: exampleIds.otherDepartment, name: 'Shipping', createdAt: at },
  ]);
  await tx.insert(agents).values([
    {
      id: exampleIds.agent,
      name: 'Ana Silva',
      email: 'ana@example.com',
      role: 'admin',
      passwordHash: 'none',
      createdAt: at,
    },
    {
      id: exampleIds.otherAgent,
      name: 'Ben Adeyemi',
      email: 'ben@example.com',
      role: 'agent',
      departmentId: exampleIds.department,
      passwordHash: 'none',
      createdAt: at,
    },
  ]);
  await tx.insert(customers).values([
    {
      id: exampleIds.customer,
      name: 'Maya Okafor',
      email: 'maya@example.com',
      locale: 'en',
      timezone: 'Europe/Berlin',
      createdAt: at,
    },
    { id: exampleIds.otherCustomer, name: 'Jonas', email: 'jonas@example.com', createdAt: at },
  ]);
}

async function insertConversation(tx: Tx): Promise<void> {
  const { ticket: ticketId, conversation: conversationId } = exampleIds;
  await tx.insert(tickets).values({
    id: ticketId,
    number: 1001,
    subject: 'Refund for order 1042',
    priority: 'high',
    customerId: exampleIds.customer,
    widgetId: exampleIds.widget,
    departmentId: exampleIds.department,
    assigneeId: exampleIds.agent,
    firstRepliedAt: at,
    lastActivityAt: at,
    createdAt: at,
  });
  await tx.insert(conversations).values({
    id: conversationId,
    ticketId,
    lastSeq: 2,
    lastPublicSeq: 2,
    lastMessage: 'I have asked our bank where it is.',
    lastMessageAt: at,
    createdAt: at,
  });
  await tx.insert(messages).values([
    {
      ...{ conversationId, seq: 1, publicSeq: 1, id: exampleIds.message, kind: 'reply', sentAt: at },
      customerId: exampleIds.customer,
      text: 'My refund for order 1042 has not arrived.',
    },
    {
      ...{ conversationId, seq: 2, publicSeq: 2, id: exampleIds.reply, kind: 'reply', sentAt: at },
      agentId: exampleIds.agent,
      text: 'I have asked our bank where it is.',
    },
  ]);
  const mark = { conversationId, readSeq: 2, readAt: at, joinedAt: at };
  await tx.insert(participants).values([
    { ...mark, id: exampleIds.participant, customerId: exampleIds.customer },
    { ...mark, id: exampleIds.otherParticipant, agentId: exampleIds.agent, publicReadAt: at },
  ]);
  await tx.insert(events).values({
    id: exampleIds.event,
    type: 'message.created',
    ticketId,
    conversationId,
    seq: 1,
    actorKind: 'customer',
    actorId: exampleIds.customer,
    position: 1,
    createdAt: at,
    publishedAt: at,
  });
  await tx.insert(eventFeed).values({ lastPosition: 1 });
}

async function insertKey(tx: Tx, tokenHash: string): Promise<void> {
  const email = `key-${exampleIds.robot}@robots.invalid`;
  await tx.insert(agents).values({ id: exampleIds.robot, name: 'Order sync', email, role: 'robot' });
  await tx.insert(apiKeys).values({ id: exampleIds.robot, scopes: [...scopes], createdBy: exampleIds.agent });
  await tx.insert(apiKeyTokens).values({ tokenHash, keyId: exampleIds.robot, hint: 'mple' });
}

async function insertWebhook(tx: Tx): Promise<void> {
  const { webhook: webhookId, delivery: id, event: eventId } = exampleIds;
  const url = 'https://example.com/parley';
  await tx.insert(webhooks).values({
    id: webhookId,
    name: 'Order system',
    url,
    types: ['message.created', 'ticket.changed'],
    secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    through: 1,
    createdBy: exampleIds.agent,
    createdAt: at,
  });
  await tx.insert(webhookDeliveries).values({
    ...{ id, webhookId, eventId, eventType: 'message.created', position: 1 },
    body: '{}',
    state: 'failed',
    attempts: 1,
    tries: 1,
    expiresAt: at,
    lastStatus: 500,
    createdAt: at,
    finishedAt: at,
  });
  await tx.insert(webhookAttempts).values({
    ...{ deliveryId: id, number: 1, at, durationMs: 12, url },
    requestHeaders: jsonParam({ 'webhook-id': eventId }),
    status: 500,
    answerHeaders: jsonParam({}),
    answerText: '',
  });
}
