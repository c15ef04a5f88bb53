import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Failure, fail, type Result, succeed } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { ConfirmedEntry } from '#/lib/messages/schema.ts';
import { type Outbox, openOutbox } from '#/lib/sync/outbox.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import {
  indexedDbStorage,
  memoryStorage,
  type OutboxStorage,
  openStart,
  type StoredEntry,
} from '#/lib/sync/storage.ts';
import type { OutgoingMessage } from '#/lib/sync/transport.ts';

const conversationId = newId();
let opened: Outbox[] = [];
afterEach(() => {
  for (const outbox of opened) outbox.close();
  opened = [];
});

function makeMessage(text: string): OutgoingMessage {
  return { conversationId, id: newId(), kind: 'reply', text, start: null };
}

function entryOf(message: OutgoingMessage): ConfirmedEntry {
  return {
    id: message.id,
    order: 1,
    publicOrder: null,
    kind: message.kind,
    sender: { kind: 'system' },
    text: message.text,
    change: null,
    sentAt: '',
    epoch: 'e1',
  };
}

/** A server that answers each send by `answer`, and remembers what arrived. */
function open(
  scope: string,
  answer: (message: OutgoingMessage) => Failure | null | Promise<Failure | null>,
  storage: OutboxStorage = indexedDbStorage(scope),
) {
  const arrived: string[] = [];
  const confirmed: string[] = [];
  const outbox = openOutbox({
    scope,
    storage,
    transport: {
      async send(message): Promise<Result<ConfirmedEntry>> {
        arrived.push(message.text);
        const failure = await answer(message);
        return failure === null ? succeed(entryOf(message)) : fail(failure);
      },
    },
  });
  outbox.onConfirmed((message) => confirmed.push(message.text));
  opened.push(outbox);
  return { outbox, arrived, confirmed };
}

const shown = (outbox: Outbox) =>
  outbox.list(conversationId).map(({ text, failure }) => `${text}${failure === null ? '' : ' (not sent)'}`);
const soon = { timeout: 5_000, interval: 5 };
const never = () => new Promise<never>(() => undefined);

describe('the outbox in the browser’s storage', () => {
  it('lists an entry at once and stores it before it is sent', async () => {
    const scope = newId();
    const stored: string[][] = [];
    const { outbox, confirmed } = open(scope, async () => {
      const held = await indexedDbStorage(scope).load();
      stored.push(held.map(({ text }) => text));
      return null;
    });
    outbox.add(makeMessage('one'));
    expect(shown(outbox)).toEqual(['one']);
    await vi.waitFor(() => expect(confirmed).toEqual(['one']), soon);
    expect(stored).toEqual([['one']]);
    expect(shown(outbox)).toEqual([]);
    await vi.waitFor(async () => expect(await indexedDbStorage(scope).load()).toEqual([]), soon);
  });

  it('waits as long as the server asked, whoever wakes it meanwhile', async () => {
    let isBusy = true;
    const atMs: number[] = [];
    const { outbox, confirmed } = open(newId(), () => {
      atMs.push(performance.now());
      return isBusy ? { code: 'unavailable', reason: 'overloaded', retryAfterMs: 300 } : null;
    });
    outbox.add(makeMessage('one'));
    await vi.waitFor(() => expect(atMs).toHaveLength(1), soon);
    isBusy = false;
    outbox.wake();
    outbox.add(makeMessage('two'));
    outbox.wake();
    await vi.waitFor(() => expect(confirmed).toEqual(['one', 'two']), soon);
    expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThanOrEqual(290);
  });

  it('shows what the server will never take as not sent, and sends what comes after it', async () => {
    const refusal: Failure = { code: 'forbidden', reason: 'origin_not_allowed' };
    const { outbox, confirmed } = open(newId(), ({ text }) => (text === 'one' ? refusal : null));
    outbox.add(makeMessage('one'));
    outbox.add(makeMessage('two'));
    await vi.waitFor(() => expect(confirmed).toEqual(['two']), soon);
    expect(outbox.list(conversationId)).toMatchObject([{ text: 'one', failure: refusal }]);
  });

  it('sends after a reload what was not confirmed before, in order, before anything newer', async () => {
    const scope = newId();
    const before = open(scope, never);
    before.outbox.add(makeMessage('one'));
    before.outbox.add(makeMessage('two'));
    await vi.waitFor(async () => expect(await indexedDbStorage(scope).load()).toHaveLength(2), soon);
    before.outbox.close();
    const after = open(scope, () => null);
    after.outbox.add(makeMessage('three'));
    await vi.waitFor(() => expect(after.arrived).toEqual(['one', 'two', 'three']), soon);
  });

  it('lets a refused entry step out of the line, and puts it at the end when retried', async () => {
    let isRefusing = true;
    const { outbox, arrived } = open(newId(), ({ text }) =>
      text === 'bad' && isRefusing ? { code: 'invalid', reason: 'text_empty' } : null,
    );
    outbox.add(makeMessage('bad'));
    outbox.add(makeMessage('good'));
    await vi.waitFor(() => expect(shown(outbox)).toEqual(['bad (not sent)']), soon);
    isRefusing = false;
    const [failed] = outbox.list(conversationId);
    outbox.retry(failed?.id ?? '');
    await vi.waitFor(() => expect(arrived).toEqual(['bad', 'good', 'bad']), soon);
    await vi.waitFor(() => expect(shown(outbox)).toEqual([]), soon);
  });

  it('does not send in another tab what was refused in this one, however late that tab hears of it', async () => {
    const time = makeTime(makeRandom(1));
    const slow = () => new Promise<void>((resolve) => time.clock.setTimeout(resolve, 200));
    const shelf = { entries: new Map<string, StoredEntry>(), claims: new Map() };
    const storage: OutboxStorage = {
      ...memoryStorage(shelf),
      isDurable: true,
      put: (entry) => slow().then(() => void shelf.entries.set(entry.id, entry)),
    };
    let last = Promise.resolve();
    const lock = (_: string, run: () => Promise<void>) => {
      last = last.then(run);
      return last;
    };
    const arrived: string[] = [];
    // What held it up is gone by the time that it comes again, as after a restore: it would stand behind the second.
    const send = async (message: OutgoingMessage): Promise<Result<ConfirmedEntry>> => {
      const isAgain = arrived.includes(message.text);
      arrived.push(message.text);
      if (message.text === 'first' && !isAgain) return fail({ code: 'conflict', reason: 'newer_entries' });
      return succeed(entryOf(message));
    };
    const openTab = (transport: { send: typeof send }) => {
      const outbox = openOutbox({ scope: 'shared', storage, transport, lock, clock: time.clock });
      opened.push(outbox);
      return outbox;
    };
    const answer = Promise.withResolvers<void>();
    const here = openTab({ send: (message) => answer.promise.then(() => send(message)) });
    here.add(makeMessage('first'));
    here.add(makeMessage('second'));
    await time.run(1_000);
    const there = openTab({ send });
    await time.run(1_000);
    expect(shown(there)).toEqual(['first', 'second']);
    answer.resolve();
    await time.run(60_000);
    expect(arrived).toEqual(['first', 'second']);
    expect([shown(here), shown(there)]).toEqual([['first (not sent)'], ['first (not sent)']]);
  });

  it('does not send what was taken back in another tab, also when it could not read so for a while', async () => {
    const time = makeTime(makeRandom(1));
    const shelf = { entries: new Map<string, StoredEntry>(), claims: new Map() };
    let isRefusing = false;
    const storage: OutboxStorage = {
      ...memoryStorage(shelf),
      isDurable: true,
      load: async () => {
        if (isRefusing) throw new Error('no');
        return [...shelf.entries.values()];
      },
    };
    let tellChange = () => {};
    const arrived: string[] = [];
    const outbox = openOutbox({
      scope: 'shared',
      storage: {
        ...storage,
        onNote(listener) {
          tellChange = () => listener({ kind: 'changed' });
          return () => undefined;
        },
      },
      transport: {
        async send(message) {
          arrived.push(message.text);
          return succeed(entryOf(message));
        },
      },
      lock: (_, run) => run(),
      clock: time.clock,
    });
    opened.push(outbox);
    outbox.add({ ...makeMessage('held'), heldUntil: time.clock.now() + 10_000 });
    await time.run(1_000);
    shelf.entries.clear();
    isRefusing = true;
    tellChange();
    await time.run(8_000);
    isRefusing = false;
    await time.run(60_000);
    expect(arrived).toEqual([]);
    expect(shown(outbox)).toEqual([]);
  });

  it('gives a failed text back and forgets it, also after a reload', async () => {
    const scope = newId();
    const { outbox } = open(scope, () => ({ code: 'forbidden' }));
    const message = makeMessage('bad');
    outbox.add(message);
    expect(outbox.takeBack(message.id)).toBe(null);
    await vi.waitFor(() => expect(shown(outbox)).toEqual(['bad (not sent)']), soon);
    expect(outbox.takeBack(message.id)).toBe('bad');
    await vi.waitFor(async () => expect(await indexedDbStorage(scope).load()).toEqual([]), soon);
  });

  it('tries again after a passing failure', async () => {
    let failures = 1;
    const { outbox, arrived, confirmed } = open(newId(), () =>
      failures-- > 0 ? { code: 'unavailable' } : null,
    );
    outbox.add(makeMessage('one'));
    await vi.waitFor(() => expect(confirmed).toEqual(['one']), soon);
    expect(arrived).toEqual(['one', 'one']);
  });

  it('shows one person’s entries in each of their tabs, and nobody else’s', async () => {
    const scope = newId();
    const first = open(scope, never);
    const second = open(scope, () => null);
    const stranger = open(newId(), () => null);
    first.outbox.add(makeMessage('one'));
    await vi.waitFor(() => expect(shown(second.outbox)).toEqual(['one']), soon);
    expect(second.arrived).toEqual([]);
    expect(shown(stranger.outbox)).toEqual([]);
  });

  it('tells the other tabs what was confirmed', async () => {
    const scope = newId();
    const second = open(scope, () => null);
    const first = open(scope, () => null);
    first.outbox.add(makeMessage('one'));
    await vi.waitFor(() => expect(second.confirmed).toEqual(['one']), soon);
    expect(second.arrived.length + first.arrived.length).toBe(1);
  });

  it('tells the other tabs, and its own page, once of what the log showed as stored', async () => {
    const scope = newId();
    const second = open(scope, never);
    const first = open(scope, never);
    const message = makeMessage('one');
    first.outbox.add(message);
    await vi.waitFor(() => expect(shown(second.outbox)).toEqual(['one']), soon);
    for (const { outbox } of [first, second]) outbox.settle(entryOf(message));
    first.outbox.add(makeMessage('two'));
    await vi.waitFor(() => expect(shown(second.outbox)).toEqual(['two']), soon);
    expect([first.confirmed, second.confirmed]).toEqual([['one'], ['one']]);
  });

  it('asks for a reload when the server has a newer build, only where that loses nothing', async () => {
    const newer = async () => fail({ code: 'unavailable', reason: 'outdated' });
    const ask = (storage: OutboxStorage) => {
      const answered = Promise.withResolvers<void>();
      const onOutdated = vi.fn();
      const send = vi.fn(newer);
      const outbox = openOutbox({
        scope: newId(),
        storage,
        onOutdated,
        transport: { send },
        lock: async (_, run) => {
          await run();
          if (send.mock.calls.length > 0) answered.resolve();
        },
      });
      opened.push(outbox);
      outbox.add(makeMessage('hello'));
      return { onOutdated, outbox, answered: answered.promise };
    };
    const [stored, volatile] = [ask(indexedDbStorage(newId())), ask(memoryStorage())];
    const kept = ask({ ...memoryStorage(), outlivesReload: () => true });
    await Promise.all([stored.answered, volatile.answered, kept.answered]);
    expect(stored.onOutdated).toHaveBeenCalledTimes(1);
    expect(kept.onOutdated).toHaveBeenCalledTimes(1);
    expect(volatile.onOutdated).not.toHaveBeenCalled();
    expect(shown(stored.outbox)).toEqual(['hello']);
  });

  it('asks for a reload when nothing answers any more, only where that loses nothing', async () => {
    const time = makeTime(makeRandom(1));
    const ask = (storage: OutboxStorage) => {
      const onStuck = vi.fn();
      const transport = { send: () => new Promise<never>(() => {}) };
      const lock = (_: string, run: () => Promise<void>) => run();
      const outbox = openOutbox({ scope: newId(), storage, onStuck, transport, lock, clock: time.clock });
      opened.push(outbox);
      outbox.add(makeMessage('hello'));
      return { onStuck, outbox };
    };
    const volatile = ask(memoryStorage());
    const kept = ask({ ...memoryStorage(), outlivesReload: () => true });
    await time.run(60_000);
    expect(kept.onStuck).toHaveBeenCalled();
    expect(volatile.onStuck).not.toHaveBeenCalled();
    expect(shown(volatile.outbox)).toEqual(['hello']);
  });

  it('erases everything in every tab when cleared', async () => {
    const scope = newId();
    const first = open(scope, never);
    const second = open(scope, never);
    first.outbox.add(makeMessage('one'));
    await vi.waitFor(() => expect(shown(second.outbox)).toEqual(['one']), soon);
    await first.outbox.clear();
    expect(shown(first.outbox)).toEqual([]);
    await vi.waitFor(() => expect(shown(second.outbox)).toEqual([]), soon);
    expect(await indexedDbStorage(scope).load()).toEqual([]);
  });

  it('still sends, and says that nothing is kept, when the storage refuses', async () => {
    const broken: OutboxStorage = {
      ...memoryStorage(),
      isDurable: true,
      put: () => Promise.reject(new Error('quota')),
    };
    let release = () => {};
    const gate = new Promise<null>((resolve) => {
      release = () => resolve(null);
    });
    const { outbox, confirmed } = open(newId(), () => gate, broken);
    outbox.add(makeMessage('one'));
    await vi.waitFor(() => expect(outbox.isDurable()).toBe(false), soon);
    release();
    await vi.waitFor(() => expect(confirmed).toEqual(['one']), soon);
    expect(outbox.isDurable()).toBe(true);
  });

  it('gives the first messages of two tabs the same conversation until one is confirmed', async () => {
    const scope = newId();
    const [one, two] = await Promise.all([
      openStart(indexedDbStorage(scope), false),
      openStart(indexedDbStorage(scope), false),
    ]);
    expect(two).toEqual(one);
    expect(one.start.sessionToken).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const { outbox, confirmed } = open(scope, () => null);
    outbox.add({ ...makeMessage('first'), conversationId: one.conversationId, start: one.start });
    await vi.waitFor(() => expect(confirmed).toEqual(['first']), soon);
    await vi.waitFor(async () => {
      expect((await openStart(indexedDbStorage(scope), true)).conversationId).not.toBe(one.conversationId);
    }, soon);
  });

  it('takes turns between tabs by a lease where the browser has no locks', async () => {
    const scope = newId();
    const { claim, release } = indexedDbStorage(scope);
    expect(await claim('lock', 'a', 10_000)).toBe('a');
    expect(await indexedDbStorage(scope).claim('lock', 'b', 10_000)).toBe('a');
    await release('lock');
    expect(await indexedDbStorage(scope).claim('lock', 'b', -1)).toBe('b');
    expect(await claim('lock', 'a', 10_000)).toBe('a');
  });
});
