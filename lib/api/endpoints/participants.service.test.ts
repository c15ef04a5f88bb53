import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { participants } from '#/lib/api/endpoints/participants.ts';
import { readMarks } from '#/lib/api/endpoints/read-marks.ts';
import { typing } from '#/lib/api/endpoints/typing.ts';
import { type ParticipantRecord, participantRecord } from '#/lib/api/records/participants.ts';
import { readMarkRecord } from '#/lib/api/records/read-marks.ts';
import { typingRecord } from '#/lib/api/records/typing.ts';
import { apiEnvironment, ask } from '#/lib/api/testing.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { newId } from '#/lib/ids.ts';
import { markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { drainPublishing } from '#/lib/realtime/publish.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { setTyping } from '#/lib/typing/service.ts';

let database: TestDatabase;
let widget: Widget;
let token: string;
let keyId: string;
let agent: AgentActor;

beforeAll(async () => {
  apiEnvironment();
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  ({ token, keyId } = await makeKey(['conversations:write', 'customers:read', 'agents:read']));
});
afterAll(async () => {
  await drainPublishing();
  await database.close();
});

const pageSchema = z.strictObject({ data: z.array(participantRecord), nextCursor: z.nullable(z.string()) });
const typingSchema = z.strictObject({ data: z.array(typingRecord), nextCursor: z.null() });

async function list(
  conversationId: string,
  by: string,
  query: Record<string, string> = {},
): Promise<ParticipantRecord[]> {
  const { status, body } = await ask(participants.list, { token: by, params: { conversationId }, query });
  expect(status).toBe(200);
  return pageSchema.parse(body).data;
}

const textIn = (conversationId: string) => ({ conversationId, id: newId(), text: 'hello' });

describe('participants', () => {
  test('are who read or wrote, each with how far, in a key’s order', async () => {
    const { conversationId, customer } = await makeConversation(widget);
    await writeNote(agent, textIn(conversationId));
    await sendMessage(agent, textIn(conversationId));
    const found = await list(conversationId, token);
    expect(found.map(({ kind, readThrough }) => [kind, readThrough]).toSorted()).toEqual([
      ['agent', 3],
      ['customer', 1],
    ]);
    const own = found.find(({ customerId }) => customerId === customer.id);
    expect([own?.joinedAt === null, own?.agentId]).toEqual([false, null]);
    const params = { conversationId };
    expect((await ask(participants.count, { token, params })).body).toEqual({ count: 2 });
    const where = JSON.stringify({ kind: 'agent', agentId: agent.id });
    expect(await list(conversationId, token, { where })).toHaveLength(1);
    const get = { token, params: { conversationId, participantId: own?.id ?? '' } };
    expect((await ask(participants.get, get)).body).toEqual(own);
  });

  test('come with the records that the key may read, and to a customer with none', async () => {
    const { conversationId, customer, token: session } = await makeConversation(widget);
    await sendMessage(agent, textIn(conversationId));
    const query = { include: 'customer,agent' };
    const found = await list(conversationId, token, query);
    expect(found.map((each) => each.customer?.id ?? null).toSorted()).toEqual([customer.id, null]);
    expect(found.map((each) => each.agent?.id ?? null).toSorted()).toEqual([agent.id, null]);
    const own = await list(conversationId, session, query);
    expect(own.map((each) => [each.customer, each.agent])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(JSON.stringify(own)).not.toContain('@');
  });

  test('tell the customer nothing of notes: not who wrote them, and not by anybody’s place', async () => {
    const { conversationId, token: session } = await makeConversation(widget);
    const writer = await makeAgent();
    const onlooker = await makeAgent();
    await sendMessage(agent, textIn(conversationId));
    await writeNote(writer, textIn(conversationId));
    await markRead(agent, { conversationId, through: 3 });
    await markRead(onlooker, { conversationId, through: 0 });
    const seen = await list(conversationId, session);
    const byAgents = seen.filter(({ kind }) => kind === 'agent');
    expect(byAgents.map(({ agentId }) => agentId).toSorted()).toEqual([agent.id, writer.id].toSorted());
    expect(byAgents.every(({ readThrough }) => readThrough === 2)).toBe(true);
    expect(byAgents.find(({ agentId }) => agentId === writer.id)?.joinedAt).toBeNull();
    expect((await ask(participants.count, { token: session, params: { conversationId } })).body).toEqual({
      count: seen.length,
    });
  });

  test('are hidden with their conversation, from keys, customers and whoever asks for another’s child', async () => {
    const departmentId = await makeDepartment(false);
    const inside = await makeConversation(widget);
    await transact((tx) => updateTicketDepartment(tx, inside.ticketId, departmentId));
    const outside = await makeConversation(widget);
    const placed = await makeKey(['conversations:read'], { departmentId });
    expect(await list(inside.conversationId, placed.token)).toHaveLength(1);
    const [child] = await list(inside.conversationId, token);
    for (const [by, conversationId] of [
      [placed.token, outside.conversationId],
      [inside.token, outside.conversationId],
      [token, newId()],
    ] as const) {
      const given = { token: by, params: { conversationId } };
      expect((await ask(participants.list, given)).status).toBe(404);
      expect((await ask(participants.count, given)).status).toBe(404);
      expect((await ask(typing.list, given)).status).toBe(404);
      expect((await ask(readMarks.get, given)).status).toBe(404);
      const params = { conversationId, participantId: child?.id ?? '' };
      expect((await ask(participants.get, { token: by, params })).status).toBe(404);
    }
    const elsewhere = { conversationId: outside.conversationId, participantId: child?.id ?? '' };
    expect((await ask(participants.get, { token, params: elsewhere })).status).toBe(404);
  });

  test('take the scope of conversations, and known conditions', async () => {
    const { conversationId } = await makeConversation(widget);
    const none = await makeKey(['tickets:write']);
    const reads = await makeKey(['conversations:read']);
    const params = { conversationId };
    expect(await ask(participants.list, { token: none.token, params })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing', field: 'conversations:read' },
    });
    const body = { isTyping: true };
    expect((await ask(typing.set, { token: reads.token, params, body })).status).toBe(403);
    expect((await ask(readMarks.set, { token: reads.token, params, body: { through: 1 } })).status).toBe(403);
    const query = { where: '{"readThrough":1}' };
    expect(await ask(participants.list, { token, params, query })).toMatchObject({
      status: 400,
      body: { code: 'unknown_field', field: 'where.readThrough' },
    });
    expect((await ask(participants.list, { token, params: { conversationId: '7' } })).status).toBe(400);
  });
});

describe('typing', () => {
  test('is seen by the other side until it ends, and not by oneself', async () => {
    const { conversationId, customer, token: session } = await makeConversation(widget);
    const params = { conversationId };
    const seenBy = async (by: string) =>
      typingSchema.parse((await ask(typing.list, { token: by, params })).body).data;
    const set = (by: string, isTyping: boolean) => ask(typing.set, { token: by, params, body: { isTyping } });
    expect(await set(token, true)).toMatchObject({ status: 200, body: { isTyping: true, forMs: 5_000 } });
    expect((await set(session, true)).status).toBe(200);
    expect(await seenBy(session)).toMatchObject([{ kind: 'agent', id: keyId }]);
    expect(await seenBy(token)).toMatchObject([{ kind: 'customer', id: customer.id }]);
    await setTyping(agent, { conversationId, isTyping: true });
    expect(await seenBy(token)).toHaveLength(2);
    expect((await ask(typing.count, { token, params })).body).toEqual({ count: 2 });
    expect(await set(token, false)).toMatchObject({ status: 200, body: { isTyping: false, forMs: 0 } });
    expect((await seenBy(session)).map(({ id }) => id)).toEqual([agent.id]);
  });

  test('is set for nobody else, and only where one may', async () => {
    const { conversationId } = await makeConversation(widget);
    const stranger = await makeConversation(widget);
    const params = { conversationId };
    const forAnother = { isTyping: true, senderId: agent.id };
    expect((await ask(typing.set, { token, params, body: forAnother })).status).toBe(400);
    const body = { isTyping: true };
    expect((await ask(typing.set, { token: stranger.token, params, body })).status).toBe(404);
    const placed = await makeKey(['conversations:write'], { departmentId: await makeDepartment(false) });
    expect((await ask(typing.set, { token: placed.token, params, body })).status).toBe(404);
    expect(typingSchema.parse((await ask(typing.list, { token, params })).body).data).toEqual([]);
  });
});

describe('read marks', () => {
  test('only grow, up to the end, each in its reader’s own order', async () => {
    const { conversationId, customer, token: session } = await makeConversation(widget);
    await writeNote(agent, textIn(conversationId));
    await sendMessage(agent, textIn(conversationId));
    const params = { conversationId };
    const set = async (by: string, through: number) =>
      readMarkRecord.parse((await ask(readMarks.set, { token: by, params, body: { through } })).body);
    const get = async (by: string) =>
      readMarkRecord.parse((await ask(readMarks.get, { token: by, params })).body);
    expect(await get(token)).toEqual({ kind: 'agent', id: keyId, through: 0, at: null });
    expect((await set(token, 2)).through).toBe(2);
    expect((await set(token, 1)).through).toBe(2);
    expect((await set(token, 1_000)).through).toBe(3);
    expect(await set(session, 1_000)).toMatchObject({ kind: 'customer', id: customer.id, through: 2 });
    expect((await get(session)).through).toBe(2);
    const [own] = await list(conversationId, token, { where: JSON.stringify({ agentId: keyId }) });
    expect([own?.readThrough, own?.joinedAt]).toEqual([3, null]);
  });

  test('are refused where they are no place, or nobody’s', async () => {
    const { conversationId } = await makeConversation(widget);
    const params = { conversationId };
    for (const through of [-1, 1.5, '1', null]) {
      const { status, body } = await ask(readMarks.set, { token, params, body: { through } });
      expect({ status, body }).toMatchObject({ status: 400, body: { field: 'through' } });
    }
    expect(
      (await ask(readMarks.set, { token, params: { conversationId: newId() }, body: { through: 1 } })).status,
    ).toBe(404);
  });
});
