import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import type { SearchAnswer, SearchHit, SearchQuery } from '#/lib/search/schema.ts';
import { openSearch } from '#/lib/sync/search.ts';

type Asked = { query: SearchQuery; answer(result: Result<SearchAnswer>): Promise<void> };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const asked: Asked[] = [];
  const search = openSearch({
    search(query) {
      const { promise, resolve } = Promise.withResolvers<Result<SearchAnswer>>();
      asked.push({
        query,
        async answer(result) {
          resolve(result);
          await vi.advanceTimersByTimeAsync(0);
        },
      });
      return promise;
    },
  });
  const last = (): Asked => {
    const latest = asked.at(-1);
    if (latest === undefined) throw new Error('nothing was asked');
    return latest;
  };
  return { search, asked, last, shown: search.getSnapshot };
}

const hit = (seq: number): SearchHit => ({
  ticket: { id: 't', number: 1, subject: '', status: 'open', customer: { id: '', name: null, email: null } },
  ...{ match: 'message', conversationId: 'c', seq, at: '2026-05-01T10:00:00.000Z' },
  snippet: { text: '', marks: [] },
});
const answer = (seqs: number[], rest: Partial<SearchAnswer> = {}): Result<SearchAnswer> =>
  succeed({ hits: seqs.map(hit), nextCursor: null, corrected: null, searchedTo: null, notes: [], ...rest });

test('asks when nobody typed for a moment, and at once when told', async () => {
  const { search, asked } = open();
  search.setText('re');
  await vi.advanceTimersByTimeAsync(100);
  search.setText('refund');
  await vi.advanceTimersByTimeAsync(119);
  expect(asked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.map(({ query }) => query.q)).toEqual(['refund']);
  search.setText('refunds');
  search.submit();
  expect(asked.map(({ query }) => query.q)).toEqual(['refund', 'refunds']);
});

test('the answer to an earlier text is nobody’s; what was found stays until there is another', async () => {
  const { search, asked, shown } = open();
  search.setText('one');
  search.submit();
  search.setText('two');
  search.submit();
  await asked[1]?.answer(answer([2]));
  await asked[0]?.answer(answer([1]));
  expect(shown()).toMatchObject({ answered: 'two', isSearching: false, hits: [{ seq: 2 }] });
  search.setText('three');
  expect(shown()).toMatchObject({ text: 'three', isSearching: true, hits: [{ seq: 2 }] });
  search.setText('  ');
  expect(shown()).toMatchObject({ isSearching: false, hits: [], answered: null });
});

test('further pages are asked for with what was found them, corrected or not', async () => {
  const { search, last, shown } = open();
  search.setText('refnud');
  search.submit();
  await last().answer(answer([9], { nextCursor: 'next', corrected: 'refund' }));
  search.loadMore();
  search.loadMore();
  expect(last().query).toMatchObject({ q: 'refund', cursor: 'next' });
  await last().answer(answer([3]));
  expect(shown()).toMatchObject({ hasMore: false, hits: [{ seq: 9 }, { seq: 3 }], corrected: 'refund' });
});

test('where nothing was found as far as one answer looked, the next one looks further', async () => {
  const { search, asked, last, shown } = open();
  search.setText('rare');
  search.submit();
  await last().answer(answer([], { nextCursor: 'a', searchedTo: '2026-01-01T00:00:00.000Z' }));
  expect(shown()).toMatchObject({ isSearching: true, searchedTo: '2026-01-01T00:00:00.000Z' });
  await last().answer(answer([], { nextCursor: 'b', searchedTo: '2025-01-01T00:00:00.000Z' }));
  await last().answer(answer([1]));
  expect(asked.map(({ query }) => query.cursor)).toEqual([undefined, 'a', 'b']);
  expect(shown()).toMatchObject({ isSearching: false, hits: [{ seq: 1 }] });
});

test('a failure is told, and asked about again', async () => {
  const { search, last, shown, asked } = open();
  search.setText('refund');
  search.submit();
  await last().answer(fail({ code: 'unavailable' }));
  expect(shown()).toMatchObject({ failure: { code: 'unavailable' }, isSearching: false });
  search.retry();
  expect(shown()).toMatchObject({ failure: null, isSearching: true });
  await last().answer(answer([1], { nextCursor: 'more' }));
  search.loadMore();
  await last().answer(fail({ code: 'unavailable' }));
  search.retry();
  expect(asked.at(-1)?.query.cursor).toBe('more');
});

test('a text that fits no address is cut before it is sent', () => {
  const { search, last } = open();
  search.setText('x'.repeat(10_000));
  search.submit();
  expect(last().query.q).toHaveLength(1_000);
});

test('after its end nothing is asked and nobody is told', async () => {
  const { search, asked } = open();
  const listener = vi.fn();
  search.subscribe(listener);
  search.setText('late');
  search.close();
  listener.mockClear();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(0);
  expect(listener).not.toHaveBeenCalled();
});
