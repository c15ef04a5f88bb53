import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PublishedTicket } from '#/db/tickets.ts';
import { newId } from '#/lib/ids.ts';
import type { LogEntry } from '#/lib/messages/rules.ts';
import { isPublicChange } from '#/lib/messages/rules.ts';
import type { Change } from '#/lib/messages/schema.ts';
import {
  deliveriesOfEntry,
  deliveriesOfLostAccess,
  deliveriesOfMark,
  deliveriesOfTicket,
  deliveriesOfViewing,
  deliveryOf,
  isPublicChangeEvent,
  listChannels,
} from '#/lib/realtime/deliveries.ts';
import { eventChannels, eventPayloads, parseChannel, payloadBytesMax } from '#/lib/realtime/events.ts';
import { ticketStatuses } from '#/lib/tickets/schema.ts';

const uuid = fc.constant(null).map(() => newId());
const status = fc.constantFrom(...ticketStatuses);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ field: fc.constant('status' as const), from: status, to: status }),
  fc.record({ field: fc.constant('priority' as const), from: fc.string(), to: fc.string() }),
  fc.record({ field: fc.constant('subject' as const), from: fc.string(), to: fc.string() }),
  fc.record({
    field: fc.constant('department' as const),
    from: fc.constant(null),
    to: fc.record({ id: fc.constant(null).map(() => newId()), name: fc.string() }),
  }),
);
const staffOnlyChange = change.filter((each) => !isPublicChange(each) && each.field !== 'subject');
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('x'.repeat(10_000), '😀'.repeat(5_000), '"'.repeat(10_000), '\u0001'.repeat(10_000)),
);
const sender = fc.oneof(
  uuid.map((id) => ({ kind: 'agent' as const, id, name: 'Ana' })),
  uuid.map((id) => ({ kind: 'customer' as const, id, name: null })),
);
/** As the database keeps them: replies public, notes never, events where their change is public. */
const logEntry: fc.Arbitrary<LogEntry> = fc
  .record({
    kind: fc.constantFrom('reply' as const, 'note' as const, 'event' as const),
    conversationId: uuid,
    id: uuid,
    seq: fc.integer({ min: 1, max: 1_000_000 }),
    sender,
    text,
    change,
  })
  .map(({ kind, change: given, ...entry }) => {
    const isPublic = kind === 'reply' || (kind === 'event' && isPublicChange(given));
    return {
      ...entry,
      kind,
      publicSeq: isPublic ? Math.ceil(entry.seq / 2) : null,
      change: kind === 'event' ? given : null,
      text: kind === 'event' ? '' : entry.text,
      sentAt: '2026-01-01T00:00:00.000Z',
      epoch: 'e1',
    };
  });
const publishedTicket: PublishedTicket = {
  row: {
    id: newId(),
    number: 1,
    subject: 'Shoes',
    status: 'pending',
    priority: 'normal',
    customer: { id: newId(), name: null, email: null, isVerified: false, fields: {} },
    assignee: null,
    department: null,
    tags: [],
    fields: {},
    snoozedUntil: null,
    snoozedAt: null,
    snoozedBy: null,
    wokeAt: null,
    lastSender: null,
    conversationId: newId(),
    lastMessage: null,
    lastMessageAt: null,
    waitingSince: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    lastActivityAt: '2026-01-01T00:00:00.000Z',
    head: 3,
    version: 7,
  },
  conversations: [
    {
      id: newId(),
      ticketId: newId(),
      number: 1,
      subject: 'Shoes',
      status: 'open',
      lastMessage: null,
      lastMessageAt: null,
      head: 1,
      readThrough: 0,
      unreadCount: 0,
      assignee: null,
    },
  ],
  customerId: newId(),
  readers: { departmentId: null, departmentIsRestricted: false, assigneeId: null },
  epoch: 'e1',
};
const isForCustomer = (channel: string) => /^private-(customer|conversation)-/.test(channel);

describe('what one entry tells', () => {
  test('no customer’s channel ever carries a note or a staff-only change', () => {
    fc.assert(
      fc.property(logEntry, (entry) => {
        const forCustomer = deliveriesOfEntry(entry).filter(({ channel }) => isForCustomer(channel));
        expect(forCustomer.length).toBe(entry.publicSeq === null ? 0 : 1);
      }),
    );
  });

  test('a note, a priority, a department or a pending status is on no channel of the customer’s', () => {
    fc.assert(
      fc.property(logEntry, staffOnlyChange, fc.boolean(), (given, staffOnly, isNote) => {
        const entry: LogEntry = isNote
          ? { ...given, kind: 'note', publicSeq: null, change: null }
          : { ...given, kind: 'event', publicSeq: null, change: staffOnly };
        const type = isNote ? 'message.created' : 'ticket.changed';
        const { conversationId } = entry;
        const isPublic = isPublicChangeEvent({
          id: newId(),
          type,
          ticketId: newId(),
          conversationId,
          entry,
          readersBefore: null,
          subjectId: null,
        });
        const told = [...deliveriesOfEntry(entry), ...deliveriesOfTicket(publishedTicket, isPublic)];
        expect(told.filter(({ channel }) => isForCustomer(channel))).toEqual([]);
      }),
    );
  });

  test('a mark that passed nothing public is told to staff alone', () => {
    const mark = {
      conversationId: newId(),
      reader: { kind: 'agent' as const, id: newId() },
      staffThrough: 5,
      publicThrough: 2,
      at: '2026-01-01T00:00:00.000Z',
      epoch: 'e1',
    };
    const isTold = (isPublic: boolean) =>
      deliveriesOfMark({ ...mark, isPublic }).some(({ channel }) => isForCustomer(channel));
    expect([isTold(true), isTold(false)]).toEqual([true, false]);
  });

  test('a customer is never told how staff handle a ticket before it ends', () => {
    fc.assert(
      fc.property(logEntry, (entry) => {
        for (const { data } of deliveriesOfEntry(entry).filter(({ channel }) => isForCustomer(channel))) {
          const { from, to } = JSON.parse(data).entry?.change ?? {};
          expect(['pending', 'snoozed']).not.toContain(from);
          expect(['pending', 'snoozed']).not.toContain(to);
        }
      }),
    );
  });

  test('a customer is never told staff’s numbers', () => {
    fc.assert(
      fc.property(logEntry, (entry) => {
        for (const { data } of deliveriesOfEntry(entry).filter(({ channel }) => isForCustomer(channel))) {
          const payload = JSON.parse(data);
          expect(payload.head ?? payload.entry.order).toBe(entry.publicSeq);
          expect(payload.entry?.publicOrder ?? null).toBeNull();
        }
      }),
    );
  });

  test('every payload fits the protocol, belongs on its channel and parses against the catalogue', () => {
    fc.assert(
      fc.property(logEntry, (entry) => {
        for (const { channel, name, data } of deliveriesOfEntry(entry)) {
          expect(Buffer.byteLength(data)).toBeLessThanOrEqual(payloadBytesMax);
          const kind = parseChannel(channel)?.kind;
          expect(kind !== undefined && eventChannels[name].includes(kind)).toBe(true);
          expect(eventPayloads[name].safeParse(JSON.parse(data)).success).toBe(true);
        }
      }),
    );
  });

  test('a note that carries a public number by mistake is still kept from customers', () => {
    fc.assert(
      fc.property(logEntry, (entry) => {
        const broken: LogEntry = { ...entry, kind: 'note', publicSeq: 1, change: null };
        expect(deliveriesOfEntry(broken).some(({ channel }) => isForCustomer(channel))).toBe(false);
      }),
    );
  });
});

describe('fan-out', () => {
  const departmentId = newId();
  const assigneeId = newId();
  test('a restricted ticket is on its members’ and its assignee’s lists, and never on everybody’s', () => {
    const readers = { departmentId, departmentIsRestricted: true, assigneeId };
    expect(listChannels(readers)).toEqual([
      `private-department-${departmentId}`,
      `private-agent-${assigneeId}`,
    ]);
    expect(listChannels({ ...readers, assigneeId: null })).toEqual([`private-department-${departmentId}`]);
    expect(listChannels({ ...readers, departmentId: null, assigneeId: null })).toEqual([]);
  });

  test('a row that is too large for one event goes as a word that it changed', () => {
    const fields = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`field-${index}`, 'ß'.repeat(250)]),
    );
    const large = { ...publishedTicket, row: { ...publishedTicket.row, fields } };
    const told = deliveriesOfTicket(large, true);
    expect(told.map(({ name }) => name)).toEqual(['ticket.available', 'conversation.changed']);
    expect(JSON.parse(told[0]?.data ?? '')).toEqual({ ticketId: large.row.id, epoch: 'e1' });
  });

  test('who looks at a restricted ticket is told where its changes go, with nothing else about it', () => {
    const [departmentId, assigneeId, ticketId] = [newId(), newId(), newId()];
    const readers = { departmentId, departmentIsRestricted: true, assigneeId };
    const agent = { id: newId(), name: 'Ana', email: 'ana@example.test' };
    const told = deliveriesOfViewing({ ticketId, agent, state: 'typing', readers });
    expect(told.map(({ channel }) => channel)).toEqual([
      `private-department-${departmentId}`,
      `private-agent-${assigneeId}`,
    ]);
    expect(JSON.parse(told[0]?.data ?? '')).toEqual({
      ticketId,
      agent: { id: agent.id, name: 'Ana' },
      state: 'typing',
    });
  });

  test('only lists that do not show the ticket any more are told it is gone', () => {
    const before = { departmentId, departmentIsRestricted: false, assigneeId };
    const now = { departmentId, departmentIsRestricted: true, assigneeId };
    const lost = deliveriesOfLostAccess(newId(), before, now);
    expect(lost.map(({ channel, name }) => [channel, name])).toEqual([['private-staff', 'ticket.removed']]);
    expect(deliveriesOfLostAccess(newId(), now, now)).toEqual([]);
  });

  test('an event on a channel of another audience is an error, not a delivery', () => {
    const conversationId = newId();
    const payload = { conversationId, head: 1, epoch: 'e1' };
    expect(() => deliveryOf('private-staff', 'message.available', payload)).toThrow();
    expect(() => deliveryOf('public-anything', 'message.available', payload)).toThrow();
  });

  test('fields that the catalogue does not name are dropped', () => {
    const conversationId = newId();
    const payload = { conversationId, head: 1, epoch: 'e1', secret: 'x' };
    const { data } = deliveryOf(`private-conversation-${conversationId}`, 'message.available', payload);
    expect(data).not.toContain('secret');
  });
});
