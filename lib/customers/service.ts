import { read, transact } from '#/db/client.ts';
import { findCustomerSession, revokeCustomerSession } from '#/db/customers.ts';
import { insertEvent } from '#/db/events.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { newId } from '#/lib/ids.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { processSingleton } from '#/lib/process.ts';
import type { Done } from '#/lib/realtime/changes.ts';

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

/** Ends the asking session: its token opens nothing any more and its sockets are closed. */
export async function revokeSession(actor: CustomerActor): Promise<Done<null>> {
  const id = newId();
  const isRevoked = await transact(async (tx) => {
    authorize(actor, 'session.revoke', { customerId: actor.id });
    const wasLive = await revokeCustomerSession(tx, actor.sessionId);
    if (wasLive) {
      const by = { kind: actor.kind, id: actor.id };
      await insertEvent(tx, { id, type: 'session.revoked', actor: by, subjectId: actor.sessionId });
    }
    return wasLive;
  });
  for (const [hash, held] of remembered()) {
    if (held.actor.sessionId === actor.sessionId) remembered().delete(hash);
  }
  const change = {
    id,
    type: 'session.revoked',
    ticketId: null,
    conversationId: null,
    entry: null,
    readersBefore: null,
    subjectId: actor.sessionId,
  } as const;
  return { value: null, events: isRevoked ? [change] : [] };
}
