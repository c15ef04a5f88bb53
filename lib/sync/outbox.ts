import type { Failure } from '#/lib/errors.ts';
import { isPassing } from '#/lib/errors.ts';
import type { ConfirmedEntry } from '#/lib/messages/schema.ts';
import { ask, backoffMs, systemClock } from '#/lib/sync/clock.ts';
import type { OutboxLock, OutboxNote, OutboxStorage, StoredEntry } from '#/lib/sync/storage.ts';
import { startClaim, tabLock } from '#/lib/sync/storage.ts';
import type { Clock, ConversationTransport, OutgoingMessage } from '#/lib/sync/transport.ts';

const sendMsMax = 20_000;
/** A visitor's first message has nothing else that tells when the server is back: sent within 10 s of it all the same. */
const retryMsMax = 8_000;
const storageMsMax = 4_000;
/** A hold that would last longer was made before the clock was set back. */
const holdMsMax = 15_000;
const storageTries = 3;

/** Messages of one identity that the server has not confirmed, in the order they were (last) submitted. */
export type Outbox = {
  list(conversationId: string): readonly StoredEntry[];
  /** Every conversation that has something waiting or failed. */
  conversationIds(): string[];
  /**
   * Never throws. Listed before it returns, stored before it is sent. `heldUntil`: not sent before then, and neither is
   * what comes after it in its conversation.
   */
  add(message: OutgoingMessage & { heldUntil?: number }): void;
  /** A failed entry goes to the end of the line, by what its writer has seen meanwhile. */
  retry(id: string, expected?: number): void;
  /** Removes a failed entry and returns its text; null for any other. */
  takeBack(id: string): string | null;
  /** Removes a held entry and returns its text; null when it is on its way, whichever tab sends it. */
  undo(id: string): Promise<string | null>;
  /** Holds these no longer, nor what stands before them in their conversations. */
  release(ids: readonly string[]): void;
  /** The log holds it: whatever was thought of it, it is confirmed, here and in the other tabs. */
  settle(entry: ConfirmedEntry): void;
  /** Confirmed once, and not stored any more: theirs who wrote it to send again, or not. Nothing waits for it. */
  lose(messages: readonly OutgoingMessage[], failure: Failure): void;
  /** Try now: the network came back, or somebody looks. What the server asked to wait for is waited for all the same. */
  wake(): void;
  /** False: what is unsent would not survive closing the tab. */
  isDurable(): boolean;
  subscribe(listener: () => void): () => void;
  /** Hears once of each entry that the server confirmed, here or in another tab, just before it leaves the list. */
  onConfirmed(listener: (message: OutgoingMessage, entry: ConfirmedEntry) => void): () => void;
  /** Erases everything, for a shutdown or a change of identity; resolves when the storage is empty. */
  clear(): Promise<void>;
  close(): void;
};

type Lane = {
  isRunning: boolean;
  /** The server said when to come back: nothing but that time ends it. */
  isResting: boolean;
  failures: number;
  unanswered: number;
  timer: unknown;
};

/**
 * Opens what `storage` holds and keeps sending it: one at a time per conversation, in order, one tab at a time. Passing
 * failures are retried for ever; a refused entry steps out of the line. `onStuck` is called when the transport has not
 * answered twice in a row: the page should reload. Called only where that loses nothing, as is `onOutdated`.
 */
export function openOutbox(options: {
  scope: string;
  storage: OutboxStorage;
  transport: Pick<ConversationTransport, 'send'>;
  clock?: Clock;
  lock?: OutboxLock;
  onStuck?: () => void;
  /** The server has a newer build than this page. */
  onOutdated?: () => void;
}): Outbox {
  const { storage, transport, clock = systemClock } = options;
  const lock = options.lock ?? tabLock(storage, clock);
  let entries: StoredEntry[] = [];
  /** Ids that are done with in this tab: a slower read of the storage must not bring them back. */
  const done = new Set<string>();
  const saves = new Map<string, Promise<void>>();
  /** Ids whose text is in this tab's memory only, since the storage refused them. */
  const volatile = new Set<string>();
  const lanes = new Map<string, Lane>();
  const inFlight = new Map<string, () => void>();
  const undoing = new Set<string>();
  /** Held no longer than it takes to send them. */
  const due = new Set<string>();
  const released = new Set<string>();
  const listeners = new Set<() => void>();
  const confirmers = new Set<(message: OutgoingMessage, entry: ConfirmedEntry) => void>();
  let isStale = false;
  let loading: Promise<void> | null = null;
  let isLoaded = false;
  /** False: the last read was refused. Asked again only when another tab wrote something. */
  let isReadable = true;
  let isClosed = false;
  let wasDurable = storage.isDurable;
  let generation = 0;

  const loaded = load();
  void loaded.then(flush);
  let lastSave = loaded;
  const leave = storage.onNote?.(hear);

  function changed() {
    for (const listener of [...listeners]) listener();
  }

  function find(id: string) {
    return entries.find((entry) => entry.id === id);
  }

  function place(next: StoredEntry[]) {
    entries = next.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  }

  function replace(entry: StoredEntry) {
    place([...entries.filter((other) => other.id !== entry.id), entry]);
  }

  function nextPosition() {
    return (entries.at(-1)?.position ?? 0) + 1;
  }

  /**
   * Stores the entry as it is when its turn comes. A storage that refuses makes it less durable, not unsent; what comes
   * after it is then not stored before it, or another tab would send it first.
   */
  function save(id: string) {
    const saving = lastSave
      .then(async () => {
        const entry = find(id);
        if (entry === undefined) return;
        const earlier = entries.filter((other) => other.position < entry.position && volatile.has(other.id));
        for (const each of [...earlier, entry]) {
          const current = find(each.id);
          if (current === undefined) continue;
          await within(storage.put(current));
          volatile.delete(each.id);
          if (each !== entry && done.has(each.id)) await forget(each.id);
        }
      })
      .catch(() => {
        if (find(id) === undefined) return;
        volatile.add(id);
        clock.setTimeout(() => {
          if (!isClosed && volatile.has(id)) save(id);
        }, storageMsMax);
      })
      .then(() => {
        if (saves.get(id) === saving) saves.delete(id);
        if (isDurable() !== wasDurable) changed();
        wasDurable = isDurable();
        if (done.has(id)) return forget(id);
        storage.announce?.({ kind: 'changed' });
      });
    saves.set(id, saving);
    lastSave = saving;
  }

  function isDurable() {
    return storage.isDurable && volatile.size === 0;
  }

  function outlivesReload() {
    return isDurable() || storage.outlivesReload?.() === true;
  }

  /** A storage that does not answer is one that refuses. */
  function within<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => reject(new Error('no answer')), storageMsMax);
      work.then(resolve, reject).finally(() => clock.clearTimeout(timer));
    });
  }

  async function forget(id: string, failures = 0) {
    if (!done.has(id)) return;
    try {
      await within(storage.remove(id));
      storage.announce?.({ kind: 'changed' });
    } catch {
      // Until then a reload would send it once more, which is harmless: the server knows its id.
      const waitMs = backoffMs(clock, failures, { code: 'unavailable' }, retryMsMax);
      if (!isClosed) clock.setTimeout(() => forget(id, failures + 1), waitMs);
    }
  }

  /** Takes over what is stored, once more if another tab changed it meanwhile. */
  async function load(): Promise<void> {
    isStale = true;
    loading ??= (async () => {
      while (isStale && !isClosed) {
        isStale = false;
        await read();
      }
      loading = null;
      changed();
    })();
    await loading;
  }

  /** What the storage holds; null when it refuses again and again. */
  async function readStorage(): Promise<StoredEntry[] | null> {
    for (let failures = 0; failures < storageTries; failures++) {
      try {
        return await within(storage.load());
      } catch {
        const waitMs = backoffMs(clock, failures, { code: 'unavailable' }, retryMsMax);
        await new Promise<void>((resolve) => clock.setTimeout(resolve, waitMs));
      }
    }
    return null;
  }

  /** Kept besides what is stored: what was being stored meanwhile, and what only this tab knows. */
  async function read() {
    const before = generation;
    const had = new Set(entries.filter((entry) => !saves.has(entry.id)));
    const stored = await readStorage();
    if (before !== generation) return;
    isReadable = stored !== null;
    if (stored === null) {
      // Not what is held: it may have been taken back elsewhere, and is dropped once that can be read.
      for (const entry of entries) if (entry.heldUntil === undefined) volatile.add(entry.id);
    } else {
      const isOlder = (entry: StoredEntry) =>
        had.has(entry) && !saves.has(entry.id) && !volatile.has(entry.id);
      const kept = entries.filter((entry) => !isOlder(entry));
      const ids = new Set([...done, ...kept.map((entry) => entry.id)]);
      const merged = stored.filter((entry) => !ids.has(entry.id));
      // What was typed before the storage first answered comes after what it held.
      let last = isLoaded ? 0 : Math.max(0, ...merged.map((entry) => entry.position));
      place([...merged, ...kept.map((entry) => (isLoaded ? entry : { ...entry, position: ++last }))]);
    }
    isLoaded = true;
  }

  function hear(note: OutboxNote) {
    if (isClosed) return;
    if (note.kind === 'confirmed') confirm(note.message, note.entry);
    else if (note.kind === 'cleared') drop();
    else void load().then(flush);
  }

  /** Once, whoever tells of it first: the answer, the log (also while a listener puts it there), or another tab. */
  function confirm(message: OutgoingMessage, entry: ConfirmedEntry) {
    if (done.has(message.id)) return;
    done.add(message.id);
    if (message.start !== null) begin(message);
    for (const listener of [...confirmers]) listener(message, entry);
    finish(message.id);
  }

  /** The conversation exists now: what waits behind its first message is an ordinary message. */
  function begin(first: OutgoingMessage) {
    const behind = (entry: StoredEntry) =>
      entry.conversationId === first.conversationId && entry.start !== null && entry.id !== first.id;
    const ids = entries.filter(behind).map((entry) => entry.id);
    entries = entries.map((entry) => (behind(entry) ? { ...entry, start: null } : entry));
    for (const id of ids) save(id);
    storage.release(startClaim).catch(() => undefined);
  }

  function finish(id: string) {
    done.add(id);
    volatile.delete(id);
    const answerArrived = inFlight.get(id);
    inFlight.delete(id);
    if (find(id) !== undefined) {
      entries = entries.filter((entry) => entry.id !== id);
      if (!saves.has(id)) forget(id);
      changed();
    }
    answerArrived?.();
  }

  function drop() {
    generation++;
    for (const entry of entries) done.add(entry.id);
    entries = [];
    for (const answerArrived of inFlight.values()) answerArrived();
    inFlight.clear();
    changed();
  }

  function flush() {
    for (const conversationId of new Set(entries.map((entry) => entry.conversationId))) run(conversationId);
  }

  async function run(conversationId: string) {
    const lane: Lane = lanes.get(conversationId) ?? {
      isRunning: false,
      isResting: false,
      failures: 0,
      unanswered: 0,
      timer: null,
    };
    lanes.set(conversationId, lane);
    if (lane.isRunning || lane.isResting || isClosed) return;
    clock.clearTimeout(lane.timer);
    lane.isRunning = true;
    let waitMs: number | null = null;
    try {
      await lock(`${options.scope}:${conversationId}`, async () => {
        await loaded;
        // Whoever was here before may have been refused something, and their word of it may be late.
        if (isStale || isReadable) await load();
        waitMs = await drain(conversationId, lane);
      });
    } catch {
      waitMs = 1_000;
    }
    lane.isRunning = false;
    if (isClosed) return;
    const again = () => {
      lane.isResting = false;
      run(conversationId);
    };
    if (waitMs !== null) lane.timer = clock.setTimeout(again, waitMs);
    else if (firstWaiting(conversationId) !== undefined) run(conversationId);
  }

  function firstWaiting(conversationId: string) {
    return entries.find((entry) => entry.conversationId === conversationId && entry.failure === null);
  }

  /** Sends until nothing waits (null) or a passing failure says how long to wait. */
  async function drain(conversationId: string, lane: Lane): Promise<number | null> {
    for (;;) {
      const next = firstWaiting(conversationId);
      if (next === undefined || isClosed) return null;
      await saves.get(next.id);
      const entry = find(next.id);
      if (entry === undefined || entry.failure !== null || isClosed) continue;
      if (entry.heldUntil !== undefined) {
        const heldMs = due.has(entry.id) ? 0 : entry.heldUntil - clock.now();
        if (undoing.has(entry.id) || (heldMs > 0 && heldMs < holdMsMax)) {
          return Math.max(50, Math.min(heldMs, holdMsMax));
        }
        // It may have been taken back in another tab, which had the lock just now.
        await load();
        endHold(entry.id);
        continue;
      }
      if (released.delete(entry.id)) {
        // Elsewhere it is taken back by what is stored, so that must say that it goes.
        await untilStored(entry.id);
        continue;
      }
      const message = messageOf(entry);
      const settled = new Promise<null>((resolve) => inFlight.set(entry.id, () => resolve(null)));
      const result = await Promise.race([ask(clock, sendMsMax, () => transport.send(message)), settled]);
      inFlight.delete(entry.id);
      if (isClosed) return null;
      if (result === null || done.has(entry.id)) {
        lane.failures = 0;
        continue;
      }
      if (result.ok) {
        lane.failures = 0;
        lane.unanswered = 0;
        confirm(message, result.value);
        storage.announce?.({ kind: 'confirmed', message, entry: result.value });
      } else if (isPassing(result.error)) {
        lane.unanswered = result.error.reason === 'no_answer' ? lane.unanswered + 1 : 0;
        if (lane.unanswered >= 2 && outlivesReload()) options.onStuck?.();
        if (result.error.reason === 'outdated' && outlivesReload()) options.onOutdated?.();
        lane.isResting = result.error.retryAfterMs !== undefined;
        return backoffMs(clock, lane.failures++, result.error, retryMsMax);
      } else {
        refuse(entry.id, result.error);
        // Elsewhere it is sent by what is stored, and would stand behind what goes now.
        await untilStored(entry.id);
      }
    }
  }

  /** Or until the storage refused again and again. */
  async function untilStored(id: string): Promise<void> {
    await saves.get(id);
    for (let tries = 1; tries < storageTries && volatile.has(id); tries++) {
      save(id);
      await saves.get(id);
    }
  }

  /** Stored as held no longer before it is sent: who takes back what is held knows that nobody sends it. */
  function endHold(id: string) {
    const entry = find(id);
    if (entry === undefined) return;
    const { heldUntil: _, ...rest } = entry;
    replace(rest);
    released.add(id);
    changed();
    save(id);
  }

  /** Alone among the tabs, and by what is stored: what is still held there is on nobody's way. */
  async function undo(id: string): Promise<string | null> {
    const entry = find(id);
    if (entry?.heldUntil === undefined) return null;
    const { conversationId } = entry;
    let text: string | null = null;
    undoing.add(id);
    await lock(`${options.scope}:${conversationId}`, async () => {
      await saves.get(id);
      await load();
      if (find(id)?.heldUntil === undefined) return;
      try {
        if (!volatile.has(id)) await within(storage.remove(id));
        text = entry.text;
        finish(id);
      } catch {
        // Not taken back, and said so before another tab may take it back.
        save(id);
        await untilStored(id);
      }
    }).catch(() => save(id));
    undoing.delete(id);
    run(conversationId);
    return text;
  }

  function refuse(id: string, failure: Failure) {
    const entry = find(id);
    if (entry === undefined) return;
    replace({ ...entry, failure });
    changed();
    save(id);
  }

  return {
    list: (conversationId) => entries.filter((entry) => entry.conversationId === conversationId),
    conversationIds: () => [...new Set(entries.map((entry) => entry.conversationId))],
    add(message) {
      replace({ ...message, position: nextPosition(), failure: null });
      changed();
      save(message.id);
      run(message.conversationId);
    },
    retry(id, expected) {
      const entry = find(id);
      if (entry === undefined || entry.failure === null) return;
      const seen = expected === undefined ? {} : { expected };
      replace({ ...entry, ...seen, position: nextPosition(), failure: null });
      changed();
      save(id);
      run(entry.conversationId);
    },
    takeBack(id) {
      const entry = find(id);
      if (entry === undefined || entry.failure === null) return null;
      finish(id);
      return entry.text;
    },
    undo,
    release(ids) {
      const last = new Set(ids);
      for (const { conversationId, position } of entries.filter(({ id }) => last.has(id))) {
        for (const entry of entries) {
          if (entry.conversationId === conversationId && entry.position <= position) due.add(entry.id);
        }
      }
      flush();
    },
    lose(messages, failure) {
      for (const message of messages) {
        done.delete(message.id);
        replace({ ...message, position: nextPosition(), failure, wasTaken: true });
        save(message.id);
      }
      changed();
    },
    settle(stored) {
      const entry = find(stored.id);
      if (entry === undefined || done.has(entry.id)) return;
      const message = messageOf(entry);
      confirm(message, stored);
      storage.announce?.({ kind: 'confirmed', message, entry: stored });
    },
    wake() {
      for (const lane of lanes.values()) lane.failures = 0;
      flush();
    },
    isDurable,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConfirmed(listener) {
      confirmers.add(listener);
      return () => confirmers.delete(listener);
    },
    async clear() {
      drop();
      storage.announce?.({ kind: 'cleared' });
      // What was being stored just now removes itself once it is.
      await Promise.all([storage.clear(), lastSave]);
    },
    close() {
      isClosed = true;
      leave?.();
      // Lets go of the lock: whoever opens the same storage next sends what is under way once more.
      for (const answerArrived of inFlight.values()) answerArrived();
      for (const lane of lanes.values()) clock.clearTimeout(lane.timer);
    },
  };
}

function messageOf(entry: StoredEntry): OutgoingMessage {
  const { position: _, failure: __, heldUntil: ___, wasTaken: ____, ...message } = entry;
  return message;
}
