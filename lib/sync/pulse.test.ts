import { describe, expect, it } from 'vitest';
import { openPulse } from '#/lib/sync/pulse.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

const lateMsMax = 30_000;

/** A view on a connection that is live and, unless this test says something, silent. */
async function open() {
  const time = makeTime(makeRandom(3));
  const looksAt: number[] = [];
  let state: 'connected' | 'unavailable' = 'connected';
  let tellState = () => {};
  let grant = () => {};
  const live: LiveConnection = {
    state: () => state,
    onState(listener) {
      tellState = listener;
      return () => undefined;
    },
    subscribe(_channel, { onSubscribed }) {
      grant = onSubscribed;
      onSubscribed();
      return () => undefined;
    },
    close: () => undefined,
  };
  const turn = (to: typeof state) => {
    state = to;
    tellState();
  };
  const pulse = openPulse({
    clock: time.clock,
    live,
    onState: () => undefined,
    async look() {
      looksAt.push(time.clock.now());
      return null;
    },
  });
  pulse.follow('private-conversation-1', () => undefined);
  pulse.start(false);
  await time.run(1_000);
  const longestWaitMs = () =>
    Math.max(...[...looksAt.slice(1), time.clock.now()].map((at, index) => at - (looksAt[index] ?? 0)));
  return { time, pulse, longestWaitMs, looks: () => looksAt.length, turn, grant: () => grant() };
}

describe('while events are pushed, one that never came is found by looking', () => {
  it('within 30 s, however long nothing happened before', async () => {
    const { time, pulse, longestWaitMs } = await open();
    expect(pulse.state()).toBe('live');
    await time.run(600_000);
    expect(longestWaitMs()).toBeLessThan(lateMsMax);
  });

  it('within 30 s, also while other events go on and on', async () => {
    const { time, pulse, longestWaitMs } = await open();
    for (let event = 0; event < 100; event++) {
      pulse.touch();
      await time.run(3_000);
    }
    expect(longestWaitMs()).toBeLessThan(lateMsMax);
  });

  it('and nobody looks while each event shows that nothing is missing', async () => {
    const { time, pulse, looks } = await open();
    const before = looks();
    for (let event = 0; event < 100; event++) {
      pulse.prove();
      await time.run(3_000);
    }
    expect(looks()).toBe(before);
  });
});

describe('a socket that was lost', () => {
  it('and is back at once: one look, with its channels', async () => {
    const { time, looks, turn, grant } = await open();
    const before = looks();
    turn('unavailable');
    await time.run(1_500);
    turn('connected');
    await time.run(2_000);
    expect(looks()).toBe(before);
    grant();
    await time.run(5_000);
    expect(looks()).toBe(before + 1);
  });

  it('and stays away: a look without it', async () => {
    const { time, looks, turn } = await open();
    const before = looks();
    turn('unavailable');
    await time.run(3_100);
    expect(looks()).toBe(before + 1);
  });

  it('and is back without its channels: a look all the same', async () => {
    const { time, looks, turn } = await open();
    const before = looks();
    turn('unavailable');
    await time.run(1_500);
    turn('connected');
    await time.run(5_100);
    expect(looks()).toBe(before + 1);
  });
});
