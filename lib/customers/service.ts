import { constraintOf, read, type Tx, transact } from '#/db/client.ts';
import { findField, listFields } from '#/db/custom-fields.ts';
import {
  countAsTicketChange,
  findCustomer,
  findCustomerCard,
  findCustomerSession,
  hasTicketIn,
  insertKnownCustomer,
  isCustomerBlocked,
  isSessionLive,
  isTokenBlocked,
  lockCustomer,
  lockLiveSession,
  revokeCustomerSession,
  updateCustomer,
  updateCustomerBlock,
  writeCustomerChange,
} from '#/db/customers.ts';
import { insertChange } from '#/db/events.ts';
import { findWidgetByKey } from '#/db/widgets.ts';
import { isRobotRole } from '#/lib/agents/schema.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { defaultsOf, valueProblem } from '#/lib/custom-fields/rules.ts';
import type { FieldValue } from '#/lib/custom-fields/schema.ts';
import { areAttributesOverfull } from '#/lib/customers/rules.ts';
import type {
  BlockCustomerInput,
  ChangeCustomerInput,
  CreateCustomerInput,
  CustomerCard,
  CustomerChange,
  EditCustomerInput,
} from '#/lib/customers/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { RecordFields } from '#/lib/permissions/policy.ts';
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
 * What decides whose a customer is. To a key of one department they are known once that department holds a ticket of
 * theirs; for people there is nothing to look up.
 */
async function recordOf(tx: Tx, actor: AgentActor, customerId: string): Promise<RecordFields> {
  const { departmentId } = actor;
  if (!isRobotRole(actor.role) || departmentId === null) return { customerId };
  return {
    customerId,
    departmentId: (await hasTicketIn(tx, customerId, departmentId)) ? departmentId : null,
  };
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
    authorize(actor, 'customer.change', await recordOf(tx, actor, customerId));
    const before = await lockCustomer(tx, customerId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    const now = storedValue(before, change);
    if (now === change.to) return { value: before, events: [] };
    if (from !== undefined && now !== from) {
      const current = { by: null, value: now === null ? null : String(now) };
      throw new RefusedError({ code: 'conflict', reason: 'changed_meanwhile', current });
    }
    if (change.field === 'attributes') await refuseAttribute(tx, change.key, change.to, 'change.to');
    await updateCustomer(tx, customerId, change);
    const value = await findCustomerCard(tx, customerId);
    if (value === null) throw new RefusedError({ code: 'not_found' });
    return { value, events: [await noteCustomerChange(tx, actor, before, change)] };
  });
}

function noteCustomerChange(
  tx: Tx,
  actor: AgentActor,
  before: CustomerCard,
  change: CustomerChange,
): Promise<ChangeEvent> {
  const told = (to: unknown) =>
    change.field === 'attributes' ? { attributes: { [change.key]: to } } : { [change.field]: to };
  return insertChange(tx, {
    type: 'customer.changed',
    actor: { kind: 'agent', id: actor.id },
    subjectId: before.id,
    before: told(storedValue(before, change)),
    after: told(change.to),
  });
}

/**
 * Changes several things about a customer, all of them or none; what is there already changes nothing. Each that
 * changed has its own event, and their tickets count as changed once.
 */
export async function editCustomer(
  actor: AgentActor,
  customerId: string,
  input: EditCustomerInput,
): Promise<Done<null>> {
  const done = await transact(async (tx) => {
    const record = await recordOf(tx, actor, customerId);
    authorize(actor, 'customer.change', record);
    if (input.isBlocked !== undefined) authorize(actor, 'customer.block', record);
    const before = await lockCustomer(tx, customerId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    const changes = changesIn(input).filter((change) => storedValue(before, change) !== change.to);
    const events: ChangeEvent[] = [];
    for (const change of changes) {
      if (change.field === 'attributes') {
        await refuseAttribute(tx, change.key, change.to, `attributes.${change.key}`);
      }
      await writeCustomerChange(tx, customerId, change);
      events.push(await noteCustomerChange(tx, actor, before, change));
    }
    if (changes.length > 0) await countAsTicketChange(tx, customerId);
    if (input.attributes !== undefined) refuseOverfull({ ...before.attributes, ...input.attributes });
    if (input.isBlocked !== undefined && input.isBlocked !== before.isBlocked) {
      events.push(await blockIn(tx, actor, customerId, input.isBlocked));
    }
    return { value: null, events };
  });
  if (input.isBlocked !== undefined) forgetCustomer(customerId);
  return done;
}

function changesIn({ name, email, phone, attributes = {} }: EditCustomerInput): CustomerChange[] {
  return [
    ...(name === undefined ? [] : [{ field: 'name', to: name } as const]),
    ...(email === undefined ? [] : [{ field: 'email', to: email } as const]),
    ...(phone === undefined ? [] : [{ field: 'phone', to: phone } as const]),
    ...Object.entries(attributes).map(([key, to]) => ({ field: 'attributes', key, to }) as const),
  ];
}

function refuseOverfull(attributes: Record<string, unknown>): void {
  if (areAttributesOverfull(attributes))
    throw new RefusedError({ code: 'invalid', field: 'attributes', reason: 'attributes_too_large' });
}

/**
 * Somebody whom a site names before they wrote. With the site's own id they are the person who signs in with it later.
 * The same `id` again is the same customer; another one's `externalId` is a `conflict`.
 */
export async function createCustomer(
  actor: AgentActor,
  id: string,
  input: CreateCustomerInput,
): Promise<Done<null>> {
  try {
    return await transact((tx) => createIn(tx, actor, id, input));
  } catch (error) {
    if (constraintOf(error) !== 'customers_identity_unique') throw error;
    throw new RefusedError({ code: 'conflict', reason: 'external_id_taken', field: 'externalId' });
  }
}

async function createIn(
  tx: Tx,
  actor: AgentActor,
  id: string,
  input: CreateCustomerInput,
): Promise<Done<null>> {
  authorize(actor, 'customer.create', { departmentId: actor.departmentId });
  if ((await findCustomer(tx, id)) !== null) return { value: null, events: [] };
  const { name = null, email = null, phone = null, externalId = null } = input;
  const widget = input.widgetKey === undefined ? null : await findWidgetByKey(tx, input.widgetKey);
  if (input.widgetKey !== undefined && widget === null) {
    throw new RefusedError({ code: 'invalid', reason: 'widget_unknown', field: 'widgetKey' });
  }
  const given = Object.entries(input.attributes ?? {}).filter(([, value]) => value !== null);
  for (const [key, value] of given) await refuseAttribute(tx, key, value, `attributes.${key}`);
  const attributes = { ...defaultsOf(await listFields(tx), 'customer'), ...Object.fromEntries(given) };
  refuseOverfull(attributes);
  await insertKnownCustomer(tx, {
    id,
    name,
    email,
    phone,
    externalId,
    widgetId: widget?.id ?? null,
    locale: input.locale ?? null,
    timezone: input.timezone ?? null,
    attributes,
  });
  const event = await insertChange(tx, {
    type: 'customer.created',
    actor: { kind: 'agent', id: actor.id },
    subjectId: id,
    after: { name, email, phone, externalId },
  });
  return { value: null, events: [event] };
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

/** A custom field takes what fits it; a key that is none is a site's own and takes any value. `at` is where it stands. */
async function refuseAttribute(tx: Tx, key: string, to: FieldValue | null, at: string): Promise<void> {
  const field = await findField(tx, 'customer', key);
  const problem = field === null || to === null ? null : valueProblem(field, to);
  if (problem !== null) throw new RefusedError({ code: 'invalid', field: at, reason: problem });
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
    authorize(actor, 'customer.block', await recordOf(tx, actor, customerId));
    const before = await lockCustomer(tx, customerId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    if (before.isBlocked === isBlocked) return { value: before, events: [] };
    const event = await blockIn(tx, actor, customerId, isBlocked);
    return { value: { ...before, isBlocked }, events: [event] };
  });
  forgetCustomer(customerId);
  return done;
}

async function blockIn(
  tx: Tx,
  actor: AgentActor,
  customerId: string,
  isBlocked: boolean,
): Promise<ChangeEvent> {
  await updateCustomerBlock(tx, customerId, isBlocked);
  return insertChange(tx, {
    type: isBlocked ? 'customer.blocked' : 'customer.unblocked',
    actor: { kind: 'agent', id: actor.id },
    subjectId: customerId,
  });
}

function forgetCustomer(customerId: string): void {
  for (const [hash, held] of remembered()) if (held.actor.id === customerId) remembered().delete(hash);
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
