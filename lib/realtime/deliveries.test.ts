import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '#/lib/ids.ts';
import type { LogEntry } from '#/lib/messages/rules.ts';
import { isPublicChange } from '#/lib/messages/rules.ts';
import type { Change } from '#/lib/messages/schema.ts';
import {
  deliveriesOfEntry,
  deliveriesOfLostAccess,
  deliveryOf,
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
);
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
    };
  });
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

  test('only lists that do not show the ticket any more are told it is gone', () => {
    const before = { departmentId, departmentIsRestricted: false, assigneeId };
    const now = { departmentId, departmentIsRestricted: true, assigneeId };
    const lost = deliveriesOfLostAccess(newId(), before, now);
    expect(lost.map(({ channel, name }) => [channel, name])).toEqual([['private-staff', 'ticket.removed']]);
    expect(deliveriesOfLostAccess(newId(), now, now)).toEqual([]);
  });

  test('an event on a channel of another audience is an error, not a delivery', () => {
    const conversationId = newId();
    const payload = { conversationId, head: 1 };
    expect(() => deliveryOf('private-staff', 'message.available', payload)).toThrow();
    expect(() => deliveryOf('public-anything', 'message.available', payload)).toThrow();
  });

  test('fields that the catalogue does not name are dropped', () => {
    const conversationId = newId();
    const payload = { conversationId, head: 1, secret: 'x' };
    const { data } = deliveryOf(`private-conversation-${conversationId}`, 'message.available', payload);
    expect(data).not.toContain('secret');
  });
});
