import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runTurns } from '#/lib/jobs/turns.ts';
import { logger } from '#/lib/logger.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('turns come one after another, each after a pause, and never two at once', async () => {
  let [begun, underWay, most] = [0, 0, 0];
  const turns = runTurns({
    name: 'test',
    everyMs: 100,
    turn: async () => {
      begun++;
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 250));
      underWay--;
      return undefined;
    },
  });
  await vi.advanceTimersByTimeAsync(99);
  expect(begun).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toBe(1);
  turns.wake();
  turns.wake();
  await vi.advanceTimersByTimeAsync(251);
  expect([begun, most]).toEqual([2, 1]);
  await vi.advanceTimersByTimeAsync(250 + 101);
  expect([begun, most]).toEqual([3, 1]);
  const stopping = turns.stop();
  await vi.advanceTimersByTimeAsync(250);
  await stopping;
});

test('a turn may ask for its next one sooner, and the first may begin at once', async () => {
  const answers = [0, 5, undefined];
  let begun = 0;
  const turns = runTurns({
    name: 'test',
    everyMs: 1_000,
    startsAtOnce: true,
    turn: () => Promise.resolve(answers[begun++]),
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toBe(2);
  await vi.advanceTimersByTimeAsync(5);
  expect(begun).toBe(3);
  await vi.advanceTimersByTimeAsync(999);
  expect(begun).toBe(3);
  await turns.stop();
});

test('waking begins the next turn now', async () => {
  let begun = 0;
  const turn = () => Promise.resolve(void begun++);
  const turns = runTurns({ name: 'test', everyMs: 60_000, turn });
  turns.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toBe(1);
  await turns.stop();
  turns.wake();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(begun).toBe(1);
});

test('stopping waits for the turn under way, which is told', async () => {
  let isOver = false;
  const turns = runTurns({
    name: 'test',
    everyMs: 1,
    turn: async (isStopped) => {
      while (!isStopped()) await new Promise((resolve) => setTimeout(resolve, 10));
      isOver = true;
      return undefined;
    },
  });
  await vi.advanceTimersByTimeAsync(5);
  const stopping = turns.stop();
  await vi.advanceTimersByTimeAsync(10);
  await stopping;
  expect(isOver).toBe(true);
});

test('a turn that fails is told of once until one succeeds or fails otherwise, and the turns go on', async () => {
  const warn = vi.spyOn(logger(), 'warn').mockImplementation(() => {});
  const outcomes = ['a', 'a', 'b', null, 'b'];
  let begun = 0;
  const turns = runTurns({
    name: 'test',
    everyMs: 10,
    turn: () => {
      const outcome = outcomes[begun++] ?? null;
      return outcome === null ? Promise.resolve(undefined) : Promise.reject(new Error(outcome));
    },
  });
  await vi.advanceTimersByTimeAsync(60);
  expect(begun).toBe(6);
  expect(warn).toHaveBeenCalledTimes(3);
  await turns.stop();
  warn.mockRestore();
});
