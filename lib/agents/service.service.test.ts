import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import {
  acceptInvite,
  changeAgent,
  checkPassword,
  deactivateAgent,
  findSignedInAgent,
  handOverTickets,
  inviteAgent,
  listInvites,
  reactivateAgent,
  renewInvite,
  revokeInvite,
} from '#/lib/agents/service.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor, SystemActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import { getTicket } from '#/lib/tickets/service.ts';
import { completeSetup, ensureWorkspace } from '#/lib/workspace/service.ts';

let database: TestDatabase;
let widget: Widget;
let address = 1;
const nextAddress = () => `10.0.0.${address++}`;
const password = 'correct horse battery';

beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a'.repeat(32),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    REALTIME_APP_ID: 'app',
    REALTIME_KEY: 'key',
    REALTIME_SECRET: 's'.repeat(32),
  });
});
afterAll(() => database.close());

describe('the first run', () => {
  test('makes the workspace once, and a set-up token only while nobody can sign in', async () => {
    const first = await ensureWorkspace({ origins: ['http://localhost:3000'] });
    const second = await ensureWorkspace({ origins: ['http://other'] });
    expect(second.widgetKey).toBe(first.widgetKey);
    expect(second.setupToken).not.toBe(first.setupToken);
    const setup = { workspaceName: 'Kettle & Cup', name: 'Ana', email: 'ana@kettle.test', password };
    const token = (given: string | null) => ({ ...setup, token: given ?? '', withExampleData: false });
    await expect(completeSetup(token(first.setupToken))).rejects.toMatchObject({ code: 'not_found' });
    await completeSetup(token(second.setupToken));
    await expect(completeSetup(token(second.setupToken))).rejects.toMatchObject({ code: 'not_found' });
    expect((await ensureWorkspace({ origins: [] })).setupToken).toBeNull();
    widget = await makeWidget();
  });

  test('keeps neither password nor token in the clear', async () => {
    const rows = await read((tx) =>
      tx.execute(sql`select agents.*, (select json_agg(invites) from invites) as invites from agents`),
    );
    expect(JSON.stringify(rows)).not.toContain(password);
    expect(String(rows[0]?.password_hash)).toMatch(/^\$argon2id\$/);
  });
});

describe('signing in', () => {
  test('opens with the right pair, in any letter case, and with nothing else', async () => {
    const right = await checkPassword({ email: ' ANA@kettle.test ', password, address: nextAddress() });
    expect(right).toMatchObject({ sessionVersion: 1 });
    for (const [email, guess] of [
      ['ana@kettle.test', 'wrong password'],
      ['nobody@kettle.test', password],
      ['', ''],
      ['ana@kettle.test', `${password}\0`],
      ['ana@kettle.test', 'x'.repeat(5_000)],
    ] as const) {
      expect(await checkPassword({ email, password: guess, address: nextAddress() })).toBeNull();
    }
  });

  test('costs the same work for an account that is not there', async () => {
    const time = async (email: string) => {
      const start = performance.now();
      await checkPassword({ email, password: 'wrong password', address: nextAddress() });
      return performance.now() - start;
    };
    const [known, unknown] = [await time('ana@kettle.test'), await time('ghost@kettle.test')];
    expect(unknown).toBeGreaterThan(known / 4);
  });

  test('stops being answered for an account that somebody keeps guessing, and not for its owner elsewhere', async () => {
    const email = 'guessed@kettle.test';
    const guesser = nextAddress();
    const guess = (from: string) => checkPassword({ email, password: 'x', address: from });
    await Promise.all(Array.from({ length: 10 }, () => guess(guesser)));
    await expect(guess(guesser)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await guess(nextAddress())).toBeNull();
  });
});

describe('limits on signing in', () => {
  test('count failures only: the right password opens any number of times, and leaves every guess left', async () => {
    const address = nextAddress();
    const attempt = (given: string) => checkPassword({ email: 'ana@kettle.test', password: given, address });
    for (let count = 0; count < 12; count++) expect(await attempt(password)).not.toBeNull();
    for (let count = 0; count < 10; count++) expect(await attempt('wrong password')).toBeNull();
    await expect(attempt(password)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('keep a guesser who goes on and on from locking the owner out', async () => {
    const guesser = nextAddress();
    const from = (address: string, given: string) =>
      checkPassword({ email: 'ana@kettle.test', password: given, address });
    const guesses = await Promise.allSettled(Array.from({ length: 120 }, () => from(guesser, 'x')));
    expect(guesses.filter((guess) => guess.status === 'fulfilled')).toHaveLength(10);
    expect(await from(nextAddress(), password)).not.toBeNull();
  });
});

describe('inviting', () => {
  test('is an admin’s; the link opens once, for the invited address and role', async () => {
    const [admin, agent] = [await makeAgent('admin'), await makeAgent()];
    const input = { email: 'Ben@kettle.test', role: 'agent', departmentId: null } as const;
    await expect(inviteAgent(agent, input)).rejects.toMatchObject({ code: 'forbidden' });
    const { value } = await inviteAgent(admin, input);
    const stored = await read((tx) => tx.execute(sql`select * from invites`));
    expect(JSON.stringify(stored)).not.toContain(value.token);
    const accepted = await acceptInvite({ token: value.token, name: 'Ben', password });
    expect(accepted.value.email).toBe('Ben@kettle.test');
    await expect(acceptInvite({ token: value.token, name: 'Eve', password })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(inviteAgent(admin, input)).rejects.toMatchObject({ code: 'conflict' });
    const opened = await checkPassword({ email: 'ben@kettle.test', password, address: nextAddress() });
    expect(opened?.id).toBe(accepted.value.agentId);
  });

  test('again ends the earlier link; an expired or made-up one opens nothing', async () => {
    const admin = await makeAgent('admin');
    const input = { email: 'cleo@kettle.test', role: 'agent', departmentId: null } as const;
    const first = await inviteAgent(admin, input);
    const second = await inviteAgent(admin, input);
    const accept = (token: string) => acceptInvite({ token, name: 'Cleo', password });
    await expect(accept(first.value.token)).rejects.toMatchObject({ code: 'not_found' });
    await transact((tx) =>
      tx.execute(sql`update invites set expires_at = now() - interval '1 s' where used_at is null`),
    );
    await expect(accept(second.value.token)).rejects.toMatchObject({ code: 'not_found' });
    await expect(accept('nonsense')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a pending invitation', () => {
  test('is listed, gets a new link in place of the first, and ends', async () => {
    const admin = await makeAgent('admin');
    const email = `${newId()}@kettle.test`;
    const pending = async () => (await listInvites(admin)).find((invite) => invite.email === email);
    const { value: first } = await inviteAgent(admin, { email, role: 'agent', departmentId: null });
    const listed = await pending();
    expect(listed).toMatchObject({ role: 'agent', isExpired: false });
    expect(JSON.stringify(listed)).not.toContain(first.token);
    const { value: second } = await renewInvite(admin, listed?.id ?? '');
    const accept = (token: string) => acceptInvite({ token, name: 'Dan', password });
    await expect(accept(first.token)).rejects.toMatchObject({ code: 'not_found' });
    const renewed = await pending();
    await revokeInvite(admin, renewed?.id ?? '');
    await revokeInvite(admin, renewed?.id ?? '');
    expect(await pending()).toBeUndefined();
    await expect(accept(second.token)).rejects.toMatchObject({ code: 'not_found' });
    await expect(renewInvite(admin, renewed?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is an admin’s business', async () => {
    const agent = await makeAgent();
    await expect(listInvites(agent)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(renewInvite(agent, newId())).rejects.toMatchObject({ code: 'forbidden' });
    await expect(revokeInvite(agent, newId())).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('an agent’s place', () => {
  test('is a role, whose change ends every session, and a department, whose change ends none', async () => {
    const [admin, agent, departmentId] = [
      await makeAgent('admin'),
      await makeAgent(),
      await makeDepartment(true),
    ];
    const moved = await changeAgent(admin, { agentId: agent.id, departmentId });
    expect(moved.events.map(({ type }) => type)).toEqual(['agent.moved']);
    expect(await findSignedInAgent(agent.id, 1)).toMatchObject({ departmentId, role: 'agent' });
    const raised = await changeAgent(admin, { agentId: agent.id, role: 'admin', departmentId });
    expect(raised.events.map(({ type }) => type)).toEqual(['agent.role_changed']);
    expect(await findSignedInAgent(agent.id, 1)).toBeNull();
    expect(await findSignedInAgent(agent.id, 2)).toMatchObject({ role: 'admin' });
    expect((await changeAgent(admin, { agentId: agent.id, role: 'admin' })).events).toEqual([]);
  });

  test('is an admin’s to change, also one’s own', async () => {
    const agent = await makeAgent();
    for (const agentId of [agent.id, (await makeAgent()).id]) {
      await expect(changeAgent(agent, { agentId, role: 'admin' })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(changeAgent(agent, { agentId, departmentId: null })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    const admin = await makeAgent('admin');
    await expect(changeAgent(admin, { agentId: newId(), role: 'agent' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(changeAgent(admin, { agentId: agent.id, departmentId: newId() })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test('leaves one admin, whoever demotes whom at the same moment', async () => {
    const admin = await makeAgent('admin');
    const admins = await read((tx) =>
      tx.execute<{ id: string }>(sql`select id from agents where role = 'admin' and deactivated_at is null`),
    );
    const outcomes = await Promise.allSettled(
      admins.map(({ id }) => changeAgent(admin, { agentId: id, role: 'agent' })),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ failure: { reason: 'last_admin', field: 'role' } });
    const left = await read((tx) =>
      tx.execute(sql`select id from agents where role = 'admin' and deactivated_at is null`),
    );
    expect(left).toHaveLength(1);
  });
});

describe('deactivating', () => {
  async function handOver(actor: AgentActor | SystemActor, olderThanMs = 0): Promise<string[]> {
    const types: string[] = [];
    for await (const events of handOverTickets(actor, olderThanMs))
      types.push(...events.map((event) => event.type));
    return types;
  }

  test('ends every session, hands open tickets back, and can be undone without reviving a session', async () => {
    const [admin, agent] = [await makeAgent('admin'), await makeAgent()];
    const { ticketId } = await makeConversation(widget);
    const assign = { field: 'assignee', to: agent.id } as const;
    await changeTicket(admin, { ticketId, id: newId(), change: assign });
    expect(await findSignedInAgent(agent.id, 1)).toMatchObject({ id: agent.id });
    await deactivateAgent(admin, agent.id);
    expect(await findSignedInAgent(agent.id, 1)).toBeNull();
    expect(await handOver(admin)).toEqual(['ticket.changed']);
    expect((await getTicket(admin, ticketId)).ticket.assignee).toBeNull();
    await reactivateAgent(admin, agent.id);
    expect(await findSignedInAgent(agent.id, 1)).toBeNull();
  });

  test('waits for no ticket; one that cannot be written holds up no other, and is taken the next time', async () => {
    const [admin, agent] = [await makeAgent('admin'), await makeAgent()];
    const ticketIds: string[] = [];
    for (let count = 0; count < 3; count++) {
      const { ticketId } = await makeConversation(widget);
      ticketIds.push(ticketId);
      await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: agent.id } });
    }
    const [stuck = '', ...others] = ticketIds;
    const assigneeOf = async (id: string) => (await getTicket(admin, id)).ticket.assignee?.id ?? null;
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    await sql.begin(async (tx) => {
      await tx`select 1 from tickets where id = ${stuck} for update`;
      const { events } = await deactivateAgent(admin, agent.id);
      expect(events.map((event) => event.type)).toEqual(['agent.deactivated']);
      expect(await assigneeOf(others[0] ?? '')).toBe(agent.id);
      expect(await handOver(admin)).toEqual(['ticket.changed', 'ticket.changed']);
      expect(await Promise.all(others.map(assigneeOf))).toEqual([null, null]);
      expect(await assigneeOf(stuck)).toBe(agent.id);
    });
    await sql.end();
    expect(await handOver(admin)).toEqual(['ticket.changed']);
    expect(await assigneeOf(stuck)).toBeNull();
  });

  test('goes on by itself after a crash: the sweep takes what an interrupted hand-over left, and says who did', async () => {
    const [admin, agent] = [await makeAgent('admin'), await makeAgent()];
    const ticketIds: string[] = [];
    for (let count = 0; count < 3; count++) {
      const { ticketId } = await makeConversation(widget);
      ticketIds.push(ticketId);
      await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: agent.id } });
    }
    await deactivateAgent(admin, agent.id);
    // The process dies after the first ticket.
    for await (const events of handOverTickets(admin)) if (events.length > 0) break;
    expect(await handOver({ kind: 'system' }, 60_000)).toEqual([]);
    const sweeps = await Promise.all([handOver({ kind: 'system' }), handOver({ kind: 'system' })]);
    expect(sweeps.flat()).toEqual(['ticket.changed', 'ticket.changed']);
    const found = await Promise.all(ticketIds.map((ticketId) => getTicket(admin, ticketId)));
    expect(found.map(({ ticket }) => ticket.assignee)).toEqual([null, null, null]);
    const last = found.map(({ page }) => page.entries.at(-1));
    expect(last.map((entry) => entry?.sender.kind).toSorted()).toEqual(['agent', 'system', 'system']);
    expect(last.every((entry) => entry?.change?.field === 'assignee' && entry.change.to === null)).toBe(true);
  });

  test('hands open tickets to a colleague, or to a department without a holder', async () => {
    const [admin, heir, departmentId] = [
      await makeAgent('admin'),
      await makeAgent(),
      await makeDepartment(false),
    ];
    const targets = [
      { to: 'agent', agentId: heir.id },
      { to: 'department', departmentId },
    ] as const;
    for (const target of targets) {
      const agent = await makeAgent();
      const { ticketId } = await makeConversation(widget);
      await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: agent.id } });
      await deactivateAgent(admin, agent.id, target);
      await handOver(admin);
      const { ticket } = await getTicket(admin, ticketId);
      expect(ticket.assignee?.id ?? null).toBe(target.to === 'agent' ? heir.id : null);
      if (target.to === 'department') expect(ticket.department?.id).toBe(departmentId);
    }
  });

  test('hands tickets to nobody when the heir leaves too before they are there', async () => {
    const [admin, agent, heir] = [await makeAgent('admin'), await makeAgent(), await makeAgent()];
    const { ticketId } = await makeConversation(widget);
    await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: agent.id } });
    await deactivateAgent(admin, agent.id, { to: 'agent', agentId: heir.id });
    await deactivateAgent(admin, heir.id);
    await handOver({ kind: 'system' });
    expect((await getTicket(admin, ticketId)).ticket.assignee).toBeNull();
  });

  test('takes no heir who cannot take over', async () => {
    const [admin, agent, gone] = [await makeAgent('admin'), await makeAgent(), await makeAgent()];
    await deactivateAgent(admin, gone.id);
    const targets = [
      { to: 'agent', agentId: gone.id },
      { to: 'agent', agentId: agent.id },
      { to: 'agent', agentId: newId() },
      { to: 'department', departmentId: newId() },
    ] as const;
    for (const target of targets) {
      await expect(deactivateAgent(admin, agent.id, target)).rejects.toMatchObject({ code: 'invalid' });
    }
    expect(await findSignedInAgent(agent.id, 1)).not.toBeNull();
  });

  test('leaves the tickets of whoever is back, and lets nobody but an admin hand any over', async () => {
    const [admin, agent] = [await makeAgent('admin'), await makeAgent()];
    const { ticketId } = await makeConversation(widget);
    await changeTicket(admin, { ticketId, id: newId(), change: { field: 'assignee', to: agent.id } });
    await deactivateAgent(admin, agent.id);
    await reactivateAgent(admin, agent.id);
    expect(await handOver(admin)).toEqual([]);
    expect((await getTicket(admin, ticketId)).ticket.assignee?.id).toBe(agent.id);
    await expect(handOver(agent)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('is an admin’s, never of the last one, and harmless twice', async () => {
    const agent = await makeAgent();
    await expect(deactivateAgent(agent, agent.id)).rejects.toMatchObject({ code: 'forbidden' });
    const admin = await makeAgent('admin');
    await expect(deactivateAgent(admin, newId())).rejects.toMatchObject({ code: 'not_found' });
    await deactivateAgent(admin, agent.id);
    expect((await deactivateAgent(admin, agent.id)).events).toEqual([]);
    const admins = await read((tx) =>
      tx.execute<{ id: string }>(sql`select id from agents where role = 'admin' and deactivated_at is null`),
    );
    const others = admins.map((row) => row.id).filter((id) => id !== admin.id);
    const outcomes = await Promise.allSettled([
      ...others.map((id) => deactivateAgent(admin, id)),
      deactivateAgent(admin, admin.id),
    ]);
    expect(outcomes.some((outcome) => outcome.status === 'rejected')).toBe(true);
    const [left] = await read((tx) =>
      tx.execute(
        sql`select count(*)::int as count from agents where role = 'admin' and deactivated_at is null`,
      ),
    );
    expect(left).toEqual({ count: 1 });
  });
});
