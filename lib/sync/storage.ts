import type { Failure } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import type { ConfirmedEntry } from '#/lib/messages/schema.ts';
import { systemClock } from '#/lib/sync/clock.ts';
import { openChannel } from '#/lib/sync/tab-channel.ts';
import type { Clock, OutgoingMessage, StartDetails } from '#/lib/sync/transport.ts';

/** `position` orders one identity's entries, ties by id. `failure` is set once refused: it waits for its writer then. */
export type StoredEntry = OutgoingMessage & {
  position: number;
  failure: Failure | null;
  /** By this browser's clock: not sent before then, and its writer may take it back. */
  heldUntil?: number;
  /** Stored once, and taken by a restore: a log that holds it may be of before. */
  wasTaken?: true;
  /** Names the session that wrote it without being its token; only `ownedStorage` reads and writes it. */
  owner?: string;
};

/** What one tab tells the others of the same scope. */
export type OutboxNote =
  | { kind: 'changed' }
  | { kind: 'confirmed'; message: OutgoingMessage; entry: ConfirmedEntry }
  | { kind: 'cleared' };

/** One scope (widget and identity) of what is unsent. Any call may reject; the outbox then says so and goes on. */
export type OutboxStorage = {
  /** False: nothing here survives closing the tab. May turn false later. */
  readonly isDurable: boolean;
  /** True: what is here is found again after a reload, even where it would not survive closing the tab. */
  outlivesReload?(): boolean;
  load(): Promise<StoredEntry[]>;
  /** Resolves when it is stored. Replaces the entry of the same id. */
  put(entry: StoredEntry): Promise<void>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
  /** The first tab's value wins, for `forMs` or until released; claiming one's own value again renews it. */
  claim(name: string, value: string, forMs?: number): Promise<string>;
  release(name: string): Promise<void>;
  /** To the other tabs, where there can be others. */
  announce?(note: OutboxNote): void;
  onNote?(listener: (note: OutboxNote) => void): () => void;
};

/** Runs `run` while no other tab runs under the same name. */
export type OutboxLock = (name: string, run: () => Promise<void>) => Promise<void>;

type Claim = { value: string; until: number };

/** A lease with more than twice its time left was taken before the clock was set back. */
function isHeld(claim: Claim | undefined, value: string, forMs: number): claim is Claim {
  if (claim === undefined || claim.value === value) return false;
  const leftMs = claim.until - Date.now();
  return leftMs > 0 && leftMs <= 2 * forMs;
}

/** Keeps entries for as long as the page lives. Two made on the same `shelf` see the same, as two tabs would. */
export function memoryStorage(
  shelf = { entries: new Map<string, StoredEntry>(), claims: new Map<string, Claim>() },
): OutboxStorage {
  return {
    isDurable: false,
    load: async () => [...shelf.entries.values()],
    put: async (entry) => void shelf.entries.set(entry.id, entry),
    remove: async (id) => void shelf.entries.delete(id),
    async clear() {
      shelf.entries.clear();
      shelf.claims.clear();
    },
    async claim(name, value, forMs = Number.POSITIVE_INFINITY) {
      const held = shelf.claims.get(name);
      if (isHeld(held, value, forMs)) return held.value;
      shelf.claims.set(name, { value, until: Date.now() + forMs });
      return value;
    },
    release: async (name) => void shelf.claims.delete(name),
  };
}

/**
 * `inner` for the person who `token` says is here (null: a visitor). What another session wrote is neither shown nor
 * sent; it stays where it is, since another tab may just not have told us of its session yet. Only what the sessions
 * named `former` wrote is this person's, too: they were a visitor's who signed in, and open nothing any more.
 */
export function ownedStorage(
  inner: OutboxStorage,
  token: () => string | null,
  former: () => readonly string[] = () => [],
): OutboxStorage {
  const owners = new Map<string, string>();
  return {
    ...inner,
    get isDurable() {
      return inner.isDurable;
    },
    async load() {
      const held = token();
      const names = former();
      const entries: StoredEntry[] = [];
      for (const { owner: written, ...stored } of await inner.load()) {
        const begun = stored.start?.sessionToken ?? null;
        const owner = written ?? nameOf(begun);
        if (held !== null && owner !== null && names.includes(owner)) {
          owners.set(stored.id, nameOf(held));
          entries.push(inherited(stored));
          continue;
        }
        // A visitor's own are those that would begin the session that they belong to.
        if (owner === null || owner !== nameOf(held ?? begun)) continue;
        owners.set(stored.id, owner);
        entries.push(stored);
      }
      return entries;
    },
    put(entry) {
      const owner = owners.get(entry.id) ?? nameOf(entry.start?.sessionToken ?? token());
      if (owner === null) return inner.put(entry);
      owners.set(entry.id, owner);
      return inner.put({ ...entry, owner });
    },
  };
}

/** What a visitor left unsent, as the person they turned out to be sends it: in a session that exists. */
function inherited({ start, failure, ...entry }: Omit<StoredEntry, 'owner'>): StoredEntry {
  return {
    ...entry,
    start: start === null ? null : { ...start, sessionToken: null },
    failure: failure?.code === 'unauthenticated' ? null : failure,
  };
}

/** What a session is called where its token has no business to be. */
export function nameOf(token: string): string;
export function nameOf(token: string | null): string | null;
export function nameOf(token: string | null): string | null {
  return token === null ? null : token.slice(0, 12);
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase(onLost: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('parley', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('outbox');
      request.result.createObjectStore('claims');
    };
    request.onblocked = reject;
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = onLost;
      database.onversionchange = () => {
        database.close();
        onLost();
      };
      resolve(database);
    };
    // Some browsers never answer when storage is blocked in a third-party frame.
    setTimeout(reject, 3_000, new Error('no answer'));
  });
}

/** Keeps one scope in the browser; falls back to the page's memory, and says so, where the browser refuses. */
export function indexedDbStorage(scope: string): OutboxStorage {
  const memory = memoryStorage();
  let database: Promise<IDBDatabase> | null = null;
  let isDurable = typeof indexedDB !== 'undefined';
  let channel: BroadcastChannel | null = null;

  async function use<Value>(
    name: 'outbox' | 'claims',
    work: (store: IDBObjectStore) => Promise<Value>,
    instead: () => Promise<Value>,
  ): Promise<Value> {
    if (!isDurable) return instead();
    try {
      database ??= openDatabase(() => {
        database = null;
      });
      const transaction = (await database).transaction(name, 'readwrite');
      const committed = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      const [value] = await Promise.all([work(transaction.objectStore(name)), committed]);
      return value;
    } catch {
      isDurable = false;
      return instead();
    }
  }

  const whole = () => IDBKeyRange.bound([scope], [scope, []]);
  return {
    get isDurable() {
      return isDurable;
    },
    load: () => use('outbox', (store) => settled<StoredEntry[]>(store.getAll(whole())), memory.load),
    put: (entry) =>
      use(
        'outbox',
        async (store) => void (await settled(store.put(entry, [scope, entry.id]))),
        () => memory.put(entry),
      ),
    remove: (id) =>
      use(
        'outbox',
        async (store) => void (await settled(store.delete([scope, id]))),
        () => memory.remove(id),
      ),
    async clear() {
      for (const name of ['outbox', 'claims'] as const) {
        await use(name, (store) => settled(store.delete(whole())), memory.clear);
      }
    },
    claim: (name, value, forMs = Number.POSITIVE_INFINITY) =>
      use(
        'claims',
        async (store) => {
          const held = await settled<Claim | undefined>(store.get([scope, name]));
          if (isHeld(held, value, forMs)) return held.value;
          await settled(store.put({ value, until: Date.now() + forMs }, [scope, name]));
          return value;
        },
        () => memory.claim(name, value, forMs),
      ),
    release: (name) =>
      use(
        'claims',
        async (store) => void (await settled(store.delete([scope, name]))),
        () => memory.release(name),
      ),
    announce: (note) => channel?.postMessage(note),
    onNote(listener) {
      const opened = openChannel(`parley:outbox:${scope}`);
      if (opened === null) return () => undefined;
      opened.onmessage = (event: MessageEvent<OutboxNote>) => listener(event.data);
      channel = opened;
      return () => {
        opened.close();
        if (channel === opened) channel = null;
      };
    },
  };
}

const lockWaitMs = 10_000;
const leaseMs = 15_000;

/**
 * The browser's own lock, else a lease in the storage. A frozen tab must not stop the others for ever: after a while
 * they go on without it, which is harmless since a message sent twice is stored once.
 */
export function tabLock(storage: OutboxStorage, clock: Clock = systemClock): OutboxLock {
  const tab = newId();
  return async (name, run) => {
    if (typeof navigator !== 'undefined' && navigator.locks) {
      let hasStarted = false;
      try {
        await navigator.locks.request(`parley:${name}`, { signal: AbortSignal.timeout(lockWaitMs) }, () => {
          hasStarted = true;
          return run();
        });
      } catch (error) {
        if (hasStarted) throw error;
        await run();
      }
      return;
    }
    const mine = () => storage.claim(`lock:${name}`, tab, leaseMs).catch(() => tab);
    while ((await mine()) !== tab) await new Promise<void>((resolve) => clock.setTimeout(resolve, 500));
    try {
      await run();
    } finally {
      await storage.release(`lock:${name}`).catch(() => undefined);
    }
  };
}

export type Draft = { conversationId: string; start: StartDetails };

/**
 * The ids of a conversation that does not exist yet, the same for every tab of this scope until its first message is
 * confirmed. `hasSession`: a known customer's further conversation, which needs no session token.
 */
export async function openStart(storage: OutboxStorage, hasSession: boolean): Promise<Draft> {
  const fresh: Draft = {
    conversationId: newId(),
    start: { ticketId: newId(), sessionToken: hasSession ? null : newToken() },
  };
  try {
    return JSON.parse(await storage.claim(startClaim, JSON.stringify(fresh)));
  } catch {
    return fresh;
  }
}
export const startClaim = 'start';
