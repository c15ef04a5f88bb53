import { read, type Tx, transact } from '#/db/client.ts';
import { findField } from '#/db/custom-fields.ts';
import {
  findCustomerCard,
  findCustomerSession,
  isCustomerBlocked,
  isSessionLive,
  isTokenBlocked,
  lockCustomer,
  lockLiveSession,
  revokeCustomerSession,
  updateCustomer,
  updateCustomerBlock,
} from '#/db/customers.ts';
import { insertChange } from '#/db/events.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { valueProblem } from '#/lib/custom-fields/rules.ts';
import type { FieldValue } from '#/lib/custom-fields/schema.ts';
import type {
  BlockCustomerInput,
  ChangeCustomerInput,
  CustomerCard,
  CustomerChange,
} from '#/lib/customers/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { processSingleton } from '#/lib/process.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';

type Remembered = { actor: CustomerActor; untilMs: number };
const rememberedMs = 1_000;
const rememberedMax = 20_000;
// A busy customer asks dozens of times a second; a revoked session is out after a second at the latest.
const remembered = () => processSingleton('customer-sessions', () => new Map<string, Remembered>());

/** The customer whose live session this token opens; null for any other text. At most a second old. */
export async function findCustomerByToken(token: string): Promise<CustomerActor | null> {
  const tokenHash = tokenHashOf(token);
  if (tokenHash === null) return null;
  const held = remembered().get(tokenHash);
  if (held !== undefined && held.untilMs > performance.now()) return held.actor;
  const session = await read((tx) => findCustomerSession(tx, tokenHash));
  if (session === null) {
    remembered().delete(tokenHash);
    return null;
  }
  const actor: CustomerActor = {
    kind: 'customer',
    id: session.customerId,
    sessionId: session.id,
    widgetId: session.widgetId,
  };
  if (remembered().size >= rememberedMax) remembered().clear();
  remembered().set(tokenHash, { actor, untilMs: performance.now() + rememberedMs });
  return actor;
}

/**
 * Why a token opens nothing. Somebody who is blocked is told so instead of being taken for a stranger, so that the page
 * keeps what they were writing.
 */
export async function refusalOfToken(token: unknown): Promise<RefusedError> {
  const tokenHash = typeof token === 'string' ? tokenHashOf(token) : null;
  const isBlocked = tokenHash !== null && (await read((tx) => isTokenBlocked(tx, tokenHash)));
  return isBlocked ? blocked() : new RefusedError({ code: 'unauthenticated' });
}

/**
 * The same refusal, unless the session ended while it was at work: then there is nothing of it to find any more, and who
 * asks is to ask again as who they are now.
 */
export async function refusalAsNow(actor: CustomerActor, error: unknown): Promise<unknown> {
  const code = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : null;
  if (code !== 'not_found' && code !== 'conflict') return error;
  if (await read((tx) => isSessionLive(tx, actor.sessionId))) return error;
  forgetSession(actor.sessionId);
  return (await read((tx) => isCustomerBlocked(tx, actor.id)))
    ? blocked()
    : new RefusedError({ code: 'unauthenticated' });
}

/** Throws unless the session is live, and keeps it so until the end of the transaction. Before anything else is locked. */
export async function holdSession(tx: Tx, actor: CustomerActor): Promise<void> {
  if (!(await lockLiveSession(tx, actor.sessionId))) throw new RefusedError({ code: 'unauthenticated' });
}

/** What was remembered of these tokens is not so any more. */
export function forgetSessions(tokenHashes: readonly string[]): void {
  for (const tokenHash of tokenHashes) remembered().delete(tokenHash);
}

function forgetSession(sessionId: string): void {
  for (const [hash, held] of remembered()) if (held.actor.sessionId === sessionId) remembered().delete(hash);
}

/** Ends a session within a transaction of its caller, who has the token and publishes what is answered. */
export async function revokeHeldSession(
  tx: Tx,
  by: { kind: 'customer'; id: string },
  sessionId: string,
): Promise<ChangeEvent[]> {
  if (!(await revokeCustomerSession(tx, sessionId))) return [];
  return [await insertChange(tx, { type: 'session.revoked', actor: by, subjectId: sessionId })];
}

function blocked(): RefusedError {
  return new RefusedError({ code: 'forbidden', reason: 'blocked' });
}

/** Throws for a customer who is blocked, whatever was remembered of the session. */
export async function refuseBlocked(tx: Tx, customerId: string): Promise<void> {
  if (await isCustomerBlocked(tx, customerId)) throw blocked();
}

/**
 * Changes one thing about a customer; a value that is there already changes nothing. With `from`: refused when somebody
 * changed it to something else meanwhile. Lists that show the customer hear of it.
 */
export async function changeCustomer(
  actor: AgentActor,
  { customerId, change, from }: ChangeCustomerInput,
): Promise<Done<CustomerCard>> {
  return transact(async (tx) => {
    authorize(actor, 'customer.change', { customerId });
    const before = await lockCustomer(tx, customerId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    const now = storedValue(before, change);
    if (now === change.to) return { value: before, events: [] };
    if (from !== undefined && now !== from) {
      const current = { by: null, value: now === null ? null : String(now) };
      throw new RefusedError({ code: 'conflict', reason: 'changed_meanwhile', current });
    }
    if (change.field === 'attributes') await refuseAttribute(tx, change.key, change.to);
    await updateCustomer(tx, customerId, change);
    const value = await findCustomerCard(tx, customerId);
    if (value === null) throw new RefusedError({ code: 'not_found' });
    const told = (to: unknown) =>
      change.field === 'attributes' ? { attributes: { [change.key]: to } } : { [change.field]: to };
    const event = await insertChange(tx, {
      type: 'customer.changed',
      actor: { kind: 'agent', id: actor.id },
      subjectId: customerId,
      before: told(now),
      after: told(change.to),
    });
    return { value, events: [event] };
  });
}

function storedValue(card: CustomerCard, change: CustomerChange): unknown {
  switch (change.field) {
    case 'name':
      return card.name;
    case 'email':
      return card.email;
    case 'phone':
      return card.phone;
    case 'attributes':
      return Object.hasOwn(card.attributes, change.key) ? card.attributes[change.key] : null;
  }
}

/** A custom field takes what fits it; a key that is none is a site's own, and only what it has already can be edited. */
async function refuseAttribute(tx: Tx, key: string, to: FieldValue | null): Promise<void> {
  const field = await findField(tx, 'customer', key);
  const problem = field === null || to === null ? null : valueProblem(field, to);
  if (problem !== null) throw new RefusedError({ code: 'invalid', field: 'change.to', reason: problem });
}

/**
 * Blocks a customer or lifts it. While it lasts, no token of theirs opens anything, and their sockets are closed with
 * the event's publishing; afterwards their conversations are as they were.
 */
export async function blockCustomer(
  actor: AgentActor,
  { customerId, isBlocked }: BlockCustomerInput,
): Promise<Done<CustomerCard>> {
  const done = await transact(async (tx) => {
    authorize(actor, 'customer.block', { customerId });
    const before = await lockCustomer(tx, customerId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    if (before.isBlocked === isBlocked) return { value: before, events: [] };
    await updateCustomerBlock(tx, customerId, isBlocked);
    const event = await insertChange(tx, {
      type: isBlocked ? 'customer.blocked' : 'customer.unblocked',
      actor: { kind: 'agent', id: actor.id },
      subjectId: customerId,
    });
    return { value: { ...before, isBlocked }, events: [event] };
  });
  for (const [hash, held] of remembered()) if (held.actor.id === customerId) remembered().delete(hash);
  return done;
}

/** Ends the asking session: its token opens nothing any more and its sockets are closed. */
export async function revokeSession(actor: CustomerActor): Promise<Done<null>> {
  const events = await transact((tx) => {
    authorize(actor, 'session.revoke', { customerId: actor.id });
    return revokeHeldSession(tx, { kind: actor.kind, id: actor.id }, actor.sessionId);
  });
  forgetSession(actor.sessionId);
  return { value: null, events };
}
