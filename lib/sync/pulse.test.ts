import { describe, expect, it } from 'vitest';
import { openPulse } from '#/lib/sync/pulse.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

const lateMsMax = 30_000;

/** A view on a connection that is live and, unless this test says something, silent. */
async function open() {
  const time = makeTime(makeRandom(3));
  const looksAt: number[] = [];
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => undefined,
    subscribe(_channel, { onSubscribed }) {
      onSubscribed();
      return () => undefined;
    },
    close: () => undefined,
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
  return { time, pulse, longestWaitMs, looks: () => looksAt.length };
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
