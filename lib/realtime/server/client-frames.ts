import { z } from 'zod';
import { type ChannelName, parseChannelName } from './channel-name.ts';
import { type Connection, type ConnectionUser, writeFrame } from './connection.ts';
import { broadcast, type Hub, isGrantLive, joinChannel, leaveChannel, rememberUser } from './hub.ts';
import {
  clientFrameSchema,
  encodeError,
  encodeEvent,
  encodeSubscriptionError,
  errorCodes,
  eventText,
  pongFrame,
  type SubscriptionError,
  signinSchema,
  subscribeSchema,
  unsubscribeSchema,
} from './protocol.ts';
import { isChannelAuthValid, isUserAuthValid } from './signature.ts';
import { encodeTextFrame } from './text-frame.ts';

type ClientFrame = z.infer<typeof clientFrameSchema>;

/** Does what one text frame of a client asks, whatever is in it: what makes no sense gets an error frame. */
export function handleClientFrame(hub: Hub, connection: Connection, text: string, nowMs: number): void {
  const frame = clientFrameSchema.safeParse(parseJson(text));
  if (!frame.success) {
    writeFrame(connection, encodeError('Invalid message'));
    return;
  }
  const { event } = frame.data;
  if (event === 'pusher:ping') writeFrame(connection, pongFrame);
  else if (event === 'pusher:pong') return;
  else if (event === 'pusher:subscribe') subscribe(hub, connection, frame.data, nowMs);
  else if (event === 'pusher:unsubscribe') unsubscribe(hub, connection, frame.data);
  else if (event === 'pusher:signin') signIn(hub, connection, frame.data);
  else if (event.startsWith('client-')) relayClientEvent(hub, connection, frame.data, nowMs);
  else writeFrame(connection, encodeError('Unknown event'));
}

function subscribe(hub: Hub, connection: Connection, frame: ClientFrame, nowMs: number): void {
  const request = subscribeSchema.safeParse(dataOf(frame));
  if (!request.success) {
    writeFrame(connection, encodeError('Invalid subscription'));
    return;
  }
  const name = parseChannelName(request.data.channel);
  if (!name) {
    const error = { type: 'InvalidChannel', error: 'Invalid channel name', status: 4009 };
    writeFrame(connection, encodeSubscriptionError(request.data.channel.slice(0, 200), error));
    return;
  }
  const existing = hub.channels.get(name.name);
  if (existing && connection.subscriptions.has(existing)) {
    writeFrame(connection, encodeError(`Existing subscription to channel ${name.name}`));
    return;
  }
  const admission = admit(hub, connection, name, request.data, nowMs);
  if ('error' in admission) writeFrame(connection, encodeSubscriptionError(name.name, admission));
  else joinChannel(hub, connection, name, admission.member);
}

type SubscribeRequest = z.infer<typeof subscribeSchema>;

function admit(
  hub: Hub,
  connection: Connection,
  name: ChannelName,
  request: SubscribeRequest,
  nowMs: number,
): SubscriptionError | { member: ConnectionUser | null } {
  if (connection.subscriptions.size >= hub.limits.subscriptionsPerConnectionMax) {
    return limitReached('Too many subscriptions on one connection');
  }
  if (name.kind === 'public') return { member: null };
  if (name.kind === 'user') {
    return connection.user?.id === name.userId
      ? { member: null }
      : unauthorized('Not signed in as this user');
  }
  const { auth } = request;
  const channelData = request.channel_data ?? null;
  if (!auth) return unauthorized(`Auth info required to subscribe to ${name.name}`);
  if (!isChannelAuthValid(hub.app, auth, connection.socketId, name.name, channelData)) {
    return unauthorized('Invalid signature');
  }
  const grant = channelData === null ? null : grantSchema.safeParse(parseJson(channelData)).data;
  if (grant) {
    const fault = bindUser(hub, connection, grant, nowMs);
    if (fault !== null) return fault;
  }
  return name.kind === 'presence' ? admitMember(hub, connection, name.name, channelData) : { member: null };
}

const grantSchema = z.object({ parley_user: z.string().min(1), granted_at: z.number() });

/**
 * Our own application names the user in what it signs for every channel, so a client that never signs in belongs to
 * that user all the same, and ends with them.
 */
function bindUser(
  hub: Hub,
  connection: Connection,
  { parley_user: id, granted_at: grantedAtMs }: z.infer<typeof grantSchema>,
  nowMs: number,
): SubscriptionError | null {
  if (!isGrantLive(hub, id, grantedAtMs, nowMs)) return unauthorized('This authorization is over');
  if (connection.user !== null) {
    return connection.user.id === id ? null : unauthorized('Already signed in as another user');
  }
  const user = { id, info: undefined };
  if (!isUserWithinLimits(hub, user)) return limitReached('parley_user is too large');
  rememberUser(hub, connection, user);
  return null;
}

const memberIdSchema = z.union([z.string().min(1), z.number().transform(String)]);
const channelDataSchema = z.object({ user_id: memberIdSchema, user_info: z.unknown().optional() });

/** Without channel data a signed-in user joins as who they are signed in as. */
function admitMember(
  hub: Hub,
  connection: Connection,
  name: string,
  channelData: string | null,
): SubscriptionError | { member: ConnectionUser } {
  const data = channelDataSchema.safeParse(parseJson(channelData ?? ''));
  if (channelData !== null && !data.success) return unauthorized('Invalid channel_data');
  const member = data.success ? { id: data.data.user_id, info: data.data.user_info } : connection.user;
  if (!member) return unauthorized('channel_data is required to subscribe to a presence channel');
  if (!isUserWithinLimits(hub, member)) return limitReached('user_id or user_info is too large');
  const members = hub.channels.get(name)?.members;
  if (members && !members.has(member.id) && members.size >= hub.limits.membersPerChannelMax) {
    return limitReached('Presence channel is full');
  }
  return { member };
}

function unsubscribe(hub: Hub, connection: Connection, frame: ClientFrame): void {
  const request = unsubscribeSchema.safeParse(dataOf(frame));
  const channel = request.success ? hub.channels.get(request.data.channel) : undefined;
  if (channel) leaveChannel(hub, connection, channel);
}

const userDataSchema = z.object({ id: z.string().min(1), user_info: z.unknown().optional() });

function signIn(hub: Hub, connection: Connection, frame: ClientFrame): void {
  const request = signinSchema.safeParse(dataOf(frame));
  const user = userDataSchema.safeParse(parseJson(request.data?.user_data ?? ''));
  const isGenuine =
    request.success &&
    user.success &&
    isUserAuthValid(hub.app, request.data.auth, connection.socketId, request.data.user_data);
  if (!isGenuine) {
    writeFrame(connection, encodeError('Sign-in refused', errorCodes.unauthorized));
    return;
  }
  const signedIn = { id: user.data.id, info: user.data.user_info };
  if (connection.user && connection.user.id !== signedIn.id) {
    writeFrame(connection, encodeError('Already signed in as another user', errorCodes.unauthorized));
  } else if (isUserWithinLimits(hub, signedIn)) {
    rememberUser(hub, connection, signedIn);
    const data = { user_data: request.data.user_data };
    writeFrame(connection, encodeEvent('pusher:signin_success', null, data));
  } else {
    writeFrame(connection, encodeError('User id or info is too large', errorCodes.limitReached));
  }
}

function relayClientEvent(hub: Hub, connection: Connection, frame: ClientFrame, nowMs: number): void {
  const fault = findClientEventFault(hub, connection, frame, nowMs);
  if (fault !== null) {
    writeFrame(connection, encodeError(fault, errorCodes.clientEventRejected));
    return;
  }
  const channel = hub.channels.get(frame.channel ?? '');
  if (!channel) return;
  const userId = connection.subscriptions.get(channel) ?? undefined;
  const text = eventText(frame.event, channel.name, JSON.stringify(dataTextOf(frame)), userId);
  broadcast(hub, channel, encodeTextFrame(text), connection);
}

function findClientEventFault(
  hub: Hub,
  connection: Connection,
  frame: ClientFrame,
  nowMs: number,
): string | null {
  const { limits } = hub;
  if (!hub.app.clientEvents) return 'Client events are not enabled for this application';
  const second = Math.floor(nowMs / 1000);
  if (connection.clientEventSecond !== second) {
    connection.clientEventSecond = second;
    connection.clientEventsThisSecond = 0;
  }
  connection.clientEventsThisSecond += 1;
  if (connection.clientEventsThisSecond > limits.clientEventsPerSecondMax) {
    return 'Client event rejected due to rate limit';
  }
  const kind = parseChannelName(frame.channel ?? '')?.kind;
  if (kind !== 'private' && kind !== 'presence') {
    return 'Client events are only supported on private and presence channels';
  }
  const channel = hub.channels.get(frame.channel ?? '');
  if (!channel || !connection.subscriptions.has(channel)) return 'Not subscribed to this channel';
  if (frame.event.length > limits.eventNameCharsMax) return 'Event name is too long';
  const isTooLarge = Buffer.byteLength(dataTextOf(frame)) > limits.eventDataBytesMax;
  return isTooLarge ? 'Event data is too large' : null;
}

function isUserWithinLimits(hub: Hub, user: ConnectionUser): boolean {
  const info = JSON.stringify(user.info ?? null);
  return (
    user.id.length <= hub.limits.userIdCharsMax && Buffer.byteLength(info) <= hub.limits.userInfoBytesMax
  );
}

function unauthorized(error: string): SubscriptionError {
  return { type: 'AuthError', error, status: 401 };
}

function limitReached(error: string): SubscriptionError {
  return { type: 'LimitReached', error, status: errorCodes.limitReached };
}

/** Some libraries send `data` as a string of JSON, others as the object itself. */
function dataOf(frame: ClientFrame): unknown {
  return typeof frame.data === 'string' ? parseJson(frame.data) : frame.data;
}

function dataTextOf(frame: ClientFrame): string {
  return typeof frame.data === 'string' ? frame.data : JSON.stringify(frame.data ?? null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
