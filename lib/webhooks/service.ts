import { read, type Tx, transact } from '#/db/client.ts';
import { findDepartment } from '#/db/departments.ts';
import { insertEvent } from '#/db/events.ts';
import {
  countDeliveries as countDeliveryRows,
  countWebhooks as countRows,
  countStoppedWebhooks as countStoppedRows,
  deleteWebhook as deleteRow,
  disableWebhook as disableRow,
  enableWebhook,
  findDeliveries,
  findDelivery,
  findWebhook,
  findWebhooks,
  insertWebhook,
  listDeliveries as listDeliveryRows,
  listWebhooks as listRows,
  lockWebhook,
  replaceSecret,
  resendDelivery as resendRow,
  type StoredWebhook,
  updateWebhook,
} from '#/db/webhooks.ts';
import { latestPosition } from '#/lib/api/event-feed.ts';
import type { Asked, Condition, Found } from '#/lib/api/query.ts';
import type {
  DeliveryRecord,
  DeliveryWithLogRecord,
  WebhookRecord,
  WebhookWithSecretRecord,
} from '#/lib/api/records/webhooks.ts';
import { hasScope, type Scope } from '#/lib/api/scopes.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { ApiEventType } from '#/lib/events/schema.ts';
import { newId } from '#/lib/ids.ts';
import { checkOutboundUrl } from '#/lib/outbound/fetch.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize, can } from '#/lib/permissions/can.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { wakeWebhooks } from '#/lib/webhooks/deliver.ts';
import { scopesOfTypes } from '#/lib/webhooks/rules.ts';
import {
  type ChangeWebhookInput,
  type CreateWebhookInput,
  type DeliveryRef,
  deliveryHoursMax,
  webhooksMax,
} from '#/lib/webhooks/schema.ts';
import { newSecret } from '#/lib/webhooks/signature.ts';

/** A person, or a key with what it was given: a webhook is told nothing that whoever has it made may not read. */
export type WebhookActor = AgentActor & { scopes?: readonly Scope[] };

/** Whoever writes an address down waits no longer for its name; it is resolved again when something is sent. */
const nameMsMax = 2_000;
const attemptsShown = 50;
const deliveriesShown = 50;

/** All webhooks that the actor may read, the oldest first. */
export async function listWebhooks(actor: WebhookActor): Promise<WebhookRecord[]> {
  authorize(actor, 'webhook.read', ownDepartment(actor));
  return read((tx) => listRows(tx, actor));
}

/** How many Parley switched off and nobody has looked after; 0 for whom that does not concern. */
export async function countStoppedWebhooks(actor: AgentActor): Promise<number> {
  if (!can(actor, 'webhook.read', ownDepartment(actor))) return 0;
  return read((tx) => countStoppedRows(tx, actor));
}

/** One page, with one more when there are more. */
export async function pageOfWebhooks(actor: WebhookActor, asked: Asked): Promise<Found<WebhookRecord>[]> {
  authorize(actor, 'webhook.read', ownDepartment(actor));
  return read((tx) => findWebhooks(tx, actor, asked));
}

export async function countWebhooks(actor: WebhookActor, where: readonly Condition[]): Promise<number> {
  authorize(actor, 'webhook.read', ownDepartment(actor));
  return read((tx) => countRows(tx, actor, where));
}

export async function getWebhook(actor: WebhookActor, id: string): Promise<WebhookRecord> {
  return withoutSecret(await readable(actor, id));
}

/**
 * Makes a webhook that is told of what happens from now on, and answers its secret. The same id again from the same
 * actor answers the stored one. Throws `invalid` for a URL that leads inside, before anything is stored.
 */
export async function createWebhook(
  actor: WebhookActor,
  input: CreateWebhookInput,
): Promise<Done<WebhookWithSecretRecord> & { isNew: boolean }> {
  const departmentId = input.departmentId ?? ownDepartment(actor).departmentId;
  authorize(actor, 'webhook.manage', { departmentId });
  requireScopes(actor, input.types);
  await requireUrl(input.url);
  const through = await latestPosition();
  const done = await transact(async (tx) => {
    authorize(actor, 'webhook.manage', { departmentId });
    const stored = await findWebhook(tx, input.id);
    if (stored !== null) return { value: repeatOf(actor, stored), events: [], isNew: false };
    if ((await countRows(tx, systemActor, [])) >= webhooksMax) {
      throw new RefusedError({ code: 'conflict', reason: 'webhooks_full' });
    }
    if (departmentId !== null && (await findDepartment(tx, departmentId)) === null) {
      throw new RefusedError({ code: 'invalid', reason: 'department_unknown', field: 'departmentId' });
    }
    const { id, name, url, types } = input;
    const webhook = { id, name, url, types, departmentId, secret: newSecret(), through, createdBy: actor.id };
    if (!(await insertWebhook(tx, webhook))) throw new RefusedError({ code: 'conflict', reason: 'busy' });
    await note(tx, actor, id, { made: { name, types, departmentId } });
    return { value: await lockedWebhook(tx, id), events: [], isNew: true };
  });
  wakeWebhooks();
  return done;
}

/** All of them count, whoever may read them. */
const systemActor = { kind: 'system' } as const;

function repeatOf(actor: WebhookActor, stored: StoredWebhook): WebhookWithSecretRecord {
  if (stored.createdBy === actor.id) return stored;
  throw new RefusedError({ code: 'conflict', reason: 'id_used', field: 'id' });
}

/** Changes what is named; switched on again within a day, it goes on where it stopped, else from now on. */
export async function changeWebhook(
  actor: WebhookActor,
  input: ChangeWebhookInput,
): Promise<Done<WebhookRecord>> {
  const { departmentId } = await readable(actor, input.id);
  authorize(actor, 'webhook.manage', { departmentId });
  if (input.url !== undefined) await requireUrl(input.url);
  const through = input.isEnabled === true ? await latestPosition() : 0;
  const value = await transact(async (tx) => {
    const before = await changeable(tx, actor, input.id);
    const { id } = before;
    const after = {
      ...{ id, name: input.name ?? before.name, url: input.url ?? before.url },
      types: input.types ?? before.types,
    };
    requireScopes(actor, after.types);
    await updateWebhook(tx, after);
    const changed = (['name', 'url', 'types'] as const).filter(
      (field) => String(before[field]) !== String(after[field]),
    );
    // Only which: a URL may hold what opens somebody else's door.
    if (changed.length > 0) await note(tx, actor, id, { changed });
    await switchTo(tx, actor, before, input.isEnabled ?? before.isEnabled, through);
    return withoutSecret(await lockedWebhook(tx, id));
  });
  wakeWebhooks();
  return { value, events: [] };
}

async function switchTo(
  tx: Tx,
  actor: WebhookActor,
  { id, isEnabled: wasEnabled }: StoredWebhook,
  isEnabled: boolean,
  through: number,
): Promise<void> {
  if (isEnabled === wasEnabled) return;
  if (isEnabled) await enableWebhook(tx, id, through, deliveryHoursMax);
  else await disableRow(tx, id, 'by_hand');
  await note(tx, actor, id, isEnabled ? { enabled: true } : { disabled: 'by_hand' });
}

/** Takes a webhook away with the log of its deliveries. One that is gone is gone. */
export async function deleteWebhook(actor: WebhookActor, id: string): Promise<Done<null>> {
  return transact(async (tx) => {
    const webhook = await lockWebhook(tx, id);
    if (webhook === null) {
      authorize(actor, 'webhook.manage', ownDepartment(actor));
      return { value: null, events: [] };
    }
    authorize(actor, 'webhook.manage', webhook);
    await deleteRow(tx, id);
    await note(tx, actor, id, { deleted: { name: webhook.name } });
    return { value: null, events: [] };
  });
}

/** A new secret; the one so far signs as well for a day. */
export async function rotateSecret(actor: WebhookActor, id: string): Promise<Done<WebhookWithSecretRecord>> {
  return transact(async (tx) => {
    await changeable(tx, actor, id);
    await replaceSecret(tx, id, newSecret(), deliveryHoursMax);
    await note(tx, actor, id, { rotated: true });
    return { value: await lockedWebhook(tx, id), events: [] };
  });
}

/** The newest deliveries of a webhook, without what was sent. */
export async function listDeliveries(actor: WebhookActor, webhookId: string): Promise<DeliveryRecord[]> {
  await readable(actor, webhookId);
  return read((tx) => listDeliveryRows(tx, webhookId, deliveriesShown));
}

export async function pageOfDeliveries(
  actor: WebhookActor,
  webhookId: string,
  asked: Asked,
): Promise<Found<DeliveryRecord>[]> {
  await readable(actor, webhookId);
  return read((tx) => findDeliveries(tx, webhookId, asked));
}

export async function countDeliveries(
  actor: WebhookActor,
  webhookId: string,
  where: readonly Condition[],
): Promise<number> {
  await readable(actor, webhookId);
  return read((tx) => countDeliveryRows(tx, webhookId, where));
}

/** A delivery with what was sent and what came back: for whoever may read what it is about. */
export async function getDelivery(actor: WebhookActor, ref: DeliveryRef): Promise<DeliveryWithLogRecord> {
  const webhook = await readable(actor, ref.webhookId);
  requireScopes(actor, webhook.types);
  const delivery = await read((tx) => findDelivery(tx, ref, attemptsShown));
  if (delivery === null) throw new RefusedError({ code: 'not_found' });
  return delivery;
}

/** The same with its webhook, for a page; null when either is gone. */
export async function findDeliveryOf(
  actor: WebhookActor,
  ref: DeliveryRef,
): Promise<{ webhook: WebhookRecord; delivery: DeliveryWithLogRecord } | null> {
  authorize(actor, 'webhook.read', ownDepartment(actor));
  const webhook = await read((tx) => findWebhook(tx, ref.webhookId));
  if (webhook === null || !can(actor, 'webhook.read', webhook)) return null;
  requireScopes(actor, webhook.types);
  const delivery = await read((tx) => findDelivery(tx, ref, attemptsShown));
  return delivery === null ? null : { webhook: withoutSecret(webhook), delivery };
}

/** Sends an event again, as it was sent before and for another day, whatever became of it then. */
export async function resendDelivery(actor: WebhookActor, ref: DeliveryRef): Promise<Done<DeliveryRecord>> {
  const value = await transact(async (tx) => {
    const webhook = await changeable(tx, actor, ref.webhookId);
    if (!webhook.isEnabled) throw new RefusedError({ code: 'conflict', reason: 'webhook_disabled' });
    const isThere = await resendRow(tx, ref, deliveryHoursMax);
    const delivery = isThere ? await findDelivery(tx, ref, 0) : null;
    if (delivery === null) throw new RefusedError({ code: 'not_found' });
    const { body: _body, log: _log, ...record } = delivery;
    return record;
  });
  wakeWebhooks();
  return { value, events: [] };
}

async function readable(actor: WebhookActor, id: string): Promise<StoredWebhook> {
  const webhook = await read((tx) => findWebhook(tx, id));
  authorize(actor, 'webhook.read', webhook ?? ownDepartment(actor));
  if (webhook === null) throw new RefusedError({ code: 'not_found' });
  return webhook;
}

/** Locked. What hears more than a key may read is not the key's to send elsewhere. */
async function changeable(tx: Tx, actor: WebhookActor, id: string): Promise<StoredWebhook> {
  const webhook = await lockWebhook(tx, id);
  authorize(actor, 'webhook.manage', webhook ?? ownDepartment(actor));
  if (webhook === null) throw new RefusedError({ code: 'not_found' });
  requireScopes(actor, webhook.types);
  return webhook;
}

async function lockedWebhook(tx: Tx, id: string): Promise<StoredWebhook> {
  const webhook = await lockWebhook(tx, id);
  if (webhook === null) throw new Error('a locked webhook is gone');
  return webhook;
}

/** The department that a key of one department makes its webhooks for. */
function ownDepartment(actor: WebhookActor): { departmentId: string | null } {
  return { departmentId: actor.role === 'department_robot' ? actor.departmentId : null };
}

function requireScopes(actor: WebhookActor, types: readonly ApiEventType[]): void {
  const given = actor.scopes;
  if (given === undefined) return;
  const missing = scopesOfTypes(types).find((scope) => !hasScope(given, scope));
  if (missing !== undefined)
    throw new RefusedError({ code: 'forbidden', reason: 'scope_missing', field: missing });
}

/** A name that nobody knows yet may be known when something is sent; what leads inside never is taken. */
async function requireUrl(url: string): Promise<void> {
  const problem = await checkOutboundUrl({ url, isEncrypted: true }, { wholeMsMax: nameMsMax });
  if (problem === null || problem === 'name_unknown') return;
  throw new RefusedError({ code: 'invalid', reason: problem, field: 'url' });
}

function withoutSecret({ secret: _secret, ...webhook }: StoredWebhook): WebhookRecord {
  return webhook;
}

function note(tx: Tx, actor: WebhookActor, webhookId: string, after: Record<string, unknown>): Promise<void> {
  return insertEvent(tx, {
    ...{ id: newId(), type: 'webhook.changed', subjectId: webhookId, after },
    actor: { kind: 'agent', id: actor.id },
    isSettled: true,
  });
}
