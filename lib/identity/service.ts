import { createHash, randomBytes } from 'node:crypto';
import { asCustomer, constraintOf, read, type Tx, transact } from '#/db/client.ts';
import { listFields } from '#/db/custom-fields.ts';
import { insertChange, insertEvent } from '#/db/events.ts';
import {
  claimLooseFiles,
  deleteExpiredTokens,
  deleteOldSecrets,
  extendSession,
  findSessionByHash,
  findUsedToken,
  type HeldSession,
  insertAction,
  insertPersonSession,
  insertSecret,
  listOthersSecrets,
  listSecrets as listSecretRows,
  lockAttributes,
  lockPerson,
  lockSessionByHash,
  lockVisitor,
  lockWidget,
  mergeCustomer,
  noteToken,
  type Person,
  revokeSecret as revokeSecretRow,
  type StoredSecret,
  spendToken,
  takeSecret,
  updateAttributes,
  updateHints,
  updateVerified,
} from '#/db/identity.ts';
import { findWidget, type Widget } from '#/db/widgets.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { defaultsOf } from '#/lib/custom-fields/rules.ts';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import { areAttributesOverfull } from '#/lib/customers/rules.ts';
import { forgetSessions, holdSession, revokeHeldSession } from '#/lib/customers/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import {
  type AttributeChanges,
  type Contact,
  contactKeys,
  isContactKey,
  readAttributes,
  readContact,
} from '#/lib/identity/rules.ts';
import {
  actionAgeMsMax,
  actionsKept,
  type CreateSecretInput,
  type Identified,
  type IdentifyInput,
  liveSecretsMax,
  type SecretInfo,
  type SetAttributesInput,
  type SignedPerson,
  type TokenCheck,
  type TokenReason,
  type TrackInput,
} from '#/lib/identity/schema.ts';
import { hintOf, type ReadToken, readToken } from '#/lib/identity/token.ts';
import { newId } from '#/lib/ids.ts';
import type { Actor, AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { cleanName, cleanPage } from '#/lib/text.ts';

type Visitor = Extract<Actor, { kind: 'visitor' }>;

/** Shorter than a visitor's: whoever signs out on a shared computer and says nothing to us is out a day later. */
const sessionLivesMs = 24 * 3_600_000;
/** A session that goes on is a new one after this long. */
const sessionKeptMsMax = 24 * 3_600_000;
const revokedKept = 10;
const secretsMax = liveSecretsMax + revokedKept;
const othersMax = 50;
const expiredPerTurn = 50;
const attemptsMax = 4;
/** A visitor's whole history changes hands. */
const mergeMsMax = 10_000;

/**
 * Signs a visitor in as the person whom their site's token names, and only by the site's own id, never by an address.
 * The session is a new one, since whoever knew the visitor's must not follow into the person's; what the visitor wrote
 * becomes the person's. A token works once; asked again with the same `next`, it answers the same.
 */
export async function identify(
  actor: Visitor,
  input: IdentifyInput,
  livesMs = sessionLivesMs,
): Promise<Done<Identified>> {
  authorize(actor, 'identity.exchange', { widgetId: actor.widgetId });
  const nextHash = hashOfSession(input.next, 'next');
  const heldHash = input.held === null ? null : hashOfSession(input.held, 'held');
  if (heldHash === nextHash) throw new RefusedError({ code: 'invalid', field: 'next' });
  const { widget, secrets, fields } = await read((tx) => readContext(tx, actor.widgetId));
  const live = secrets.filter(({ revokedAt }) => revokedAt === null);
  const token = await readToken(input.token, { ...contextOf(widget, live), fields, nowMs: Date.now() });
  const [problem] = token.problems;
  if (problem !== undefined) throw refusal(problem.reason);
  const signed = wholeOf(token);
  const asked = { ...signed, widgetId: actor.widgetId, nextHash, heldHash, input, fields, livesMs };
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const done = await tryIdentify(asked);
    if (done === null) continue;
    forgetSessions([heldHash ?? '', nextHash]);
    return done;
  }
  throw new RefusedError({ code: 'unavailable', reason: 'database_busy' });
}

type Asked = ReturnType<typeof wholeOf> & {
  widgetId: string;
  nextHash: string;
  heldHash: string | null;
  input: IdentifyInput;
  fields: readonly CustomField[];
  livesMs: number;
};

async function tryIdentify(asked: Asked): Promise<Done<Identified> | null> {
  try {
    return await transact((tx) => identifyIn(tx, asked), { deadlineMs: mergeMsMax });
  } catch (error) {
    if (error === beginAnew) return null;
    // A session token that somebody has: nothing is told of whom.
    if (constraintOf(error) === 'customer_sessions_token_hash_unique') {
      throw new RefusedError({ code: 'invalid', field: 'next' });
    }
    throw error;
  }
}

/** Thrown to roll back when a conversation began while the visitor's were being locked. */
const beginAnew = new Error('begin anew');

async function identifyIn(tx: Tx, asked: Asked): Promise<Done<Identified>> {
  const { widgetId, signed, nextHash, heldHash, input, fields, livesMs } = asked;
  // The session before the person, as everybody does who changes something of theirs with it.
  const known = heldHash === null ? null : await lockSessionByHash(tx, heldHash);
  if (!(await takeSecret(tx, asked.secretId))) throw refusal('signature_wrong');
  const person = await lockPerson(tx, {
    id: newId(),
    widgetId,
    externalId: signed.externalId,
    attributes: defaultsOf(fields, 'customer'),
    locale: hint(input.locale),
    timezone: hint(input.timezone),
  });
  if (person.isBlocked) throw new RefusedError({ code: 'forbidden', reason: 'blocked' });
  if (heldHash !== null && known === null) {
    await spendToken(tx, { id: newId(), tokenHash: heldHash, customerId: person.id, widgetId });
  }
  const held = known ?? (heldHash === null ? null : await lockSessionByHash(tx, heldHash));
  const isKept = isKeptSession(held, person, widgetId);
  const sessionId = isKept ? held.id : newId();
  const used = await noteToken(tx, { ...asked, customerId: person.id, sessionId });
  if (used !== null) return repeatOf(tx, asked, used, held);
  const events: ChangeEvent[] = [];
  if (held !== null && !isKept) events.push(...(await leaveSession(tx, held, person, widgetId)));
  const told = await applySigned(tx, person, signed);
  events.push(...told);
  await updateHints(tx, person.id, { locale: hint(input.locale), timezone: hint(input.timezone) });
  await deleteExpiredTokens(tx, expiredPerTurn);
  const session = { id: sessionId, tokenHash: nextHash, customerId: person.id, widgetId };
  if (isKept) await extendSession(tx, sessionId, livesMs);
  else await insertPersonSession(tx, { ...session, livesMs });
  const joins = heldHash !== null && (await ownerOf(tx, heldHash)) === person.id;
  if (joins) await claimLooseFiles(tx, heldHash, person.id);
  const value = {
    customerId: person.id,
    session: isKept ? 'held' : 'next',
    joins,
    livesMs,
  } as const;
  return { value, events };
}

function isKeptSession(held: HeldSession | null, person: Person, widgetId: string): held is HeldSession {
  if (held === null || !held.isLive || held.widgetId !== widgetId) return false;
  return held.customerId === person.id && held.ageMs < sessionKeptMsMax;
}

/** What the token did when it was used: to the browser that asked then, or that is that person's already. */
async function repeatOf(
  tx: Tx,
  { nextHash, heldHash, widgetId }: Asked,
  used: { customerId: string; sessionId: string },
  held: HeldSession | null,
): Promise<Done<Identified>> {
  const { customerId } = used;
  const next = await findSessionByHash(tx, nextHash);
  const isSame = (session: HeldSession | null): session is HeldSession =>
    session?.isLive === true && session.customerId === customerId && session.widgetId === widgetId;
  if (isSame(next) && next.id === used.sessionId) {
    const joins = heldHash !== null && (await ownerOf(tx, heldHash)) === customerId;
    return { value: { customerId, session: 'next', joins, livesMs: next.livesMs }, events: [] };
  }
  if (!isSame(held)) throw refusal('jti_used');
  return { value: { customerId, session: 'held', joins: true, livesMs: held.livesMs }, events: [] };
}

async function ownerOf(tx: Tx, tokenHash: string): Promise<string | null> {
  return (await findSessionByHash(tx, tokenHash))?.customerId ?? null;
}

/** Ends the session that the browser came with, and takes over what a visitor did in it. */
async function leaveSession(
  tx: Tx,
  held: HeldSession,
  person: Person,
  widgetId: string,
): Promise<ChangeEvent[]> {
  if (held.widgetId !== widgetId) return [];
  const isVisitors = held.isLive && held.customerId !== person.id && (await lockVisitor(tx, held.customerId));
  if (!isVisitors) return revokeHeldSession(tx, { kind: 'customer', id: person.id }, held.id);
  const merged = await mergeCustomer(tx, held.customerId, person.id);
  if (merged === null) throw beginAnew;
  const events: ChangeEvent[] = [];
  const by = { kind: 'customer', id: person.id } as const;
  for (const sessionId of merged.sessionIds) events.push(await sessionRevoked(tx, by, sessionId));
  const newest = new Map(merged.moved.map(({ ticketId, conversationId }) => [ticketId, conversationId]));
  for (const [ticketId, conversationId] of newest) {
    const change: ChangeEvent = {
      id: newId(),
      type: 'customer.merged',
      ticketId,
      conversationId,
      entry: null,
      readersBefore: null,
      subjectId: person.id,
    };
    await insertEvent(tx, {
      ...{ id: change.id, type: change.type, ticketId, conversationId, actor: by, subjectId: person.id },
      before: { customerId: held.customerId },
      after: { customerId: person.id },
    });
    events.push(change);
  }
  return events;
}

function sessionRevoked(
  tx: Tx,
  actor: { kind: 'customer'; id: string },
  sessionId: string,
): Promise<ChangeEvent> {
  return insertChange(tx, { type: 'session.revoked', actor, subjectId: sessionId });
}

/** Values of the token stand over whatever else was said; those that it does not name stay as they are. */
async function applySigned(tx: Tx, person: Person, signed: SignedPerson): Promise<ChangeEvent[]> {
  const now = await lockAttributes(tx, person.id);
  if (now === null) throw new Error('a locked person is gone');
  const contact: Contact = {};
  const keys = new Set(now.signedKeys);
  for (const key of contactKeys) {
    const value = signed[key];
    if (value === undefined) continue;
    note(keys, key, value);
    if (value !== now[key]) contact[key] = value;
  }
  const attributes: AttributeChanges = {};
  for (const [key, value] of Object.entries(signed.attributes)) {
    note(keys, key, value);
    if (value !== (Object.hasOwn(now.attributes, key) ? now.attributes[key] : null)) attributes[key] = value;
  }
  const isChanged = Object.keys(contact).length + Object.keys(attributes).length > 0;
  const isNews = isChanged || !person.isVerified || keys.size !== now.signedKeys.length;
  if (!isNews) return [];
  if (isChanged || !person.isVerified) await updateAttributes(tx, person.id, { contact, attributes });
  await updateVerified(tx, person.id, [...keys]);
  const change = await insertChange(tx, {
    type: 'customer.identified',
    actor: { kind: 'customer', id: person.id },
    subjectId: person.id,
    after: { keys: [...Object.keys(contact), ...Object.keys(attributes)] },
  });
  return [change];
}

/** A site that takes a value away does not vouch for its being away: the next one to say something may. */
function note(keys: Set<string>, key: string, value: unknown): void {
  if (value === null) keys.delete(key);
  else keys.add(key);
}

/**
 * What a page says of its customer, typed by the custom fields. What the site signed is left as it was; answers which keys
 * those were. The same again changes nothing.
 */
export async function setAttributes(
  actor: CustomerActor,
  { attributes: given }: SetAttributesInput,
): Promise<Done<{ kept: string[] }>> {
  const fields = await read((tx) => listFields(tx));
  const { contact, attributes } = saidOf(given, fields);
  return asCustomer(actor.id, async (tx) => {
    authorize(actor, 'customer.change', { customerId: actor.id });
    await holdSession(tx, actor);
    const now = await lockAttributes(tx, actor.id);
    if (now === null) throw new RefusedError({ code: 'unauthenticated' });
    const kept = Object.keys(given).filter((key) => now.signedKeys.includes(key));
    const changes = {
      contact: Object.fromEntries(
        Object.entries(contact).filter(
          ([key, to]) => isContactKey(key) && !kept.includes(key) && to !== now[key],
        ),
      ),
      attributes: Object.fromEntries(
        Object.entries(attributes).filter(
          ([key, to]) =>
            !kept.includes(key) && to !== (Object.hasOwn(now.attributes, key) ? now.attributes[key] : null),
        ),
      ),
    };
    const keys = [...Object.keys(changes.contact), ...Object.keys(changes.attributes)];
    if (keys.length === 0) return { value: { kept }, events: [] };
    refuseOverfull({ ...now.attributes, ...changes.attributes });
    await updateAttributes(tx, actor.id, changes);
    const event = await insertChange(tx, {
      type: 'customer.changed',
      actor: { kind: actor.kind, id: actor.id },
      subjectId: actor.id,
      after: { keys },
    });
    return { value: { kept }, events: [event] };
  });
}

function saidOf(
  given: SetAttributesInput['attributes'],
  fields: readonly CustomField[],
): { contact: Contact; attributes: AttributeChanges } {
  const contact: Contact = {};
  for (const key of contactKeys) {
    if (!Object.hasOwn(given, key)) continue;
    const value = readContact(key, given[key]);
    if (value === undefined) throw new RefusedError({ code: 'invalid', field: key, reason: 'claim_wrong' });
    contact[key] = value;
  }
  const others = Object.fromEntries(Object.entries(given).filter(([key]) => !isContactKey(key)));
  const { changes, problems } = readAttributes(others, fields);
  const [problem] = problems;
  if (problem !== undefined) {
    const reason = problem.expected?.startsWith('value_') ? problem.expected : problem.reason;
    throw new RefusedError({ code: 'invalid', field: problem.claim ?? 'attributes', reason });
  }
  return { contact, attributes: changes };
}

function refuseOverfull(attributes: Record<string, unknown>): void {
  if (areAttributesOverfull(attributes))
    throw new RefusedError({ code: 'invalid', field: 'attributes', reason: 'attributes_too_large' });
}

/** Notes what a page says that its customer did; agents see the newest beside the ticket. The same id again is the same. */
export async function track(actor: CustomerActor, input: TrackInput): Promise<Done<null>> {
  const name = cleanName(input.name);
  if (name === '') throw new RefusedError({ code: 'invalid', field: 'name', reason: 'name_empty' });
  const { problems } = readAttributes(withoutContact(input.data), []);
  const [problem] = problems;
  if (problem !== undefined)
    throw new RefusedError({ code: 'invalid', field: 'data', reason: problem.reason });
  return asCustomer(actor.id, async (tx) => {
    authorize(actor, 'customer.change', { customerId: actor.id });
    await holdSession(tx, actor);
    const { id, data: details } = input;
    const action = {
      id,
      customerId: actor.id,
      name,
      details,
      page: cleanPage(input.page),
      at: whenOf(input.at),
    };
    await insertAction(tx, action, actionsKept);
    return { value: null, events: [] };
  });
}

/** A browser's clock may be anything: not after now, and not before a page could have kept it. */
function whenOf(at: string): string {
  const nowMs = Date.now();
  return new Date(Math.min(nowMs, Math.max(nowMs - actionAgeMsMax, Date.parse(at)))).toISOString();
}

/** In an action's own details, a `name` is as good as any key. */
function withoutContact(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [isContactKey(key) ? `${key}_` : key, value]),
  );
}

/** A widget's secrets without the secrets: live ones, and the last few that were revoked. */
export async function listSecrets(actor: AgentActor, widgetId: string): Promise<SecretInfo[]> {
  authorize(actor, 'widget.manage', { widgetId });
  const secrets = await read((tx) => listSecretRows(tx, widgetId, secretsMax));
  return secrets.map(infoOf);
}

/** A new secret, told this once. Two are live at most, so that a site can change from one to the other. */
export async function createSecret(
  actor: AgentActor,
  { widgetId, id }: CreateSecretInput,
): Promise<Done<{ secret: string; secrets: SecretInfo[] }>> {
  return transact(async (tx) => {
    authorize(actor, 'widget.manage', { widgetId });
    if (!(await lockWidget(tx, widgetId))) throw new RefusedError({ code: 'not_found' });
    const before = await listSecretRows(tx, widgetId, secretsMax);
    if (before.filter(({ revokedAt }) => revokedAt === null).length >= liveSecretsMax) {
      throw new RefusedError({ code: 'conflict', reason: 'secrets_two' });
    }
    const secret = `ps_${randomBytes(32).toString('base64url')}`;
    await insertSecret(tx, { id, widgetId, secret, createdBy: actor.id });
    await noteSecrets(tx, actor, widgetId, { made: hintOf(secret) });
    const secrets = await listSecretRows(tx, widgetId, secretsMax);
    return { value: { secret, secrets: secrets.map(infoOf) }, events: [] };
  });
}

/** Tokens signed with it are refused from now on; sessions that it opened go on until they end. Once more changes nothing. */
export async function revokeSecret(
  actor: AgentActor,
  { widgetId, secretId }: { widgetId: string; secretId: string },
): Promise<Done<SecretInfo[]>> {
  return transact(async (tx) => {
    authorize(actor, 'widget.manage', { widgetId });
    if (!(await lockWidget(tx, widgetId))) throw new RefusedError({ code: 'not_found' });
    const before = await listSecretRows(tx, widgetId, secretsMax);
    const secret = before.find(({ id }) => id === secretId);
    if (secret === undefined) throw new RefusedError({ code: 'not_found' });
    if (await revokeSecretRow(tx, widgetId, secretId)) {
      await noteSecrets(tx, actor, widgetId, { revoked: secret.hint });
      await deleteOldSecrets(tx, widgetId, revokedKept);
    }
    return { value: (await listSecretRows(tx, widgetId, secretsMax)).map(infoOf), events: [] };
  });
}

function noteSecrets(tx: Tx, actor: AgentActor, widgetId: string, after: Record<string, string>) {
  const by = { kind: actor.kind, id: actor.id };
  return insertEvent(tx, {
    ...{ id: newId(), type: 'widget.changed', actor: by, subjectId: widgetId, after: { secret: after } },
    isSettled: true,
  });
}

/** Everything that is wrong with a token, and what it says. Nothing of it is stored or logged, and it is not used up. */
export async function checkToken(
  actor: AgentActor,
  { widgetId, token }: { widgetId: string; token: string },
): Promise<TokenCheck> {
  authorize(actor, 'widget.manage', { widgetId });
  const { widget, secrets, fields, others } = await read(async (tx) => ({
    ...(await readContext(tx, widgetId)),
    others: await listOthersSecrets(tx, widgetId, othersMax),
  }));
  const found = await readToken(token.trim(), {
    ...contextOf(widget, secrets),
    fields,
    others,
    nowMs: Date.now(),
  });
  const { jti, header, claims } = found;
  const isUsed =
    jti !== null && (await read((tx) => findUsedToken(tx, { widgetId, jtiHash: hashOf(jti) }))) !== null;
  const problems = isUsed
    ? [...found.problems, { reason: 'jti_used' as const, claim: 'jti' }]
    : found.problems;
  const secretHint = secrets.find(({ id }) => id === found.secretId)?.hint ?? null;
  return { problems, header, claims, secretHint };
}

async function readContext(
  tx: Tx,
  widgetId: string,
): Promise<{ widget: Widget; secrets: StoredSecret[]; fields: CustomField[] }> {
  const [widget, secrets, fields] = await Promise.all([
    findWidget(tx, widgetId),
    listSecretRows(tx, widgetId, secretsMax),
    listFields(tx),
  ]);
  if (widget === null) throw new RefusedError({ code: 'not_found' });
  return { widget, secrets, fields };
}

function contextOf(widget: Widget, secrets: readonly StoredSecret[]) {
  const known = secrets.map(({ id, secret, revokedAt }) => ({ id, secret, isLive: revokedAt === null }));
  return { widgetKey: widget.key, secrets: known };
}

function wholeOf({ person, jti, secretId, expiresAtMs }: ReadToken) {
  if (person === null || jti === null || secretId === null || expiresAtMs === null) {
    throw new Error('a token without fault lacks something');
  }
  return { signed: person, jtiHash: hashOf(jti), secretId, expiresAtMs };
}

/** A stranger learns which claim is wrong, which they can read themselves, and nothing of which secrets there are. */
function refusal(reason: TokenReason): RefusedError {
  const said = reason.startsWith('signature_') || reason === 'secret_missing' ? 'signature_wrong' : reason;
  return new RefusedError({ code: 'forbidden', reason: `identity_${said}` });
}

function infoOf({ secret: _, ...info }: StoredSecret): SecretInfo {
  return info;
}

function hashOfSession(token: string, field: string): string {
  const hash = tokenHashOf(token);
  if (hash === null) throw new RefusedError({ code: 'invalid', field });
  return hash;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hint(value: string | null): string | null {
  const cleaned = value === null ? '' : cleanName(value.replaceAll('\0', ''));
  return cleaned === '' ? null : cleaned;
}
