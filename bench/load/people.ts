import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { actionIdOf } from '#/bench/adapters/parley-actions.ts';
import { act, authorizationOf, get, type ParleyAccess, post, signIn } from '#/bench/adapters/parley-calls.ts';
import { ticketListPath } from '#/bench/adapters/parley-list-path.ts';
import type { Audience, Recording, Shown } from '#/bench/history-checker.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { type Authorization, openRawSocket, type RawSocket, reasonOf } from '#/bench/load/socket.ts';
import type { Account } from '#/bench/simulated-people.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { channels } from '#/lib/realtime/channels.ts';

export type StoredEntry = z.infer<typeof entrySchema>;

/** One reader's copy of one log, kept by the rule of the shipped engine: what continues it is taken, else it asks. */
export type View = {
  reader: string;
  audience: Audience;
  conversationId: string;
  shown: Shown[];
};

/** Somebody with a session, a socket and a conversation in front of them. */
export type Person = {
  name: string;
  view: View;
  socket: RawSocket;
  /** From the last cut until the socket was back, its channels joined and what was missed was fetched. */
  caughtUpMs: number | null;
  send(conversationId: string, id: string, text: string): Promise<StoredEntry>;
  cut(): void;
  close(): void;
};

export type Surroundings = {
  access: ParleyAccess;
  actionIds: ReturnType<typeof loadActionIds>;
  recording: Recording;
  /** An entry stands in somebody's list. */
  onShown(id: string, by: View, nowMs: number): void;
  /** The agents' list was told of a conversation's head. Heard by one agent, for everybody. */
  onRow(conversationId: string, head: number, nowMs: number): void;
  onTrouble(what: string): void;
  random(): number;
};

const entrySchema = z.object({
  id: z.string(),
  order: z.number(),
  kind: z.enum(['reply', 'note', 'event']),
  text: z.string(),
});
const pageSchema = z.object({ entries: z.array(entrySchema), through: z.number(), head: z.number() });
const stateSchema = z.object({ page: pageSchema });
const startedSchema = z.object({
  customerId: z.string(),
  conversation: z.object({ id: z.string() }),
  entry: entrySchema,
});
const createdSchema = z.object({ after: z.number(), entry: entrySchema });
const rowSchema = z.object({ ticket: z.object({ conversationId: z.string(), head: z.number() }) });
const frameSchema = z.object({ data: z.string() });
const pageMax = 100;
const lookMsMax = 4_000;
/** As `lib/sync/pulse.ts`: without the socket, and with one whose channels are not yet granted. */
const lostMs = 2_000;
const grantMs = 4_000;
const resendMsMax = 30_000;
const unsureMsMax = 60_000;

/** Ids of the actions that these people call, in the build that runs. */
export function loadActionIds() {
  return {
    start: actionIdOf('app/widget/actions.ts', 'startConversation'),
    send: actionIdOf('app/widget/actions.ts', 'sendMessage'),
    reply: actionIdOf('app/(agent)/inbox/actions.ts', 'sendReply'),
  };
}

/** A visitor who begins a conversation through the widget's own action and keeps its page open. */
export async function openVisitor(
  around: Surroundings,
  name: string,
): Promise<Person & { ticketId: string; conversationId: string }> {
  const { access, actionIds, recording } = around;
  const http = openHttpClient(access.url);
  const token = newToken();
  const bearer = { authorization: `Bearer ${token}` };
  const path = `/widget?widget=${access.widgetKey}`;
  const [ticketId, conversationId] = [newId(), newId()];
  const first = { id: newId(), text: `Hello, this is ${name}.` };
  recording.attempts.push({ ...first, conversationId, sender: name });
  const started = startedSchema.parse(
    await act(http, path, actionIds.start, [
      {
        ...first,
        widgetKey: access.widgetKey,
        origin: access.url,
        sessionToken: token,
        ticketId,
        conversationId,
        locale: 'en',
        timezone: 'Europe/Dublin',
        page: `${access.url}/demo`,
      },
    ]),
  );
  const { order } = started.entry;
  recording.acknowledgements.push({ ...first, conversationId, audience: 'customer', order });
  const person = openPerson(around, {
    http,
    headers: bearer,
    view: { reader: name, audience: 'customer', conversationId, shown: [] },
    channels: [channels.customer(started.customerId), channels.conversation(conversationId)],
    pagePath: `/api/widget/conversations/${conversationId}/messages`,
    lists: { kind: 'joined', pathAfter: (head) => `/api/widget/state?open=${conversationId}&after=${head}` },
    send: (to, id, text) => act(http, path, actionIds.send, [token, { conversationId: to, id, text }]),
    onOther: () => {},
  });
  return Object.assign(person, { ticketId, conversationId });
}

/** An agent with the inbox open on one ticket: the list's channels, the account's and the ticket's. */
export async function openAgent(
  around: Surroundings,
  account: Account,
  ticket: { ticketId: string; conversationId: string },
  isListHeard: boolean,
): Promise<Person> {
  const http = openHttpClient(around.access.url);
  await signIn(http, { ...around.access, ...account });
  const { conversationId, ticketId } = ticket;
  return openPerson(around, {
    http,
    headers: {},
    view: { reader: account.name, audience: 'staff', conversationId, shown: [] },
    channels: [
      channels.staff(),
      channels.agent(account.id),
      channels.staffConversation(conversationId),
      channels.ticketPresence(ticketId),
    ],
    pagePath: `/api/inbox/conversations/${conversationId}/messages`,
    lists: { kind: 'apart', path: ticketListPath({ sort: 'waiting', limit: 50 }) },
    send: (to, id, text) => act(http, '/inbox', around.actionIds.reply, [{ conversationId: to, id, text }]),
    onOther(frame, nowMs) {
      // Fifty agents hear each row; reading it once is enough to know when it came.
      if (!isListHeard || !frame.startsWith('{"event":"ticket.changed"')) return;
      const { ticket: row } = rowSchema.parse(dataOf(frame));
      around.onRow(row.conversationId, row.head, nowMs);
    },
  });
}

type PersonOptions = {
  http: HttpClient;
  headers: Record<string, string>;
  view: View;
  channels: readonly string[];
  pagePath: string;
  /**
   * What is asked for with the log at each (re)connection. The widget's engine makes one request of both
   * (`lib/sync/joined-looks.ts`), the inbox's asks for each by itself.
   */
  lists: { kind: 'joined'; pathAfter(head: number): string } | { kind: 'apart'; path: string };
  send(conversationId: string, id: string, text: string): Promise<unknown>;
  onOther(frame: string, nowMs: number): void;
};

function openPerson(around: Surroundings, options: PersonOptions): Person {
  const { http, headers, view } = options;
  const inLine = oneAtATime();
  let cutAtMs = performance.now();
  let lostTimer: NodeJS.Timeout | undefined;
  const socket = openRawSocket({
    url: `${around.access.url.replace('http', 'ws')}/app/${around.access.realtimeKey}?protocol=7&client=js&version=8.6.0`,
    channels: options.channels,
    authorize: async (socketId): Promise<Authorization> =>
      authorizationOf(
        await post(
          http,
          '/api/realtime/auth',
          { socketId, channels: options.channels, signin: true },
          headers,
        ),
      ),
    onEvent(frame, nowMs) {
      if (frame.startsWith('{"event":"message.created"')) {
        const { after, entry } = createdSchema.parse(dataOf(frame));
        if (after <= headOf(view)) show(entry, nowMs);
        else void log.look();
      } else options.onOther(frame, nowMs);
    },
    onJoined() {
      clearTimeout(lostTimer);
      lostTimer = undefined;
      for (const look of looks) void look.look();
    },
    // The engine asks over HTTP when its socket does not come back soon.
    onLost: () => lookIn(lostMs),
    onConnected() {
      if (lostTimer !== undefined) lookIn(grantMs);
    },
    onTrouble: around.onTrouble,
    random: around.random,
  });
  const log = openLook(fetchEntries);
  const { lists } = options;
  const looks =
    lists.kind === 'joined'
      ? [openLook(() => fetchState(lists.pathAfter(headOf(view))))]
      : [log, openLook(() => get(http, lists.path, headers))];
  const person: Person = {
    name: view.reader,
    view,
    socket,
    caughtUpMs: null,
    send: (conversationId, id, text) =>
      inLine(() => untilDefinite(() => options.send(conversationId, id, text), around.random)),
    cut() {
      cutAtMs = performance.now();
      person.caughtUpMs = null;
      for (const look of looks) look.isFresh = false;
      socket.cut();
    },
    close() {
      socket.close();
      http.close();
    },
  };
  return person;

  function lookIn(ms: number): void {
    clearTimeout(lostTimer);
    const look = () => {
      lostTimer = undefined;
      for (const each of looks) void each.look();
    };
    lostTimer = setTimeout(look, ms + around.random() * 1_000);
  }

  /** One of the engine's views: asks one at a time, once more if wanted meanwhile, and waits after a failure. */
  function openLook(fetch: () => Promise<unknown>) {
    let isLooking = false;
    let isWanted = false;
    let failures = 0;
    const own = { look, isFresh: false };
    return own;

    async function look(): Promise<void> {
      isWanted = isLooking;
      if (isLooking) return;
      isLooking = true;
      const wasJoined = socket.isJoined;
      try {
        await fetch();
        failures = 0;
        own.isFresh ||= wasJoined;
        if (looks.every(({ isFresh }) => isFresh)) person.caughtUpMs ??= performance.now() - cutAtMs;
      } catch (error) {
        around.onTrouble(`asking: ${reasonOf(error)}`);
        isWanted = false;
        setTimeout(() => void look(), backoffMs(around.random, ++failures, error, lookMsMax));
      } finally {
        isLooking = false;
        if (isWanted) void look();
      }
    }
  }

  async function fetchState(path: string): Promise<void> {
    const { page } = stateSchema.parse(await get(http, path, headers));
    if (!showPage(page)) await fetchEntries();
  }

  async function fetchEntries(): Promise<void> {
    for (;;) {
      const path = `${options.pagePath}?after=${headOf(view)}&limit=${pageMax}`;
      if (showPage(pageSchema.parse(await get(http, path, headers)))) return;
    }
  }

  /** Whether that was the end of the log. */
  function showPage({ entries, through, head }: z.infer<typeof pageSchema>): boolean {
    const nowMs = performance.now();
    for (const entry of entries) show(entry, nowMs);
    return through >= head;
  }

  function show({ id, order, kind, text }: StoredEntry, nowMs: number): void {
    const { audience, conversationId, reader } = view;
    const known = view.shown[order - 1];
    if (known !== undefined) {
      if (known.id !== id) complain(`shows ${id} at ${order}, where it showed ${known.id}`);
      return;
    }
    if (order !== headOf(view) + 1) complain(`order ${order} follows ${headOf(view)}`);
    view.shown.push({ id, kind, order, text, state: 'sent' });
    const key = `${audience} ${conversationId} ${order}`;
    const seen = around.recording.sightings.get(key);
    if (seen === undefined) {
      around.recording.sightings.set(key, { audience, conversationId, reader, id, text, order });
    } else if (seen.id !== id) complain(`shows ${id} at ${order}, where ${seen.reader} saw ${seen.id}`);
    around.onShown(id, view, nowMs);
  }

  function complain(what: string): void {
    around.recording.violations.push({ invariant: 'I5', what: `${view.reader}: ${what}` });
  }
}

function headOf({ shown }: View): number {
  return shown.length;
}

function dataOf(frame: string): unknown {
  return JSON.parse(frameSchema.parse(JSON.parse(frame)).data);
}

/** As the shipped engine waits after a failure: ever longer, by chance, and not before the server said. */
export function backoffMs(random: () => number, failures: number, error: unknown, msMax: number): number {
  const chance = random();
  const span = Math.min(msMax, 500 * 2 ** Math.min(failures, 12));
  const asked = error instanceof RefusedError ? (error.failure.retryAfterMs ?? 0) : 0;
  return Math.max(span * (0.5 + chance / 2), asked * (1 + chance / 4));
}

/** Whether this says that nothing was stored; anything else leaves it open. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof RefusedError)) return false;
  return error.failure.code !== 'unavailable' || error.failure.reason === 'overloaded';
}

/** Sends again, with the same id, for as long as nobody knows whether it was stored; a refusal is an answer. */
async function untilDefinite(send: () => Promise<unknown>, random: () => number): Promise<StoredEntry> {
  const beganAtMs = performance.now();
  for (let failures = 1; ; failures++) {
    try {
      return entrySchema.parse(await send());
    } catch (error) {
      if (isRefusal(error) || performance.now() - beganAtMs > unsureMsMax) throw error;
      await delay(backoffMs(random, failures, error, resendMsMax));
    }
  }
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
