import Pusher from 'pusher-js';
import * as z from 'zod/mini';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import { act, authorizationOf, get, type ParleyAccess, post, signIn } from '#/bench/adapters/parley-calls.ts';
import type { Audience } from '#/bench/history-checker.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { fail, RefusedError, type Result, succeed } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { type ConfirmedEntry, confirmedEntrySchema, entryPageSchema } from '#/lib/messages/schema.ts';
import { connectLive } from '#/lib/realtime/subscribe.ts';
import { type ConversationStore, type Me, openConversation } from '#/lib/sync/conversation.ts';
import { type Outbox, openOutbox } from '#/lib/sync/outbox.ts';
import { memoryStorage } from '#/lib/sync/storage.ts';
import type { Clock, ConversationTransport, LiveConnection, OutgoingMessage } from '#/lib/sync/transport.ts';
import { readMarkSchema } from '#/lib/tickets/schema.ts';

/** A browser without a screen: the sync engine as it ships, over HTTP, server actions and the live connection. */
export type SimulatedPerson = {
  name: string;
  audience: Audience;
  outbox: Outbox;
  /** Opens a conversation, or answers the store that is open. */
  follow(conversationId: string): ConversationStore;
  close(): void;
};

/** What a run may put around a person's engine. */
export type Surroundings = {
  clock: Clock;
  /** Told every answer and every frame that reached this person, as it came. */
  onReceived?: (text: string) => void;
  /** Only for proving the checker: takes a defence away. */
  alter?: (engine: { transport: ConversationTransport; live: LiveConnection }) => {
    transport: ConversationTransport;
    live: LiveConnection;
  };
};

const pageSchema = z.extend(entryPageSchema, { marks: z.array(readMarkSchema) });
const startedSchema = z.object({ entry: confirmedEntrySchema });

/** A visitor whose first message starts the conversation `conversationId`. */
export function openSimulatedCustomer(
  options: Surroundings & { access: ParleyAccess; name: string; conversationId: string },
): SimulatedPerson {
  const { access, name, conversationId } = options;
  const http = heard(openHttpClient(access.url), options);
  const start = { ticketId: newId(), sessionToken: newToken() };
  const bearer = { authorization: `Bearer ${start.sessionToken}` };
  const path = `/widget?widget=${access.widgetKey}`;
  const startId = actionIdOf('app/widget/actions.ts', 'startConversation');
  const sendId = actionIdOf('app/widget/actions.ts', 'sendMessage');

  async function send({ id, text, start: first }: OutgoingMessage): Promise<ConfirmedEntry> {
    if (first === null) {
      const message = { conversationId, id, text };
      return confirmedEntrySchema.parse(await act(http, path, sendId, [start.sessionToken, message]));
    }
    const input = {
      ...start,
      widgetKey: access.widgetKey,
      origin: access.url,
      conversationId,
      id,
      text,
      locale: 'en',
      timezone: 'Europe/Dublin',
      page: `${access.url}/demo`,
    };
    return startedSchema.parse(await act(http, path, startId, [input])).entry;
  }

  return openPerson({
    name,
    audience: 'customer',
    me: { kind: 'customer', id: null, name },
    http,
    transport: transportOver(http, '/api/widget', bearer, send),
    live: liveOver(access, http, bearer, options),
    start,
    surroundings: options,
  });
}

export type Account = { id: string; name: string; email: string; password: string };

/** An agent who has an account, signed in; with `session`, in another tab of that browser. */
export async function openSimulatedAgent(
  options: Surroundings & { access: ParleyAccess; account: Account; session?: HttpClient },
): Promise<SimulatedPerson> {
  const { access, account, session } = options;
  const plain = session?.openTab() ?? openHttpClient(access.url);
  if (session === undefined) await signIn(plain, { ...access, ...account });
  const http = heard(plain, options);
  const ids = {
    reply: actionIdOf('app/(agent)/inbox/actions.ts', 'sendReply'),
    note: actionIdOf('app/(agent)/inbox/actions.ts', 'writeNote'),
  };
  return openPerson({
    name: account.name,
    audience: 'staff',
    me: { kind: 'agent', id: account.id, name: account.name },
    http,
    transport: transportOver(http, '/api/inbox', {}, async ({ conversationId, id, kind, text }) =>
      confirmedEntrySchema.parse(await act(http, '/inbox', ids[kind], [{ conversationId, id, text }])),
    ),
    live: liveOver(access, http, {}, options),
    start: null,
    surroundings: options,
  });
}

function heard(http: HttpClient, { onReceived }: Surroundings): HttpClient {
  if (onReceived === undefined) return http;
  return {
    ...http,
    async ask(...request) {
      const answer = await http.ask(...request);
      onReceived(answer.text);
      return answer;
    },
  };
}

function openPerson(options: {
  name: string;
  audience: Audience;
  me: Me;
  http: HttpClient;
  transport: ConversationTransport;
  live: LiveConnection;
  start: { ticketId: string; sessionToken: string } | null;
  surroundings: Surroundings;
}): SimulatedPerson {
  const { name, audience, me, http, start, surroundings } = options;
  const { clock } = surroundings;
  const { transport, live } = surroundings.alter?.(options) ?? options;
  const storage = memoryStorage();
  const outbox = openOutbox({ scope: name, storage, transport, clock });
  const stores = new Map<string, ConversationStore>();
  return {
    name,
    audience,
    outbox,
    follow(conversationId) {
      const open = stores.get(conversationId);
      if (open !== undefined) return open;
      const store = openConversation({ conversationId, me, audience, transport, live, outbox, start, clock });
      stores.set(conversationId, store);
      return store;
    },
    close() {
      for (const store of stores.values()) store.close();
      outbox.close();
      live.close();
      http.close();
    },
  };
}

function transportOver(
  http: HttpClient,
  base: '/api/widget' | '/api/inbox',
  headers: Record<string, string>,
  send: (message: OutgoingMessage) => Promise<ConfirmedEntry>,
): ConversationTransport {
  const inLine = oneAtATime();
  return {
    send: (message) => resultOf(() => inLine(() => send(message))),
    fetchEntries: ({ conversationId, ...query }) =>
      resultOf(async () => {
        const search = new URLSearchParams(
          Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]),
        );
        const path = `${base}/conversations/${conversationId}/messages?${search}`;
        return pageSchema.parse(await get(http, path, headers));
      }),
    markRead: (input) => signal('read', input),
    setTyping: (input) => signal('typing', input),
  };

  function signal(name: 'read' | 'typing', input: unknown): Promise<Result<null>> {
    return resultOf(async () => {
      await post(http, `${base}/${name}`, input, headers);
      return null;
    });
  }
}

function liveOver(
  { url, liveUrl = url, realtimeKey }: ParleyAccess,
  http: HttpClient,
  headers: Record<string, string>,
  { clock, onReceived }: Surroundings,
): LiveConnection {
  const { hostname, port } = new URL(liveUrl);
  const live = connectLive({
    key: realtimeKey,
    host: hostname,
    port: Number(port),
    tls: false,
    isSignin: true,
    clock,
    authorize: (socketId, channels, isSignin) =>
      resultOf(async () => {
        const request = { socketId, channels, ...(isSignin ? { signin: true } : {}) };
        return authorizationOf(await post(http, '/api/realtime/auth', request, headers));
      }),
  });
  return onReceived === undefined ? live : overheard(live, onReceived);
}

/** Hears the frames where the library takes them from its socket, also those that nobody subscribed to. */
function overheard(live: LiveConnection, onReceived: (text: string) => void): LiveConnection {
  let isHeard = false;
  return {
    ...live,
    subscribe(channel, handlers) {
      const before = Pusher.instances.length;
      const leave = live.subscribe(channel, handlers);
      const made = isHeard ? undefined : Pusher.instances[before];
      if (made !== undefined) {
        isHeard = true;
        made.connection.bind('message', (frame: unknown) => onReceived(JSON.stringify(frame)));
      }
      return leave;
    },
  };
}

/** The router of a browser sends one action after the other. */
function oneAtATime(): <Value>(run: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const turn = last.then(run);
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function resultOf<Value>(request: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return succeed(await request());
  } catch (error) {
    if (error instanceof RefusedError) return fail(error.failure);
    return fail({ code: 'unavailable', reason: 'no_connection' });
  }
}
