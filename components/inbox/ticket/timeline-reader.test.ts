import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TimelineChange } from '#/components/inbox/ports.ts';
import { openTimelineReader } from '#/components/inbox/ticket/timeline-reader.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import { systemClock } from '#/lib/sync/clock.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Answer = Result<readonly TimelineChange[]>;

/** A server that takes a while, and what is read of it. */
function world(answerOf: (asked: number) => Answer = () => succeed([]), takesMs = 100) {
  const asked: { ticketId: string; atMs: number }[] = [];
  const read: string[] = [];
  const reader = openTimelineReader(
    systemClock,
    (ticketId) => {
      asked.push({ ticketId, atMs: Date.now() });
      const answer = answerOf(asked.length);
      return new Promise((resolve) => setTimeout(() => resolve(answer), takesMs));
    },
    (ticketId) => read.push(ticketId),
  );
  return { asked, read, reader };
}

test('a hundred versions in two seconds are a few readings, shown as they come, the last one after the last version', async () => {
  const { asked, read, reader } = world();
  for (let version = 0; version < 100; version++) {
    reader.look('one');
    await vi.advanceTimersByTimeAsync(20);
  }
  const lastLookAtMs = Date.now() - 20;
  expect(read.length).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked.length).toBeLessThanOrEqual(4);
  expect(asked.at(-1)?.atMs).toBeGreaterThanOrEqual(lastLookAtMs);
  expect(read).toHaveLength(asked.length);
});

test('another ticket is read at once, and what comes late of the one before is not shown as its own', async () => {
  const { asked, read, reader } = world();
  reader.look('one');
  await vi.advanceTimersByTimeAsync(50);
  reader.look('two');
  expect(asked.map(({ ticketId }) => ticketId)).toEqual(['one', 'two']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(read).toEqual(['two']);
  expect(asked).toHaveLength(2);
});

test('a reading that failed is tried again with the next version, and one that is closed reads nothing more', async () => {
  const { asked, read, reader } = world((count) =>
    count === 1 ? fail({ code: 'unavailable' }) : succeed([]),
  );
  reader.look('one');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(read).toEqual([]);
  reader.look('one');
  await vi.advanceTimersByTimeAsync(200);
  expect(read).toEqual(['one']);
  reader.look('one');
  reader.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(2);
});
