import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  filterOfView,
  filterSearch,
  namedIn,
  parseFilterSearch,
  parseViewKey,
  readFilter,
  readFilterText,
  resolveFilter,
  withoutGone,
} from '#/lib/tickets/filter.ts';
import {
  type TicketFilter,
  ticketFilterSchema,
  ticketPriorities,
  ticketStatuses,
} from '#/lib/tickets/schema.ts';

const id = fc.uuid();
const some = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 5 });
const text = fc
  .oneof(
    fc.constantFrom('true', '12', '-1', '"', '', 'a,b', 'any', '%20&=', '٣', '-', '"quoted"'),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  .filter((each) => !each.includes('\0') && each.isWellFormed());
const filters: fc.Arbitrary<TicketFilter> = fc.record(
  {
    status: some(fc.constantFrom(...ticketStatuses)),
    priority: some(fc.constantFrom(...ticketPriorities)),
    assignee: some(fc.oneof(fc.constantFrom('me', 'none'), id)),
    department: some(fc.oneof(fc.constant('none'), id)),
    tag: some(id),
    customer: fc.option(id),
    createdFrom: fc.option(moment()),
    createdTo: fc.option(moment()),
    waitingMinutes: fc.option(fc.integer({ min: 1, max: 5_000_000 })),
    fields: fc.array(
      fc.record({
        subject: fc.constantFrom('ticket' as const, 'customer' as const),
        key: text.filter((key) => key !== ''),
        is: fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }).map(plus), fc.boolean()),
      }),
      { maxLength: 10 },
    ),
  },
  { requiredKeys: [] },
);

function moment() {
  return fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
}

/** JSON has no negative zero. */
function plus(number: number): number {
  return number === 0 ? 0 : number;
}

describe('the address of a filter', () => {
  test('names exactly the filter that it was made from', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const address = new URL(`http://parley.test/inbox?${filterSearch(filter)}`);
        expect(parseFilterSearch(address.searchParams)).toEqual({ filter, ignored: [] });
      }),
      { numRuns: 1_000 },
    );
  });

  test('is read as far as it makes sense, and the rest is named', () => {
    const one = '01980000-0000-7000-8000-00000000000A';
    const search = new URLSearchParams({
      status: 'open,asleep',
      priority: 'enormous',
      tag: `${one},x`,
      waiting: '-3',
      from: 'yesterday',
      customer: one,
      'field.ticket.plan': 'gold',
      'field.robot.plan': 'gold',
      view: 'mine',
    });
    expect(parseFilterSearch(search)).toEqual({
      filter: {
        status: ['open'],
        tag: [one.toLowerCase()],
        customer: one.toLowerCase(),
        fields: [{ subject: 'ticket', key: 'plan', is: 'gold' }],
      },
      ignored: ['status', 'priority', 'tag', 'from', 'waiting'],
    });
  });

  test('of any rubbish gives a filter that the server takes', () => {
    const rubbish = fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(
            'status',
            'tag',
            'customer',
            'from',
            'waiting',
            'field',
            'field.ticket.x',
            'assignee',
          ),
          fc.string(),
        ),
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc.constant('x,'.repeat(5_000)),
          fc.constant('0'.repeat(10_000)),
        ),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(rubbish, (pairs) => {
        const { filter } = parseFilterSearch(new URLSearchParams(pairs));
        expect(ticketFilterSchema.safeParse(filter).success).toBe(true);
      }),
    );
  });
});

describe('a stored filter', () => {
  test('of any shape is read as one that the server takes', () => {
    const shape = fc.oneof(
      fc.anything(),
      fc.dictionary(
        fc.constantFrom(...Object.keys(ticketFilterSchema.def.shape), '__proto__'),
        fc.anything(),
      ),
    );
    fc.assert(
      fc.property(shape, (stored) => {
        const { filter } = readFilter(stored);
        expect(ticketFilterSchema.safeParse(filter).success).toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(readFilterText('{"status":')).toEqual({ filter: {}, ignored: ['filter'] });
    expect(readFilterText('[]')).toEqual({ filter: {}, ignored: ['filter'] });
    expect(readFilterText('{"status":["open",7],"shape":1}')).toEqual({
      filter: { status: ['open'] },
      ignored: ['status', 'filter'],
    });
  });

  test('loses what is gone, and then has no condition on it rather than one that nothing fulfils', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const named = namedIn([filter]);
        const all = {
          ...sets(named),
          fields: new Set(filter.fields?.map((each) => `${each.subject}.${each.key}`)),
        };
        expect(withoutGone(filter, all)).toEqual({ filter, ignored: [] });
        const none = withoutGone(filter, { ...sets({}), fields: new Set() });
        expect(namedIn([none.filter])).toEqual({ tags: [], departments: [], agents: [], customers: [] });
        expect(none.filter.status).toEqual(filter.status);
      }),
    );
  });
});

function sets(named: Partial<ReturnType<typeof namedIn>>) {
  const { tags = [], departments = [], agents = [], customers = [] } = named;
  return {
    tags: new Set(tags),
    departments: new Set(departments),
    agents: new Set(agents),
    customers: new Set(customers),
  };
}

test('what a person sets replaces the view’s own condition, and taking it away leaves none', () => {
  expect(resolveFilter(filterOfView('mine'), { status: ['snoozed'] })).toEqual({
    assignee: ['me'],
    status: ['snoozed'],
  });
  expect(resolveFilter(filterOfView('mine'), { status: [], customer: null })).toEqual({ assignee: ['me'] });
});

test('a view is named by its key and nothing else', () => {
  const one = '01980000-0000-7000-8000-00000000000a';
  expect(parseViewKey(`DEPARTMENT:${one.toUpperCase()}`)).toBe(`department:${one}`);
  for (const text of [null, '', 'everything', 'saved:', `saved:${one}x`, `robot:${one}`, `mine:${one}`]) {
    expect(parseViewKey(text)).toBeNull();
  }
});
