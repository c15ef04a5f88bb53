import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { ticketScope } from '#/db/scope.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import {
  changeAgent,
  checkPassword,
  deactivateAgent,
  findSignedInAgent,
  listAgents,
  listTeam,
  reactivateAgent,
} from '#/lib/agents/service.ts';
import { type CreateKeyInput, createKeyInputSchema } from '#/lib/api-keys/schema.ts';
import {
  createKey,
  findKeyByToken,
  isKeyLive,
  listKeys,
  listOpeningTokens,
  refusalOfKeyToken,
  revokeKey,
  rotateKey,
} from '#/lib/api-keys/service.ts';
import { makeKey } from '#/lib/api-keys/testing.ts';
import { getCatalogue } from '#/lib/catalogue/service.ts';
import {
  deleteDepartment,
  listDepartmentsInFull,
  moveTicketsOut,
  saveDepartment,
} from '#/lib/departments/service.ts';
import { newId } from '#/lib/ids.ts';
import { listMessages, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { createTag, deleteTag } from '#/lib/tags/service.ts';
import { type Conversing, makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket, listTimeline } from '#/lib/tickets/service.ts';
import { createWidget } from '#/lib/widgets/service.ts';
import { saveWorkspace } from '#/lib/workspace/service.ts';

let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
let agent: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  admin = await makeAgent('admin');
  agent = await makeAgent();
});
afterAll(() => database.close());

const aKey = (more: Partial<CreateKeyInput> = {}): CreateKeyInput => ({
  id: newId(),
  name: 'Order sync',
  scopes: ['tickets:read'],
  departmentId: null,
  lifeDays: null,
  ...more,
});
const notFound = { failure: { code: 'not_found' } };
const forbidden = { failure: { code: 'forbidden' } };
/** As another process, whose memory nobody empties, is a second later. Once more is another second later. */
function aSecondLater(): void {
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 1_001);
}
const reasonOf = async (token: string) => (await refusalOfKeyToken(token)).failure;
/** A ticket with one message, in a department or none. */
async function makeTicketIn(departmentId: string | null): Promise<Conversing> {
  const made = await makeConversation(widget);
  if (departmentId !== null) {
    await transact((tx) => updateTicketDepartment(tx, made.ticketId, departmentId));
  }
  return made;
}

describe('a key', () => {
  test('is told once, acts as an account of its own, and says what it may', async () => {
    const input = aKey({
      scopes: ['tickets:write', 'customers:read', 'tickets:write'],
      name: ' Order  sync ',
    });
    const { value } = await createKey(admin, createKeyInputSchema.parse(input));
    expect(value.token).toMatch(/^parley_[A-Za-z0-9_-]{43}$/);
    const holder = await findKeyByToken(value.token);
    expect(holder).toEqual({
      keyId: input.id,
      actor: {
        ...{ kind: 'agent', id: input.id, role: 'robot', departmentId: null, name: 'Order sync' },
        email: `key-${input.id}@robots.invalid`,
      },
      scopes: ['customers:read', 'tickets:write'],
      departmentId: null,
      expiresAt: null,
    });
    expect(value.keys.find(({ id }) => id === input.id)).toMatchObject({
      ...{ name: 'Order sync', reach: 'all', problem: null, revokedAt: null },
      tokens: [{ hint: value.token.slice(-4), endsAt: null, lastUsedAt: null }],
    });
  });

  test('is nowhere in the database as it was told', async () => {
    const { token } = await makeKey(['tickets:read']);
    const secret = token.slice('parley_'.length);
    const [row] = await read((tx) =>
      tx.execute<{ text: string }>(sql`
        select (select json_agg(api_keys)::text from api_keys) || (select json_agg(api_key_tokens)::text from api_key_tokens)
          || (select json_agg(events)::text from events) || (select json_agg(agents)::text from agents) as text`),
    );
    expect(row?.text).toContain(token.slice(-4));
    expect(row?.text.includes(secret)).toBe(false);
    expect(row?.text.includes(secret.slice(0, 30))).toBe(false);
  });

  test.each([
    '',
    'parley_',
    `parley_${'a'.repeat(43)}`,
    `parley_${'a'.repeat(42)}`,
    `Parley_${'a'.repeat(43)}`,
    `parley_${'a'.repeat(43)} `,
    'a'.repeat(43),
    `parley_${'\0'.repeat(43)}`,
    `parley_${'a'.repeat(100_000)}`,
  ])('that was never made opens nothing (%#)', async (token) => {
    expect(await findKeyByToken(token)).toBeNull();
    expect(await isKeyLive(token)).toBe(false);
    expect(await reasonOf(token)).toEqual({ code: 'unauthenticated', reason: 'key_unknown' });
  });

  test('is noted as used, to the minute', async () => {
    const { token, keyId } = await makeKey(['tickets:read']);
    const used = async () => (await listKeys(admin)).find(({ id }) => id === keyId)?.lastUsedAt ?? null;
    const first = await used();
    expect(first).not.toBeNull();
    aSecondLater();
    await findKeyByToken(token);
    expect(await used()).toBe(first);
    await transact((tx) =>
      tx.execute(
        sql`update api_key_tokens set last_used_at = now() - interval '61 seconds' where key_id = ${keyId}`,
      ),
    );
    const longAgo = await used();
    aSecondLater();
    await findKeyByToken(token);
    expect(Date.parse((await used()) ?? '')).toBeGreaterThan(Date.parse(longAgo ?? ''));
  });

  test('opens nothing once it has expired, and says why', async () => {
    const { value } = await createKey(admin, aKey({ lifeDays: 1 }));
    const { token, keys } = value;
    const key = keys.find(({ tokens }) => tokens[0]?.hint === token.slice(-4));
    const lifeMs = Date.parse(key?.expiresAt ?? '') - Date.parse(key?.createdAt ?? '');
    expect(lifeMs).toBe(86_400_000);
    expect(await isKeyLive(token)).toBe(true);
    await transact((tx) =>
      tx.execute(sql`update api_keys set expires_at = now() where id = ${key?.id ?? ''}`),
    );
    expect(await findKeyByToken(token)).toBeNull();
    expect(await reasonOf(token)).toEqual({ code: 'unauthenticated', reason: 'key_expired' });
    expect((await listKeys(admin)).find(({ id }) => id === key?.id)?.problem).toBe('key_expired');
  });

  test('that is revoked opens nothing at once here and within a second elsewhere, for good', async () => {
    const { token, keyId, actor } = await makeKey(['tickets:read']);
    const { events } = await revokeKey(admin, { id: keyId });
    expect(events).toMatchObject([{ type: 'key.revoked', subjectId: keyId }]);
    expect(await findKeyByToken(token)).toBeNull();
    expect(await reasonOf(token)).toEqual({ code: 'unauthenticated', reason: 'key_revoked' });
    expect((await revokeKey(admin, { id: keyId })).events).toEqual([]);
    await expect(rotateKey(admin, { id: keyId, overlap: 'day' })).rejects.toMatchObject({
      failure: { code: 'conflict', reason: 'key_revoked' },
    });
    await expect(reactivateAgent(admin, actor.id)).rejects.toMatchObject(notFound);

    const elsewhere = await makeKey(['tickets:read']);
    await transact((tx) =>
      tx.execute(sql`update api_keys set revoked_at = now() where id = ${elsewhere.keyId}`),
    );
    expect(await isKeyLive(elsewhere.token)).toBe(false);
    expect(await findKeyByToken(elsewhere.token)).toBeNull();
    const remembered = await makeKey(['tickets:read']);
    await transact((tx) =>
      tx.execute(sql`update api_keys set revoked_at = now() where id = ${remembered.keyId}`),
    );
    aSecondLater();
    expect(await findKeyByToken(remembered.token)).toBeNull();
  });

  test('gets another token, beside which the one so far goes on for a day', async () => {
    const { token: first, keyId } = await makeKey(['tickets:read']);
    const { value } = await rotateKey(admin, { id: keyId, overlap: 'day' });
    const second = value.token;
    for (const token of [first, second]) expect((await findKeyByToken(token))?.keyId).toBe(keyId);
    const listed = value.keys.find(({ id }) => id === keyId);
    expect(listed?.tokens.map(({ hint }) => hint)).toEqual([second.slice(-4), first.slice(-4)]);
    const endsInMs = Date.parse(listed?.tokens[1]?.endsAt ?? '') - Date.now();
    expect(Math.abs(endsInMs - 86_400_000)).toBeLessThan(60_000);

    await transact((tx) =>
      tx.execute(
        sql`update api_key_tokens set ends_at = now() where key_id = ${keyId} and ends_at is not null`,
      ),
    );
    aSecondLater();
    expect(await findKeyByToken(first)).toBeNull();
    expect(await reasonOf(first)).toEqual({ code: 'unauthenticated', reason: 'key_rotated' });
    expect((await findKeyByToken(second))?.keyId).toBe(keyId);
  });

  test('gets another token in place of a leaked one, which ends now', async () => {
    const { token, keyId } = await makeKey(['tickets:read']);
    const between = (await rotateKey(admin, { id: keyId, overlap: 'day' })).value.token;
    const last = (await rotateKey(admin, { id: keyId, overlap: 'none' })).value.token;
    for (const ended of [token, between]) {
      expect(await findKeyByToken(ended)).toBeNull();
      expect(await reasonOf(ended)).toEqual({ code: 'unauthenticated', reason: 'key_rotated' });
    }
    expect((await findKeyByToken(last))?.keyId).toBe(keyId);
  });

  test('is told from those that open nothing, any number of them at once', async () => {
    const [live, revoked, expired] = [
      await makeKey(['events:read']),
      await makeKey(['events:read']),
      await makeKey(['events:read']),
    ];
    const rotated = await makeKey(['events:read']);
    const { token } = (await rotateKey(admin, { id: rotated.keyId, overlap: 'none' })).value;
    await revokeKey(admin, { id: revoked.keyId });
    await transact((tx) =>
      tx.execute(sql`update api_keys set expires_at = now() where id = ${expired.keyId}`),
    );
    const asked = [live.token, token, ...[revoked, expired, rotated].map((each) => each.token), 'x', ''];
    expect(await listOpeningTokens(asked)).toEqual(new Set([live.token, token]));
    expect(await listOpeningTokens([])).toEqual(new Set());
  });

  test('has five tokens at most', async () => {
    const { keyId } = await makeKey(['tickets:read']);
    for (let count = 1; count < 5; count++) await rotateKey(admin, { id: keyId, overlap: 'day' });
    await expect(rotateKey(admin, { id: keyId, overlap: 'day' })).rejects.toMatchObject({
      failure: { code: 'conflict', reason: 'key_tokens_many' },
    });
    await rotateKey(admin, { id: keyId, overlap: 'none' });
  });

  test('that expired goes on with a new token and a new span, and its old tokens stay ended', async () => {
    const { token, keyId } = await makeKey(['tickets:read']);
    await transact((tx) => tx.execute(sql`update api_keys set expires_at = now() where id = ${keyId}`));
    await expect(rotateKey(admin, { id: keyId, overlap: 'day' })).rejects.toMatchObject({
      failure: { code: 'conflict', reason: 'key_expired' },
    });
    const { value } = await rotateKey(admin, { id: keyId, overlap: 'day', lifeDays: 30 });
    expect((await findKeyByToken(value.token))?.keyId).toBe(keyId);
    expect(await findKeyByToken(token)).toBeNull();
    expect(await reasonOf(token)).toEqual({ code: 'unauthenticated', reason: 'key_rotated' });
  });

  test('made twice with one id is there once', async () => {
    const input = aKey();
    const made = await Promise.allSettled([createKey(admin, input), createKey(admin, input)]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { failure: { code: 'conflict', reason: 'key_exists' } },
    });
    await expect(createKey(admin, aKey({ id: agent.id }))).rejects.toMatchObject({
      failure: { code: 'conflict', reason: 'id_used' },
    });
  });

  test('of a department that is not there is not made', async () => {
    await expect(createKey(admin, aKey({ departmentId: newId() }))).rejects.toMatchObject({
      failure: { code: 'invalid', reason: 'department_unknown', field: 'departmentId' },
    });
  });

  test.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['everything:write'] }, 'scopes'],
    [{ name: ' ' }, 'name'],
    [{ lifeDays: 0 }, 'lifeDays'],
    [{ lifeDays: 1.5 }, 'lifeDays'],
    [{ departmentId: 'sales' }, 'departmentId'],
    [{ role: 'admin' }, ''],
  ])('is not made of %j', (wrong, field) => {
    const parsed = createKeyInputSchema.safeParse({ ...aKey(), ...wrong });
    expect(parsed.error?.issues[0]?.path[0] ?? '').toBe(field);
    expect(parsed.success).toBe(false);
  });
});

describe('only admins', () => {
  test('make, see, change over and end keys', async () => {
    const { keyId } = await makeKey(['tickets:read']);
    for (const attempt of [
      () => listKeys(agent),
      () => createKey(agent, aKey()),
      () => rotateKey(agent, { id: keyId, overlap: 'day' }),
      () => revokeKey(agent, { id: keyId }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(forbidden);
    }
    for (const attempt of [
      () => rotateKey(admin, { id: newId(), overlap: 'day' }),
      () => revokeKey(admin, { id: newId() }),
      () => revokeKey(admin, { id: agent.id }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(notFound);
    }
  });

  test('administer: a key of everything may not manage keys, nor what no scope is about', async () => {
    const { actor, keyId } = await makeKey(['agents:write', 'departments:write', 'webhooks:write']);
    const tag = (await createTag(admin, { id: newId(), name: 'Urgent', color: 'grey' })).value;
    for (const attempt of [
      () => listKeys(actor),
      () => createKey(actor, aKey()),
      () => rotateKey(actor, { id: keyId, overlap: 'day' }),
      () => revokeKey(actor, { id: keyId }),
      () => createWidget(actor, { id: newId(), name: 'Another site' }),
      () => saveWorkspace(actor, { name: 'Mine', reopeningHours: 1 }),
      () => deleteTag(actor, tag.id),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        failure: { code: expect.stringMatching(/not_found|forbidden/) },
      });
    }
  });
});

describe('the account of a key', () => {
  test('is no colleague: not listed, counted, placed, assigned or mentioned', async () => {
    const departmentId = await makeDepartment(false);
    const { actor } = await makeKey(['tickets:write'], { departmentId, name: 'Invisible' });
    const { ticketId, conversationId } = await makeTicketIn(departmentId);
    const listed = JSON.stringify([
      await listAgents(admin),
      await listTeam(admin),
      await getCatalogue(admin),
      await listDepartmentsInFull(admin),
    ]);
    expect(listed.includes(actor.id)).toBe(false);
    expect(listed.includes('Invisible')).toBe(false);

    const assign = { field: 'assignee', to: actor.id } as const;
    await expect(changeTicket(admin, { ticketId, id: newId(), change: assign })).rejects.toMatchObject({
      failure: { code: 'invalid', reason: 'agent_unknown' },
    });
    const note = { conversationId, id: newId(), text: 'Look', mentions: [actor.id] };
    const written = await writeNote(admin, note);
    expect(JSON.stringify(written).includes('Invisible')).toBe(false);
    const other = await makeDepartment(false);
    const [asMember] = (await listDepartmentsInFull(admin)).filter(({ id }) => id === other);
    if (asMember === undefined) throw new Error('no department');
    const { name, isRestricted, timezone, businessHours } = asMember;
    await expect(
      saveDepartment(admin, {
        id: other,
        name,
        isRestricted,
        timezone,
        businessHours,
        memberIds: [actor.id],
      }),
    ).rejects.toMatchObject({ failure: { code: 'invalid', reason: 'agent_unknown' } });
  });

  test('becomes nothing else, whoever asks', async () => {
    const { actor } = await makeKey(['agents:write']);
    for (const attempt of [
      () => changeAgent(admin, { agentId: actor.id, role: 'admin' }),
      () => deactivateAgent(admin, actor.id),
      () => deactivateAgent(actor, actor.id),
      () => reactivateAgent(actor, actor.id),
    ]) {
      await expect(attempt()).rejects.toMatchObject(notFound);
    }
  });

  test('is not signed in with, by password or by session', async () => {
    const { actor } = await makeKey(['tickets:read']);
    for (const password of ['', 'null', 'password1234']) {
      expect(await checkPassword({ email: actor.email, password, address: '192.0.2.9' })).toBeNull();
    }
    expect(await findSignedInAgent(actor.id, 1)).toBeNull();
    await expect(
      transact((tx) => tx.execute(sql`update agents set password_hash = 'x' where id = ${actor.id}`)),
    ).rejects.toThrow();
  });

  test('stands under what it does, in the log and in the trail', async () => {
    const { actor } = await makeKey(['tickets:write', 'messages:write'], { name: 'Night shift' });
    const { ticketId, conversationId } = await makeTicketIn(null);
    await sendMessage(actor, { conversationId, id: newId(), text: 'Good evening' });
    await changeTicket(actor, { ticketId, id: newId(), change: { field: 'priority', to: 'high' } });
    const [change] = await listTimeline(agent, ticketId);
    expect(change?.actor).toEqual({ kind: 'agent', id: actor.id, name: 'Night shift' });
    const { entries } = await listMessages(agent, conversationId, { limit: 10 });
    expect(entries.find(({ text }) => text === 'Good evening')?.sender).toMatchObject({
      ...{ kind: 'agent', id: actor.id, name: 'Night shift' },
    });
    const rows = await read((tx) =>
      tx.execute(sql`select type from events where actor_kind = 'agent' and actor_id = ${actor.id}`),
    );
    expect(rows.map(({ type }) => type).toSorted()).toEqual(['message.created', 'ticket.changed']);
  });
});

describe('a key of one department', () => {
  test('works there, and finds nothing anywhere else', async () => {
    const [mine, other, restricted] = [
      await makeDepartment(true),
      await makeDepartment(false),
      await makeDepartment(true),
    ];
    const { actor } = await makeKey(['tickets:write', 'messages:write'], { departmentId: mine });
    expect(actor.role).toBe('department_robot');
    const own = await makeTicketIn(mine);
    expect((await getTicket(actor, own.ticketId)).ticket.id).toBe(own.ticketId);
    await sendMessage(actor, { conversationId: own.conversationId, id: newId(), text: 'Hello' });
    for (const departmentId of [other, restricted, null]) {
      const { ticketId, conversationId } = await makeTicketIn(departmentId);
      const change = { field: 'priority', to: 'high' } as const;
      for (const attempt of [
        () => getTicket(actor, ticketId),
        () => listTimeline(actor, ticketId),
        () => listMessages(actor, conversationId, { limit: 10 }),
        () => changeTicket(actor, { ticketId, id: newId(), change }),
        () => sendMessage(actor, { conversationId, id: newId(), text: 'Hello' }),
        () => writeNote(actor, { conversationId, id: newId(), text: 'Hello' }),
      ]) {
        await expect(attempt()).rejects.toMatchObject(notFound);
      }
    }
    const seen = await read((tx) =>
      tx.execute<{ id: string }>(sql`select id from tickets where ${ticketScope(actor)}`),
    );
    expect(seen.map(({ id }) => id)).toEqual([own.ticketId]);
  });

  test('opens nothing from when its department is taken away, and never another department', async () => {
    const [mine, heir] = [await makeDepartment(true), await makeDepartment(true)];
    const key = await makeKey(['tickets:write'], { departmentId: mine });
    const { ticketId } = await makeTicketIn(mine);
    await deleteDepartment(admin, { id: mine, moveTo: heir });
    expect(await isKeyLive(key.token)).toBe(false);
    expect(await findKeyByToken(key.token)).toBeNull();
    for await (const _ of moveTicketsOut(admin));
    expect(await reasonOf(key.token)).toEqual({ code: 'unauthenticated', reason: 'key_without_department' });
    const [row] = await read((tx) =>
      tx.execute<{ role: string; department_id: string | null }>(
        sql`select role, department_id from agents where id = ${key.keyId}`,
      ),
    );
    expect(row).toEqual({ role: 'department_robot', department_id: null });
    // Who held it at that moment, with what was known of it then and with what is known now, sees nothing either.
    for (const departmentId of [mine, null]) {
      await expect(getTicket({ ...key.actor, departmentId }, ticketId)).rejects.toMatchObject(notFound);
    }
    expect((await listKeys(admin)).find(({ id }) => id === key.keyId)).toMatchObject({
      ...{ reach: 'department', departmentId: null, problem: 'key_without_department' },
    });
  });

  test('stays in it when the department’s people change', async () => {
    const departmentId = await makeDepartment(true);
    const key = await makeKey(['tickets:read'], { departmentId });
    const [detail] = (await listDepartmentsInFull(admin)).filter(({ id }) => id === departmentId);
    if (detail === undefined) throw new Error('no department');
    const { id, name, isRestricted, timezone, businessHours } = detail;
    const member = await makeAgent();
    const saved = { id, name, isRestricted, timezone, businessHours, memberIds: [member.id] };
    await saveDepartment(admin, saved);
    aSecondLater();
    expect((await findKeyByToken(key.token))?.departmentId).toBe(departmentId);
  });
});
