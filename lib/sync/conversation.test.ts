import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail } from '#/lib/errors.ts';
import { openOutbox } from '#/lib/sync/outbox.ts';
import type { Defect, Faults, Person, Tab } from '#/lib/sync/simulated-world.ts';
import { conversationId, makeRandom, makeTime, makeWorld } from '#/lib/sync/simulated-world.ts';
import { memoryStorage } from '#/lib/sync/storage.ts';

const customerId = '00000000-0000-7000-8000-00000000000a';
const agentId = '00000000-0000-7000-8000-00000000000b';
const customer: Person = {
  key: 'customer',
  audience: 'customer',
  me: { kind: 'customer', id: customerId, name: null },
  sender: { kind: 'customer', id: customerId, name: null },
};
const agent: Person = {
  key: 'agent',
  audience: 'staff',
  me: { kind: 'agent', id: agentId, name: 'Ada' },
  sender: { kind: 'agent', id: agentId, name: 'Ada' },
};

/** Two tabs of the customer, two of the agent; each step happens `waitMs` after the one before. */
type Step = { waitMs: number; tab: 0 | 1 | 2 | 3; act: Act };
type Act =
  | 'send'
  | 'send large'
  | 'send refused'
  | 'note'
  | 'hold'
  | 'undo'
  | 'send now'
  | 'hide'
  | 'resend'
  | 'reload'
  | 'crash'
  | 'offline'
  | 'online'
  | 'drop socket'
  | 'server down'
  | 'server up'
  | 'type'
  | 'read'
  | 'retry'
  | 'take back'
  | 'wake'
  | 'back up'
  | 'restore';

const acts: Act[] = [
  'send',
  'send large',
  'send refused',
  'note',
  'hold',
  'hold',
  'undo',
  'undo',
  'send now',
  'hide',
  'resend',
  'reload',
  'crash',
  'offline',
  'online',
  'drop socket',
  'server down',
  'server up',
  'type',
  'read',
  'retry',
  'take back',
  'wake',
  'back up',
  'restore',
];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 4_000 })),
    tab: fc.constantFrom<0 | 1 | 2 | 3>(0, 1, 2, 3),
    act: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Act>('send') },
      { weight: 4, arbitrary: fc.constantFrom(...acts) },
    ),
  }),
  { minLength: 5, maxLength: 40, size: 'max' },
);
const faults: fc.Arbitrary<Faults> = fc.record({
  lost: fc.constantFrom(0, 0.05, 0.2, 0.5),
  doubled: fc.constantFrom(0, 0.2),
  delayMsMax: fc.constantFrom(10, 500, 5_000),
  storageFails: fc.constantFrom(0, 0, 0.1),
});

/** Plays the steps, heals the world, and says everything that is wrong with the end or was wrong on the way. */
async function play(seed: number, script: Step[], chosen: Faults, defect: Defect = 'none') {
  const world = makeWorld({ seed, faults: chosen, defect });
  const people = [customer, customer, agent, agent];
  const names = ['customer tab 1', 'customer tab 2', 'agent tab 1', 'agent tab 2'];
  const tabs: Tab[] = people.map((person, index) => world.openTab(names[index] ?? '', person));
  /** What each seat submitted, in the order of the last submission, as long as nobody took it back. */
  const submitted: string[][] = [[], [], [], []];
  /** Submitted again in another tab: what two tabs submit in one moment has no order between them. */
  const elsewhere = new Set<string>();
  /** Taken back, which is to say never sent. */
  const undone = new Set<string>();
  /** Asked to be taken back without an answer so far. */
  const undoing = new Set<string>();
  /** The newest order that an agent's tab showed when it sent a reply, or sent it again. */
  const shownAt = new Map<string, number>();
  /** Submitted in a life of the tab that ended before it may have been stored, or with it when a restore took it. */
  const excused = new Set<string>();
  /** Stored once and taken by a restore: when they were sent again says nothing about when they were submitted. */
  const taken = new Set<string>();
  let backup = world.backUp();
  /** The file that a message was sent with, by the message's id. */
  const filesAt = new Map<string, string>();
  let count = 0;
  let hasRestored = false;

  const restore = () => {
    const before = world.view('staff').map(({ id }) => id);
    world.restore(backup);
    hasRestored = true;
    const kept = new Set(world.view('staff').map(({ id }) => id));
    for (const id of before) if (!kept.has(id)) taken.add(id);
    // Whoever does not have it before their eyes cannot be told.
    for (const [seat, ids] of submitted.entries()) {
      const shown = new Set(tabs[seat]?.conversation.getSnapshot().bubbles.map(({ id }) => id));
      for (const id of ids) if (taken.has(id) && !shown.has(id)) excused.add(id);
    }
  };

  for (const { waitMs, tab: seat, act } of script) {
    await world.time.run(waitMs);
    const tab = tabs[seat];
    const mine = submitted[seat];
    if (tab === undefined || mine === undefined) continue;
    const { conversation } = tab;
    const { staff } = tab;
    const resubmit = (id: string) => {
      if (!mine.includes(id)) elsewhere.add(id);
      for (const ids of submitted) if (ids.includes(id)) ids.push(...ids.splice(ids.indexOf(id), 1));
    };
    const newestShown = () =>
      conversation.getSnapshot().bubbles.findLast(({ order }) => order !== null)?.order ?? 0;
    const send = (text: string, kind: 'reply' | 'note' = 'reply', holdMs = 0) => {
      const shown = newestShown();
      const hasFiles = count % 3 === 0;
      const files = hasFiles ? [fileOf(`file ${count}`)] : [];
      const heldUntil = world.time.clock.now() + holdMs;
      const { id } =
        staff?.send(text, kind, { holdMs, files }) ??
        conversation.send(text, kind, {
          ...(holdMs > 0 ? { heldUntil } : {}),
          ...(hasFiles ? { files } : {}),
        });
      if (hasFiles) filesAt.set(id, `file ${count}`);
      if (staff !== null && kind === 'reply') shownAt.set(id, shown);
      if (conversation.getSnapshot().bubbles.every((bubble) => bubble.id !== id)) {
        world.problems.push('the bubble is not there in the same tick');
      }
      mine.push(id);
    };
    const bubbleIn = (...states: string[]) =>
      conversation.getSnapshot().bubbles.find(({ state }) => states.includes(state));
    const failed = bubbleIn('failed', 'guarded');
    const held = tab.outbox.list(conversationId).find(({ heldUntil }) => heldUntil !== undefined);
    count++;
    if (act === 'send') send(`message ${count}`);
    else if (act === 'send large') send(`message ${count} ${'large '.repeat(10)}`);
    else if (act === 'send refused') send(`refused ${count}`);
    else if (act === 'note') send(`note ${count}`, staff === null ? 'reply' : 'note');
    else if (act === 'hold') send(`held ${count}`, 'reply', 5_000);
    else if (act === 'hide') tab.hide();
    else if (act === 'send now' && held !== undefined) tab.outbox.release([held.id]);
    else if (act === 'undo' && held !== undefined) {
      undoing.add(held.id);
      void tab.outbox.undo(held.id).then((text) => {
        undoing.delete(held.id);
        if (text !== null) undone.add(held.id);
      });
    } else if (act === 'resend') {
      const guarded = bubbleIn('guarded');
      if (guarded !== undefined && staff !== null) {
        // In two tabs at one moment either may be the one that is sent.
        shownAt.set(guarded.id, Math.max(shownAt.get(guarded.id) ?? 0, newestShown()));
        staff.resend(guarded.id);
        resubmit(guarded.id);
      }
    } else if (act === 'reload' || act === 'crash') {
      if (act === 'reload') {
        conversation.close();
        tab.outbox.close();
      }
      world.crash(tab);
      const held = new Set(world.unsentOf(tab.person).map(({ id }) => id));
      for (const id of mine) if (!held.has(id)) excused.add(id);
      // Shown as sent until now, and gone with this tab before it noticed.
      for (const id of idsIn(conversation.getSnapshot(), 'sent')) if (taken.has(id)) excused.add(id);
      tabs[seat] = world.openTab(`${names[seat]} again`, tab.person);
    } else if (act === 'offline') world.setOnline(tab, false);
    else if (act === 'online') world.setOnline(tab, true);
    else if (act === 'drop socket') {
      tab.goLive(false);
      world.time.clock.setTimeout(() => tab.isAlive && tab.isOnline && tab.goLive(true), 1_500);
    } else if (act === 'server down') world.setServer(false);
    else if (act === 'server up') world.setServer(true);
    else if (act === 'back up') backup = world.backUp();
    else if (act === 'restore') restore();
    else if (act === 'type') conversation.typed();
    else if (act === 'read') conversation.markSeen(conversation.getSnapshot().head);
    else if (act === 'wake') conversation.wake();
    else if (failed !== undefined && act === 'retry') {
      conversation.retry(failed.id);
      resubmit(failed.id);
    } else if (failed !== undefined && act === 'take back') {
      conversation.takeBack(failed.id);
      for (const ids of submitted) if (ids.includes(failed.id)) ids.splice(ids.indexOf(failed.id), 1);
    }
  }

  world.heal();
  await world.time.run(90_000);

  const problems = new Set(world.problems);
  const stored = world.view('staff').map(({ id }) => id);
  if (new Set(stored).size !== stored.length) problems.add('a row is stored twice');
  for (const tab of tabs) {
    const { bubbles, head, connection, unreadCount, readThrough } = tab.conversation.getSnapshot();
    const expected = world.view(tab.person.audience);
    const sent = bubbles.filter(({ state }) => state === 'sent').map(({ id }) => id);
    if (sent.join() !== expected.map(({ id }) => id).join()) problems.add(`${tab.name}: not the stored log`);
    if (head !== expected.length) problems.add(`${tab.name}: head`);
    if (connection !== 'live') problems.add(`${tab.name}: ${connection}`);
    if (bubbles.some(({ state }) => state === 'sending' || state === 'held'))
      problems.add(`${tab.name}: still sending`);
    if (bubbles.some(({ state, id }) => (state === 'failed' || state === 'guarded') && stored.includes(id))) {
      problems.add(`${tab.name}: "not sent" beside a row`);
    }
    const unread = expected.filter(
      (entry) =>
        entry.order > readThrough && entry.kind !== 'event' && entry.sender.kind !== tab.person.me.kind,
    );
    if (unreadCount !== unread.length) problems.add(`${tab.name}: unread`);
    if (bubbles.some(({ id, files }) => files?.map((file) => file.id).join() !== filesAt.get(id))) {
      problems.add(`${tab.name}: a message without its files`);
    }
    if (tab.outbox.list('other').length > 0) problems.add('another conversation');
  }
  for (const person of [customer, agent]) {
    if (world.unsentOf(person).some(({ id, failure }) => failure === null || stored.includes(id))) {
      problems.add(`${person.key}: the outbox is not empty`);
    }
  }
  const failedIds = new Set(
    tabs.flatMap(({ conversation }) => idsIn(conversation.getSnapshot(), 'failed', 'guarded')),
  );
  for (const id of undone) if (stored.includes(id)) problems.add('taken back, and sent all the same');
  for (const ids of submitted) {
    const isOrdered = (id: string) => !taken.has(id) && !elsewhere.has(id) && !world.revived.has(id);
    const kept = ids.filter((id) => stored.includes(id) && isOrdered(id));
    if (kept.join() !== stored.filter((id) => kept.includes(id)).join()) problems.add('sender order');
    const isAccountedFor = (id: string) =>
      stored.includes(id) || failedIds.has(id) || excused.has(id) || undone.has(id) || undoing.has(id);
    if (!ids.every(isAccountedFor)) problems.add('a submitted message is lost');
  }
  if (!hasRestored) {
    const rows = world.view('staff');
    for (const [id, shown] of shownAt) {
      const at = rows.findIndex((row) => row.id === id);
      const unseen = rows.slice(shown, Math.max(shown, at)).some(({ sender }) => sender.kind === 'customer');
      if (unseen) problems.add('a reply stands behind what its writer had not seen');
    }
  }
  return [...problems];
}

function fileOf(id: string) {
  return { id, name: `${id}.txt`, type: 'text/plain', bytes: 3, hasThumbnail: false };
}

function idsIn(snapshot: { bubbles: readonly { id: string; state: string }[] }, ...states: string[]) {
  return snapshot.bubbles.filter((bubble) => states.includes(bubble.state)).map(({ id }) => id);
}

const world = fc.record({ seed: fc.integer({ min: 1, max: 2 ** 31 }), script: steps, faults });

describe('whatever is lost, doubled, late, reloaded or reconnected', () => {
  it('every client ends with exactly the stored log, in order, and never shows an id twice', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ seed, script, faults: chosen }) => {
        expect(await play(seed, script, chosen)).toEqual([]);
      }),
      { numRuns: Number(process.env.PARLEY_SYNC_RUNS ?? 150) },
    );
  }, 120_000);

  it.each<Defect>([
    'server without idempotency',
    'no gap fetch',
    'no fetch at all',
    'storage forgets',
    'claims to have sent',
    'server without the send guard',
    'a restore keeps the epoch',
  ])(
    'is noticed when a defence is missing: %s',
    async (defect) => {
      const found = await fc.check(
        fc.asyncProperty(world, async ({ seed, script, faults: chosen }) => {
          return (await play(seed, script, chosen, defect)).length === 0;
        }),
        { numRuns: 60, endOnFailure: true },
      );
      expect(found.failed).toBe(true);
    },
    60_000,
  );
});

describe('after a restore from a backup', () => {
  const quiet: Faults = { lost: 0, doubled: 0, delayMsMax: 20, storageFails: 0 };
  async function scene() {
    const world = makeWorld({ seed: 11, faults: quiet });
    const [writer, reader] = [world.openTab('customer tab', customer), world.openTab('agent tab', agent)];
    await world.time.run(1_000);
    const say = async (tab: Tab, text: string) => {
      const { id } = tab.conversation.send(text);
      await world.time.run(500);
      return id;
    };
    const shown = (tab: Tab) =>
      tab.conversation.getSnapshot().bubbles.map(({ text, state }) => `${text} ${state}`);
    await say(writer, 'kept');
    const backup = world.backUp();
    return { world, writer, reader, say, shown, backup };
  }

  it('what was sent since is shown to its writer as not sent, with its words, and to nobody else', async () => {
    const { world, writer, reader, say, shown, backup } = await scene();
    await say(writer, 'lost');
    await say(reader, 'answer');
    world.restore(backup);
    writer.conversation.wake();
    reader.conversation.wake();
    await world.time.run(1_000);
    expect(shown(writer)).toEqual(['kept sent', 'lost failed']);
    expect(shown(reader)).toEqual(['kept sent', 'answer failed']);
    const failed = writer.conversation.getSnapshot().bubbles[1];
    expect(failed?.failure).toEqual({ code: 'conflict', reason: 'restored' });
    writer.conversation.retry(failed?.id ?? '');
    await world.time.run(1_000);
    expect(shown(reader)).toEqual(['kept sent', 'lost sent', 'answer failed']);
    expect(world.problems).toEqual([]);
  });

  it('what it took is kept, also while another tab of its writer has not heard of the restore', async () => {
    const { world, reader, say, shown, backup } = await scene();
    await say(reader, 'answer');
    const other = world.openTab('agent tab 2', agent);
    await world.time.run(1_000);
    expect(shown(other)).toEqual(['kept sent', 'answer sent']);
    world.setOnline(other, false);
    world.restore(backup);
    reader.conversation.wake();
    await world.time.run(1_000);
    expect(world.unsentOf(agent).map(({ text }) => text)).toEqual(['answer']);
    for (const tab of [reader, other]) world.crash(tab);
    const again = world.openTab('agent tab again', agent);
    await world.time.run(1_000);
    expect(shown(again)).toEqual(['kept sent', 'answer failed']);
  });

  it('what it took and a backup of later gives back is not kept as unsent', async () => {
    const { world, reader, say, shown, backup } = await scene();
    await say(reader, 'answer');
    const other = world.openTab('agent tab 2', agent);
    await world.time.run(1_000);
    const later = world.backUp();
    for (const [restored, expected] of [
      [backup, ['kept sent', 'answer failed']],
      [later, ['kept sent', 'answer sent']],
    ] as const) {
      world.restore(restored);
      for (const tab of [other, reader]) tab.conversation.wake();
      await world.time.run(1_000);
      expect([shown(reader), shown(other)]).toEqual([expected, expected]);
    }
    expect(world.unsentOf(agent)).toEqual([]);
    expect(world.problems).toEqual([]);
  });

  it('a log that grew past the old head meanwhile is not mixed with the old one', async () => {
    const { world, writer, reader, say, shown, backup } = await scene();
    await say(reader, 'answer');
    const away = world.openTab('customer tab 2', customer);
    await world.time.run(1_000);
    world.setOnline(away, false);
    world.restore(backup);
    for (const tab of [writer, reader]) tab.conversation.wake();
    await world.time.run(1_000);
    for (const text of ['one', 'two', 'three']) await say(writer, text);
    world.setOnline(away, true);
    await world.time.run(2_000);
    expect(shown(away)).toEqual(['kept sent', 'one sent', 'two sent', 'three sent']);
    expect(world.problems).toEqual([]);
  });

  it('an event that comes before the first look is not put behind the old log', async () => {
    const { world, writer, reader, say, shown, backup } = await scene();
    await say(writer, 'lost');
    world.restore(backup);
    // Its order is the one that the reader waits for: one more than the old log has.
    reader.conversation.wake();
    await world.time.run(500);
    await say(reader, 'new one');
    await say(reader, 'new two');
    expect(shown(writer)).toEqual(['kept sent', 'new one sent', 'new two sent', 'lost failed']);
    expect(world.problems).toEqual([]);
  });

  it('what is confirmed before the first look is neither lost nor put behind the old log', async () => {
    const { world, writer, say, shown, backup } = await scene();
    await say(writer, 'lost');
    world.restore(backup);
    await say(writer, 'new');
    expect(shown(writer)).toEqual(['kept sent', 'new sent', 'lost failed']);
    expect(world.problems).toEqual([]);
  });

  it('what is unsent is sent, and marks are those of the backup', async () => {
    const { world, writer, reader, say, shown, backup } = await scene();
    await say(reader, 'answer');
    writer.conversation.markSeen(2);
    await world.time.run(500);
    expect(reader.conversation.getSnapshot().seenThrough).toBe(2);
    world.setServer(false);
    writer.conversation.send('unsent');
    world.restore(backup);
    world.setServer(true);
    await world.time.run(5_000);
    expect(shown(writer)).toEqual(['kept sent', 'unsent sent']);
    expect(reader.conversation.getSnapshot().seenThrough).toBeLessThan(2);
    expect(writer.conversation.getSnapshot().readThrough).toBeLessThan(2);
    expect(world.problems).toEqual([]);
  });
});

it('each message is confirmed once, whether its answer comes first or its event', async () => {
  const world = makeWorld({ seed: 3, faults: { lost: 0, doubled: 0, delayMsMax: 200, storageFails: 0 } });
  const tabs = [world.openTab('customer tab 1', customer), world.openTab('customer tab 2', customer)];
  const told: string[][] = tabs.map(() => []);
  for (const [index, { outbox }] of tabs.entries()) outbox.onConfirmed(({ id }) => told[index]?.push(id));
  await world.time.run(1_000);
  const ids: string[] = [];
  for (let count = 0; count < 20; count++) {
    ids.push(tabs[count % 2]?.conversation.send(`message ${count}`).id ?? '');
    await world.time.run(1_000);
  }
  expect(told).toEqual([ids, ids]);
});

describe('when the server was away for minutes', () => {
  async function waitedFor(msMax: number, hasSocket: boolean) {
    const world = makeWorld({ seed: 7, faults: { lost: 0, doubled: 0, delayMsMax: 20, storageFails: 0 } });
    const tab = world.openTab('customer tab', customer);
    await world.time.run(2_000);
    world.setServer(false);
    tab.conversation.send('are you there?');
    await world.time.run(300_000);
    expect(idsIn(tab.conversation.getSnapshot(), 'sending')).toHaveLength(1);
    world.setServer(true);
    tab.goLive(hasSocket);
    await world.time.run(msMax);
    return idsIn(tab.conversation.getSnapshot(), 'sent');
  }

  it('what waits is sent as soon as the live connection is back', async () => {
    expect(await waitedFor(500, true)).toHaveLength(1);
  });

  it('what waits is sent as soon as a look is answered again, without a live connection', async () => {
    expect(await waitedFor(4_500, false)).toHaveLength(1);
  });

  it("a visitor's first message, with nothing to look at or listen to, is sent within ten seconds", async () => {
    const time = makeTime(makeRandom(7));
    let isUp = false;
    const outbox = openOutbox({
      scope: 'visitor',
      storage: memoryStorage(),
      transport: { send: async () => (isUp ? fail({ code: 'invalid' }) : fail({ code: 'unavailable' })) },
      clock: time.clock,
      lock: (_, run) => run(),
    });
    const start = { ticketId: customerId, sessionToken: null };
    outbox.add({ conversationId: agentId, id: customerId, kind: 'reply', text: 'hello', start });
    const failureOf = () => outbox.list(agentId)[0]?.failure;
    await time.run(300_000);
    expect(failureOf()).toBeNull();
    isUp = true;
    await time.run(10_000);
    // An answer is what counts: here it is a refusal, which is easy to see.
    expect(failureOf()).toEqual({ code: 'invalid' });
    outbox.close();
  });
});
