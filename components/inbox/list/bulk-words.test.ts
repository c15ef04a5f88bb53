import { describe, expect, test } from 'vitest';
import { actWords, isShown, jobWords, reasonWords, withJob } from '#/components/inbox/list/bulk-words.ts';
import type { BulkJob } from '#/lib/bulk/schema.ts';

const ben = { id: '0198c0de-0000-7000-8000-00000000000b', name: 'Ben Weber' };
const refund = { id: '0198c0de-0000-7000-8000-00000000000c', name: 'Refund' };
const names = { agents: [ben], departments: [], tags: [refund] };
const job: BulkJob = {
  id: '0198c0de-0000-7000-8000-000000000001',
  act: { field: 'assignee', to: ben.id },
  state: 'running',
  total: 214,
  done: 0,
  skipped: 0,
  reasons: [],
  undoes: null,
  createdAt: '2026-11-22T16:00:00.000Z',
  canUndo: false,
};

test('an act is told with what it does, to how many, and to whom', () => {
  expect(actWords(job.act, 214, names)).toBe('Assign 214 tickets to Ben Weber');
  expect(actWords({ field: 'status', to: 'resolved' }, 1, names)).toBe('Resolve 1 ticket');
  expect(actWords({ field: 'status', to: 'pending' }, 1_000, names)).toBe('Set 999+ tickets to pending');
  expect(actWords({ field: 'tags', add: [refund.id], remove: [] }, 3, names)).toBe(
    'Tag 3 tickets with Refund',
  );
  expect(actWords({ field: 'tags', add: [], remove: [refund.id] }, 3, names)).toBe(
    'Take Refund off 3 tickets',
  );
  expect(actWords({ field: 'snooze', until: null }, 2, names)).toBe('Wake 2 tickets');
});

test('a job tells its act while it runs, then what came of it', () => {
  expect(jobWords(job, names)).toBe('Assign 214 tickets to Ben Weber');
  expect(jobWords({ ...job, state: 'done', done: 202, skipped: 12 }, names)).toBe('202 tickets changed');
  expect(jobWords({ ...job, state: 'cancelled', done: 40 }, names)).toBe('Stopped. 40 tickets changed');
  expect(jobWords({ ...job, undoes: job.id, state: 'done', done: 202 }, names)).toBe('202 tickets put back');
  expect(reasonWords({ reason: 'same_already', count: 12 })).toBe('12 were so already');
  expect(reasonWords({ reason: 'never heard of', count: 1 })).toBe('1 could not be changed');
});

describe('what is known of jobs', () => {
  test('never goes back when events come in another order', () => {
    const far = { ...job, done: 120 };
    expect(withJob([far], { ...job, done: 60 })).toEqual([far]);
    const over = { ...far, state: 'done' as const, done: 214, canUndo: true };
    expect(withJob([over], { ...far, done: 214 })).toEqual([over]);
    expect(withJob([over], { ...over, canUndo: false })).toEqual([{ ...over, canUndo: false }]);
    expect(withJob([], job)).toEqual([job]);
  });

  test('is shown while it runs, and long enough afterwards to take it back', () => {
    const now = Date.parse(job.createdAt);
    const over = { ...job, state: 'done' as const };
    expect(isShown(job, now + 3_600_000, new Set([job.id]))).toBe(true);
    expect(isShown(over, now + 60_000, new Set())).toBe(true);
    expect(isShown(over, now + 60_000, new Set([job.id]))).toBe(false);
    expect(isShown(over, now + 3_600_000, new Set())).toBe(false);
  });
});
