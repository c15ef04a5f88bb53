import type { Result } from '#/lib/errors.ts';
import { fail, succeed } from '#/lib/errors.ts';
import type { ConfirmedEntry, Entry, EntryPage, Sender } from '#/lib/messages/schema.ts';
import { channels } from '#/lib/realtime/channels.ts';
import type { ConversationSnapshot, ConversationStore, Me } from '#/lib/sync/conversation.ts';
import { openConversation } from '#/lib/sync/conversation.ts';
import { joinLooks } from '#/lib/sync/joined-looks.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';
import { openStaffConversation, type StaffConversation } from '#/lib/sync/staff-conversation.ts';
import { openStaffOutbox } from '#/lib/sync/staff-outbox.ts';
import type { OutboxNote, OutboxStorage, StoredEntry } from '#/lib/sync/storage.ts';
import type { Clock, ConversationTransport, LiveConnection, OutgoingMessage } from '#/lib/sync/transport.ts';
import type { ReadMark } from '#/lib/tickets/schema.ts';

/** A server, a network and people's tabs in virtual time, for the properties of the engine. Chance comes from the seed. */

export type Faults = { lost: number; doubled: number; delayMsMax: number; storageFails: number };
/** One defence taken away, to show that the properties notice. */
export type Defect =
  | 'none'
  | 'server without idempotency'
  | 'no gap fetch'
  | 'no fetch at all'
  | 'storage forgets'
  | 'claims to have sent'
  | 'server without the send guard'
  | 'a restore keeps the epoch';

type StoredRow = { entry: Entry; publicOrder: number | null; senderKey: string };
type Listener = { tab: Seat; onEvent(name: string, data: unknown): void; onSubscribed(): void };
export type Person = { key: string; me: Me; audience: 'customer' | 'staff'; sender: Sender };
/** A tab as the network and the storage know it. */
type Seat = { name: string; person: Person; isAlive: boolean; isOnline: boolean };
export type Tab = Seat & {
  conversation: ConversationStore;
  /** The same, of an agent. */
  staff: StaffConversation | null;
  outbox: Outbox;
  goLive(isLive: boolean): void;
  /** Nobody looks at it any more. */
  hide(): void;
};

export const conversationId = '00000000-0000-7000-8000-0000000000c1';
const calm: Faults = { lost: 0, doubled: 0, delayMsMax: 20, storageFails: 0 };

export function makeRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Virtual time: `run` fires what is due in order, with every promise settled in between. */
export function makeTime(random: () => number) {
  let now = 1_000_000;
  let serial = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  const clock: Clock = {
    now: () => now,
    random,
    setTimeout(run, ms) {
      serial++;
      timers.set(serial, { at: now + Math.max(0, ms), run });
      return serial;
    },
    clearTimeout(handle) {
      if (typeof handle === 'number') timers.delete(handle);
    },
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    clock,
    async run(ms: number) {
      const end = now + ms;
      for (;;) {
        await settle();
        let next: [number, { at: number; run: () => void }] | null = null;
        for (const timer of timers) if (next === null || timer[1].at < next[1].at) next = timer;
        if (next === null || next[1].at > end) break;
        timers.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].run();
      }
      now = end;
    },
  };
}

export function makeWorld(options: { seed: number; faults: Faults; defect?: Defect }) {
  const defect = options.defect ?? 'none';
  const random = makeRandom(options.seed);
  const time = makeTime(random);
  let faults = options.faults;
  let isServerUp = true;
  let marks: ReadMark[] = [];
  let rows: StoredRow[] = [];
  /** Each epoch's rows as they were at its end; the last one's as they are. */
  const epochs: StoredRow[][] = [rows];
  const nameOf = (index: number) => (defect === 'a restore keeps the epoch' ? 'epoch' : `epoch ${index}`);
  const currentEpoch = () => nameOf(epochs.length - 1);
  const listeners = new Map<string, Set<Listener>>();
  const tabs = new Set<Tab>();
  const shelves = new Map<string, Map<string, StoredEntry>>();
  const holders = new Map<string, Seat>();
  const problems: string[] = [];
  /** Stored by the second copy of a request after a restore: what its first copy was answered is not true any more. */
  const revived = new Set<string>();
  const shownEpochs = new Map<Tab, number>();

  const happens = (chance: number) => random() < chance;
  const later = (ms: number) => new Promise<void>((resolve) => time.clock.setTimeout(resolve, ms));
  const never = () => new Promise<never>(() => undefined);

  function view(audience: 'customer' | 'staff', of = rows): Entry[] {
    return of.flatMap(({ entry, publicOrder }) => {
      if (audience === 'staff') return [{ ...entry, publicOrder }];
      return publicOrder === null ? [] : [{ ...entry, order: publicOrder, publicOrder: null }];
    });
  }

  function push(audience: 'customer' | 'staff', name: string, data: unknown) {
    const channel =
      audience === 'customer'
        ? channels.conversation(conversationId)
        : channels.staffConversation(conversationId);
    for (const listener of listeners.get(channel) ?? []) {
      if (happens(faults.lost)) continue;
      const copies = happens(faults.doubled) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        time.clock.setTimeout(() => {
          if (listeners.get(channel)?.has(listener)) listener.onEvent(name, data);
        }, random() * faults.delayMsMax);
      }
    }
  }

  function store(
    person: Person,
    message: Pick<OutgoingMessage, 'id' | 'kind' | 'text' | 'expected' | 'files'>,
  ): Result<ConfirmedEntry> {
    const epoch = currentEpoch();
    const known = rows.find(({ entry }) => entry.id === message.id);
    if (known === undefined || defect === 'server without idempotency') {
      if (message.text.startsWith('refused')) return fail({ code: 'invalid', reason: 'text_empty' });
      const { expected, files = [] } = message;
      const held = new Set(rows.flatMap(({ entry }) => entry.files ?? []).map(({ id }) => id));
      if (files.some(({ id }) => held.has(id))) return fail({ code: 'not_found', reason: 'file_not_found' });
      const isLate =
        expected !== undefined &&
        rows
          .slice(expected)
          .some(({ senderKey, entry }) => senderKey !== person.key && entry.kind !== 'event');
      if (isLate && defect !== 'server without the send guard') {
        return fail({ code: 'conflict', reason: 'newer_entries' });
      }
      const isPublic = message.kind !== 'note';
      const entry: Entry = {
        id: message.id,
        order: rows.length + 1,
        publicOrder: null,
        kind: message.kind,
        sender: person.sender,
        text: message.text,
        change: null,
        sentAt: '2026-01-01T00:00:00.000Z',
        ...(files.length === 0 ? {} : { files: [...files] }),
      };
      const publicOrder = isPublic ? view('customer').length + 1 : null;
      rows.push({ entry, publicOrder, senderKey: person.key });
      for (const audience of ['customer', 'staff'] as const) {
        const seen = view(audience).at(-1);
        if (audience === 'customer' && !isPublic) continue;
        if (seen === undefined) continue;
        const after = seen.order - 1;
        const large = message.text.length > 40;
        if (large) push(audience, 'message.available', { conversationId, head: seen.order, epoch });
        else push(audience, 'message.created', { conversationId, after, entry: seen, epoch });
      }
    }
    const stored = view(person.audience).findLast(({ id }) => id === message.id);
    return stored === undefined ? fail({ code: 'unavailable' }) : succeed({ ...stored, epoch });
  }

  /** A request that may be lost on its way, doubled, slow, or whose answer may be lost. */
  async function request<Value>(tab: Seat, act: () => Result<Value>): Promise<Result<Value>> {
    await later(random() * faults.delayMsMax);
    if (!tab.isAlive) return never();
    if (!tab.isOnline || !isServerUp || happens(faults.lost)) return fail({ code: 'unavailable' });
    const result = act();
    const answered = epochs.length;
    if (happens(faults.doubled)) {
      time.clock.setTimeout(() => {
        if (!isServerUp) return;
        const before = new Set(rows.map(({ entry }) => entry.id));
        act();
        if (epochs.length === answered) return;
        for (const { entry } of rows) if (!before.has(entry.id)) revived.add(entry.id);
      }, random() * faults.delayMsMax);
    }
    await later(random() * faults.delayMsMax);
    if (!tab.isAlive || happens(faults.lost / 4)) return never();
    if (!tab.isOnline || happens(faults.lost)) return fail({ code: 'unavailable' });
    return result;
  }

  function pageFor(tab: Seat, query: { after?: number; before?: number; limit: number }): EntryPage {
    const all = view(tab.person.audience);
    const head = all.length;
    const { after, before, limit } = query;
    const epoch = currentEpoch();
    if (defect === 'no gap fetch' && after !== undefined) {
      return { entries: [], through: after, head: after, epoch };
    }
    const entries =
      after !== undefined
        ? all.slice(after, after + limit)
        : all.slice(0, before === undefined ? head : before - 1).slice(-limit);
    const through = entries.at(-1)?.order ?? Math.min(after ?? head, head);
    return { entries, through, head, epoch };
  }

  /** A customer's looks go by way of the list's, which comes in the same moment or does not. */
  function joinedFor(clock: Clock, transport: ConversationTransport): ConversationTransport {
    const looks = joinLooks(clock, {
      isInCompany: () => true,
      fetchEntries: transport.fetchEntries,
      async fetchState({ open, after }) {
        const state = {
          customer: { id: '', name: null, email: null },
          conversations: [],
          epoch: currentEpoch(),
        };
        if (open === undefined) return succeed({ ...state, open: null, page: null, marks: [], typing: [] });
        const limit = after === undefined ? 50 : 100;
        const query = { conversationId: open, limit, ...(after === undefined ? {} : { after }) };
        const found = await transport.fetchEntries(query);
        return found.ok
          ? succeed({ ...state, open, page: found.value, marks: found.value.marks, typing: [] })
          : found;
      },
    });
    return {
      ...transport,
      fetchEntries(query) {
        const answer = looks.fetchEntries(query);
        const inMs = random() * 40;
        if (happens(0.5)) clock.setTimeout(() => void looks.fetchState(), inMs);
        return answer;
      },
    };
  }

  function transportFor(tab: Seat): ConversationTransport {
    return {
      send(message) {
        if (defect === 'claims to have sent' && happens(0.2)) {
          const order = view(tab.person.audience).length + 1;
          const { id, kind, text } = message;
          return Promise.resolve(
            succeed({
              id,
              kind,
              text,
              order,
              publicOrder: null,
              sender: tab.person.sender,
              change: null,
              sentAt: '2026-01-01T00:00:00.000Z',
              epoch: currentEpoch(),
            }),
          );
        }
        return request(tab, () => store(tab.person, message));
      },
      fetchEntries: (query) =>
        defect === 'no fetch at all' && query.after !== undefined
          ? Promise.resolve(fail({ code: 'unavailable' }))
          : request(tab, () => succeed({ ...pageFor(tab, query), marks: [...marks] })),
      markRead: ({ through }) =>
        request(tab, () => {
          const id = tab.person.me.id ?? '';
          const reader = { kind: tab.person.me.kind, id };
          const known = marks.find((mark) => mark.reader.id === id);
          if (known !== undefined && known.through >= through) return succeed(null);
          const head = view(tab.person.audience).length;
          const mark = { reader, through: Math.min(through, head), at: '2026-01-01T00:00:00.000Z' };
          marks = [...marks.filter((other) => other !== known), mark];
          for (const audience of ['customer', 'staff'] as const) {
            push(audience, 'read.changed', { conversationId, ...mark, epoch: currentEpoch() });
          }
          return succeed(null);
        }),
      setTyping: ({ isTyping }) =>
        request(tab, () => {
          for (const audience of ['customer', 'staff'] as const) {
            const data = { conversationId, sender: tab.person.sender, isTyping, forMs: 5_000 };
            push(audience, 'typing.changed', data);
          }
          return succeed(null);
        }),
    };
  }

  function liveFor(tab: Seat) {
    const stateListeners = new Set<() => void>();
    const wanted = new Map<string, Set<Listener>>();
    let state: ReturnType<LiveConnection['state']> = 'connecting';
    let socket = 0;

    function report(next: typeof state) {
      state = next;
      for (const listener of [...stateListeners]) listener();
    }
    function join(channel: string, listener: Listener) {
      const mine = socket;
      time.clock.setTimeout(() => {
        if (mine !== socket || state !== 'connected' || !tab.isAlive) return;
        if (!wanted.get(channel)?.has(listener)) return;
        const members = listeners.get(channel) ?? new Set<Listener>();
        listeners.set(channel, members.add(listener));
        // The word that it is subscribed travels like everything else.
        time.clock.setTimeout(() => {
          if (mine === socket && tab.isAlive && wanted.get(channel)?.has(listener)) listener.onSubscribed();
        }, random() * 20);
      }, random() * 50);
    }
    function leave(channel: string, listener: Listener) {
      wanted.get(channel)?.delete(listener);
      listeners.get(channel)?.delete(listener);
    }
    function goLive(isLive: boolean) {
      if (isLive === (state === 'connected')) return;
      socket++;
      if (!isLive) {
        for (const [channel, each] of wanted) for (const one of each) listeners.get(channel)?.delete(one);
        report('unavailable');
        return;
      }
      report('connected');
      for (const [channel, each] of wanted) for (const one of each) join(channel, one);
    }
    const live: LiveConnection = {
      state: () => state,
      onState(listener) {
        stateListeners.add(listener);
        return () => stateListeners.delete(listener);
      },
      subscribe(channel, handlers) {
        const listener: Listener = { tab, ...handlers };
        wanted.set(channel, (wanted.get(channel) ?? new Set()).add(listener));
        if (state === 'connected') join(channel, listener);
        return () => leave(channel, listener);
      },
      close: () => goLive(false),
    };
    return { live, goLive };
  }

  /** The browser's storage of one person: operations of one tab keep their order, a crash ends them where they are. */
  function storageFor(tab: Seat): OutboxStorage & { hear(note: OutboxNote): void } {
    const shelf = shelves.get(tab.person.key) ?? new Map<string, StoredEntry>();
    shelves.set(tab.person.key, shelf);
    const noteListeners = new Set<(note: OutboxNote) => void>();
    let queue: Promise<void> = Promise.resolve();
    let refusals = 0;
    function operate<Value>(act: () => Value): Promise<Value> {
      const done = queue.then(async () => {
        await later(random() * 5);
        if (!tab.isAlive) return never();
        // Never thrice in a row: that is a storage to give up on, which may cost the order.
        refusals = happens(faults.storageFails) && refusals < 2 ? refusals + 1 : 0;
        if (refusals > 0) throw new Error('quota');
        return act();
      });
      queue = done.then(
        () => undefined,
        () => undefined,
      );
      return done;
    }
    return {
      isDurable: true,
      load: () => operate(() => (defect === 'storage forgets' ? [] : [...shelf.values()])),
      put: (entry) => operate(() => void shelf.set(entry.id, entry)),
      remove: (id) => operate(() => void shelf.delete(id)),
      clear: () => operate(() => shelf.clear()),
      claim: async (_name, value) => value,
      release: async () => undefined,
      announce(note) {
        for (const other of tabs) {
          if (other === tab || !other.isAlive || other.person.key !== tab.person.key) continue;
          time.clock.setTimeout(() => hearers.get(other)?.(note), random() * 10);
        }
      },
      onNote(listener) {
        noteListeners.add(listener);
        return () => noteListeners.delete(listener);
      },
      hear(note) {
        if (tab.isAlive) for (const listener of noteListeners) listener(note);
      },
    };
  }
  const hearers = new Map<Seat, (note: OutboxNote) => void>();

  async function lockFor(tab: Seat, name: string, run: () => Promise<void>) {
    const full = `${tab.person.key}:${name}`;
    while (holders.get(full)?.isAlive) await later(random() * 40);
    if (!tab.isAlive) return never();
    holders.set(full, tab);
    try {
      await run();
    } finally {
      holders.delete(full);
    }
  }

  function check(tab: Tab, snapshot: ConversationSnapshot) {
    const say = (what: string) => problems.push(`${tab.name}: ${what}`);
    const ids = snapshot.bubbles.map(({ id }) => id);
    if (new Set(ids).size !== ids.length) say('an id is shown twice');
    const sent = snapshot.bubbles.filter(({ state }) => state === 'sent');
    if (snapshot.bubbles.slice(0, sent.length).some(({ state }) => state !== 'sent')) {
      say('something unconfirmed stands before something confirmed');
    }
    const first = sent[0]?.order ?? 1;
    if (sent.some(({ order }, index) => order !== first + index)) say('the confirmed run has a hole');
    // All of it from one database, and never from an earlier one than before.
    const isOf = (of: StoredRow[]) => {
      const stored = view(tab.person.audience, of);
      return sent.every(({ id }, index) => stored[first + index - 1]?.id === id);
    };
    const from = epochs.findIndex((of, index) => index >= (shownEpochs.get(tab) ?? 0) && isOf(of));
    if (from < 0) say('shown as sent, but not stored there');
    else shownEpochs.set(tab, from);
  }

  function openTab(name: string, person: Person): Tab {
    const alive: Clock = {
      ...time.clock,
      setTimeout: (run, ms) => time.clock.setTimeout(() => seat.isAlive && run(), ms),
    };
    const seat: Seat = { name, person, isAlive: true, isOnline: true };
    const storage = storageFor(seat);
    hearers.set(seat, storage.hear);
    const { live, goLive } = liveFor(seat);
    const own = transportFor(seat);
    const transport = person.audience === 'customer' ? joinedFor(alive, own) : own;
    const hiders = new Set<() => void>();
    const outbox = openStaffOutbox({
      scope: person.key,
      storage,
      transport,
      clock: alive,
      lock: (lockName, run) => lockFor(seat, lockName, run),
      onHide(run) {
        hiders.add(run);
        return () => hiders.delete(run);
      },
    });
    const parts = { conversationId, me: person.me, transport, live, outbox, clock: alive };
    const staff = person.audience === 'staff' ? openStaffConversation(parts) : null;
    const conversation = staff ?? openConversation({ ...parts, audience: person.audience });
    const hide = () => {
      for (const run of hiders) run();
    };
    const tab: Tab = Object.assign(seat, { conversation, staff, outbox, goLive, hide });
    tab.conversation.subscribe(() => {
      if (tab.isAlive) check(tab, tab.conversation.getSnapshot());
    });
    tabs.add(tab);
    time.clock.setTimeout(() => tab.isAlive && tab.isOnline && isServerUp && goLive(true), random() * 200);
    return tab;
  }

  /** What a backup of this moment holds. */
  function backUp() {
    return { rows: [...rows], marks: [...marks] };
  }

  function restore(backup: ReturnType<typeof backUp>) {
    rows = [...backup.rows];
    marks = [...backup.marks];
    epochs.push(rows);
  }

  /** So many entries of this person, as if they had always been there. */
  function fill(person: Person, count: number) {
    for (let index = 0; index < count; index++) {
      store(person, {
        id: `filled ${index}`,
        kind: index % 3 === 0 ? 'note' : 'reply',
        text: `old ${index}`,
      });
    }
  }

  function crash(tab: Tab) {
    tab.isAlive = false;
    tabs.delete(tab);
    tab.goLive(false);
  }

  return {
    time,
    tabs,
    problems,
    revived,
    view: (audience: 'customer' | 'staff') => view(audience),
    fill,
    backUp,
    restore,
    openTab,
    crash,
    unsentOf: (person: Person) => [...(shelves.get(person.key)?.values() ?? [])],
    marks: () => marks,
    setOnline(tab: Tab, isOnline: boolean) {
      tab.isOnline = isOnline;
      tab.goLive(isOnline && isServerUp);
    },
    setServer(isUp: boolean) {
      isServerUp = isUp;
      for (const tab of tabs) tab.goLive(isUp && tab.isOnline);
    },
    heal() {
      faults = calm;
      isServerUp = true;
      for (const tab of tabs) {
        tab.isOnline = true;
        tab.goLive(true);
      }
    },
  };
}
