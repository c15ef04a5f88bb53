import { z } from 'zod';
import type {
  Adapter,
  AgentClient,
  Clients,
  CustomerClient,
  SeenMessage,
  SeenTyping,
} from '#/bench/adapter.ts';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import {
  accessSchema,
  act,
  authorizationOf,
  get,
  type ParleyAccess,
  post,
  signIn,
} from '#/bench/adapters/parley-calls.ts';
import { ticketListPath } from '#/bench/adapters/parley-list-path.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { succeed } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { channels, messageCreated, ticketChanged, typingChanged } from '#/lib/realtime/events.ts';
import { connectLive } from '#/lib/realtime/subscribe.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

/** Parley's production build over HTTP and WebSocket, as the widget's frame and the inbox use it. */
export const parley: Adapter = {
  name: 'Parley',
  start: async () => (await import('#/bench/adapters/parley-system.ts')).startParley(),
  open: async (access) => openClients(accessSchema.parse(access)),
};

const startedSchema = z.object({
  customerId: z.string(),
  conversation: z.object({ id: z.string(), ticketId: z.string() }),
});
const listSchema = z.object({ tickets: z.array(z.object({ id: z.string() })) });
const pageSchema = z.object({ entries: z.array(z.object({ order: z.number() })) });

async function openClients(access: ParleyAccess): Promise<Clients> {
  const actions = {
    start: actionIdOf('app/widget/actions.ts', 'startConversation'),
    send: actionIdOf('app/widget/actions.ts', 'sendMessage'),
    reply: actionIdOf('app/(agent)/inbox/actions.ts', 'sendReply'),
  };
  const browser = openHttpClient(access.url);
  await signIn(browser, access);
  const open: { close(): void }[] = [browser];

  return { connectCustomer, connectAgent, close };

  async function close(): Promise<void> {
    for (const each of open) each.close();
  }

  async function connectCustomer(): Promise<CustomerClient> {
    return openCustomer(openHttpClient(access.url), newToken());
  }

  function openCustomer(http: HttpClient, token: string): CustomerClient {
    const bearer = { authorization: `Bearer ${token}` };
    const path = `/widget?widget=${access.widgetKey}`;
    const listeners: ((message: SeenMessage) => void)[] = [];
    let live: LiveConnection | undefined;
    const client: CustomerClient = {
      async startConversation(text) {
        const conversationId = newId();
        const input = {
          widgetKey: access.widgetKey,
          origin: access.url,
          sessionToken: token,
          ticketId: newId(),
          conversationId,
          id: newId(),
          text,
          locale: 'en',
          timezone: 'Europe/Dublin',
          page: `${access.url}/demo`,
        };
        const { customerId } = startedSchema.parse(await act(http, path, actions.start, [input]));
        live = openLive(http, bearer);
        await subscribed(live, channels.customer(customerId), {});
        await subscribed(live, channels.conversation(conversationId), {
          'message.created': (payload) => {
            const { entry } = messageCreated.parse(payload);
            for (const listener of listeners) listener({ conversationId, text: entry.text });
          },
        });
        return { conversationId };
      },
      async openTab() {
        return openCustomer(openHttpClient(access.url), token);
      },
      async send(conversationId, text) {
        await act(http, path, actions.send, [token, { conversationId, id: newId(), text }]);
      },
      async setTyping(conversationId, isTyping) {
        await post(http, '/api/widget/typing', { conversationId, isTyping }, bearer);
      },
      onMessage: (listener) => void listeners.push(listener),
      close() {
        live?.close();
        http.close();
      },
    };
    open.push(client);
    return client;
  }

  async function connectAgent(): Promise<AgentClient> {
    const http = browser.openTab();
    const live = openLive(http, {});
    const onMessage: ((message: SeenMessage) => void)[] = [];
    const onTyping: ((typing: SeenTyping) => void)[] = [];
    const onListRow: ((row: SeenMessage) => void)[] = [];
    await subscribed(live, channels.staff(), {
      'ticket.changed': (payload) => {
        const { ticket } = ticketChanged.parse(payload);
        const row = { conversationId: ticket.conversationId, text: ticket.lastMessage ?? '' };
        for (const listener of onListRow) listener(row);
      },
    });
    const client: AgentClient = {
      watch: (conversationId) =>
        subscribed(live, channels.staffConversation(conversationId), {
          'message.created': (payload) => {
            const { entry } = messageCreated.parse(payload);
            for (const listener of onMessage) listener({ conversationId, text: entry.text });
          },
          'typing.changed': (payload) => {
            const { isTyping } = typingChanged.parse(payload);
            for (const listener of onTyping) listener({ conversationId, isTyping });
          },
        }),
      async send(conversationId, text) {
        await act(http, '/inbox', actions.reply, [{ conversationId, id: newId(), text }]);
      },
      onMessage: (listener) => void onMessage.push(listener),
      onTyping: (listener) => void onTyping.push(listener),
      onListRow: (listener) => void onListRow.push(listener),
      async listTickets(limit) {
        return listSchema.parse(await get(http, ticketListPath({ sort: 'newest', limit }))).tickets.length;
      },
      async pageHistory(conversationId, before, limit) {
        const path = `/api/inbox/conversations/${conversationId}/messages?before=${before}&limit=${limit}`;
        return pageSchema.parse(await get(http, path)).entries.length;
      },
      close() {
        live.close();
        http.close();
      },
    };
    open.push(client);
    return client;
  }

  function openLive(http: HttpClient, headers: Record<string, string>): LiveConnection {
    const { hostname, port } = new URL(access.url);
    return connectLive({
      key: access.realtimeKey,
      host: hostname,
      port: Number(port),
      tls: false,
      isSignin: true,
      async authorize(socketId, asked, isSignin) {
        const request = { socketId, channels: asked, ...(isSignin ? { signin: true } : {}) };
        const value = await post(http, '/api/realtime/auth', request, headers);
        return succeed(authorizationOf(value));
      },
    });
  }
}

/** Resolves once the server confirmed the subscription; rejects when it refused. */
function subscribed(
  live: LiveConnection,
  channel: string,
  on: Record<string, (payload: unknown) => void>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  live.subscribe(channel, {
    onEvent: (name, payload) => on[name]?.(payload),
    onSubscribed: () => resolve(),
    onRefused: () => reject(new Error(`may not join ${channel.replace(/[0-9a-f]{8}-.*/, '…')}`)),
  });
  return promise;
}
