import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Place, parsePlace, placeAfter, placeHref } from '#/components/inbox/place.ts';

const fixed = fc.constantFrom('mine', 'unassigned', 'all', 'snoozed', 'resolved');
const keyed = (kind: 'department' | 'saved') => fc.uuid().map((id): Place['view'] => `${kind}:${id}`);
const place: fc.Arbitrary<Place> = fc.record({
  ticketId: fc.option(fc.uuid(), { nil: null }),
  view: fc.oneof(fixed, keyed('department'), keyed('saved')),
  filter: fc.record(
    {
      status: fc.uniqueArray(fc.constantFrom('open', 'pending', 'snoozed', 'resolved', 'closed')),
      tag: fc.uniqueArray(fc.uuid(), { maxLength: 3 }),
      waitingMinutes: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: null }),
    },
    { requiredKeys: [] },
  ),
  sort: fc.constantFrom('waiting', 'newest', 'priority'),
  search: fc.option(fc.string({ unit: 'grapheme', maxLength: 200 }), { nil: null }),
  at: fc.option(fc.record({ conversationId: fc.uuid(), seq: fc.integer({ min: 1, max: 2 ** 31 - 1 }) }), {
    nil: null,
  }),
});

function parse(href: string, preferred?: Place['sort']) {
  const url = new URL(href, 'http://parley.test');
  return parsePlace(url.pathname, url.searchParams, preferred);
}

test('an address names exactly the place that it was made from', () => {
  fc.assert(
    fc.property(place, (there) => {
      expect(parse(placeHref(there))).toEqual({ place: there, ignored: [] });
    }),
  );
});

test('anything unknown in an address is as usual, and named', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
      const { place } = parsePlace(path, new URLSearchParams(query));
      expect(parse(placeHref({ ...place, ticketId: null })).ignored).toEqual([]);
    }),
  );
  expect(parse('/inbox?view=nobody&sort=loud&at=x&status=open,broken')).toEqual({
    place: { ...start, filter: { status: ['open'] } },
    ignored: ['status', 'view', 'sort', 'at'],
  });
});

const start: Place = { ticketId: null, view: 'all', filter: {}, sort: 'waiting', search: null, at: null };

test('the preferred sort is for an address that says nothing about the list', () => {
  expect(parse('/inbox', 'newest').place.sort).toBe('newest');
  expect(parse('/inbox?view=mine', 'newest').place.sort).toBe('waiting');
  expect(parse('/inbox?sort=priority', 'newest').place.sort).toBe('priority');
});

test('another view begins without filters, another ticket at what is new in it', () => {
  const at = { conversationId: '0198a1b2-0000-7000-8000-000000000001', seq: 4 };
  const here: Place = { ...start, ticketId: 'a', filter: { status: ['open'] }, search: 'late', at };
  expect(placeAfter(here, { view: 'mine' })).toEqual({ ...here, view: 'mine', filter: {}, search: null });
  expect(placeAfter(here, { view: 'mine', filter: { tag: [] } }).filter).toEqual({ tag: [] });
  expect(placeAfter(here, { ticketId: 'b' })).toEqual({ ...here, ticketId: 'b', at: null });
  expect(placeAfter(here, { ticketId: 'b', at })).toEqual({ ...here, ticketId: 'b' });
  expect(placeAfter(here, { sort: 'newest' }).at).toEqual(at);
});
