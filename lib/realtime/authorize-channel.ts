import { findAgent } from '#/db/agents.ts';
import { read, type Tx, transact } from '#/db/client.ts';
import { insertOnlooker } from '#/db/conversations.ts';
import { isSessionLive } from '#/db/customers.ts';
import { findTicketForAccess, findTicketOfConversation } from '#/db/tickets.ts';
import { isRobotRole } from '#/lib/agents/schema.ts';
import type { SignedInAgent } from '#/lib/agents/service.ts';
import { hasScope, type Scope } from '#/lib/api/scopes.ts';
import { refuseBlocked } from '#/lib/customers/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { can } from '#/lib/permissions/can.ts';
import { realtimeUserId } from '#/lib/realtime/changes.ts';
import { parseChannel } from '#/lib/realtime/channels.ts';
import { keyChannelScopes, parseKeyChannel } from '#/lib/realtime/key-events.ts';
import { signChannel, signUser } from '#/lib/realtime/publish.ts';

export type Grant = { auth: string; channel_data?: string };
export type Grants = { channels: Record<string, Grant | null>; user?: { auth: string; user_data: string } };

/** The key by which a robot asks. */
export type ListeningKey = {
  scopes: readonly Scope[];
  /** Asked anew, whatever is remembered of the key. */
  isLive(): Promise<boolean>;
};

const socketIdPattern = /^\d{1,20}\.\d{1,20}$/;

/**
 * Decides about a batch of channels for one socket: for each a signed grant, or null, which does not tell a channel that
 * one may not join from one that is not there. The session itself is looked up anew, whatever was remembered of it.
 */
export async function authorizeChannels(
  actor: CustomerActor | SignedInAgent,
  request: { socketId: string; channels: readonly string[]; isSignin: boolean },
  key?: ListeningKey,
): Promise<Grants> {
  if (!socketIdPattern.test(request.socketId)) throw new RefusedError({ code: 'invalid', field: 'socketId' });
  const askedAtMs = Date.now();
  const names = [...new Set(request.channels)];
  const decide = async (tx: Tx) => {
    const [isLive, ...allowed] = await Promise.all([
      isActorLive(tx, actor),
      ...names.map((name) => isAllowed(tx, actor, name, key)),
    ]);
    return { isLive, allowed };
  };
  // Beside each other: whoever held a connection while waiting for a second one could wait for ever.
  const [{ isLive, allowed }, isKeyLive] = await Promise.all([read(decide), key?.isLive() ?? true]);
  if (!isLive || !isKeyLive) {
    if (actor.kind === 'customer') await read((tx) => refuseBlocked(tx, actor.id));
    throw new RefusedError({ code: 'unauthenticated' });
  }
  const granted = await noteOnlooker(
    actor,
    names.filter((_, index) => allowed[index] === true),
    key,
  );
  const userId = userIdOf(actor);
  const self = actor.kind === 'agent' ? { id: actor.id, name: actor.name } : null;
  // Not assigned one by one: a channel may be called `__proto__`.
  const channels: Grants['channels'] = Object.fromEntries(
    names.map((name) => {
      const member = name.startsWith('presence-') ? self : null;
      const grant = { userId, askedAtMs, member };
      return [name, granted.includes(name) ? signChannel(request.socketId, name, grant) : null];
    }),
  );
  if (!request.isSignin) return { channels };
  return { channels, user: signUser(request.socketId, userId) };
}

function userIdOf(actor: CustomerActor | SignedInAgent): string {
  return actor.kind === 'agent' ? realtimeUserId.agent(actor.id) : realtimeUserId.customer(actor.sessionId);
}

async function isActorLive(tx: Tx, actor: CustomerActor | SignedInAgent): Promise<boolean> {
  if (actor.kind === 'customer') return isSessionLive(tx, actor.sessionId);
  const account = await findAgent(tx, actor.id);
  return (
    account?.isActive === true && account.role === actor.role && account.departmentId === actor.departmentId
  );
}

/**
 * What a key hears is what it may GET, by its account's role and by its scopes: list channels of its own, and the logs of
 * tickets that it may read. A robot whose key is not known hears nothing.
 */
async function isAllowedToKey(
  tx: Tx,
  actor: SignedInAgent,
  name: string,
  key: ListeningKey | undefined,
): Promise<boolean> {
  const own = parseKeyChannel(name);
  const kind = own?.kind ?? parseChannel(name)?.kind;
  if (key === undefined || kind === undefined || !isOfKeys(kind)) return false;
  if (!keyChannelScopes[kind].every((scope) => hasScope(key.scopes, scope))) return false;
  if (kind === 'tickets') return can(actor, 'ticket.read', {});
  if (kind === 'departmentTickets') {
    const { departmentId } = actor;
    return departmentId !== null && own?.departmentId === departmentId;
  }
  const ticket = await findTicketOfConversation(tx, parseChannel(name)?.id ?? '');
  return ticket !== null && can(actor, 'note.read', ticket);
}

function isOfKeys(kind: string): kind is keyof typeof keyChannelScopes {
  return Object.hasOwn(keyChannelScopes, kind);
}

async function isAllowed(
  tx: Tx,
  actor: CustomerActor | SignedInAgent,
  name: string,
  key: ListeningKey | undefined,
): Promise<boolean> {
  if (actor.kind === 'agent' && isRobotRole(actor.role)) return isAllowedToKey(tx, actor, name, key);
  const channel = parseChannel(name);
  if (channel === null) return false;
  const { kind, id } = channel;
  const isAgent = actor.kind === 'agent';
  switch (kind) {
    case 'customer':
      return !isAgent && id === actor.id;
    case 'conversation': {
      if (isAgent) return false;
      const ticket = await findTicketOfConversation(tx, id);
      return ticket !== null && can(actor, 'conversation.read', ticket);
    }
    case 'staffConversation': {
      if (!isAgent) return false;
      const ticket = await findTicketOfConversation(tx, id);
      return ticket !== null && can(actor, 'note.read', ticket);
    }
    case 'ticketPresence': {
      if (!isAgent) return false;
      const ticket = await findTicketForAccess(tx, id);
      return ticket !== null && can(actor, 'presence.read', ticket);
    }
    case 'staff':
      return isAgent && can(actor, 'note.read', { departmentIsRestricted: false });
    case 'department':
      return isAgent && can(actor, 'note.read', { departmentId: id, departmentIsRestricted: true });
    case 'agent':
      return isAgent && id === actor.id;
  }
}

/**
 * Who listens to a ticket is written down, so that losing access knows whose sockets to close. Decided once more after
 * that: a ticket that was moved between the two did not know of this listener. Answers what stays granted.
 */
async function noteOnlooker(
  actor: CustomerActor | SignedInAgent,
  granted: readonly string[],
  key: ListeningKey | undefined,
): Promise<readonly string[]> {
  const isTickets = (name: string) => {
    const kind = parseChannel(name)?.kind;
    return kind === 'staffConversation' || kind === 'ticketPresence';
  };
  const watched = granted.filter(isTickets);
  if (actor.kind !== 'agent' || watched.length === 0) return granted;
  await transact(async (tx) => {
    for (const name of watched) {
      const { kind, id } = parseChannel(name) ?? {};
      const conversationId =
        kind === 'ticketPresence' ? (await findTicketForAccess(tx, id ?? ''))?.conversationId : id;
      if (conversationId === undefined) continue;
      await insertOnlooker(tx, { id: newId(), conversationId, agentId: actor.id });
    }
  });
  const still = await read((tx) => Promise.all(watched.map((name) => isAllowed(tx, actor, name, key))));
  return granted.filter((name) => !isTickets(name) || still[watched.indexOf(name)] === true);
}
