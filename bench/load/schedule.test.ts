import { describe, expect, it } from 'vitest';
import { arrivalsOf } from '#/bench/load/schedule.ts';
import { randomFrom } from '#/bench/random.ts';

const crowd = { visitors: 1_000, agents: 50 };
const phase = { perSecond: 100, seconds: 60 };

describe('the schedule of a load run', () => {
  it('is fixed by its seed alone', () => {
    const schedule = arrivalsOf(crowd, phase, randomFrom(7));
    expect(arrivalsOf(crowd, phase, randomFrom(7))).toEqual(schedule);
    expect(arrivalsOf(crowd, phase, randomFrom(8))).not.toEqual(schedule);
  });

  it('keeps the rate, with gaps as of people who do not know of each other', () => {
    const schedule = arrivalsOf(crowd, phase, randomFrom(1));
    expect(schedule.length / phase.seconds).toBeGreaterThan(phase.perSecond * 0.95);
    expect(schedule.length / phase.seconds).toBeLessThan(phase.perSecond * 1.05);
    const gaps = schedule.map(({ atMs }, index) => atMs - (schedule[index - 1]?.atMs ?? 0));
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
    // Of exponential gaps, as many are shorter than the tenth of the mean as 1 − e^−0.1 says.
    expect(gaps.filter((gap) => gap < 1).length / gaps.length).toBeCloseTo(0.095, 1);
  });

  it('lets everybody write, and most in the tickets that agents have open', () => {
    const schedule = arrivalsOf(crowd, { perSecond: 100, seconds: 600 }, randomFrom(1));
    expect(new Set(schedule.map(({ visitor }) => visitor)).size).toBe(crowd.visitors);
    const open = schedule.filter(({ visitor }) => visitor < crowd.agents).length / schedule.length;
    expect(open).toBeGreaterThan(0.4);
    expect(open).toBeLessThan(0.46);
  });
});
