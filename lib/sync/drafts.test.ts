import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftMode, draftCharsMax } from '#/lib/drafts/schema.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { type DraftShelf, type DraftStore, type Drafts, openDrafts } from '#/lib/sync/drafts.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import type { DraftTransport, LiveConnection } from '#/lib/sync/transport.ts';

const agentId = '00000000-0000-7000-8000-00000000000b';
const tickets = [1, 2, 3].map((index) => `00000000-0000-7000-8000-00000000000${index}`);
const modes: readonly DraftMode[] = ['reply', 'note'];

type Faults = { lost: number; doubled: number; delayMsMax: number };

/** A server that keeps drafts by their versions, and one agent's tabs, in virtual time. */
function makeDesk(seed: number, chosen: Faults) {
  const random = makeRandom(seed);
  const time = makeTime(random);
  let faults = chosen;
  const stored = new Map<string, Draft>();
  const listeners = new Set<(name: string, data: unknown) => void>();
  const problems: string[] = [];
  const keyOf = (ticketId: string, mode: DraftMode) => `${ticketId}.${mode}`;
  const later = (ms: number) => new Promise<void>((resolve) => time.clock.setTimeout(resolve, ms));
  const happens = (chance: number) => random() < chance;

  async function request<Value>(isUp: () => boolean, act: () => Value): Promise<Result<Value>> {
    await later(random() * faults.delayMsMax);
    if (!isUp() || happens(faults.lost)) return fail({ code: 'unavailable' });
    const value = act();
    if (happens(faults.doubled)) time.clock.setTimeout(act, random() * faults.delayMsMax * 4);
    await later(random() * faults.delayMsMax);
    return happens(faults.lost) ? fail({ code: 'unavailable' }) : succeed(value);
  }

  function openTab() {
    const seat = { isOnline: true, isAlive: true };
    const kept = new Map<string, string>();
    const shelf: DraftShelf = {
      read: (key) => kept.get(key) ?? null,
      keep: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
    };
    const transport: DraftTransport = {
      saveDraft: ({ ticketId, mode, text, version }) =>
        request(
          () => seat.isOnline && seat.isAlive,
          () => {
            const key = keyOf(ticketId, mode);
            const known = stored.get(key);
            if (known !== undefined && known.version >= version) return known;
            if (text !== '' && !text.startsWith(key)) problems.push(`saved under ${key}: ${text}`);
            const draft = { mode, text, version };
            stored.set(key, draft);
            for (const listener of listeners) {
              if (happens(faults.lost)) continue;
              const isLarge = text.length > 40;
              const data = { ticketId, draft: isLarge ? { ...draft, text: null } : draft };
              time.clock.setTimeout(() => listener('draft.changed', data), random() * faults.delayMsMax);
            }
            return draft;
          },
        ),
      listDrafts: (ticketId) =>
        request(
          () => seat.isOnline && seat.isAlive,
          () => modes.flatMap((mode) => stored.get(keyOf(ticketId, mode)) ?? []),
        ),
    };
    const live: LiveConnection = {
      state: () => 'connected',
      onState: () => () => undefined,
      subscribe(channel, { onEvent, onSubscribed }) {
        expect(channel).toBe(channels.agent(agentId));
        const listener = (name: string, data: unknown) => {
          if (seat.isOnline && seat.isAlive) onEvent(name, data);
        };
        listeners.add(listener);
        time.clock.setTimeout(onSubscribed, 10);
        return () => listeners.delete(listener);
      },
      close: () => undefined,
    };
    const onHide = () => () => undefined;
    const start = () => openDrafts({ agentId, transport, live, shelf, clock: time.clock, onHide });
    const tab: {
      seat: typeof seat;
      drafts: Drafts;
      shown: { key: string; store: DraftStore } | null;
      kept: typeof kept;
      show(ticketId: string, mode: DraftMode): void;
      reload(): void;
    } = {
      seat,
      kept,
      drafts: start(),
      shown: null,
      show(ticketId, mode) {
        tab.shown?.store.close();
        const key = keyOf(ticketId, mode);
        // What an earlier answer for the ticket said of it, or nothing when it was not read yet.
        const known = happens(0.5) ? undefined : (stored.get(key) ?? null);
        const store = tab.drafts.openDraft(ticketId, mode, known);
        tab.shown = { key, store };
        const check = () => {
          const { text } = store.getSnapshot();
          if (text !== '' && !text.startsWith(key)) problems.push(`shown under ${key}: ${text}`);
        };
        check();
        store.subscribe(check);
      },
      reload() {
        tab.drafts.close();
        tab.shown = null;
        tab.drafts = start();
      },
    };
    return tab;
  }

  return {
    time,
    stored,
    problems,
    openTab,
    heal() {
      faults = { lost: 0, doubled: 0, delayMsMax: 20 };
    },
  };
}

type Act = 'type' | 'type large' | 'switch' | 'send' | 'reload' | 'offline' | 'online' | 'hide';
const steps = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 3_000 })),
    tab: fc.constantFrom<0 | 1>(0, 1),
    act: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Act>('type') },
      { weight: 4, arbitrary: fc.constant<Act>('switch') },
      {
        weight: 3,
        arbitrary: fc.constantFrom<Act>('type large', 'send', 'reload', 'offline', 'online', 'hide'),
      },
    ),
    to: fc.nat({ max: 5 }),
  }),
  { minLength: 5, maxLength: 50, size: 'max' },
);
const faults = fc.record({
  lost: fc.constantFrom(0, 0.2, 0.5),
  doubled: fc.constantFrom(0, 0.3),
  delayMsMax: fc.constantFrom(10, 800, 4_000),
});
const world = fc.record({ seed: fc.integer({ min: 1, max: 2 ** 31 }), script: steps, faults });

async function play(
  {
    seed,
    script,
    faults: chosen,
  }: { seed: number; script: { waitMs: number; tab: 0 | 1; act: Act; to: number }[]; faults: Faults },
  tabCount: 1 | 2,
) {
  const desk = makeDesk(seed, chosen);
  const tabs = Array.from({ length: tabCount }, desk.openTab);
  const typed = new Map<string, string>();
  let count = 0;
  for (const { waitMs, tab: seat, act, to } of script) {
    await desk.time.run(waitMs);
    const tab = tabs[seat % tabCount];
    if (tab === undefined) continue;
    if (tab.shown === null || act === 'switch') {
      tab.show(tickets[to % 3] ?? '', modes[to % 2] ?? 'reply');
    }
    const { shown } = tab;
    if (shown === null) continue;
    count++;
    if (act === 'type' || act === 'type large') {
      const text = `${shown.key} text ${count} ${act === 'type' ? '' : 'large '.repeat(10)}`;
      shown.store.write(text);
      typed.set(shown.key, text);
      expect(shown.store.getSnapshot().text).toBe(text);
    } else if (act === 'send' && shown.store.getSnapshot().text !== '') {
      shown.store.sent();
      typed.set(shown.key, '');
    } else if (act === 'reload') tab.reload();
    else if (act === 'offline') tab.seat.isOnline = false;
    else if (act === 'online') tab.seat.isOnline = true;
    else if (act === 'hide') tab.drafts.flush();
  }
  desk.heal();
  for (const tab of tabs) {
    tab.seat.isOnline = true;
    // Another life of a tab finds what it had not saved when the ticket is opened again.
    for (const ticketId of tickets) for (const mode of modes) tab.show(ticketId, mode);
  }
  await desk.time.run(60_000);
  for (const tab of tabs) tab.drafts.wake();
  await desk.time.run(60_000);
  const problems = new Set(desk.problems);
  for (const tab of tabs) {
    if (tab.kept.size > 0) problems.add('still unsaved');
    for (const ticketId of tickets) {
      for (const mode of modes) {
        const store = tab.drafts.openDraft(ticketId, mode, null);
        const { text, state } = store.getSnapshot();
        const isThere = desk.stored.get(`${ticketId}.${mode}`)?.text ?? '';
        // A tab that does not show a draft need not know it; what it shows once opened must be what is stored.
        if (tab.shown?.key === `${ticketId}.${mode}` && text !== isThere) problems.add('not what is stored');
        if (state !== 'saved') problems.add(`state ${state}`);
      }
    }
  }
  return { problems: [...problems], typed, stored: desk.stored };
}

describe('drafts, with tickets switched while saves are under way', () => {
  it('in one tab: each ticket and mode ends with what was typed there last, and never shows another’s', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (chosen) => {
        const { problems, typed, stored } = await play(chosen, 1);
        expect(problems).toEqual([]);
        for (const [key, text] of typed) expect(stored.get(key)?.text ?? '').toBe(text);
      }),
      { numRuns: Number(process.env.PARLEY_SYNC_RUNS ?? 150) },
    );
  }, 120_000);

  it('in two tabs: both end with what is stored, and nothing is ever saved or shown under another', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (chosen) => {
        expect((await play(chosen, 2)).problems).toEqual([]);
      }),
      { numRuns: Number(process.env.PARLEY_SYNC_RUNS ?? 150) },
    );
  }, 120_000);
});

describe('a draft', () => {
  const calm: Faults = { lost: 0, doubled: 0, delayMsMax: 10 };
  const [ticketId = ''] = tickets;
  const key = `${ticketId}.reply`;

  it('is saved once the keys rest, and at the latest after five seconds of writing', async () => {
    const desk = makeDesk(1, calm);
    const tab = desk.openTab();
    tab.show(ticketId, 'reply');
    for (let index = 0; index < 3; index++) {
      tab.shown?.store.write(`${key} ${index}`);
      await desk.time.run(500);
    }
    expect(desk.stored.size).toBe(0);
    await desk.time.run(700);
    expect(desk.stored.get(key)).toMatchObject({ text: `${key} 2`, version: 1 });
    for (let index = 0; index < 12; index++) {
      tab.shown?.store.write(`${key} on and on ${index}`);
      await desk.time.run(500);
    }
    expect(desk.stored.get(key)?.text).toContain('on and on');
  });

  it('appears in the agent’s other tab, and is gone there once it is sent', async () => {
    const desk = makeDesk(2, calm);
    const [one, two] = [desk.openTab(), desk.openTab()];
    for (const tab of [one, two]) tab.show(ticketId, 'reply');
    one.shown?.store.write(`${key} hello`);
    await desk.time.run(1_000);
    expect(two.shown?.store.getSnapshot()).toEqual({ text: `${key} hello`, state: 'saved' });
    one.shown?.store.sent();
    await desk.time.run(100);
    expect(two.shown?.store.getSnapshot().text).toBe('');
  });

  it('that is too long stays in this tab and says so, until it is shorter', async () => {
    const desk = makeDesk(3, calm);
    const tab = desk.openTab();
    tab.show(ticketId, 'reply');
    const fits = key + 'x'.repeat(draftCharsMax - key.length);
    tab.shown?.store.write(`${fits}x`);
    await desk.time.run(5_000);
    expect(tab.shown?.store.getSnapshot().state).toBe('too_long');
    expect(desk.stored.size).toBe(0);
    tab.reload();
    tab.show(ticketId, 'reply');
    expect(tab.shown?.store.getSnapshot().text).toHaveLength(draftCharsMax + 1);
    tab.shown?.store.write(fits);
    await desk.time.run(2_000);
    expect(desk.stored.get(key)?.text).toHaveLength(draftCharsMax);
    expect(tab.shown?.store.getSnapshot().state).toBe('saved');
  });

  it('that cannot be saved now is kept here, says so, and is saved when the server is back', async () => {
    const desk = makeDesk(4, calm);
    const tab = desk.openTab();
    tab.show(ticketId, 'reply');
    tab.seat.isOnline = false;
    tab.shown?.store.write(`${key} offline`);
    await desk.time.run(30_000);
    expect(tab.shown?.store.getSnapshot()).toEqual({ text: `${key} offline`, state: 'local' });
    tab.seat.isOnline = true;
    tab.drafts.wake();
    await desk.time.run(1_000);
    expect(desk.stored.get(key)?.text).toBe(`${key} offline`);
  });
});
