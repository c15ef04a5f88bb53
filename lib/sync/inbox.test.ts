import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Failure, fail, type Result, succeed } from '#/lib/errors.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { openInbox } from '#/lib/sync/inbox.ts';
import { makeRandom, makeTime } from '#/lib/sync/simulated-world.ts';
import type { InboxTransport, LiveConnection } from '#/lib/sync/transport.ts';
import { compareRows, filterOfView, matches, resolveFilter } from '#/lib/tickets/filter.ts';
import {
  noTicketCounts,
  type TicketFilter,
  type TicketList,
  type TicketListQuery,
  type TicketListRow,
  type TicketRow,
} from '#/lib/tickets/schema.ts';

const me = { id: idOf(900), departmentIds: [idOf(800), idOf(801)] };
const other = { id: idOf(901), name: 'Bob' };
const query: TicketListQuery = { view: 'all', filter: {}, sort: 'waiting', limit: 10 };

function idOf(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}
function timeOf(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
}

function makeRow(number: number, change: Partial<TicketRow> = {}): TicketRow {
  return {
    id: idOf(number),
    number,
    subject: `Ticket ${number}`,
    status: 'open',
    priority: 'normal',
    customer: { id: idOf(500 + number), name: null, email: null, isVerified: false, fields: {} },
    assignee: null,
    department: null,
    tags: [],
    fields: {},
    snoozedUntil: null,
    snoozedAt: null,
    snoozedBy: null,
    wokeAt: null,
    conversationId: idOf(700 + number),
    lastMessage: null,
    lastMessageAt: timeOf(number),
    lastSender: null,
    waitingSince: timeOf(number),
    createdAt: timeOf(number),
    lastActivityAt: timeOf(number),
    head: 1,
    version: 1,
    ...change,
  };
}

/** The server's list by the plainest code there is. */
function listOf(rows: TicketRow[], asked: TicketListQuery, unread: (row: TicketRow) => number): TicketList {
  const filter = resolveFilter(savedFilters[asked.view] ?? filterOfView(asked.view), asked.filter);
  const chosen = rows
    .filter((row) => matches(row, filter, me, nowMs))
    .sort((a, b) => compareRows(a, b, asked.sort));
  const after = asked.cursor === undefined ? null : makeRow(0, JSON.parse(asked.cursor));
  const rest = chosen.filter((row) => after === null || compareRows(row, after, asked.sort) > 0);
  const page = rest.slice(0, asked.limit);
  return {
    tickets: page.map((row) => ({ ...row, unreadCount: unread(row), viewers: [] })),
    nextCursor: page.length < rest.length ? JSON.stringify(page.at(-1)) : null,
    counts: {
      ...noTicketCounts,
      all: rows.length,
      saved: asked.savedCounts === 'skip' ? {} : { [idOf(990)]: 7 },
    },
    filter,
    ignored: [],
    matching: chosen.length,
    epoch,
  };
}

/** The server's time, for who has waited long enough. */
let nowMs = 0;
const savedView: `saved:${string}` = `saved:${idOf(990)}`;
const savedFilters: Record<string, TicketFilter> = {
  [savedView]: { status: ['open'], assignee: ['none', other.id] },
};

/** The database's; another one after a restore. */
let epoch = 'e1';
beforeEach(() => {
  epoch = 'e1';
  nowMs = 0;
});

function makeScene(rows: TicketRow[], start: Partial<TicketListQuery> = {}, seed = 1) {
  const random = makeRandom(seed);
  const time = makeTime(random);
  const handlers = new Map<string, Parameters<LiveConnection['subscribe']>[1]>();
  let isReachable = true;
  let refusal: Failure | null = null;
  let onAsked = (_asked: TicketListQuery): unknown => undefined;
  let requests = 0;
  let unread = (_row: TicketRow) => 0;
  const transport: InboxTransport = {
    async listTickets(asked): Promise<Result<TicketList>> {
      requests++;
      onAsked(asked);
      await new Promise<void>((resolve) => time.clock.setTimeout(resolve, random() * 100));
      const list = listOf(rows, asked, unread);
      await new Promise<void>((resolve) => time.clock.setTimeout(resolve, random() * 100));
      if (refusal !== null) return fail(refusal);
      return isReachable ? succeed(list) : fail({ code: 'unavailable' });
    },
  };
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => undefined,
    subscribe(channel, each) {
      handlers.set(channel, each);
      time.clock.setTimeout(() => each.onSubscribed(), 10);
      return () => handlers.delete(channel);
    },
    close: () => undefined,
  };
  const inbox = openInbox({ transport, live, me, query: { ...query, ...start }, clock: time.clock });
  return {
    time,
    inbox,
    random,
    numbers: () => inbox.getSnapshot().rows.map((row) => row.number),
    row: (number: number) => inbox.getSnapshot().rows.find((row) => row.number === number),
    requests: () => requests,
    setUnread(count: (row: TicketRow) => number) {
      unread = count;
    },
    onAsked(listener: (asked: TicketListQuery) => unknown) {
      onAsked = listener;
    },
    refuse(failure: Failure | null) {
      refusal = failure;
    },
    setReachable(is: boolean) {
      isReachable = is;
    },
    push: (name: string, data: unknown) => handlers.get(channels.staff())?.onEvent(name, data),
    resubscribe: () => handlers.get(channels.staff())?.onSubscribed(),
  };
}

describe('the inbox list', () => {
  it('puts a pushed row at its place, moves it and takes it out by the query’s own rules', async () => {
    const scene = makeScene([makeRow(1), makeRow(3)]);
    await scene.time.run(300);
    expect(scene.numbers()).toEqual([1, 3]);
    scene.push('ticket.changed', { epoch, ticket: makeRow(2) });
    expect(scene.numbers()).toEqual([1, 2, 3]);
    scene.push('ticket.changed', { epoch, ticket: makeRow(1, { waitingSince: null, version: 2 }) });
    expect(scene.numbers()).toEqual([2, 3, 1]);
    scene.push('ticket.changed', { epoch, ticket: makeRow(3, { status: 'resolved', version: 2 }) });
    expect(scene.numbers()).toEqual([2, 1]);
    scene.push('ticket.removed', { ticketId: idOf(2) });
    expect(scene.numbers()).toEqual([1]);
  });

  it('after a restore takes the lower versions for the truth, and nothing pushed from before', async () => {
    const rows = [makeRow(1, { version: 7 }), makeRow(2, { version: 9 }), makeRow(3)];
    const scene = makeScene(rows);
    await scene.time.run(300);
    scene.inbox.markSeen(rows[0]?.conversationId ?? '', 50);
    rows.splice(0, 3, makeRow(1, { version: 2 }));
    scene.setUnread(() => 1);
    epoch = 'e2';
    // The first word of it is an event of a ticket whose version was higher once.
    scene.push('ticket.changed', { epoch, ticket: makeRow(1, { version: 2 }) });
    await scene.time.run(300);
    expect(scene.numbers()).toEqual([1]);
    expect(scene.row(1)).toMatchObject({ version: 2, unreadCount: 1 });
    scene.push('ticket.changed', { epoch: 'e1', ticket: makeRow(2, { version: 10 }) });
    expect(scene.numbers()).toEqual([1]);
    rows[0] = makeRow(1, { version: 3, subject: 'Later' });
    scene.push('ticket.changed', { epoch, ticket: rows[0] });
    expect(scene.row(1)).toMatchObject({ version: 3, subject: 'Later' });
  });

  it('keeps the higher version, also of a row that left the list', async () => {
    const scene = makeScene([makeRow(1), makeRow(2)], { view: 'unassigned' });
    await scene.time.run(300);
    scene.push('ticket.changed', { epoch, ticket: makeRow(1, { assignee: other, version: 5 }) });
    scene.push('ticket.changed', { epoch, ticket: makeRow(1, { version: 4 }) });
    expect(scene.numbers()).toEqual([2]);
  });

  it('asks the server again when it is subscribed again, and shortly after a change, once for many', async () => {
    const scene = makeScene([makeRow(1)]);
    await scene.time.run(500);
    const before = scene.requests();
    for (let version = 2; version < 30; version++) {
      scene.push('ticket.changed', { epoch, ticket: makeRow(1, { version }) });
    }
    await scene.time.run(3_000);
    expect(scene.requests() - before).toBe(1);
    scene.resubscribe();
    await scene.time.run(300);
    expect(scene.requests() - before).toBe(2);
  });

  it('has saved views counted every five seconds however much happens, and once more after the last of it', async () => {
    const scene = makeScene([makeRow(1)]);
    await scene.time.run(500);
    const asked: (string | undefined)[] = [];
    scene.onAsked((given) => asked.push(given.savedCounts));
    for (let version = 2; version < 12; version++) {
      scene.push('ticket.changed', { epoch, ticket: makeRow(1, { version }) });
      await scene.time.run(1_000);
    }
    await scene.time.run(6_000);
    expect(asked.filter((given) => given === undefined).length).toBeLessThanOrEqual(4);
    expect(asked.filter((given) => given === 'skip').length).toBeGreaterThan(2);
    expect(asked.at(-1)).toBeUndefined();
    expect(scene.inbox.getSnapshot().counts.saved).toEqual({ [idOf(990)]: 7 });
  });

  it('opens another view without waiting for the counts of saved ones, which follow', async () => {
    const scene = makeScene([makeRow(1)]);
    await scene.time.run(12_000);
    const asked: (string | undefined)[] = [];
    scene.onAsked((given) => asked.push(given.savedCounts));
    scene.inbox.setQuery({ view: 'unassigned' });
    await scene.time.run(250);
    expect([asked, scene.numbers()]).toEqual([['skip', undefined], [1]]);
    await scene.time.run(250);
    expect(scene.inbox.getSnapshot().counts.saved).toEqual({ [idOf(990)]: 7 });
  });

  it('counts a customer’s new message as unread at once, and by the server’s count soon after', async () => {
    const rows = [makeRow(1)];
    const scene = makeScene(rows);
    await scene.time.run(300);
    rows[0] = makeRow(1, { head: 3, lastMessageAt: timeOf(5), version: 2 });
    scene.setUnread(() => 1);
    scene.push('ticket.changed', { epoch, ticket: rows[0] });
    expect(scene.row(1)?.unreadCount).toBe(2);
    await scene.time.run(3_000);
    expect(scene.row(1)?.unreadCount).toBe(1);
  });

  it('shows what this agent has read as read, whatever an older answer says', async () => {
    const scene = makeScene([makeRow(1, { head: 4 })]);
    scene.setUnread(() => 3);
    await scene.time.run(300);
    expect(scene.row(1)?.unreadCount).toBe(3);
    scene.inbox.markSeen(idOf(701), 4);
    expect(scene.row(1)?.unreadCount).toBe(0);
    scene.inbox.refresh();
    await scene.time.run(300);
    expect(scene.row(1)?.unreadCount).toBe(0);
  });

  it('keeps a ticket unread that was put back, whatever it hears of marks, until it is opened', async () => {
    const scene = makeScene([makeRow(1, { conversationId: idOf(701), head: 4 })]);
    await scene.time.run(300);
    scene.inbox.markSeen(idOf(701), 4);
    scene.inbox.markUnread(idOf(1), true);
    expect(scene.row(1)?.unreadCount).toBe(1);
    scene.inbox.markSeen(idOf(701), 5);
    scene.inbox.refresh();
    await scene.time.run(300);
    expect(scene.row(1)?.unreadCount).toBe(1);
    scene.inbox.markUnread(idOf(1), false);
    scene.inbox.markSeen(idOf(701), 6);
    expect(scene.row(1)?.unreadCount).toBe(0);
  });

  it('loads page after page without a double, and keeps rows that did not change as they were', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => makeRow(index + 1));
    const scene = makeScene(rows);
    await scene.time.run(300);
    expect(scene.inbox.getSnapshot()).toMatchObject({ hasMore: true, isLoading: false });
    const first = scene.row(1);
    scene.inbox.loadMore();
    await scene.time.run(300);
    scene.inbox.loadMore();
    await scene.time.run(300);
    expect(scene.numbers()).toEqual(rows.map((row) => row.number));
    expect(scene.inbox.getSnapshot().hasMore).toBe(false);
    scene.inbox.refresh();
    await scene.time.run(300);
    expect(scene.row(1)).toBe(first);
    expect(scene.numbers()).toHaveLength(25);
  });

  it('drops an answer to a query that was changed meanwhile', async () => {
    const scene = makeScene([makeRow(1), makeRow(2, { assignee: { id: me.id, name: 'Ada' } })]);
    scene.inbox.setQuery({ view: 'mine' });
    expect(scene.inbox.getSnapshot().isLoading).toBe(true);
    await scene.time.run(1_000);
    expect(scene.numbers()).toEqual([2]);
  });

  it('shows a list that one comes back to at once, without what changed meanwhile, and then as it is', async () => {
    const rows = [makeRow(1), makeRow(2), makeRow(3)];
    const scene = makeScene(rows);
    await scene.time.run(300);
    scene.inbox.setQuery({ view: 'mine' });
    await scene.time.run(300);
    expect(scene.numbers()).toEqual([]);
    rows[0] = makeRow(1, { version: 2, status: 'resolved' });
    scene.push('ticket.changed', { epoch, ticket: rows[0] });
    rows.push(makeRow(4));
    scene.inbox.markSeen(idOf(702), 9);
    scene.setUnread(() => 1);
    scene.inbox.setQuery({ view: 'all' });
    expect(scene.numbers()).toEqual([2, 3]);
    expect(scene.inbox.getSnapshot()).toMatchObject({
      isLoading: true,
      filter: { status: ['open', 'pending'] },
    });
    await scene.time.run(300);
    expect(scene.numbers()).toEqual([2, 3, 4]);
    expect([scene.row(2)?.unreadCount, scene.row(3)?.unreadCount]).toEqual([0, 1]);
    expect(scene.inbox.getSnapshot().isLoading).toBe(false);
  });

  it('keeps its rows when it is asked for what it already shows', async () => {
    const scene = makeScene([makeRow(1), makeRow(2)]);
    await scene.time.run(300);
    const shown = scene.inbox.getSnapshot().rows;
    scene.inbox.setQuery({ view: 'all', filter: {}, sort: 'waiting' });
    expect(scene.inbox.getSnapshot()).toMatchObject({ rows: shown, isLoading: false });
  });

  it('shows colleagues on a row until they leave or fall silent, and never oneself', async () => {
    const scene = makeScene([makeRow(1), makeRow(2)]);
    await scene.time.run(300);
    const untouched = scene.row(2);
    const say = (agent: { id: string; name: string }, state: string) =>
      scene.push('viewing.changed', { ticketId: idOf(1), agent, state });
    say(other, 'viewing');
    say({ id: me.id, name: 'Ada' }, 'viewing');
    expect(scene.row(1)?.viewers).toEqual([{ ...other, isTyping: false }]);
    expect(scene.row(2)).toBe(untouched);
    say(other, 'typing');
    expect(scene.row(1)?.viewers).toEqual([{ ...other, isTyping: true }]);
    // A change of the ticket says nothing about who looks at it.
    scene.push('ticket.changed', { epoch, ticket: makeRow(1, { version: 2 }) });
    expect(scene.row(1)?.viewers).toHaveLength(1);
    say(other, 'gone');
    expect(scene.row(1)?.viewers).toEqual([]);
    scene.setReachable(false);
    say(other, 'viewing');
    await scene.time.run(44_000);
    expect(scene.row(1)?.viewers).toHaveLength(1);
    say(other, 'viewing');
    await scene.time.run(44_000);
    expect(scene.row(1)?.viewers).toHaveLength(1);
    await scene.time.run(2_000);
    expect(scene.row(1)?.viewers).toEqual([]);
  });

  it('asks for a row that was too large to be pushed, wherever in the list it stands', async () => {
    const rows = Array.from({ length: 230 }, (_, index) => makeRow(index + 1));
    const scene = makeScene(rows, { limit: 100 });
    await scene.time.run(300);
    for (let page = 0; page < 2; page++) {
      scene.inbox.loadMore();
      await scene.time.run(300);
    }
    rows[219] = makeRow(220, { version: 2, subject: 'Told at last' });
    scene.push('ticket.available', { ticketId: idOf(220), epoch });
    await scene.time.run(1_500);
    expect(scene.row(220)?.subject).toBe('Told at last');
    expect(scene.numbers()).toEqual(rows.map((row) => row.number));
  });

  it('judges nothing by itself in a saved view before the server said what that holds', async () => {
    const scene = makeScene([makeRow(1), makeRow(2, { assignee: { id: me.id, name: 'Ada' } })], {
      view: savedView,
    });
    scene.push('ticket.changed', { epoch, ticket: makeRow(2, { version: 2 }) });
    expect(scene.numbers()).toEqual([]);
    await scene.time.run(500);
    expect(scene.numbers()).toEqual([1]);
    expect(scene.inbox.getSnapshot()).toMatchObject({ filter: savedFilters[savedView], matching: 1 });
    scene.push('ticket.changed', { epoch, ticket: makeRow(3) });
    expect(scene.numbers()).toEqual([1, 3]);
  });

  it('begins anew with what a saved view holds now, when somebody changed it', async () => {
    const rows = Array.from({ length: 25 }, (_, index) =>
      makeRow(index + 1, { priority: index % 2 ? 'high' : 'low' }),
    );
    const scene = makeScene(rows, { view: savedView });
    await scene.time.run(300);
    scene.inbox.loadMore();
    await scene.time.run(300);
    expect(scene.numbers()).toHaveLength(20);
    const before = savedFilters[savedView] ?? {};
    savedFilters[savedView] = { priority: ['high'] };
    scene.push('catalogue.changed', {});
    await scene.time.run(4_000);
    savedFilters[savedView] = before;
    expect(scene.numbers()).toEqual(scene.numbers().filter((number) => number % 2 === 0));
    expect(scene.inbox.getSnapshot().filter).toEqual({ priority: ['high'] });
  });

  it('tells a view that is gone from one that is empty', async () => {
    const scene = makeScene([makeRow(1)]);
    await scene.time.run(300);
    scene.refuse({ code: 'not_found', reason: 'view_gone' });
    scene.inbox.refresh();
    await scene.time.run(300);
    expect(scene.inbox.getSnapshot()).toMatchObject({
      rows: [],
      failure: { reason: 'view_gone' },
      isLoading: false,
    });
    scene.refuse(null);
    scene.inbox.setQuery({ view: 'unassigned' });
    expect(scene.inbox.getSnapshot()).toMatchObject({ failure: null, isLoading: true });
    await scene.time.run(300);
    expect(scene.numbers()).toEqual([1]);
  });

  it('leaves it to the server who has waited long enough, whatever this machine’s clock says', async () => {
    nowMs = Date.parse(timeOf(61));
    const rows = [makeRow(1), makeRow(2)];
    const scene = makeScene(rows, { filter: { waitingMinutes: 59 } });
    await scene.time.run(300);
    expect(scene.numbers()).toEqual([1, 2]);
    const late = makeRow(3);
    rows.push(late);
    scene.push('ticket.changed', { epoch, ticket: late });
    scene.push('ticket.changed', { epoch, ticket: makeRow(2, { version: 2 }) });
    expect(scene.numbers()).toEqual([1, 2]);
    nowMs = Date.parse(timeOf(62));
    await scene.time.run(3_000);
    expect(scene.numbers()).toEqual([1, 2, 3]);
    scene.push('ticket.changed', { epoch, ticket: makeRow(1, { version: 2, waitingSince: null }) });
    expect(scene.numbers()).toEqual([2, 3]);
  });

  it('says that the server cannot be reached, and shows all of it within 5 s of its return', async () => {
    const rows = [makeRow(1)];
    const scene = makeScene(rows);
    scene.setReachable(false);
    await scene.time.run(60_000);
    expect(scene.inbox.getSnapshot()).toMatchObject({ isLoading: true, failure: { code: 'unavailable' } });
    scene.setReachable(true);
    await scene.time.run(5_000);
    expect(scene.numbers()).toEqual([1]);
    expect(scene.inbox.getSnapshot().failure).toBeNull();
  });

  it('ends as a fresh read would, whatever was lost, late or doubled', async () => {
    const act = fc.record({
      waitMs: fc.integer({ min: 0, max: 2_000 }),
      number: fc.integer({ min: 1, max: 240 }),
      change: fc.constantFrom<Partial<TicketRow> | 'hidden'>(
        // Moved to a department that this agent may not see, and perhaps back later.
        'hidden',
        { status: 'resolved' },
        { status: 'open' },
        { status: 'pending', waitingSince: null },
        { assignee: { id: me.id, name: 'Ada' } },
        { assignee: other },
        { assignee: null },
        { priority: 'urgent' },
        { priority: 'high' },
        { status: 'open', waitingSince: null, wokeAt: timeOf(50) },
        { status: 'snoozed', snoozedUntil: timeOf(90), wokeAt: null },
        { lastActivityAt: timeOf(40), waitingSince: timeOf(40), lastMessageAt: timeOf(40) },
      ),
      fate: fc.constantFrom<'lost' | 'once' | 'twice'>('lost', 'once', 'once', 'twice'),
      delayMs: fc.integer({ min: 0, max: 3_000 }),
    });
    const start = fc.record({
      view: fc.constantFrom<TicketListQuery['view']>('all', 'mine', 'unassigned', 'snoozed', savedView),
      sort: fc.constantFrom<TicketListQuery['sort']>('waiting', 'newest', 'priority'),
      filter: fc.constantFrom<TicketFilter>(
        {},
        { status: [] },
        { status: ['resolved'] },
        { assignee: ['me', 'none'] },
        { priority: ['high', 'urgent'], status: ['open'] },
        { waitingMinutes: 5 },
      ),
      /** How many the first page holds, and how many pages are loaded. */
      limit: fc.constantFrom(3, 100),
      pages: fc.integer({ min: 1, max: 4 }),
      size: fc.constantFrom(8, 235),
      leaves: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.array(act, { maxLength: 25 }),
        fc.integer({ min: 1 }),
        async ({ size, pages, leaves, ...asked }, acts, seed) => {
          nowMs = Date.parse(timeOf(size));
          const rows = Array.from({ length: size }, (_, index) => makeRow(index + 1));
          const scene = makeScene(rows, asked, seed);
          await scene.time.run(500);
          for (let page = 1; page < pages; page++) {
            scene.inbox.loadMore();
            await scene.time.run(500);
          }
          const problems: string[] = [];
          const hidden = new Map<number, TicketRow>();
          scene.inbox.subscribe(() => {
            const numbers = scene.numbers();
            if (new Set(numbers).size !== numbers.length) problems.push('a row is shown twice');
          });
          for (const { waitMs, number: wanted, change, fate, delayMs } of acts) {
            await scene.time.run(waitMs);
            const number = 1 + (wanted % (size + 6));
            const index = rows.findIndex((row) => row.number === number);
            const before = rows[index] ?? hidden.get(number) ?? makeRow(number, { version: 0 });
            const ticket = {
              ...before,
              ...(change === 'hidden' ? {} : change),
              version: before.version + 1,
              head: before.head + 1,
            };
            if (change === 'hidden') {
              hidden.set(number, ticket);
              if (index >= 0) rows.splice(index, 1);
            } else if (index < 0) rows.push(ticket);
            else rows[index] = ticket;
            const tell = () =>
              change === 'hidden'
                ? scene.push('ticket.removed', { ticketId: ticket.id })
                : scene.push('ticket.changed', { epoch, ticket });
            for (let copy = 0; copy < { lost: 0, once: 1, twice: 2 }[fate]; copy++) {
              scene.time.clock.setTimeout(tell, delayMs * (copy + 1));
            }
          }
          // Away and back: what was shown before must not outlive what happened meanwhile.
          if (leaves) scene.inbox.setQuery({ view: 'resolved' });
          await scene.time.run(6_000);
          scene.inbox.setQuery({ view: asked.view });
          scene.resubscribe();
          await scene.time.run(4_000);
          const fresh = listOf(rows, { ...query, ...asked, limit: 1_000 }, () => 0).tickets;
          const { rows: shown, hasMore } = scene.inbox.getSnapshot();
          expect(problems).toEqual([]);
          const expected = hasMore ? fresh.slice(0, shown.length) : fresh;
          expect(shown.map(versionOf)).toEqual(expected.map(versionOf));
          expect(shown.length).toBeGreaterThanOrEqual(Math.min(asked.limit, fresh.length));
          scene.inbox.close();
        },
      ),
      { numRuns: 250 },
    );
  }, 60_000);
});

function versionOf(row: TicketListRow) {
  return [row.number, row.version];
}
