import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admissionBudgets, createAdmission, type GatedClass } from '#/lib/admission.ts';

/** Time that moves only when told, and runs what falls due. */
function fakeClock() {
  let nowMs = 0;
  const timers = new Map<number, { atMs: number; run: () => void }>();
  let made = 0;
  return {
    now: () => nowMs,
    setTimeout(run: () => void, ms: number) {
      timers.set(++made, { atMs: nowMs + ms, run });
      return made;
    },
    clearTimeout: (handle: unknown) => void timers.delete(Number(handle)),
    async advance(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [first] = [...timers].sort(([, a], [, b]) => a.atMs - b.atMs);
        if (first === undefined || first[1].atMs > untilMs) break;
        timers.delete(first[0]);
        nowMs = Math.max(nowMs, first[1].atMs);
        first[1].run();
        await settled();
      }
      nowMs = untilMs;
      await settled();
    },
  };
}

/** Lets what was resolved be told to those who wait for it. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function rig(budget = 2) {
  const clock = fakeClock();
  const budgets = { ...admissionBudgets, action: budget, read: budget };
  const admission = createAdmission(budgets, clock);
  type Asked = { state: 'waiting' | 'in' | 'shed'; atMs: number; waitedMs: number; leave: () => void };
  const ask = async (kind: GatedClass = 'action', isGone?: () => boolean): Promise<Asked> => {
    const asked: Asked = { state: 'waiting', atMs: clock.now(), waitedMs: 0, leave: () => {} };
    admission.enter(kind, isGone).then((leave) => {
      asked.state = leave === null ? 'shed' : 'in';
      asked.waitedMs = clock.now() - asked.atMs;
      asked.leave = leave ?? (() => {});
    });
    await settled();
    return asked;
  };
  return { clock, admission, ask };
}

test('what fits goes in at once, the next waits and goes in when one leaves, in order', async () => {
  const { ask } = rig();
  const [a, b, c, d] = [await ask(), await ask(), await ask(), await ask()];
  expect([a, b, c, d].map(({ state }) => state)).toEqual(['in', 'in', 'waiting', 'waiting']);
  a.leave();
  a.leave();
  await settled();
  expect([c.state, d.state]).toEqual(['in', 'waiting']);
});

test('nobody waits longer than the bound, and who waited that long is shed', async () => {
  const { clock, ask } = rig();
  await ask();
  await ask();
  const late = await ask();
  await clock.advance(1_499);
  expect(late.state).toBe('waiting');
  await clock.advance(1);
  expect(late).toMatchObject({ state: 'shed', waitedMs: 1_500 });
});

test('a line that stands is shed faster than a burst, and refuses at once when it is long', async () => {
  const { clock, admission, ask } = rig();
  const running = [await ask(), await ask()];
  // One leaves and one comes every 10 ms: the line never empties.
  for (let turn = 0; turn < 110; turn++) {
    running.push(await ask());
    if (turn % 2 === 0) running.find(({ state }) => state === 'in')?.leave();
    running.splice(
      0,
      running.findIndex(({ state }) => state === 'in'),
    );
    await clock.advance(10);
  }
  const newcomers = [];
  for (let each = 0; each < 10; each++) newcomers.push(await ask());
  expect(admission.isFull('action')).toBe(true);
  expect(newcomers.some(({ state, waitedMs }) => state === 'shed' && waitedMs === 0)).toBe(true);
  await clock.advance(150);
  expect(newcomers.every(({ state, waitedMs }) => state === 'shed' && waitedMs <= 150)).toBe(true);
});

test('a thousand who come back at once and ask wait for their turn instead of asking again', async () => {
  const { clock, ask } = rig();
  const all = [];
  for (let each = 0; each < 1_000; each++) all.push(await ask('read'));
  // Two at once, 5 ms each: the line stands for 2.5 s.
  for (let turn = 0; turn < 500; turn++) {
    for (const inside of all.filter(({ state }) => state === 'in').slice(-2)) inside.leave();
    await clock.advance(5);
  }
  expect(all.filter(({ state }) => state === 'shed')).toEqual([]);
});

test('sends that fill their budget and their line take nothing from reads and from channel grants', async () => {
  const { admission, ask } = rig();
  for (let each = 0; each < 500; each++) await ask('action');
  expect(admission.isFull('action')).toBe(true);
  expect((await ask('read')).state).toBe('in');
  expect((await ask('authorize')).state).toBe('in');
  expect(admission.isFull('health')).toBe(false);
  expect(await admission.enter('health')).not.toBeNull();
});

test('who went away while waiting takes no place', async () => {
  const { ask } = rig(1);
  const first = await ask();
  let isGone = false;
  const left = await ask('action', () => isGone);
  const stayed = await ask();
  isGone = true;
  first.leave();
  await settled();
  expect([left.state, stayed.state]).toEqual(['shed', 'in']);
});

test('an answer that never ends gives its place back', async () => {
  const { clock, ask } = rig(1);
  await ask();
  await clock.advance(30_000);
  expect((await ask()).state).toBe('in');
});

test('a late event loop shrinks what may run at once, and a punctual one brings it back', async () => {
  const { admission, ask } = rig(8);
  for (let each = 0; each < 20; each++) admission.noteLoopDelay(400);
  expect(admission.counts().action.room).toBe(4);
  const asked = [await ask(), await ask(), await ask(), await ask(), await ask()];
  expect(asked.map(({ state }) => state)).toEqual(['in', 'in', 'in', 'in', 'waiting']);
  for (let each = 0; each < 20; each++) admission.noteLoopDelay(2);
  await settled();
  expect(admission.counts().action.room).toBe(8);
  expect(asked[4]?.state).toBe('in');
});

test('whatever comes and goes: never more inside than there is room, everybody is answered within the bound', async () => {
  const step = fc.oneof(
    fc.record({ act: fc.constant('ask' as const) }),
    fc.record({ act: fc.constant('leave' as const), which: fc.nat(20) }),
    fc.record({ act: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 300 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, admission, ask } = rig(3);
      const all: Awaited<ReturnType<typeof ask>>[] = [];
      const inside = () => all.filter(({ state }) => state === 'in');
      const left = new Set<object>();
      for (const each of steps) {
        if (each.act === 'ask') all.push(await ask());
        if (each.act === 'wait') await clock.advance(each.ms);
        if (each.act === 'leave') {
          const staying = inside().filter((one) => !left.has(one));
          const one = staying[each.which % Math.max(1, staying.length)];
          if (one !== undefined) left.add(one);
          one?.leave();
          await settled();
        }
        expect(inside().filter((one) => !left.has(one)).length).toBeLessThanOrEqual(3);
        expect(admission.counts().action.running).toBe(inside().filter((one) => !left.has(one)).length);
      }
      await clock.advance(1_500);
      expect(all.filter(({ state }) => state === 'waiting')).toEqual([]);
      expect(all.every(({ waitedMs }) => waitedMs <= 1_500)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('files take nobody else’s place, and keep their own for as long as a slow line needs', async () => {
  const { clock, ask } = rig();
  const uploads = await Promise.all(Array.from({ length: admissionBudgets.upload }, () => ask('upload')));
  const late = await ask('upload');
  expect([uploads.every(({ state }) => state === 'in'), late.state]).toEqual([true, 'waiting']);
  for (const kind of ['action', 'read', 'download', 'signal'] as const)
    expect((await ask(kind)).state).toBe('in');
  await clock.advance(60_000);
  expect(late.state).toBe('shed');
  expect((await ask('upload')).state).toBe('waiting');
  uploads[0]?.leave();
  expect((await ask('upload')).state).toBe('waiting');
  await clock.advance(900_000);
  expect((await ask('upload')).state).toBe('in');
});
