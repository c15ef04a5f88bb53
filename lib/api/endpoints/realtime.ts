import * as z from 'zod/mini';
import { bearerOf, type KeyActor } from '#/lib/api/actor.ts';
import { endpoint, noParameters } from '#/lib/api/endpoint.ts';
import {
  type RealtimeGrantRecord,
  type RealtimeRecord,
  realtimeGrantRecord,
  realtimeRecord,
} from '#/lib/api/records/realtime.ts';
import { hasScope } from '#/lib/api/scopes.ts';
import { isKeyLive, refusalOfKeyToken } from '#/lib/api-keys/service.ts';
import { env } from '#/lib/env.ts';
import { RefusedError } from '#/lib/errors.ts';
import { ownOriginOf } from '#/lib/own-origin.ts';
import type { CustomerActor } from '#/lib/permissions/actor.ts';
import { authorizeChannels, type Grants } from '#/lib/realtime/authorize-channel.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { keyChannelScopes, keyChannels } from '#/lib/realtime/key-events.ts';

const authPath = '/api/v1/realtime/auth';

function connectionOf(actor: KeyActor | CustomerActor, headers: Headers): RealtimeRecord {
  const { key, browser } = env().realtime;
  const own = new URL(ownOriginOf(headers));
  const tls = browser.tls ?? own.protocol === 'https:';
  const ownPort = own.port === '' ? (tls ? 443 : 80) : Number(own.port);
  return {
    key,
    host: browser.host ?? own.hostname,
    port: browser.port ?? ownPort,
    tls,
    cluster: browser.cluster,
    authEndpoint: authPath,
    channels: actor.kind === 'customer' ? [channels.customer(actor.id)] : listChannelsOf(actor),
  };
}

/** The list channel of a key that may read tickets. */
function listChannelsOf({ role, departmentId, scopes }: KeyActor): string[] {
  if (!keyChannelScopes.tickets.every((scope) => hasScope(scopes, scope))) return [];
  if (role === 'robot') return [keyChannels.tickets()];
  return departmentId === null ? [] : [keyChannels.departmentTickets(departmentId)];
}

type AuthBody = { socket_id: string; channel_name?: string | undefined };

/** Pusher clients ask for one channel at a time, and for signing in without a channel. */
async function grant(
  actor: KeyActor | CustomerActor,
  { socket_id: socketId, channel_name: channel }: AuthBody,
  token: string,
): Promise<RealtimeGrantRecord> {
  const asked = {
    socketId,
    channels: channel === undefined ? [] : [channel],
    isSignin: channel === undefined,
  };
  const grants = await grantsOf(actor, asked, token);
  const granted = channel === undefined ? grants.user : grants.channels[channel];
  if (granted === undefined || granted === null) {
    throw new RefusedError({ code: 'forbidden', reason: 'channel_refused', field: 'channel_name' });
  }
  return granted;
}

async function grantsOf(
  actor: KeyActor | CustomerActor,
  asked: Parameters<typeof authorizeChannels>[1],
  token: string,
): Promise<Grants> {
  if (actor.kind === 'customer') return authorizeChannels(actor, asked);
  let isLive = true;
  const key = {
    scopes: actor.scopes,
    async isLive() {
      isLive = await isKeyLive(token);
      return isLive;
    },
  };
  try {
    return await authorizeChannels(actor, asked, key);
  } catch (error) {
    throw isLive ? error : await refusalOfKeyToken(token);
  }
}

const common = {
  noun: 'realtime',
  scope: 'realtime:read',
  actors: ['key', 'customer'],
  params: noParameters,
  query: noParameters,
  status: 200,
  idempotency: 'none',
} as const;

export const realtime = {
  get: endpoint({
    ...common,
    method: 'GET',
    path: '/api/v1/realtime',
    operationId: 'getRealtime',
    summary: 'Where to connect for live events',
    limit: 'api.key',
    body: null,
    answer: realtimeRecord,
    examples: [{ name: 'The connection' }],
    run: async (actor, { headers }) => ({ value: connectionOf(actor, headers) }),
  }),

  authorize: endpoint({
    ...common,
    method: 'POST',
    path: authPath,
    operationId: 'authorizeRealtime',
    summary: 'Grants a socket a channel',
    description:
      'What Pusher clients call by themselves: `channel_name` for a channel, nothing for signing the user in. As JSON, or as the form that pusher-js sends. What a key may not GET, it is not granted; when the key ends, its sockets are closed.',
    limit: 'realtime.authorize',
    body: z.strictObject({
      socket_id: z.string().check(z.maxLength(64), z.regex(/^\d{1,20}\.\d{1,20}$/, 'socket_id_not_valid')),
      channel_name: z.optional(z.string().check(z.minLength(1), z.maxLength(164))),
    }),
    answer: realtimeGrantRecord,
    takesForm: true,
    examples: [
      { name: 'A channel', body: { socket_id: '1234.5678', channel_name: 'private-tickets' } },
      { name: 'Signing in', body: { socket_id: '1234.5678' } },
    ],
    run: async (actor, { body }, request) => ({
      value: await grant(actor, body, bearerOf(request) ?? ''),
    }),
  }),
};
