import { z } from 'zod';
import { encodeTextFrame } from './text-frame.ts';

/** 4000–4099 tell a client never to come back, 4100–4199 after a second, 4200–4299 at once. */
export type Close = { code: number; reason: string };

export const closes = {
  unknownApp: { code: 4001, reason: 'Application does not exist' },
  pathNotFound: { code: 4005, reason: 'Path not found' },
  invalidVersion: { code: 4006, reason: 'Invalid version string format' },
  unsupportedProtocol: { code: 4007, reason: 'Unsupported protocol version' },
  noProtocol: { code: 4008, reason: 'No protocol version supplied' },
  terminated: { code: 4009, reason: 'You got disconnected by the app.' },
  overCapacity: { code: 4100, reason: 'Over capacity' },
  tooManyFrames: { code: 4100, reason: 'Too many messages' },
  comeBackLater: { code: 4100, reason: 'Restarting' },
  restarting: { code: 4200, reason: 'Generic reconnect immediately' },
  tooSlow: { code: 4200, reason: 'Too slow: reconnect and catch up' },
  pongMissing: { code: 4201, reason: 'Pong reply not received' },
  binaryFrame: { code: 1003, reason: 'Binary frames are not supported' },
} satisfies Record<string, Close>;

export const errorCodes = { unauthorized: 4009, clientEventRejected: 4301, limitReached: 4004 };

const versionGrammar = /^[\w.+-]{1,64}$/;
const protocolMin = 5;
const protocolMax = 7;

/** Checks `?protocol=7&client=js&version=8.6.0`; null when the client may talk to us. */
export function refuseProtocol(query: URLSearchParams): Close | null {
  const protocol = query.get('protocol');
  const version = query.get('version');
  if (protocol === null) return closes.noProtocol;
  if (!/^\d{1,4}$/.test(protocol)) return closes.invalidVersion;
  if (version !== null && !versionGrammar.test(version)) return closes.invalidVersion;
  const number = Number(protocol);
  return number >= protocolMin && number <= protocolMax ? null : closes.unsupportedProtocol;
}

export const clientFrameSchema = z.object({
  event: z.string().min(1),
  channel: z.string().optional(),
  data: z.unknown().optional(),
});

export const subscribeSchema = z.object({
  channel: z.string(),
  auth: z.string().nullish(),
  channel_data: z.string().nullish(),
});

export const unsubscribeSchema = z.object({ channel: z.string() });

export const signinSchema = z.object({ auth: z.string(), user_data: z.string() });

/** `data` goes out as a string of JSON, as the protocol wants it for everything but errors. */
export function eventText(event: string, channel: string | null, dataJson: string, userId?: string): string {
  const channelPart = channel === null ? '' : `,"channel":${JSON.stringify(channel)}`;
  const userPart = userId === undefined ? '' : `,"user_id":${JSON.stringify(userId)}`;
  return `{"event":${JSON.stringify(event)}${channelPart},"data":${dataJson}${userPart}}`;
}

export function encodeEvent(event: string, channel: string | null, data: unknown): Buffer {
  return encodeTextFrame(eventText(event, channel, JSON.stringify(JSON.stringify(data))));
}

export function encodeEstablished(socketId: string, activityTimeoutSeconds: number): Buffer {
  return encodeEvent('pusher:connection_established', null, {
    socket_id: socketId,
    activity_timeout: activityTimeoutSeconds,
  });
}

/** An error the socket survives. */
export function encodeError(message: string, code: number | null = null): Buffer {
  return encodeTextFrame(eventText('pusher:error', null, JSON.stringify({ code, message })));
}

export type SubscriptionError = { type: string; error: string; status: number };

export function encodeSubscriptionError(channel: string, error: SubscriptionError): Buffer {
  return encodeTextFrame(eventText('pusher:subscription_error', channel, JSON.stringify(error)));
}

export const pongFrame = encodeEvent('pusher:pong', null, {});
