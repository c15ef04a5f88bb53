import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type ChannelName, parseChannelName } from './channel-name.ts';
import { type Hub, publish, terminateUser, writeTogether } from './hub.ts';
import { readBody } from './request-body.ts';
import { findRequestFault, isBodyHashValid, unescapePath } from './signature.ts';

const bytesDrainedMax = 2 * 1024 * 1024;

type Reply = { status: number; body: unknown };

/** Answers one `/apps/{id}/…` request. Never throws; a surprise is the caller's to log. */
export async function answerApiRequest(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  nowMs: number,
): Promise<void> {
  const { path, query } = splitUrl(request.url ?? '');
  const method = request.method ?? '';
  const fault = findRequestFault(hub.app, { method, path, query, nowMs });
  if (fault !== null) {
    await refuseRequest(request, response, 401, fault);
    return;
  }
  const body = await readBody(request, hub.limits.bodyBytesMax, bytesDrainedMax);
  if (body.isTooLarge) reply(response, refusal(413, 'The request body is too large'));
  else if (!isBodyHashValid(query, body.bytes)) reply(response, refusal(401, 'Invalid body_md5'));
  else reply(response, route(hub, { method, path, query, body: body.bytes, nowMs }));
}

/** Reads the body away first: an answer in the middle of it can be lost with the connection. */
export async function refuseRequest(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  reason: string,
): Promise<void> {
  await readBody(request, 0, bytesDrainedMax);
  reply(response, refusal(status, reason));
}

/** The app's id in `/apps/{id}/…`, or null when the path is another's. */
export function appIdOf(url: string): string | null {
  return /^\/apps\/([^/?]+)\//.exec(url)?.[1] ?? null;
}

export function reply(response: ServerResponse, { status, body }: Reply): void {
  if (response.headersSent || response.destroyed) return;
  const isText = typeof body === 'string';
  const text = isText ? `${body}\n` : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

export function refusal(status: number, reason: string): Reply {
  return { status, body: reason };
}

function done(body: unknown): Reply {
  return { status: 200, body };
}

function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?');
  if (mark === -1) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

type ApiRequest = { method: string; path: string; query: URLSearchParams; body: Buffer; nowMs: number };

function route(hub: Hub, { method, path, query, body, nowMs }: ApiRequest): Reply {
  const [resource, name, detail, ...rest] = path.split('/').slice(3).map(unescapePath);
  const shape = [resource, name === undefined ? '' : '*', detail ?? ''].join(' ').trim();
  if (rest.length > 0) return refusal(404, 'Not found');
  switch (`${method} ${shape}`) {
    case 'POST events':
      return triggerEvent(hub, body);
    case 'POST batch_events':
      return triggerBatch(hub, body);
    case 'GET channels':
      return listChannels(hub, query);
    case 'GET channels *':
      return getChannel(hub, name ?? '', query);
    case 'GET channels * users':
      return listUsers(hub, name ?? '');
    case 'POST users * terminate_connections':
      terminateUser(hub, name ?? '', nowMs);
      return done({});
    default:
      return refusal(404, 'Not found');
  }
}

const socketIdSchema = z.string().regex(/^\d+\.\d+$/);
const eventFields = {
  name: z.string().min(1),
  data: z.string(),
  socket_id: socketIdSchema.nullish(),
  info: z.string().nullish(),
};
const eventSchema = z.object({
  ...eventFields,
  channels: z.array(z.string()).min(1).optional(),
  channel: z.string().optional(),
});
const batchSchema = z.object({ batch: z.array(z.object({ ...eventFields, channel: z.string() })) });

function triggerEvent(hub: Hub, body: Buffer): Reply {
  const parsed = eventSchema.safeParse(parseJson(body));
  if (!parsed.success) return refusal(400, 'Invalid event: name, data and channels are required');
  const { channel, channels = channel === undefined ? [] : [channel], ...event } = parsed.data;
  const { channelsPerEventMax } = hub.limits;
  if (channels.length > channelsPerEventMax) {
    return refusal(400, `Too many channels: at most ${channelsPerEventMax} an event`);
  }
  const checked = checkEvent(hub, event, [...new Set(channels)]);
  if ('status' in checked) return checked;
  writeTogether(hub, () => {
    for (const name of checked.names) publishTo(hub, event, name);
  });
  if (!checked.info) return done({});
  const attributes = checked.names.map((name): [string, unknown] => [
    name.name,
    attributesOf(hub, name, checked.info ?? []),
  ]);
  return done({ channels: Object.fromEntries(attributes) });
}

/** All of the batch is checked before any of it is sent. */
function triggerBatch(hub: Hub, body: Buffer): Reply {
  const parsed = batchSchema.safeParse(parseJson(body));
  if (!parsed.success) return refusal(400, 'Invalid batch: name, data and channel are required');
  const { batch } = parsed.data;
  const { eventsPerBatchMax } = hub.limits;
  if (batch.length > eventsPerBatchMax) {
    return refusal(400, `Batch too large (${batch.length} > ${eventsPerBatchMax})`);
  }
  const checked: { event: EventFields; name: ChannelName; info: string[] | null }[] = [];
  for (const event of batch) {
    const result = checkEvent(hub, event, [event.channel]);
    if ('status' in result) return result;
    for (const name of result.names) checked.push({ event, name, info: result.info });
  }
  writeTogether(hub, () => {
    for (const { event, name } of checked) publishTo(hub, event, name);
  });
  if (checked.every(({ info }) => info === null)) return done({});
  return done({ batch: checked.map(({ name, info }) => (info ? attributesOf(hub, name, info) : {})) });
}

type EventFields = {
  name: string;
  data: string;
  socket_id?: string | null | undefined;
  info?: string | null | undefined;
};

function checkEvent(
  hub: Hub,
  event: EventFields,
  channels: string[],
): Reply | { names: ChannelName[]; info: string[] | null } {
  const { limits } = hub;
  if (channels.length === 0) return refusal(400, 'Missing channels');
  if (event.name.length > limits.eventNameCharsMax) return refusal(400, 'Event name is too long');
  if (/^pusher(_internal)?:/.test(event.name)) return refusal(400, 'Event name is reserved');
  if (Buffer.byteLength(event.data) > limits.eventDataBytesMax) {
    const reason = 'The data content of this event exceeds the allowed maximum';
    return refusal(413, `${reason} (${limits.eventDataBytesMax} bytes)`);
  }
  const names = channels.map(parseChannelName).filter((name) => name !== null);
  if (names.length !== channels.length) return refusal(400, 'Invalid channel name');
  const info = event.info ? parseInfo(event.info) : null;
  if (info?.some((attribute) => !countAttributes.includes(attribute)))
    return refusal(400, 'Unknown info attribute');
  return { names, info };
}

function publishTo(hub: Hub, event: EventFields, channel: ChannelName): void {
  publish(hub, {
    event: event.name,
    channel,
    data: event.data,
    exceptSocketId: event.socket_id ?? undefined,
  });
}

function listChannels(hub: Hub, query: URLSearchParams): Reply {
  const prefix = query.get('filter_by_prefix') ?? '';
  const info = parseInfo(query.get('info'));
  if (info.some((attribute) => !countAttributes.includes(attribute)))
    return refusal(400, 'Unknown info attribute');
  if (info.includes('user_count') && !prefix.startsWith('presence-')) {
    return refusal(400, 'user_count may only be requested for presence channels: set filter_by_prefix');
  }
  const channels: [string, unknown][] = [];
  for (const channel of hub.channels.values()) {
    const name = parseChannelName(channel.name);
    if (!name || name.kind === 'user' || !channel.name.startsWith(prefix)) continue;
    channels.push([channel.name, attributesOf(hub, name, info)]);
  }
  return done({ channels: Object.fromEntries(channels) });
}

function getChannel(hub: Hub, text: string, query: URLSearchParams): Reply {
  const name = parseChannelName(text);
  if (!name) return refusal(400, 'Invalid channel name');
  const info = parseInfo(query.get('info'));
  if (info.some((attribute) => !channelAttributes.includes(attribute)))
    return refusal(400, 'Unknown info attribute');
  if (info.includes('user_count') && name.kind !== 'presence') {
    return refusal(400, 'Cannot retrieve the user count unless the channel is a presence channel');
  }
  if (info.includes('cache') && !name.isCache) {
    return refusal(400, 'Cannot retrieve the cache unless the channel is a cache channel');
  }
  return done({ occupied: hub.channels.has(name.name), ...attributesOf(hub, name, info) });
}

function listUsers(hub: Hub, text: string): Reply {
  const name = parseChannelName(text);
  if (name?.kind !== 'presence') return refusal(400, 'Users can only be retrieved for presence channels');
  const ids = [...(hub.channels.get(name.name)?.members.keys() ?? [])];
  return done({ users: ids.map((id) => ({ id })) });
}

const countAttributes = ['user_count', 'subscription_count'];
const channelAttributes = [...countAttributes, 'cache'];

type Attributes = { user_count?: number; subscription_count?: number; cache?: { data: string } };

function attributesOf(hub: Hub, name: ChannelName, info: string[]): Attributes {
  const channel = hub.channels.get(name.name);
  const isCounted = name.kind === 'presence' && info.includes('user_count');
  const cached = info.includes('cache') ? hub.cache.find(name.name) : null;
  return {
    ...(isCounted && { user_count: channel?.members.size ?? 0 }),
    ...(info.includes('subscription_count') && { subscription_count: channel?.subscribers.size ?? 0 }),
    ...(cached && { cache: { data: cached.data } }),
  };
}

function parseInfo(text: string | null): string[] {
  return (text ?? '').split(',').filter((attribute) => attribute !== '');
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
