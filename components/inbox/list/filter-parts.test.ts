import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chipsOf,
  fieldValuesOf,
  isFiltered,
  toggled,
  valuesOf,
  withField,
  withoutPart,
  withValues,
} from '#/components/inbox/list/filter-parts.ts';
import { filterOfView, resolveFilter } from '#/lib/tickets/filter.ts';
import { fixedViews, type TicketFilter, ticketStatuses } from '#/lib/tickets/schema.ts';

const saved = 'saved:0198c0de-0000-7000-8000-000000000001';
const plan = { subject: 'customer', key: 'plan' } as const;

describe('chips', () => {
  test('show what was set on top, and of what a saved view is made; a fixed view needs none', () => {
    expect(chipsOf('mine', filterOfView('mine'), {})).toEqual([]);
    expect(chipsOf('mine', filterOfView('mine'), { priority: ['high'] })).toEqual([
      { part: 'priority', isOnTop: true, isAny: false },
    ]);
    expect(chipsOf(saved, { status: ['open'], waitingMinutes: 60 }, { status: ['pending'] })).toEqual([
      { part: 'status', isOnTop: true, isAny: false },
      { part: 'waiting', isOnTop: false, isAny: false },
    ]);
  });

  test('are one for each custom field, however many of its values are asked for', () => {
    const fields = [
      { ...plan, is: 'gold' },
      { ...plan, is: 'silver' },
      { subject: 'ticket' as const, key: 'order', is: 7 },
    ];
    expect(chipsOf('all', filterOfView('all'), { fields }).map((chip) => chip.part)).toEqual([
      'field:customer.plan',
      'field:ticket.order',
    ]);
  });

  test('taken away restore the view, or overrule it where the condition is its own', () => {
    const base: TicketFilter = { status: ['open'], createdFrom: '2026-01-01T00:00:00.000Z' };
    const onTop: TicketFilter = { status: ['pending'] };
    expect(withoutPart(base, onTop, { part: 'status', isOnTop: true, isAny: false })).toEqual({});
    expect(withoutPart(base, {}, { part: 'status', isOnTop: false, isAny: false })).toEqual({ status: [] });
    const dateless = withoutPart(base, {}, { part: 'created', isOnTop: false, isAny: false });
    expect(resolveFilter(base, dateless)).toEqual({ status: ['open'] });
    const taken = withoutPart(
      { fields: [{ ...plan, is: 'gold' }] },
      {},
      {
        part: 'field:customer.plan',
        isOnTop: false,
        isAny: false,
      },
    );
    expect(resolveFilter({ fields: [{ ...plan, is: 'gold' }] }, taken)).toEqual({});
  });
});

test('values that the view has anyway are no filter; none at all asks for any', () => {
  const base = filterOfView('mine');
  expect(withValues(base, { status: ['open'] }, 'status', ['pending', 'open'])).toEqual({});
  expect(withValues(base, {}, 'status', [])).toEqual({ status: [] });
  expect(isFiltered(withValues(base, {}, 'status', ['open', 'pending']))).toBe(false);
});

test('picking and unpicking a value in any view comes back to where it began', () => {
  fc.assert(
    fc.property(fc.constantFrom(...fixedViews), fc.constantFrom(...ticketStatuses), (view, status) => {
      const base = filterOfView(view);
      const once = withValues(base, {}, 'status', toggled(valuesOf(base, {}, 'status'), status));
      const twice = withValues(base, once, 'status', toggled(valuesOf(base, once, 'status'), status));
      expect(twice).toEqual({});
    }),
  );
});

test('one custom field is set without touching the others, and leaves nothing behind', () => {
  const order = { subject: 'ticket' as const, key: 'order' };
  const both = withField({}, withField({}, {}, plan, ['gold']), order, [7]);
  expect(fieldValuesOf({}, both, plan)).toEqual(['gold']);
  expect(fieldValuesOf({}, withField({}, both, plan, []), order)).toEqual([7]);
  expect(withField({}, withField({}, both, plan, []), order, [])).toEqual({});
});
