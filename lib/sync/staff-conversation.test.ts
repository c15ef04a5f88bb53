import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Faults, makeWorld, type Person, type Tab } from '#/lib/sync/simulated-world.ts';
import type { StaffConversation } from '#/lib/sync/staff-conversation.ts';

const customerId = '00000000-0000-7000-8000-00000000000a';
const agentId = '00000000-0000-7000-8000-00000000000b';
const colleagueId = '00000000-0000-7000-8000-00000000000c';
const customer: Person = {
  key: 'customer',
  audience: 'customer',
  me: { kind: 'customer', id: customerId, name: null },
  sender: { kind: 'customer', id: customerId, name: null },
};
const agentOf = (id: string, name: string): Person => ({
  key: id,
  audience: 'staff',
  me: { kind: 'agent', id, name },
  sender: { kind: 'agent', id, name },
});
const agent = agentOf(agentId, 'Ada');
const colleague = agentOf(colleagueId, 'Maria');
const quiet: Faults = { lost: 0, doubled: 0, delayMsMax: 20, storageFails: 0 };

function staffOf(tab: Tab): StaffConversation {
  if (tab.staff === null) throw new Error('not an agent’s tab');
  return tab.staff;
}
const shown = (tab: Tab) =>
  staffOf(tab)
    .getSnapshot()
    .bubbles.map(({ text, state }) => `${text} ${state}`);

async function scene(filled = 0) {
  const world = makeWorld({ seed: 5, faults: quiet });
  world.fill(customer, filled);
  const tab = world.openTab('agent tab', agent);
  const writer = world.openTab('customer tab', customer);
  await world.time.run(1_000);
  return { world, tab, writer, staff: staffOf(tab) };
}

/** Something that the tab is not told of. */
async function unseen(world: ReturnType<typeof makeWorld>, tab: Tab, act: () => void) {
  tab.goLive(false);
  act();
  await world.time.run(500);
}

describe('a reply that crosses somebody else’s', () => {
  it('is kept as guarded, the other shown above it, and goes when its writer sends it anyway', async () => {
    const { world, tab, writer, staff } = await scene();
    await unseen(world, tab, () => writer.conversation.send('Never mind'));
    staff.send('Here is a long answer');
    // The refusal itself asks for what is newer.
    await world.time.run(500);
    expect(shown(tab)).toEqual(['Never mind sent', 'Here is a long answer guarded']);
    const [, guarded] = staff.getSnapshot().bubbles;
    expect(guarded?.failure).toEqual({ code: 'conflict', reason: 'newer_entries' });
    staff.resend(guarded?.id ?? '');
    await world.time.run(1_000);
    expect(shown(tab)).toEqual(['Never mind sent', 'Here is a long answer sent']);
  });

  it('is given back for editing, and stays guarded when it is tried again without looking', async () => {
    const { world, tab, writer, staff } = await scene();
    await unseen(world, tab, () => writer.conversation.send('Never mind'));
    const { id } = staff.send('An answer');
    await world.time.run(1_000);
    staff.retry(id);
    await world.time.run(1_000);
    expect(shown(tab)).toEqual(['Never mind sent', 'An answer guarded']);
    expect(staff.takeBack(id)).toBe('An answer');
    expect(shown(tab)).toEqual(['Never mind sent']);
  });

  it('is guarded against a colleague’s note as well, and a note against nothing', async () => {
    const { world, tab, staff } = await scene();
    const other = world.openTab('colleague tab', colleague);
    await world.time.run(1_000);
    await unseen(world, tab, () => staffOf(other).send('I have it', 'note'));
    staff.send('A reply');
    staff.send('A note', 'note');
    await world.time.run(1_000);
    expect(shown(tab)).toEqual(['I have it sent', 'A note sent', 'A reply guarded']);
  });
});

describe('a reply that is held', () => {
  const held = (staff: StaffConversation, text: string) => staff.send(text, 'reply', { holdMs: 5_000 });

  it('says until when, is not sent before then, and is sent after', async () => {
    const { world, tab, staff } = await scene();
    const nowMs = world.time.clock.now();
    held(staff, 'soon');
    expect(staff.getSnapshot().bubbles[0]).toMatchObject({ state: 'held', heldUntil: nowMs + 5_000 });
    await world.time.run(4_900);
    expect(world.view('staff')).toEqual([]);
    expect(shown(tab)).toEqual(['soon held']);
    await world.time.run(1_000);
    expect(shown(tab)).toEqual(['soon sent']);
    expect(staff.getSnapshot().bubbles[0]?.heldUntil).toBeNull();
  });

  it('gives its words back when it is taken back, and never when it is on its way', async () => {
    const { world, tab, staff } = await scene();
    const first = held(staff, 'too hasty');
    await world.time.run(1_000);
    const undoing = staff.undo(first.id);
    await world.time.run(100);
    expect(await undoing).toBe('too hasty');
    expect(shown(tab)).toEqual([]);
    expect(world.unsentOf(agent)).toEqual([]);
    const second = held(staff, 'final');
    await world.time.run(6_000);
    const tooLate = staff.undo(second.id);
    await world.time.run(100);
    expect(await tooLate).toBeNull();
    expect(shown(tab)).toEqual(['final sent']);
  });

  it('holds what was written behind it, and goes with it when that is sent now', async () => {
    const { world, tab, staff } = await scene();
    held(staff, 'one');
    staff.send('two');
    const three = held(staff, 'three');
    await world.time.run(1_000);
    expect(shown(tab)).toEqual(['one held', 'two sending', 'three held']);
    staff.sendNow(three.id);
    await world.time.run(1_000);
    expect(shown(tab)).toEqual(['one sent', 'two sent', 'three sent']);
  });

  it('goes when its page is hidden, and not when another page of the agent is', async () => {
    const { world, tab, staff } = await scene();
    const other = world.openTab('agent tab 2', agent);
    await world.time.run(1_000);
    held(staff, 'one');
    await world.time.run(500);
    expect(shown(other)).toEqual(['one held']);
    other.hide();
    await world.time.run(500);
    expect(shown(tab)).toEqual(['one held']);
    tab.hide();
    await world.time.run(500);
    expect(shown(tab)).toEqual(['one sent']);
  });

  it('is still held after a reload, then sent, once', async () => {
    const { world, tab, staff } = await scene();
    held(staff, 'survives');
    await world.time.run(1_000);
    world.crash(tab);
    const again = world.openTab('agent tab again', agent);
    await world.time.run(500);
    expect(shown(again)).toEqual(['survives held']);
    await world.time.run(6_000);
    expect(shown(again)).toEqual(['survives sent']);
    expect(world.view('staff')).toHaveLength(1);
  });

  it('is sent by what was seen when it was written: a message that comes meanwhile guards it', async () => {
    const { world, tab, writer, staff } = await scene();
    held(staff, 'An answer');
    await world.time.run(1_000);
    writer.conversation.send('Solved it myself');
    await world.time.run(10_000);
    expect(shown(tab)).toEqual(['Solved it myself sent', 'An answer guarded']);
  });

  it('can be taken back in another tab of the agent', async () => {
    const { world, tab, staff } = await scene();
    const other = world.openTab('agent tab 2', agent);
    await world.time.run(1_000);
    const { id } = held(staff, 'from the other screen');
    await world.time.run(500);
    const undoing = staffOf(other).undo(id);
    await world.time.run(500);
    expect(await undoing).toBe('from the other screen');
    await world.time.run(10_000);
    expect([shown(tab), shown(other), world.view('staff')]).toEqual([[], [], []]);
  });

  it('goes before its outbox closes', async () => {
    const { world, tab, staff } = await scene();
    held(staff, 'leaving');
    await world.time.run(500);
    staff.close();
    tab.outbox.close();
    await world.time.run(1_000);
    expect(world.view('staff').map(({ text }) => text)).toEqual(['leaving']);
  });
});

describe('a jump into the middle of a long log', () => {
  it('is kept when it was answered before the newest part was there', async () => {
    // The two answers are on their way together: some seeds let the one come first, some the other.
    for (let seed = 1; seed <= 20; seed++) {
      const world = makeWorld({ seed, faults: quiet });
      world.fill(customer, 300);
      const staff = staffOf(world.openTab('agent tab', agent));
      const opening = staff.openAt(100);
      await world.time.run(1_000);
      expect(await opening).toBe(true);
      const { bubbles, isAtNewest } = staff.getSnapshot();
      expect(bubbles.some(({ order }) => order === 100)).toBe(true);
      expect(isAtNewest).toBe(false);
    }
  });

  it('shows the entry with what is around it, and says that the newest are elsewhere', async () => {
    const { world, tab, writer, staff } = await scene(300);
    const opening = staff.openAt(100);
    await world.time.run(500);
    expect(await opening).toBe(true);
    const { bubbles, isAtNewest, hasEarlier } = staff.getSnapshot();
    expect([bubbles[0]?.order, bubbles.at(-1)?.order, isAtNewest, hasEarlier]).toEqual([
      75,
      125,
      false,
      true,
    ]);
    writer.conversation.send('Meanwhile');
    await world.time.run(500);
    expect(shown(tab).at(-1)).not.toContain('Meanwhile');
    // A mark here would count what lies between as read.
    staff.markSeen(125);
    expect(staff.getSnapshot().readThrough).toBe(0);
    // What is sent from there goes by what was seen before the jump.
    staff.send('An answer');
    await world.time.run(1_000);
    expect(shown(tab).slice(-2)).toEqual(['Meanwhile sent', 'An answer guarded']);
    expect(staff.getSnapshot().isAtNewest).toBe(true);
  });

  it('of an order that is not there says so and leaves what is shown', async () => {
    const { world, tab, staff } = await scene(80);
    const before = shown(tab);
    const opening = staff.openAt(1_000);
    await world.time.run(500);
    expect(await opening).toBe(false);
    expect(shown(tab)).toEqual(before);
  });

  it('to what is shown already does not keep the page that was on its way from being loaded again', async () => {
    const { world, staff } = await scene(210);
    void staff.openAt(27);
    await world.time.run(500);
    expect(staff.getSnapshot().bubbles[0]?.order).toBe(2);
    void staff.loadEarlier();
    await staff.openAt(2);
    await world.time.run(500);
    expect(staff.getSnapshot().isLoadingEarlier).toBe(false);
    void staff.loadEarlier();
    await world.time.run(500);
    expect(staff.getSnapshot().bubbles[0]?.order).toBe(1);
  });

  it('grows in both directions without a hole until it is the whole log, whatever comes meanwhile', async () => {
    const act = fc.constantFrom('earlier', 'later', 'newest', 'jump', 'write', 'answer');
    const script = fc.array(fc.record({ act, to: fc.nat(), waitMs: fc.integer({ min: 0, max: 400 }) }), {
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), script, async (filled, steps) => {
        const { world, tab, writer, staff } = await scene(filled);
        let head = filled;
        for (const { act: what, to, waitMs } of steps) {
          if (what === 'earlier') void staff.loadEarlier();
          else if (what === 'later') void staff.loadLater();
          else if (what === 'newest') staff.backToNewest();
          else if (what === 'jump') void staff.openAt(1 + (to % head));
          else {
            (what === 'write' ? writer.conversation : staff).send(what);
            head++;
          }
          await world.time.run(waitMs);
        }
        await world.time.run(10_000);
        for (let page = 0; page < 20 && staff.getSnapshot().hasEarlier; page++) {
          void staff.loadEarlier();
          void staff.loadLater();
          await world.time.run(500);
        }
        for (let page = 0; page < 20 && !staff.getSnapshot().isAtNewest; page++) {
          void staff.loadLater();
          await world.time.run(500);
        }
        // The world itself looks at each change: one run without a hole, of what is stored.
        expect(world.problems).toEqual([]);
        const sent = staff.getSnapshot().bubbles.filter(({ state }) => state === 'sent');
        expect(sent.map(({ id }) => id)).toEqual(world.view('staff').map(({ id }) => id));
        expect(staff.getSnapshot().isAtNewest).toBe(true);
        tab.conversation.close();
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
