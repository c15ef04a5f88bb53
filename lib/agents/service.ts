import { hash, verify } from '@node-rs/argon2';
import {
  type AgentAccount,
  countHeldTickets,
  findAgent,
  findAgentByEmail,
  insertAgent,
  type ListedAgent,
  listAgents as listAgentRows,
  listDeactivatedHolders,
  lockActiveAdmins,
  lockAgent,
  type NewAgent,
  updateAgentActivity,
  updateAgentDepartment,
  updateAgentRole,
} from '#/db/agents.ts';
import { constraintOf, read, type Tx, transact } from '#/db/client.ts';
import { findDepartment } from '#/db/departments.ts';
import { insertChange } from '#/db/events.ts';
import {
  insertInvite,
  listInvites as listInviteRows,
  lockInvite,
  lockPendingInvite,
  markInviteUsed,
  revokeInvites,
} from '#/db/invites.ts';
import { listTicketIdsOfAssignee } from '#/db/tickets.ts';
import {
  type ChangeAgentInput,
  type HandOverTarget,
  handOverTargetSchema,
  isRobotRole,
  type PendingInvite,
  type PersonRole,
} from '#/lib/agents/schema.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { logger } from '#/lib/logger.ts';
import type { AgentActor, SystemActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { RecordFields } from '#/lib/permissions/policy.ts';
import { processSingleton } from '#/lib/process.ts';
import { addressSubject, forgiveAttempts, limitFailures } from '#/lib/rate-limit.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { changeTicketWhile } from '#/lib/tickets/change.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';

export type SignedInAgent = AgentActor & { name: string; email: string };

const inviteLivesForDays = 7;
/** OWASP's first choice for argon2id: 19 MiB, two passes. */
const argon2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * The account that this address and password open, or null: the same answer after the same work for an unknown
 * address, a wrong password and a deactivated account. Throws `rate_limited` when somebody keeps guessing.
 */
export async function checkPassword(attempt: {
  email: string;
  password: string;
  address: string;
}): Promise<{ id: string; sessionVersion: number } | null> {
  const email = attempt.email.trim().toLowerCase();
  if (email.length > 254 || attempt.password.length > 200 || `${email}${attempt.password}`.includes('\0')) {
    return null;
  }
  const from = addressSubject(attempt.address);
  // The guesser's own limits first: guesses that these refuse do not count against the account and its owner.
  const counted = [
    await limitFailures('sign_in.address', from),
    await limitFailures('sign_in.account_from', `${email} ${from}`),
    await limitFailures('sign_in.account', email),
  ];
  const account = await read((tx) => findAgentByEmail(tx, email));
  const isRight = await verify(account?.passwordHash ?? (await decoyHash()), attempt.password);
  if (!isRight || account === null || account.passwordHash === null || !account.isActive) return null;
  await forgiveAttempts(counted);
  return { id: account.id, sessionVersion: account.sessionVersion };
}

/** A hash that no password opens, as slow to refuse as a real one. */
function decoyHash(): Promise<string> {
  return processSingleton('decoy-password', () => hash(newToken(), argon2));
}

export function hashPassword(password: string): Promise<string> {
  return hash(password, argon2);
}

type Remembered = { agent: SignedInAgent | null; untilMs: number };
const rememberedMs = 1_000;
const rememberedMax = 5_000;
const remembered = () => processSingleton('agent-sessions', () => new Map<string, Remembered>());

/**
 * The person of a session, while the account is active and the session's version is the row's. At most a second old.
 * The account of an api key has no sessions, whoever signed one.
 */
export async function findSignedInAgent(id: string, sessionVersion: number): Promise<SignedInAgent | null> {
  const key = `${id}:${sessionVersion}`;
  const held = remembered().get(key);
  if (held !== undefined && held.untilMs > performance.now()) return held.agent;
  const account = await read((tx) => findAgent(tx, id));
  const agent =
    account?.isActive !== true || isRobotRole(account.role) || account.sessionVersion !== sessionVersion
      ? null
      : agentOf(account);
  if (remembered().size >= rememberedMax) remembered().clear();
  remembered().set(key, { agent, untilMs: performance.now() + rememberedMs });
  return agent;
}

/** The next request of any of the account's sessions reads its row again. */
export function forgetSessions(agentId: string): void {
  for (const key of remembered().keys()) if (key.startsWith(`${agentId}:`)) remembered().delete(key);
}

function agentOf(account: AgentAccount): SignedInAgent {
  const { id, role, departmentId, name, email } = account;
  return { kind: 'agent', id, role, departmentId, name, email };
}

/** Every account, for choosing an assignee and for the settings. */
export async function listAgents(actor: AgentActor): Promise<ListedAgent[]> {
  authorize(actor, 'agent.read', {});
  return read((tx) => listAgentRows(tx));
}

/** An account as the team's settings show it, with how many tickets that are not over it holds. */
export type TeamMember = ListedAgent & { openTickets: number };

export async function listTeam(actor: AgentActor): Promise<TeamMember[]> {
  authorize(actor, 'agent.read', {});
  const [agents, held] = await read((tx) => Promise.all([listAgentRows(tx), countHeldTickets(tx)]));
  return agents.map((agent) => ({ ...agent, openTickets: held.get(agent.id) ?? 0 }));
}

/** Who was invited and has not come yet, the newest first. For admins. */
export async function listInvites(actor: AgentActor): Promise<PendingInvite[]> {
  authorize(actor, 'agent.invite', ofOwnDepartment(actor));
  return read((tx) => listInviteRows(tx));
}

/** A new link in place of a pending invitation's: the old one opens nothing any more. */
export async function renewInvite(
  actor: AgentActor,
  inviteId: string,
): Promise<Done<{ token: string; expiresAt: string }>> {
  authorize(actor, 'agent.invite', {});
  const invite = await read((tx) => lockPendingInvite(tx, inviteId));
  if (invite === null) throw new RefusedError({ code: 'not_found', reason: 'invite_over' });
  return inviteAgent(actor, invite);
}

/** Ends a pending invitation; one that is over already stays so. */
export async function revokeInvite(actor: AgentActor, inviteId: string): Promise<Done<null>> {
  return transact(async (tx) => {
    authorize(actor, 'agent.invite', ofOwnDepartment(actor));
    const invite = await lockPendingInvite(tx, inviteId);
    if (invite === null) return { value: null, events: [] };
    refuseAdminsToRobots(actor, invite.role);
    await revokeInvites(tx, 'agent', invite.email);
    const { role, departmentId } = invite;
    await insertChange(tx, {
      type: 'invite.revoked',
      actor,
      subjectId: inviteId,
      before: { role, departmentId },
      isSettled: true,
    });
    return { value: null, events: [] };
  });
}

/**
 * Gives an account another role or department. A new role ends its sessions, a new department what it listens to. The
 * last admin stays one.
 */
export async function changeAgent(actor: AgentActor, input: ChangeAgentInput): Promise<Done<null>> {
  const { agentId, role, departmentId } = input;
  const done = await transact(async (tx) => {
    authorize(actor, 'agent.place', { agentId });
    const admins = await lockActiveAdmins(tx);
    const account = await lockAgent(tx, agentId);
    if (account === null) throw new RefusedError({ code: 'not_found' });
    const events: ChangeEvent[] = [];
    if (role !== undefined && role !== account.role) {
      refuseAdminsToRobots(actor, role, account.role);
      if (role !== 'admin' && admins.length <= 1 && admins.includes(agentId)) {
        throw new RefusedError({ code: 'conflict', reason: 'last_admin', field: 'role' });
      }
      await updateAgentRole(tx, agentId, role);
      events.push(
        await insertChange(tx, {
          type: 'agent.role_changed',
          actor,
          subjectId: agentId,
          before: { role: account.role },
          after: { role },
        }),
      );
    }
    if (departmentId !== undefined) events.push(...(await placeAgent(tx, actor, agentId, departmentId)));
    return { value: null, events };
  });
  forgetSessions(agentId);
  return done;
}

/** Puts an agent into a department, null being none, in the caller's transaction. */
export async function placeAgent(
  tx: Tx,
  actor: AgentActor,
  agentId: string,
  departmentId: string | null,
): Promise<ChangeEvent[]> {
  authorize(actor, 'agent.place', { agentId });
  const account = await lockAgent(tx, agentId);
  if (account === null) {
    throw new RefusedError({ code: 'invalid', reason: 'agent_unknown', field: 'memberIds' });
  }
  if (account.departmentId === departmentId) return [];
  if (departmentId !== null && (await findDepartment(tx, departmentId)) === null) {
    throw new RefusedError({ code: 'invalid', reason: 'department_unknown', field: 'departmentId' });
  }
  await updateAgentDepartment(tx, agentId, departmentId);
  const change = await insertChange(tx, {
    type: 'agent.moved',
    actor,
    subjectId: agentId,
    before: { departmentId: account.departmentId },
    after: { departmentId },
  });
  return [change];
}

/** A link's token for one person, single use, for seven days. Earlier invites of the same address end. */
export async function inviteAgent(
  actor: AgentActor,
  input: { email: string; role: PersonRole; departmentId: string | null },
): Promise<Done<{ id: string; token: string; expiresAt: string }>> {
  const token = newToken();
  const tokenHash = hashOf(token);
  const id = newId();
  return transact(async (tx) => {
    authorize(actor, 'agent.invite', ofOwnDepartment(actor));
    refuseAdminsToRobots(actor, input.role);
    if ((await findAgentByEmail(tx, input.email)) !== null) {
      throw new RefusedError({ code: 'conflict', reason: 'email_taken', field: 'email' });
    }
    if (input.departmentId !== null && (await findDepartment(tx, input.departmentId)) === null) {
      throw new RefusedError({ code: 'invalid', reason: 'department_unknown', field: 'departmentId' });
    }
    await revokeInvites(tx, 'agent', input.email);
    const { email, role, departmentId } = input;
    const expiresAt = await insertInvite(tx, {
      id,
      kind: 'agent',
      email,
      role,
      departmentId,
      tokenHash,
      invitedBy: actor.id,
      livesForDays: inviteLivesForDays,
    });
    const change = await insertChange(tx, {
      type: 'agent.invited',
      actor,
      subjectId: id,
      after: { role, departmentId },
    });
    return { value: { id, token, expiresAt }, events: [change] };
  });
}

/** Somebody whom even a key of one department could know: it is told that it may not, and not that there is no such thing. */
function ofOwnDepartment({ departmentId }: AgentActor): RecordFields {
  return { departmentId };
}

/** Who holds an api key makes no admins and sends none away: the people who can end the key stay out of its reach. */
function refuseAdminsToRobots(actor: AgentActor, ...rolesTouched: readonly PersonRole[]): void {
  if (isRobotRole(actor.role) && rolesTouched.includes('admin')) {
    throw new RefusedError({ code: 'forbidden', reason: 'admins_by_people_only' });
  }
}

/** Inserts an account; throws `conflict` when its address has one, also one that was made this very moment. */
export async function addAgent(tx: Tx, agent: NewAgent): Promise<void> {
  try {
    await insertAgent(tx, agent);
  } catch (error) {
    if (constraintOf(error) !== 'agents_email_unique') throw error;
    throw new RefusedError({ code: 'conflict', reason: 'email_taken', field: 'email' });
  }
}

/** Makes the account that an invitation promises. The token opens once; the address is the invited one. */
export async function acceptInvite(input: {
  token: string;
  name: string;
  password: string;
}): Promise<Done<{ agentId: string; email: string }>> {
  const tokenHash = tokenHashOf(input.token);
  if (tokenHash === null) throw new RefusedError({ code: 'not_found', reason: 'token_invalid' });
  const passwordHash = await hashPassword(input.password);
  return transact(async (tx) => {
    // The token is the right: whoever holds it acts as the system, on this one row.
    authorize({ kind: 'system' }, 'agent.invite', {});
    const invite = await lockInvite(tx, tokenHash, 'agent');
    if (invite === null || invite.email === null) {
      throw new RefusedError({ code: 'not_found', reason: 'token_invalid' });
    }
    if ((await findAgentByEmail(tx, invite.email)) !== null) {
      throw new RefusedError({ code: 'conflict', reason: 'email_taken' });
    }
    const id = newId();
    const { email, role, departmentId } = invite;
    await addAgent(tx, { id, name: input.name, email, role, departmentId, passwordHash });
    await markInviteUsed(tx, invite.id);
    const change = await insertChange(tx, {
      type: 'agent.joined',
      actor: { kind: 'agent', id },
      subjectId: id,
    });
    return { value: { agentId: id, email }, events: [change] };
  });
}

const handOverBatch = 200;
const handOverPasses = 2;

/**
 * Switches an account off: its sessions end, and its sockets with the event's publishing. The last admin stays. Its
 * open tickets go to `handOver`, but afterwards, by `handOverTickets`: closing sockets waits for none of them.
 */
export async function deactivateAgent(
  actor: AgentActor,
  agentId: string,
  handOver: HandOverTarget = { to: 'nobody' },
): Promise<Done<null>> {
  const done = await transact(async (tx) => {
    authorize(actor, 'agent.deactivate', { agentId });
    const admins = await lockActiveAdmins(tx);
    const account = await lockAgent(tx, agentId);
    if (account === null) throw new RefusedError({ code: 'not_found' });
    refuseAdminsToRobots(actor, account.role);
    if (!account.isActive) return { value: null, events: [] };
    if (admins.length <= 1 && admins.includes(agentId)) {
      throw new RefusedError({ code: 'conflict', reason: 'last_admin' });
    }
    await checkTarget(tx, handOver, agentId);
    await updateAgentActivity(tx, agentId, handOver);
    const change = await insertChange(tx, {
      type: 'agent.deactivated',
      actor,
      subjectId: agentId,
      after: { handOver },
    });
    return { value: null, events: [change] };
  });
  forgetSessions(agentId);
  return done;
}

async function checkTarget(tx: Tx, target: HandOverTarget, leavingId: string): Promise<void> {
  if (target.to === 'agent') {
    const heir = target.agentId === leavingId ? null : await findAgent(tx, target.agentId);
    if (heir?.isActive !== true || isRobotRole(heir.role)) {
      throw new RefusedError({ code: 'invalid', reason: 'agent_unknown', field: 'handOver' });
    }
  }
  if (target.to === 'department' && (await findDepartment(tx, target.departmentId)) === null) {
    throw new RefusedError({ code: 'invalid', reason: 'department_unknown', field: 'handOver' });
  }
}

/**
 * Gives every open ticket of switched-off agents to whom they were handed over, and answers what to publish as it goes.
 * One that cannot be written now is logged and tried again after the others; what is left, the next call takes.
 * With `olderThanMs` whoever was switched off just now is left to the call that did it.
 */
export async function* handOverTickets(
  actor: AgentActor | SystemActor,
  olderThanMs = 0,
): AsyncGenerator<ChangeEvent[]> {
  authorize(actor, 'agent.deactivate', {});
  for (let pass = 0; pass < handOverPasses; pass++) {
    let isLeft = false;
    for (const { id, handOver } of await read((tx) => listDeactivatedHolders(tx, olderThanMs))) {
      const target = handOverTargetSchema.safeParse(handOver).data ?? { to: 'nobody' };
      for await (const ticketId of eachOpenTicket(id)) {
        const events = await handOverOne(actor, ticketId, id, target);
        if (events === null) isLeft = true;
        else yield events;
      }
    }
    if (!isLeft) return;
  }
}

/** Batch after batch by id, so that one that stays assigned does not come again. */
async function* eachOpenTicket(agentId: string): AsyncGenerator<string> {
  let after: string | null = null;
  do {
    const last: string | null = after;
    const ids: string[] = await read((tx) => listTicketIdsOfAssignee(tx, agentId, last, handOverBatch));
    yield* ids;
    after = ids.at(-1) ?? null;
  } while (after !== null);
}

/** In its own short transaction: hundreds of row locks at once would hold up everybody. */
async function handOverOne(
  actor: AgentActor | SystemActor,
  ticketId: string,
  agentId: string,
  target: HandOverTarget,
): Promise<ChangeEvent[] | null> {
  const give = async (to: HandOverTarget) => {
    const { events } = await changeTicketWhile(actor, ticketId, { assigneeId: agentId }, changesFor(to));
    return events;
  };
  try {
    return await give(target).catch((error: unknown) => {
      // The heir left, or the department was taken away, in the meantime: then nobody, as if it had been chosen.
      if (codeOf(error) !== 'invalid') throw error;
      return give({ to: 'nobody' });
    });
  } catch (error) {
    logger().warn('a ticket was not handed over', { ticketId, agentId, error });
    return null;
  }
}

function changesFor(target: HandOverTarget): TicketChange[] {
  const assignee = { field: 'assignee', to: target.to === 'agent' ? target.agentId : null } as const;
  if (target.to !== 'department') return [assignee];
  return [assignee, { field: 'department', to: target.departmentId }];
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : null;
}

export async function reactivateAgent(actor: AgentActor, agentId: string): Promise<Done<null>> {
  return transact(async (tx) => {
    authorize(actor, 'agent.deactivate', { agentId });
    const account = await lockAgent(tx, agentId);
    if (account === null) throw new RefusedError({ code: 'not_found' });
    refuseAdminsToRobots(actor, account.role);
    if (account.isActive) return { value: null, events: [] };
    await updateAgentActivity(tx, agentId, null);
    const change = await insertChange(tx, { type: 'agent.reactivated', actor, subjectId: agentId });
    return { value: null, events: [change] };
  });
}

function hashOf(token: string): string {
  const tokenHash = tokenHashOf(token);
  if (tokenHash === null) throw new Error('a token of ours that is not one');
  return tokenHash;
}
