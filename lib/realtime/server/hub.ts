import type { ChannelName } from './channel-name.ts';
import { type Channel, type Connection, type ConnectionUser, closeSocket, writeFrame } from './connection.ts';
import type { EventCache } from './event-cache.ts';
import type { RealtimeLimits } from './limits.ts';
import { type Close, closes, encodeEvent, eventText } from './protocol.ts';
import { encodeTextFrame } from './text-frame.ts';

/** One customer of the server: the keys its clients and its own back end come with. */
export type RealtimeApp = {
  id: string;
  key: string;
  secret: string;
  /** Whether clients may send `client-` events to each other. Parley's own app says no. */
  clientEvents: boolean;
};

/** Everything of one app: its sockets, who is on which channel, and who is signed in where. */
export type Hub = {
  readonly app: RealtimeApp;
  readonly limits: RealtimeLimits;
  readonly cache: EventCache;
  readonly connections: Map<string, Connection>;
  readonly channels: Map<string, Channel>;
  readonly userConnections: Map<string, Set<Connection>>;
  /** When a user's connections were last ended, for as long as a grant made before that could still be shown. */
  readonly endedAtMs: Map<string, number>;
  /** Sockets that wait for the rest of what is being published; null while nothing is. */
  held: Set<Connection> | null;
  messagesSent: number;
};

export function createHub(app: RealtimeApp, limits: RealtimeLimits, cache: EventCache): Hub {
  return {
    app,
    limits,
    cache,
    connections: new Map(),
    channels: new Map(),
    userConnections: new Map(),
    endedAtMs: new Map(),
    held: null,
    messagesSent: 0,
  };
}

export function sendFrame(hub: Hub, connection: Connection, frame: Buffer): void {
  if (connection.isOpen && connection.socket.writableLength > hub.limits.bufferedBytesMax) {
    closeSocket(connection, closes.tooSlow);
    // Not at once: leaving broadcasts again, and a channel full of stuck sockets would recurse through all.
    setImmediate(detachConnection, hub, connection);
    return;
  }
  if (hub.held !== null && connection.isOpen && !hub.held.has(connection)) {
    hub.held.add(connection);
    connection.socket.cork();
  }
  if (writeFrame(connection, frame)) hub.messagesSent += 1;
}

/** Runs `work`; each socket gets all that it sends in one write, since a write costs more than what is written. */
export function writeTogether(hub: Hub, work: () => void): void {
  const held = new Set<Connection>();
  hub.held = held;
  try {
    work();
  } finally {
    hub.held = null;
    for (const connection of held) connection.socket.uncork();
  }
}

/** Takes the connection off every channel at once, then says goodbye: a dead peer never answers that. */
export function closeConnection(hub: Hub, connection: Connection, close: Close): void {
  closeSocket(connection, close);
  detachConnection(hub, connection);
}

export function detachConnection(hub: Hub, connection: Connection): void {
  if (!hub.connections.delete(connection.socketId)) return;
  connection.isOpen = false;
  for (const channel of [...connection.subscriptions.keys()]) leaveChannel(hub, connection, channel);
  forgetUser(hub, connection);
}

/** Adds the connection to a channel it has been authorised for, and tells it and the other members. */
export function joinChannel(
  hub: Hub,
  connection: Connection,
  name: ChannelName,
  user: ConnectionUser | null,
): void {
  const channel = hub.channels.get(name.name) ?? openChannel(hub, name.name);
  channel.subscribers.add(connection);
  connection.subscriptions.set(channel, user?.id ?? null);
  const isNewMember = user !== null && addMember(channel, user);
  const data = name.kind === 'presence' ? { presence: presenceOf(channel) } : {};
  sendFrame(hub, connection, encodeEvent('pusher_internal:subscription_succeeded', channel.name, data));
  if (name.isCache) sendCached(hub, connection, channel.name);
  if (!isNewMember) return;
  const added = { user_id: user.id, user_info: user.info };
  broadcast(hub, channel, encodeEvent('pusher_internal:member_added', channel.name, added), connection);
}

export function leaveChannel(hub: Hub, connection: Connection, channel: Channel): void {
  const userId = connection.subscriptions.get(channel);
  if (userId === undefined) return;
  connection.subscriptions.delete(channel);
  channel.subscribers.delete(connection);
  if (channel.subscribers.size === 0) hub.channels.delete(channel.name);
  if (userId === null || !removeMember(channel, userId)) return;
  const removed = encodeEvent('pusher_internal:member_removed', channel.name, { user_id: userId });
  broadcast(hub, channel, removed, null);
}

export type PublishedEvent = {
  event: string;
  channel: ChannelName;
  data: string;
  exceptSocketId?: string | undefined;
};

/** Sends an event to everybody on its channel: encoded once, written as the same bytes to each. */
export function publish(hub: Hub, { event, channel, data, exceptSocketId }: PublishedEvent): void {
  if (channel.isCache) hub.cache.put(channel.name, event, data);
  const open = hub.channels.get(channel.name);
  if (!open) return;
  const frame = encodeTextFrame(eventText(event, channel.name, JSON.stringify(data)));
  const except = exceptSocketId === undefined ? undefined : hub.connections.get(exceptSocketId);
  broadcast(hub, open, frame, except ?? null);
}

export function broadcast(hub: Hub, channel: Channel, frame: Buffer, except: Connection | null): void {
  for (const subscriber of channel.subscribers) {
    if (subscriber !== except) sendFrame(hub, subscriber, frame);
  }
}

export function rememberUser(hub: Hub, connection: Connection, user: ConnectionUser): void {
  connection.user = user;
  const connections = hub.userConnections.get(user.id) ?? new Set();
  hub.userConnections.set(user.id, connections.add(connection));
}

/** A grant names its user and when it was asked for; it is worth nothing after this, or after that user's end. */
const grantMsMax = 60_000;

/** Whether a grant of this user, asked for at `grantedAtMs`, may still open a channel. */
export function isGrantLive(hub: Hub, userId: string, grantedAtMs: number, nowMs: number): boolean {
  if (nowMs - grantedAtMs > grantMsMax) return false;
  return grantedAtMs > (hub.endedAtMs.get(userId) ?? Number.NEGATIVE_INFINITY);
}

/**
 * Closes every socket that belongs to this user, by sign-in or by a grant it used, in a way that clients do not come
 * back from by themselves. Grants that were asked for until now open nothing any more.
 */
export function terminateUser(hub: Hub, userId: string, nowMs: number): void {
  for (const [id, endedAtMs] of hub.endedAtMs) {
    if (nowMs - endedAtMs <= grantMsMax) break;
    hub.endedAtMs.delete(id);
  }
  // Deleted first, so that the map stays in the order of time.
  hub.endedAtMs.delete(userId);
  hub.endedAtMs.set(userId, nowMs);
  for (const connection of [...(hub.userConnections.get(userId) ?? [])]) {
    closeConnection(hub, connection, closes.terminated);
  }
}

function forgetUser(hub: Hub, connection: Connection): void {
  if (!connection.user) return;
  const connections = hub.userConnections.get(connection.user.id);
  connections?.delete(connection);
  if (connections?.size === 0) hub.userConnections.delete(connection.user.id);
}

function openChannel(hub: Hub, name: string): Channel {
  const channel: Channel = { name, subscribers: new Set(), members: new Map() };
  hub.channels.set(name, channel);
  return channel;
}

function addMember(channel: Channel, user: ConnectionUser): boolean {
  const member = channel.members.get(user.id);
  if (member) {
    member.connectionCount += 1;
    return false;
  }
  channel.members.set(user.id, { info: user.info, connectionCount: 1 });
  return true;
}

function removeMember(channel: Channel, userId: string): boolean {
  const member = channel.members.get(userId);
  if (!member) return false;
  member.connectionCount -= 1;
  return member.connectionCount === 0 && channel.members.delete(userId);
}

function presenceOf(channel: Channel) {
  const entries = [...channel.members].map(([id, member]): [string, unknown] => [id, member.info ?? null]);
  return { ids: entries.map(([id]) => id), hash: Object.fromEntries(entries), count: entries.length };
}

function sendCached(hub: Hub, connection: Connection, channel: string): void {
  const cached = hub.cache.find(channel);
  const frame = cached
    ? encodeTextFrame(eventText(cached.event, channel, JSON.stringify(cached.data)))
    : encodeEvent('pusher:cache_miss', channel, {});
  sendFrame(hub, connection, frame);
}
