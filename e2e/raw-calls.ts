import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { actionIdOf, decodeAnswer, encodeArguments } from '../bench/adapters/parley-actions.ts';
import { newId, newToken } from '../lib/ids.ts';
import type { House } from './people.ts';

export type RawAnswer = { status: number; headers: IncomingHttpHeaders; text: string };
export type Visitor = { token: string; conversationId: string };
export type RawCalls = {
  ask(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<RawAnswer>;
  act(name: string, args: readonly unknown[], headers?: Record<string, string>): Promise<RawAnswer>;
  start(text: string): Promise<Visitor>;
  send(visitor: Visitor, id: string, text: string): Promise<RawAnswer>;
  close(): void;
};

/** Requests as a program makes them: over kept connections, without a browser's patience. */
export function openRawCalls(house: House, connectionsMax = 64): RawCalls {
  const { url } = house.app;
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const page = `/widget?widget=${house.widgetKey}`;
  const ids = new Map<string, string>();
  const idOf = (name: string) => {
    const id = ids.get(name) ?? actionIdOf('app/widget/actions.ts', name);
    ids.set(name, id);
    return id;
  };

  const ask: RawCalls['ask'] = (method, path, headers = {}, body = '') =>
    new Promise((resolve, reject) => {
      const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method, agent, headers: { ...length, ...headers } };
      const sent = request(new URL(path, url), options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });

  const act: RawCalls['act'] = (name, args, headers = {}) =>
    ask(
      'POST',
      page,
      {
        origin: url,
        'content-type': 'text/plain;charset=UTF-8',
        accept: 'text/x-component',
        'next-action': idOf(name),
        ...headers,
      },
      encodeArguments(args),
    );

  return {
    ask,
    act,
    async start(text) {
      const visitor = { token: newToken(), conversationId: newId() };
      const input = {
        widgetKey: house.widgetKey,
        origin: house.shop.url,
        sessionToken: visitor.token,
        ticketId: newId(),
        conversationId: visitor.conversationId,
        id: newId(),
        text,
        locale: 'en',
        timezone: 'Europe/Dublin',
        page: null,
      };
      const answer = await act('startConversation', [input]);
      if (!isAcknowledged(answer)) throw new Error(`no conversation was started: ${answer.status}`);
      return visitor;
    },
    send: ({ token, conversationId }, id, text) => act('sendMessage', [token, { conversationId, id, text }]),
    close: () => agent.destroy(),
  };
}

/** Whether an action answered, and with its value. */
export function isAcknowledged({ status, text }: RawAnswer): boolean {
  if (status !== 200) return false;
  const result = decodeAnswer(text);
  return typeof result === 'object' && result !== null && Reflect.get(result, 'ok') === true;
}
