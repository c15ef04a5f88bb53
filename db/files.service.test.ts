import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asCustomer, sqlStateOf, transact } from '#/db/client.ts';
import { customerSessions, customers, files, messages } from '#/db/schema.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { type Conversing, makeAgent, makeConversation, makeWidget } from '#/lib/testing.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let ana: Conversing;
let ben: Conversing;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  ana = await makeConversation(widget);
  ben = await makeConversation(widget);
});
afterAll(() => database.close());

type Owner = { customerId?: string; agentId?: string; visitorHash?: string };
async function makeFile(owner: Owner): Promise<string> {
  const id = newId();
  const row = { id, key: `key-${id}`, name: 'a.txt', type: 'text/plain', bytes: 3, state: 'stored' } as const;
  await transact((tx) => tx.insert(files).values({ ...row, ...owner }));
  return id;
}

const refused = '42501';
async function outcome(customerId: string, query: ReturnType<typeof sql>): Promise<string | number | null> {
  try {
    return await asCustomer(customerId, async (tx) => (await tx.execute(query)).count);
  } catch (error) {
    return sqlStateOf(error);
  }
}

describe('PostgreSQL itself shows a customer', () => {
  test('their own uploads and the files of what they may read, and no other', async () => {
    const own = await makeFile({ customerId: ana.customer.id });
    const agents = await makeFile({ agentId: agent.id });
    const inNote = await makeFile({ agentId: agent.id });
    const unsent = await makeFile({ agentId: agent.id });
    const visitors = await makeFile({ visitorHash: 'somebody' });
    const { conversationId } = ana;
    await sendMessage(agent, { conversationId, id: newId(), text: 'see', fileIds: [agents] });
    await writeNote(agent, { conversationId, id: newId(), text: 'see', fileIds: [inNote] });
    const shown = await asCustomer(ana.customer.id, (tx) =>
      tx.execute<{ id: string }>(sql`select id from files`),
    );
    expect(shown.map(({ id }) => id).toSorted()).toEqual([own, agents].toSorted());
    for (const id of [own, agents, inNote, unsent, visitors]) {
      expect(await outcome(ben.customer.id, sql`select id from files where id = ${id}`)).toBe(0);
    }
    expect(await outcome(ana.customer.id, sql`select visitor_hash from files`)).toBe(refused);
  });
});

describe('and takes from them', () => {
  test('an upload of their own only', async () => {
    const insert = (customerId: string | null, more = sql``, values = sql``) => sql`
      insert into files (id, key, name, type, bytes, customer_id ${more})
      values (${newId()}, ${newId()}, 'a', 'text/plain', 1, ${customerId} ${values})`;
    expect(await outcome(ana.customer.id, insert(ana.customer.id))).toBe(1);
    expect(await outcome(ana.customer.id, insert(ben.customer.id))).toBe(refused);
    expect(await outcome(ana.customer.id, insert(null))).toBe(refused);
    for (const [column, value] of [
      ['agent_id', agent.id],
      ['visitor_hash', 'somebody'],
      ['message_id', newId()],
    ] as const) {
      const more = sql`, ${sql.identifier(column)}`;
      expect(await outcome(ana.customer.id, insert(null, more, sql`, ${value}`))).toBe(refused);
    }
  });

  test('never the bytes of another file under a row of their own', async () => {
    const theirs = await makeFile({ customerId: ben.customer.id });
    const own = await makeFile({ customerId: ana.customer.id });
    const copy = sql`insert into files (id, key, name, type, bytes, customer_id)
      values (${newId()}, ${`key-${theirs}`}, 'a', 'text/plain', 1, ${ana.customer.id})`;
    expect(await outcome(ana.customer.id, copy)).toBe('23505');
    for (const column of ['key', 'name', 'type', 'bytes', 'customer_id', 'agent_id', 'thumbnail']) {
      const change = sql`update files set ${sql.identifier(column)} = ${sql.identifier(column)} where id = ${own}`;
      expect(await outcome(ana.customer.id, change)).toBe(refused);
    }
    expect(await outcome(ana.customer.id, sql`delete from files where id = ${own}`)).toBe(refused);
  });

  test('a hold of their own messages only, once and for good', async () => {
    const own = await makeFile({ customerId: ana.customer.id });
    const theirs = await makeFile({ customerId: ben.customer.id });
    const hang = (id: string, on: Conversing, messageId: string) => sql`
      update files set conversation_id = ${on.conversationId}, message_id = ${messageId}, position = 1
      where id = ${id}`;
    const agentsId = newId();
    await sendMessage(agent, { conversationId: ana.conversationId, id: agentsId, text: 'hi' });
    expect(await outcome(ana.customer.id, hang(theirs, ana, ana.firstId))).toBe(0);
    expect(await outcome(ana.customer.id, hang(own, ben, ben.firstId))).toBe(refused);
    expect(await outcome(ana.customer.id, hang(own, ana, agentsId))).toBe(refused);
    expect(await outcome(ana.customer.id, hang(own, ana, newId()))).toBe(refused);
    expect(await outcome(ana.customer.id, hang(own, ana, ana.firstId))).toBe(1);
    const free = sql`update files set conversation_id = null, message_id = null where id = ${own}`;
    expect(await outcome(ana.customer.id, free)).toBe(0);
    expect(await outcome(ben.customer.id, sql`update files set released_at = now() where id = ${own}`)).toBe(
      0,
    );
  });

  test('what was uploaded with their own session’s token, and nobody else’s', async () => {
    const sessionId = newId();
    await transact((tx) =>
      tx.insert(customerSessions).values({
        id: sessionId,
        tokenHash: 'hash of ben',
        customerId: ben.customer.id,
        widgetId: widget.id,
        expiresAt: new Date(Date.now() + 3_600_000),
      }),
    );
    const file = await makeFile({ visitorHash: 'hash of ben' });
    await outcome(ana.customer.id, sql`select claim_files(${sessionId})`);
    expect(await outcome(ana.customer.id, sql`select id from files where id = ${file}`)).toBe(0);
    await outcome('', sql`select claim_files(${sessionId})`);
    expect(await outcome(ben.customer.id, sql`select id from files where id = ${file}`)).toBe(0);
    await outcome(ben.customer.id, sql`select claim_files(${sessionId})`);
    expect(await outcome(ben.customer.id, sql`select id from files where id = ${file}`)).toBe(1);
  });
});

test('a message that goes frees its files for the collection, in whichever way it went', async () => {
  const cara = await makeConversation(widget);
  const [own, agents] = [
    await makeFile({ customerId: cara.customer.id }),
    await makeFile({ agentId: agent.id }),
  ];
  const id = newId();
  const { conversationId } = cara;
  await sendMessage(cara.customer, { conversationId, id, text: 'x', fileIds: [own] });
  await sendMessage(agent, { conversationId, id: newId(), text: 'y', fileIds: [agents] });
  await transact((tx) => tx.delete(messages).where(sql`id = ${id}`));
  const free = await transact((tx) =>
    tx.execute(sql`select id from files where message_id is null and released_at is not null`),
  );
  expect(free).toEqual([{ id: own }]);
  await transact((tx) => tx.delete(customers).where(sql`id = ${cara.customer.id}`));
  const all = await transact((tx) =>
    tx.execute(
      sql`select id, customer_id from files where id in (${own}, ${agents}) and released_at is not null`,
    ),
  );
  expect(all.map((row) => row.id).toSorted()).toEqual([own, agents].toSorted());
});
