import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '#/lib/messages/schema.ts';
import type { Log } from '#/lib/sync/log.ts';
import { append, applyEvent, emptyLog, logOfPage, prepend, startedLog } from '#/lib/sync/log.ts';

function makeEntry(order: number): Entry {
  return {
    id: `id-${order}`,
    order,
    publicOrder: null,
    kind: 'reply',
    sender: { kind: 'system' },
    text: '',
    change: null,
    sentAt: '',
  };
}
const epoch = 'e1';
const stored = Array.from({ length: 60 }, (_, index) => makeEntry(index + 1));
const slice = (from: number, to: number) => stored.slice(from - 1, to);
const orders = (log: Log) => log.entries.map((entry) => entry.order);

function isContiguous(log: Log): boolean {
  const first = log.first ?? 1;
  return (
    log.entries.every((entry, index) => entry.order === first + index) &&
    log.cursor === first + log.entries.length - 1 &&
    log.head >= log.cursor
  );
}

describe('the log', () => {
  it('is a contiguous run after any events and pages in any order, however often', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 20 }));
    const news = fc.array(fc.record({ kind: fc.constantFrom('event', 'page', 'earlier'), range }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(range, news, ([from, length], all) => {
        let log = logOfPage({ entries: slice(from, from + length), through: from + length, head: 60, epoch });
        for (const {
          kind,
          range: [start, span],
        } of all) {
          const before = log;
          const page = slice(start, start + span);
          const entry = makeEntry(start);
          if (kind === 'event') log = applyEvent(log, { after: start - 1, entry, epoch });
          else log = kind === 'page' ? append(log, page, 60) : prepend(log, page);
          expect(isContiguous(log)).toBe(true);
          expect(log.cursor).toBeGreaterThanOrEqual(before.cursor);
          expect(log.first ?? 0).toBeLessThanOrEqual(before.first ?? 0);
        }
      }),
    );
  });

  it('raises only the head for an event beyond the cursor', () => {
    const log = applyEvent(logOfPage({ entries: slice(1, 3), through: 3, head: 3, epoch }), {
      after: 5,
      entry: makeEntry(6),
      epoch,
    });
    expect([orders(log), log.cursor, log.head]).toEqual([[1, 2, 3], 3, 6]);
  });

  it('ignores an entry that it holds', () => {
    const log = logOfPage({ entries: slice(1, 3), through: 3, head: 3, epoch });
    expect(applyEvent(log, { after: 1, entry: makeEntry(2), epoch })).toBe(log);
  });

  it('takes nothing from another epoch, whatever its order', () => {
    const log = logOfPage({ entries: slice(1, 3), through: 3, head: 3, epoch });
    expect(applyEvent(log, { after: 3, entry: makeEntry(4), epoch: 'e2' })).toBe(log);
  });

  it('holds nothing before a page, and begins at one for a conversation just started', () => {
    expect(orders(applyEvent(emptyLog, { after: 0, entry: makeEntry(1), epoch }))).toEqual([]);
    expect(orders(applyEvent({ ...startedLog, epoch }, { after: 0, entry: makeEntry(1), epoch }))).toEqual([
      1,
    ]);
  });

  it('takes an empty page for a log that begins behind it', () => {
    const log = logOfPage({ entries: [], through: 0, head: 0, epoch });
    expect(orders(applyEvent(log, { after: 0, entry: makeEntry(1), epoch }))).toEqual([1]);
  });
});
