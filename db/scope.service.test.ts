import { type SQL, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { agents, conversations, customers, departments, messages, tickets, webhooks } from '#/db/schema.ts';
import {
  agentScope,
  customerScope,
  departmentScope,
  messageScope,
  ticketScope,
  webhookScope,
} from '#/db/scope.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { agentRoles, robotRoles } from '#/lib/agents/schema.ts';
import { newId } from '#/lib/ids.ts';
import type { Actor } from '#/lib/permissions/actor.ts';
import { can } from '#/lib/permissions/can.ts';
import { operations } from '#/lib/permissions/policy.ts';

let database: TestDatabase;
const ids = (count: number) => Array.from({ length: count }, newId);
const departmentIds = ids(4);
const agentIds = ids(4);
const customerIds = ids(3);
/** Nobody's ticket, so of no department. */
const [quietId = ''] = ids(1);
const isRestricted = (id: string | null) => id !== null && departmentIds.indexOf(id) % 2 === 0;

/** Every combination of customer, department and assignee, none included, each with a reply and a note. */
const allTickets = customerIds.flatMap((customerId) =>
  [null, ...departmentIds].flatMap((departmentId) =>
    [null, ...agentIds].map((assigneeId) => ({
      id: newId(),
      conversationId: newId(),
      customerId,
      departmentId,
      assigneeId,
      departmentIsRestricted: isRestricted(departmentId),
    })),
  ),
);

const allWebhooks = [null, ...departmentIds].map((departmentId) => ({ id: newId(), departmentId }));

beforeAll(async () => {
  database = await testDatabase();
  await transact(async (tx) => {
    await tx
      .insert(departments)
      .values(departmentIds.map((id) => ({ id, name: id, isRestricted: isRestricted(id) })));
    await tx.insert(agents).values(
      agentIds.map((id, at) => {
        return {
          id,
          name: 'Agent',
          email: `${id}@shop.example`,
          departmentId: departmentIds[at % 2] ?? null,
        };
      }),
    );
    await tx.insert(webhooks).values(
      allWebhooks.map((webhook) => {
        const url = 'https://shop.example';
        return { ...webhook, name: 'x', url, types: ['ticket.created'], secret: 'x', through: 0 };
      }),
    );
    await tx.insert(customers).values([...customerIds, quietId].map((id) => ({ id })));
    await tx.insert(tickets).values(
      allTickets.map(({ id, customerId, departmentId, assigneeId }) => {
        return { id, subject: 'x', customerId, departmentId, assigneeId };
      }),
    );
    await tx
      .insert(conversations)
      .values(allTickets.map((ticket) => ({ id: ticket.conversationId, ticketId: ticket.id })));
    const [agentId] = agentIds;
    if (agentId === undefined) throw new Error('no agent');
    await tx.insert(messages).values(
      allTickets.flatMap(({ conversationId, customerId }) => [
        { conversationId, seq: 1, publicSeq: 1, id: newId(), kind: 'reply' as const, customerId },
        { conversationId, seq: 2, publicSeq: null, id: newId(), kind: 'note' as const, agentId },
      ]),
    );
  });
});
afterAll(() => database.close());

const anyActor: fc.Arbitrary<Actor> = fc.oneof(
  fc.constant<Actor>({ kind: 'system' }),
  fc.record({ kind: fc.constant('visitor' as const), widgetId: fc.constant(newId()) }),
  fc.record({
    kind: fc.constant('customer' as const),
    id: fc.constantFrom(...customerIds, newId()),
    sessionId: fc.constant(newId()),
    widgetId: fc.constant(newId()),
  }),
  fc.record({
    kind: fc.constant('agent' as const),
    id: fc.constantFrom(...agentIds, newId()),
    role: fc.constantFrom(...agentRoles, ...robotRoles),
    departmentId: fc.constantFrom(null, ...departmentIds, newId()),
  }),
);

const departmentsOf = (customerId: string) =>
  allTickets.filter((ticket) => ticket.customerId === customerId).map(({ departmentId }) => departmentId);

const found = async (query: SQL) =>
  (await read((tx) => tx.execute<{ id: string }>(query))).map((row) => row.id).sort();

test('SQL finds exactly the tickets that the predicate allows, for any actor and operation on tickets', async () => {
  const onTickets = operations.filter((name) =>
    /^(ticket|message|note|mark|typing|event|presence|link)\./.test(name),
  );
  await fc.assert(
    fc.asyncProperty(anyActor, fc.constantFrom(...onTickets), async (actor, operation) => {
      const allowed = allTickets.filter((ticket) => can(actor, operation, ticket)).map((ticket) => ticket.id);
      const rows = await found(sql`select id from tickets where ${ticketScope(actor, operation)}`);
      expect(rows).toEqual(allowed.sort());
    }),
    { numRuns: 300 },
  );
});

test('SQL finds exactly the entries that the predicate allows: customers get the public ones of their tickets', async () => {
  await fc.assert(
    fc.asyncProperty(anyActor, async (actor) => {
      const allowed = allTickets.flatMap((ticket) => [
        ...(can(actor, 'message.read', ticket) ? [`${ticket.conversationId} reply`] : []),
        ...(can(actor, 'note.read', ticket) ? [`${ticket.conversationId} note`] : []),
      ]);
      const rows = await found(sql`select conversation_id || ' ' || kind as id from messages
        join conversations on conversations.id = conversation_id join tickets on tickets.id = ticket_id
        where ${messageScope(actor)}`);
      expect(rows).toEqual(allowed.sort());
    }),
    { numRuns: 100 },
  );
});

test('SQL finds exactly the people, departments and webhooks that the predicate allows', async () => {
  await fc.assert(
    fc.asyncProperty(anyActor, async (actor) => {
      const seenCustomers = [...customerIds, quietId].filter((customerId) =>
        [null, ...departmentsOf(customerId)].some((departmentId) =>
          can(actor, 'customer.read', { customerId, departmentId }),
        ),
      );
      const seenAgents = agentIds.filter((agentId, at) =>
        can(actor, 'agent.read', { agentId, departmentId: departmentIds[at % 2] ?? null }),
      );
      const changeable = agentIds.filter((agentId) => can(actor, 'agent.change', { agentId }));
      const seenDepartments = departmentIds.filter((departmentId) =>
        can(actor, 'department.read', { departmentId }),
      );
      const seenWebhooks = allWebhooks.filter((webhook) => can(actor, 'webhook.read', webhook));
      expect(await found(sql`select id from webhooks where ${webhookScope(actor)}`)).toEqual(
        seenWebhooks.map(({ id }) => id).sort(),
      );
      expect(await found(sql`select id from departments where ${departmentScope(actor)}`)).toEqual(
        seenDepartments.sort(),
      );
      expect(await found(sql`select id from customers where ${customerScope(actor)}`)).toEqual(
        seenCustomers.sort(),
      );
      expect(await found(sql`select id from agents where ${agentScope(actor)}`)).toEqual(seenAgents.sort());
      expect(await found(sql`select id from agents where ${agentScope(actor, 'agent.change')}`)).toEqual(
        changeable.sort(),
      );
    }),
    { numRuns: 100 },
  );
});
