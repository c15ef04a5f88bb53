import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventName } from '#/lib/realtime/events.ts';
import { eventPayloads } from '#/lib/realtime/events.ts';
import type { Check } from '#/lib/sync/event-checks.ts';
import {
  isConversationChanged,
  isMessageAvailable,
  isMessageCreated,
  isReadChanged,
  isTypingChanged,
} from '#/lib/sync/event-checks.ts';
import { customerStatuses } from '#/lib/tickets/schema.ts';

const id = '00000000-0000-7000-8000-000000000001';
const named = fc.option(fc.record({ id: fc.constant(id), name: fc.string() }));
const status = fc.constantFrom('open', 'pending', 'snoozed', 'resolved', 'closed');
const sender = fc.oneof(
  fc.record({ kind: fc.constant('customer'), id: fc.constant(id), name: fc.option(fc.string()) }),
  fc.record({ kind: fc.constant('agent'), id: fc.constant(id), name: fc.string() }),
  fc.constant({ kind: 'system' }),
);
const file = fc.record({
  id: fc.constant(id),
  name: fc.string(),
  type: fc.string(),
  bytes: fc.nat(),
  hasThumbnail: fc.boolean(),
});
const change = fc.oneof(
  fc.record({ field: fc.constant('status'), from: status, to: status }),
  fc.record({ field: fc.constantFrom('assignee', 'department'), from: named, to: named }),
  fc.record({ field: fc.constantFrom('priority', 'subject'), from: fc.string(), to: fc.string() }),
  fc.record({
    field: fc.constant('tags'),
    from: fc.constant([]),
    to: fc.constant([{ id, name: 'Billing' }]),
  }),
);
const payloads: [EventName, Check<unknown>, fc.Arbitrary<object>][] = [
  [
    'message.created',
    isMessageCreated,
    fc.record({
      conversationId: fc.constant(id),
      after: fc.nat(),
      entry: fc.record({
        id: fc.constant(id),
        order: fc.integer({ min: 1 }),
        publicOrder: fc.option(fc.nat()),
        kind: fc.constantFrom('reply', 'note', 'event'),
        sender,
        text: fc.string(),
        change: fc.option(change),
        sentAt: fc.string(),
        files: fc.option(fc.array(file), { nil: undefined }),
      }),
      epoch: fc.string(),
    }),
  ],
  [
    'message.available',
    isMessageAvailable,
    fc.record({ conversationId: fc.constant(id), head: fc.nat(), epoch: fc.string() }),
  ],
  [
    'read.changed',
    isReadChanged,
    fc.record({
      conversationId: fc.constant(id),
      reader: fc.record({ kind: fc.constantFrom('customer', 'agent'), id: fc.constant(id) }),
      through: fc.nat(),
      at: fc.string(),
      epoch: fc.string(),
    }),
  ],
  [
    'typing.changed',
    isTypingChanged,
    fc.record({ conversationId: fc.constant(id), sender, isTyping: fc.boolean(), forMs: fc.nat() }),
  ],
  [
    'conversation.changed',
    isConversationChanged,
    fc.record({
      conversation: fc.record({
        id: fc.constant(id),
        ticketId: fc.constant(id),
        number: fc.nat(),
        subject: fc.string(),
        status: fc.constantFrom(...customerStatuses),
        lastMessage: fc.option(fc.string()),
        lastMessageAt: fc.option(fc.string()),
        head: fc.nat(),
        readThrough: fc.nat(),
        unreadCount: fc.nat(),
        assignee: named,
      }),
      epoch: fc.string(),
    }),
  ],
];

/** Every way to every value inside, as keys. Of a change that only staff see, to its field alone. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const field: unknown = Reflect.get(value, 'field');
  if (field !== undefined && field !== 'status') return [['field']];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((path) => [key, ...path]),
  ]);
}

function damage(value: unknown, path: readonly string[], into: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return into;
  if (typeof value !== 'object' || value === null) return value;
  const inner: unknown = Reflect.get(value, key);
  return { ...value, [key]: damage(inner, rest, into) };
}

describe('the checks by hand', () => {
  it.each(payloads)('know %s as the catalogue does, and refuse what it refuses', (name, check, payload) => {
    const schema = eventPayloads[name];
    const wrong = fc.constantFrom<unknown>(undefined, null, true, 1.5, {}, [], 'no such word');
    fc.assert(
      fc.property(payload, fc.nat(), wrong, (good, pick, into) => {
        expect([check(good), schema.safeParse(good).success]).toEqual([true, true]);
        const paths = pathsOf(good);
        const bad = damage(good, paths[pick % paths.length] ?? [], into);
        const isValid = schema.safeParse(bad).success;
        // A string is a string here: the server alone decides what is an id.
        if (isValid) expect(check(bad)).toBe(true);
        else if (typeof into !== 'string') expect(check(bad)).toBe(false);
      }),
    );
  });

  it('refuse what is no object', () => {
    for (const [, check] of payloads) {
      for (const value of [undefined, null, 'text', 1, [], {}]) expect(check(value)).toBe(false);
    }
  });
});
