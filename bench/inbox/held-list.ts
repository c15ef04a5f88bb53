import { type Figure, spreadOf } from '#/bench/figures.ts';
import { succeed } from '#/lib/errors.ts';
import { channels } from '#/lib/realtime/events.ts';
import { openInbox } from '#/lib/sync/inbox.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';
import { noTicketCounts, type TicketList, type TicketListRow } from '#/lib/tickets/schema.ts';

const epoch = 'bench';
const startMs = Date.UTC(2026, 0, 1);
const idOf = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const timeOf = (second: number) => new Date(startMs + second * 1_000).toISOString();

/** What a browser does for a pushed change and for a row that is read, with so many rows loaded. No screen in it. */
export function measureHeldList(rowCount: number, changes: number): Figure[] {
  const tickets = Array.from({ length: rowCount }, (_, number) => rowOf(number));
  const list: TicketList = {
    tickets,
    nextCursor: null,
    counts: noTicketCounts,
    filter: { status: ['open', 'pending'] },
    ignored: [],
    matching: Math.min(1_000, rowCount),
    epoch,
  };
  const handlers = new Map<string, Parameters<LiveConnection['subscribe']>[1]>();
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => {},
    subscribe(channel, each) {
      handlers.set(channel, each);
      return () => handlers.delete(channel);
    },
    close: () => {},
  };
  const inbox = openInbox({
    transport: { listTickets: async () => succeed(list) },
    live,
    me: { id: idOf(999_999_999), departmentIds: [] },
    query: { view: 'all', filter: {}, sort: 'waiting', limit: 50 },
    initial: list,
    // Nothing but what is measured runs.
    clock: { now: () => startMs, setTimeout: () => null, clearTimeout: () => {}, random: () => 0.5 },
  });
  let shown = inbox.getSnapshot().rows;
  inbox.subscribe(() => {
    shown = inbox.getSnapshot().rows;
  });
  const staff = handlers.get(channels.staff());
  const pushed: number[] = [];
  const read: number[] = [];
  for (let change = 0; change < changes; change++) {
    const number = (change * 7_919) % rowCount;
    const version = 2 + change;
    const waitingSince = timeOf((change * 104_729) % (rowCount * 2));
    const ticket = { ...rowOf(number), version, head: version, waitingSince };
    pushed.push(timed(() => staff?.onEvent('ticket.changed', { ticket, epoch })));
    read.push(timed(() => inbox.markSeen(ticket.conversationId, version)));
  }
  if (shown.length !== rowCount) throw new Error('the list lost rows');
  inbox.close();
  const where = `${rowCount.toLocaleString('en-GB')} rows loaded`;
  return [
    { name: 'a pushed change takes its place', unit: 'ms', where, value: spreadOf(pushed) },
    { name: 'a row is read', unit: 'ms', where, value: spreadOf(read) },
  ];
}

function timed(run: () => void): number {
  const beganMs = performance.now();
  run();
  return performance.now() - beganMs;
}

function rowOf(number: number): TicketListRow {
  return {
    id: idOf(number),
    number,
    subject: `Question ${number} about an order`,
    status: 'open',
    priority: 'normal',
    customer: { id: idOf(number), name: 'A customer', email: null, isVerified: false, fields: {} },
    assignee: null,
    department: null,
    tags: [],
    fields: {},
    snoozedUntil: null,
    snoozedAt: null,
    snoozedBy: null,
    wokeAt: null,
    conversationId: idOf(500_000_000 + number),
    lastMessage: 'Thank you, and when will it be here?',
    lastMessageAt: timeOf(number),
    lastSender: 'customer',
    waitingSince: timeOf(number * 2),
    createdAt: timeOf(number),
    lastActivityAt: timeOf(number),
    head: 1,
    version: 1,
    unreadCount: 1,
    viewers: [],
  };
}
