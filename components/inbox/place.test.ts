import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePlace, placeHref } from '#/components/inbox/place.ts';

const place = fc.record({
  ticketId: fc.option(fc.uuid(), { nil: null }),
  view: fc.constantFrom('mine' as const, 'unassigned' as const, 'all' as const),
  status: fc.constantFrom(
    'active' as const,
    'open' as const,
    'pending' as const,
    'resolved' as const,
    'any' as const,
  ),
  sort: fc.constantFrom('waiting' as const, 'newest' as const),
});

test('an address names exactly the place that it was made from', () => {
  fc.assert(
    fc.property(place, (there) => {
      const url = new URL(placeHref(there), 'http://parley.test');
      expect(parsePlace(url.pathname, url.searchParams)).toEqual(there);
    }),
  );
});

test('anything unknown in an address is as usual', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
      const parsed = parsePlace(path, new URLSearchParams(query));
      expect(['mine', 'unassigned', 'all']).toContain(parsed.view);
      expect(['waiting', 'newest']).toContain(parsed.sort);
    }),
  );
});
