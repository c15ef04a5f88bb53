import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import { accessSchema, act, type ParleyAccess, signIn } from '#/bench/adapters/parley-calls.ts';
import { makeKey } from '#/bench/adapters/parley-keys.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { jsonIn, openWire, type Wire } from '#/bench/api/wire.ts';
import { type Figure, spreadOf } from '#/bench/figures.ts';
import { openHttpClient } from '#/bench/http-client.ts';
import { newId, newToken } from '#/lib/ids.ts';

/** One way of putting a message into a conversation. Settles when it is stored. */
type Path = { name: string; send(conversationId: string, text: string): Promise<void> };
type Conversation = { id: string; token: string };

const warmUpSends = 50;
const storedSchema = z.object({ id: z.string(), order: z.number() });
let serial = 0;
const nextText = () => `Where is my order ${process.pid}-${++serial}? It was due on Tuesday.`;

/**
 * `POST messages` with a key and with a customer's session, beside the widget's own path, in turns within one run: the
 * same conversation, the same machine, the same minute.
 */
export async function measureApi(isQuick: boolean, say: (line: string) => void): Promise<Figure[]> {
  say('Starting Parley …');
  const system = await startParley();
  try {
    const access = accessSchema.parse(system.access);
    const wire = openWire(access.url, 64);
    const key = await makeSendingKey(access);
    const sends = isQuick ? 300 : 2_000;
    say(`${sends} messages on each path, one at a time, in turns …`);
    const alone = await measureAlone(access, wire, key, sends);
    const forMs = isQuick ? 3_000 : 10_000;
    say('32 senders on each path, one path after the other …');
    const together = await measureTogether(access, wire, key, forMs);
    wire.close();
    return [...alone, ...together];
  } finally {
    await system.stop();
  }
}

async function makeSendingKey(access: ParleyAccess): Promise<string> {
  const http = openHttpClient(access.url);
  await signIn(http, access);
  const { token } = await makeKey(http, { name: 'Bench', scopes: ['messages:write'] });
  http.close();
  return token;
}

async function measureAlone(access: ParleyAccess, wire: Wire, key: string, sends: number): Promise<Figure[]> {
  const conversation = await startConversation(access);
  const paths = pathsOf(access, wire, key, conversation);
  const samples = new Map(paths.map(({ name }): [string, number[]] => [name, []]));
  for (let index = -warmUpSends; index < sends; index++) {
    for (const { name, send } of paths) {
      const sentMs = performance.now();
      await send(conversation.id, nextText());
      if (index >= 0) samples.get(name)?.push(performance.now() - sentMs);
    }
  }
  return [...samples].map(([name, taken]) => ({
    name: `${name}: send → acknowledged`,
    unit: 'ms',
    where: 'one at a time, in turns',
    value: spreadOf(taken),
  }));
}

async function measureTogether(
  access: ParleyAccess,
  wire: Wire,
  key: string,
  forMs: number,
): Promise<Figure[]> {
  const conversations = await Promise.all(Array.from({ length: 32 }, () => startConversation(access)));
  const figures: Figure[] = [];
  for (const index of [0, 1, 2]) {
    const taken: number[] = [];
    let name = '';
    const untilMs = performance.now() + forMs;
    await Promise.all(
      conversations.map(async (conversation) => {
        const path = pathsOf(access, wire, key, conversation)[index];
        if (path === undefined) return;
        name = path.name;
        while (performance.now() < untilMs) {
          const sentMs = performance.now();
          await path.send(conversation.id, nextText());
          taken.push(performance.now() - sentMs);
        }
      }),
    );
    const where = '32 senders, a conversation each';
    const perSecond = Math.round((taken.length / forMs) * 1_000);
    figures.push({ name: `${name}: throughput`, unit: '/s', where, value: perSecond });
    figures.push({ name: `${name}: send → acknowledged`, unit: 'ms', where, value: spreadOf(taken) });
    // What is still on its way to the screens of one path is not the next one's.
    await delay(500);
  }
  return figures;
}

/** The widget's action as its frame calls it; the same message through REST as a customer; and as a key. */
function pathsOf(access: ParleyAccess, wire: Wire, key: string, { token }: Conversation): Path[] {
  const http = openHttpClient(access.url);
  const frame = `/widget?widget=${access.widgetKey}`;
  const sendId = actionIdOf('app/widget/actions.ts', 'sendMessage');
  const post = (bearer: string) => async (conversationId: string, text: string) => {
    const url = `/api/v1/conversations/${conversationId}/messages`;
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const answer = await wire.ask('POST', url, headers, Buffer.from(JSON.stringify({ id: newId(), text })));
    if (answer.status !== 201) throw new Error(`POST messages answered ${answer.status}: ${answer.text}`);
    storedSchema.parse(jsonIn(answer.text));
  };
  return [
    {
      name: 'widget’s action',
      async send(conversationId, text) {
        await act(http, frame, sendId, [token, { conversationId, id: newId(), text }]);
      },
    },
    { name: 'POST messages, customer', send: post(token) },
    { name: 'POST messages, key', send: post(key) },
  ];
}

async function startConversation(access: ParleyAccess): Promise<Conversation> {
  const http = openHttpClient(access.url);
  const [id, token] = [newId(), newToken()];
  const input = {
    widgetKey: access.widgetKey,
    origin: access.url,
    sessionToken: token,
    ticketId: newId(),
    conversationId: id,
    id: newId(),
    text: nextText(),
    locale: 'en',
    timezone: 'Europe/Dublin',
    page: null,
  };
  const start = actionIdOf('app/widget/actions.ts', 'startConversation');
  await act(http, `/widget?widget=${access.widgetKey}`, start, [input]);
  http.close();
  return { id, token };
}
