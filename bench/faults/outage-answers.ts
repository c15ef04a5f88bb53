import { setTimeout as delay } from 'node:timers/promises';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import { act, post } from '#/bench/adapters/parley-calls.ts';
import type { World } from '#/bench/faults/world.ts';
import type { Violation } from '#/bench/history-checker.ts';
import { type Answer, type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { newId, newToken } from '#/lib/ids.ts';

/**
 * Asks everything that looks into the database, as an agent, a customer, a visitor and somebody who signs in, and says
 * what is wrong with the answers. An outage signs nobody out, refuses nobody and hides nothing: it is `unavailable`.
 */
export type OutageAnswers = {
  /** While the database is away. */
  checkAway(): Promise<Violation[]>;
  /** When it is back: the same sessions go on. */
  checkBack(): Promise<Violation[]>;
  close(): void;
};

type Question = { name: string; ask(): Promise<Answer>; isPage?: boolean };
type Act = { name: string; act(): Promise<unknown> };

const answerMsMax = 12_000;
const refusalWords = /may not see this ticket|ticket is not here|chat is not available|sign-in\?next/;
/** A page brings words along that it does not say, for its script. */
const scripts = /<script\b.*?<\/script>/gs;

export async function openOutageAnswers(world: World): Promise<OutageAnswers> {
  const { access } = world;
  const [agent] = world.sessions;
  if (agent === undefined) throw new Error('nobody is signed in');
  const visitor = openHttpClient(world.directUrl);
  const conversationId = newId();
  const ticketId = newId();
  const token = await begin(world, visitor, { ticketId, conversationId });
  const bearer = { authorization: `Bearer ${token}` };
  const socketId = '1234.5678';
  const authorize = (http: HttpClient, channel: string, headers: Record<string, string>) =>
    http.ask('POST', '/api/realtime/auth', JSON.stringify({ socketId, channels: [channel] }), {
      'content-type': 'application/json',
      ...headers,
    });

  const questions: Question[] = [
    { name: 'list of tickets', ask: () => agent.ask('GET', '/api/inbox/tickets') },
    { name: 'one ticket', ask: () => agent.ask('GET', `/api/inbox/tickets/${ticketId}`) },
    { name: 'inbox page', ask: () => agent.ask('GET', `/inbox/${ticketId}`), isPage: true },
    { name: 'settings page', ask: () => agent.ask('GET', '/settings/team'), isPage: true },
    {
      name: 'channel of an agent',
      ask: () => authorize(agent, `private-staff-conversation-${conversationId}`, {}),
    },
    { name: 'state of the widget', ask: () => visitor.ask('GET', '/api/widget/state', undefined, bearer) },
    {
      name: 'channel of a customer',
      ask: () => authorize(visitor, `private-conversation-${conversationId}`, bearer),
    },
    {
      name: 'page of a log',
      ask: () =>
        visitor.ask('GET', `/api/widget/conversations/${conversationId}/messages?after=0`, undefined, bearer),
    },
    {
      name: 'settings of the widget',
      ask: () => visitor.ask('GET', `/api/widget/config?widget=${access.widgetKey}`),
    },
    { name: 'frame', ask: () => visitor.ask('GET', `/widget?widget=${access.widgetKey}`), isPage: true },
  ];
  const credentials = { email: access.email, password: access.password };
  const acts: Act[] = [
    {
      name: 'signing in',
      act: () =>
        act(
          openHttpClient(world.directUrl),
          '/sign-in',
          actionIdOf('app/(public)/sign-in/actions.ts', 'signIn'),
          [credentials],
        ),
    },
    {
      name: 'note of an agent',
      act: () =>
        act(agent, '/inbox', actionIdOf('app/(agent)/inbox/actions.ts', 'writeNote'), [
          { conversationId, id: newId(), text: 'Written while the database was away' },
        ]),
    },
    {
      name: 'message of a customer',
      act: () =>
        act(
          visitor,
          `/widget?widget=${access.widgetKey}`,
          actionIdOf('app/widget/actions.ts', 'sendMessage'),
          [token, { conversationId, id: newId(), text: 'Written while the database was away' }],
        ),
    },
    {
      name: 'typing',
      act: () => post(visitor, '/api/widget/typing', { conversationId, isTyping: true }, bearer),
    },
  ];

  return {
    async checkAway() {
      // What was remembered for a second is not what this is about.
      await delay(1_100);
      const found = await Promise.all([
        ...questions.map(questionAway),
        ...acts.map(actAway),
        healthAway(visitor),
      ]);
      return found.flat();
    },
    async checkBack() {
      const found = await Promise.all(
        questions.map(async ({ name, ask }) => {
          const { status, text } = await ask();
          return status === 200 && !refuses(text) ? [] : [wrong(`${name}: ${status} afterwards`)];
        }),
      );
      return found.flat();
    },
    close: () => visitor.close(),
  };
}

async function questionAway({ name, ask, isPage = false }: Question): Promise<Violation[]> {
  const beganMs = performance.now();
  const answer = await ask().catch((error: unknown) => String(error));
  if (typeof answer === 'string') return [wrong(`${name}: no answer (${answer})`)];
  const { status, headers, text } = answer;
  const tookMs = performance.now() - beganMs;
  const isHonest = isPage ? status === 200 || status >= 500 : status === 503 || status === 429;
  return [
    ...(isHonest ? [] : [wrong(`${name}: ${status} while the database is away`)]),
    ...(refuses(text) ? [wrong(`${name}: refuses or hides while the database is away`)] : []),
    ...((headers['set-cookie'] ?? []).some((line) => line.includes('session-token'))
      ? [wrong(`${name}: touches the session while the database is away`)]
      : []),
    ...(status !== 200 && /max-age=[1-9]/.test(headers['cache-control'] ?? '')
      ? [wrong(`${name}: lets caches keep a failure`)]
      : []),
    ...(tookMs > answerMsMax ? [wrong(`${name}: took ${Math.round(tookMs)} ms to say so`)] : []),
  ];
}

/** Whether an answer says that something is not there, or not for this reader, or sends them to sign in. */
export function refuses(text: string): boolean {
  return refusalWords.test(text.replaceAll(scripts, ''));
}

async function actAway({ name, act: perform }: Act): Promise<Violation[]> {
  try {
    await perform();
    return [wrong(`${name}: succeeded without a database`)];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : String(error);
    const isHonest = code === 'unavailable' || code === 'rate_limited';
    return isHonest ? [] : [wrong(`${name}: ${String(code)} while the database is away`)];
  }
}

async function healthAway(http: HttpClient): Promise<Violation[]> {
  for (const untilMs = performance.now() + answerMsMax; ; await delay(200)) {
    const { status, text } = await http.ask('GET', '/api/health');
    if (status === 503 && text.includes('"database"')) return [];
    if (performance.now() > untilMs) return [wrong(`health: ${status} ${text.slice(0, 200)}`)];
  }
}

async function begin(
  { access, url }: World,
  http: HttpClient,
  ids: { ticketId: string; conversationId: string },
): Promise<string> {
  const sessionToken = newToken();
  await act(
    http,
    `/widget?widget=${access.widgetKey}`,
    actionIdOf('app/widget/actions.ts', 'startConversation'),
    [
      {
        ...ids,
        sessionToken,
        widgetKey: access.widgetKey,
        origin: url,
        id: newId(),
        text: 'Is anybody there?',
        locale: 'en',
        timezone: 'Europe/Dublin',
        page: `${url}/demo`,
      },
    ],
  );
  return sessionToken;
}

function wrong(what: string): Violation {
  return { invariant: 'I8', what };
}
