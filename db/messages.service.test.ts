import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inOneStatement, read, type Tx, transact } from '#/db/client.ts';
import { raiseReadMark } from '#/db/conversations.ts';
import { appendDirectly, lockConversation } from '#/db/messages.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { findTicketOfConversation } from '#/db/tickets.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
});
afterAll(() => database.close());

/** A reader's mark, by a transaction that the database knows by this name. */
async function firstMark(conversationId: string, agentId: string, name: string): Promise<unknown> {
  return transact(async (tx) => {
    await tx.execute(sql`select set_config('application_name', ${name}, true)`);
    const reader = { kind: 'agent', id: agentId } as const;
    return raiseReadMark(tx, { id: newId(), conversationId, reader, through: 1 });
  });
}

/** Resolves when that transaction is over or waits for a lock. */
async function untilStuckOrOver(mark: Promise<unknown>, name: string): Promise<void> {
  let isOver = false;
  mark.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  const isStuck = async () =>
    (
      await read((tx) =>
        tx.execute(
          sql`select from pg_stat_activity where application_name = ${name} and wait_event_type = 'Lock'`,
        ),
      )
    ).length > 0;
  await vi.waitFor(async () => expect(isOver || (await isStuck())).toBe(true), { interval: 5 });
}

test('a reader’s first mark waits for nobody who appends to the log, so the two cannot wait for each other', async () => {
  const { conversationId } = await makeConversation(widget);
  const agent = await makeAgent();
  const name = `mark ${randomUUID().slice(0, 8)}`;
  const append = transact(async (tx) => {
    await lockConversation(tx, conversationId, { kind: 'agent', id: agent.id });
    const mark = firstMark(conversationId, agent.id, name);
    await untilStuckOrOver(mark, name);
    await raiseReadMark(tx, {
      id: newId(),
      conversationId,
      reader: { kind: 'agent', id: agent.id },
      through: 1,
    });
    return mark;
  });
  await expect(append).resolves.toMatchObject({ through: 1 });
});

test('one statement that appends lets others refer to the conversation, too', async () => {
  const { conversationId, ticketId } = await makeConversation(widget);
  const agent = await makeAgent();
  // Another transaction is in the middle of it: a row of its own points to the conversation and is not yet committed.
  const refer = transact(async (tx: Tx) => {
    await tx.execute(sql`select from conversations where id = ${conversationId} for key share`);
    const ticket = await findTicketOfConversation(tx, conversationId);
    return inOneStatement('staff', (own) =>
      appendDirectly(own, {
        conversationId,
        id: newId(),
        kind: 'note',
        text: 'Not kept waiting',
        snippet: null,
        sender: { kind: 'agent', id: agent.id },
        readers: ticket,
        statuses: ['open'],
        expected: null,
        eventId: newId(),
        markId: newId(),
      }),
    );
  });
  await expect(refer).resolves.toMatchObject({ ticketId, seq: 2 });
});
