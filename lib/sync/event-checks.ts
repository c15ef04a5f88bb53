import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { Change, Entry, Sender } from '#/lib/messages/schema.ts';
import type { EventPayload } from '#/lib/realtime/events.ts';

/**
 * The catalogue's shapes for what the frame receives, by hand: the schema library would cost it 8 KB. The payloads are
 * our own server's, built from those schemas; a test holds both to the same verdict on generated payloads.
 */
export type Check<Value> = (value: unknown) => value is Value;

const text: Check<string> = (value) => typeof value === 'string';
const whole: Check<number> = (value): value is number => Number.isSafeInteger(value);
const truth: Check<boolean> = (value) => typeof value === 'boolean';
const nothing: Check<null> = (value) => value === null;

function either<A, B>(a: Check<A>, b: Check<B>): Check<A | B> {
  return (value): value is A | B => a(value) || b(value);
}

function oneOf<const Values extends readonly string[]>(...values: Values): Check<Values[number]> {
  return (value): value is Values[number] => values.some((each) => each === value);
}

function shape<Value extends object>(fields: { [Key in keyof Value]-?: Check<Value[Key]> }): Check<Value> {
  const checks = Object.entries<Check<unknown>>(fields);
  return (value): value is Value =>
    typeof value === 'object' &&
    value !== null &&
    checks.every(([key, check]) => check(Reflect.get(value, key)));
}

const status = oneOf('open', 'pending', 'snoozed', 'resolved', 'closed');
const named = either(nothing, shape<{ id: string; name: string }>({ id: text, name: text }));

const sender: Check<Sender> = either(
  either(
    shape<Extract<Sender, { kind: 'customer' }>>({
      kind: oneOf('customer'),
      id: text,
      name: either(nothing, text),
    }),
    shape<Extract<Sender, { kind: 'agent' }>>({ kind: oneOf('agent'), id: text, name: text }),
  ),
  shape<Extract<Sender, { kind: 'system' }>>({ kind: oneOf('system') }),
);

type StatusChange = Extract<Change, { field: 'status' }>;
const statusChange = shape<Pick<StatusChange, 'field' | 'from' | 'to'>>({
  field: oneOf('status'),
  from: status,
  to: status,
});
/** Customers hear of a status alone. Of staff's other changes the field says enough here. */
const change: Check<Change> = (value): value is Change =>
  statusChange(value) || (shape<{ field: string }>({ field: text })(value) && value.field !== 'status');

const entry = shape<Entry>({
  id: text,
  order: whole,
  publicOrder: either(nothing, whole),
  kind: oneOf('reply', 'note', 'event'),
  sender,
  text,
  change: either(nothing, change),
  sentAt: text,
  // Staff's own: a customer's entry has none.
  mentions: (value): value is Entry['mentions'] => value === undefined || Array.isArray(value),
  files: (value): value is Entry['files'] => value === undefined || Array.isArray(value),
});

const conversation = shape<CustomerConversation>({
  id: text,
  ticketId: text,
  number: whole,
  subject: text,
  status: oneOf('open', 'resolved', 'closed'),
  lastMessage: either(nothing, text),
  lastMessageAt: either(nothing, text),
  head: whole,
  readThrough: whole,
  unreadCount: whole,
  assignee: named,
});

export const isMessageCreated = shape<EventPayload<'message.created'>>({
  conversationId: text,
  after: whole,
  entry,
  epoch: text,
});
export const isMessageAvailable = shape<EventPayload<'message.available'>>({
  conversationId: text,
  head: whole,
  epoch: text,
});
export const isReadChanged = shape<EventPayload<'read.changed'>>({
  conversationId: text,
  reader: shape<{ kind: 'customer' | 'agent'; id: string }>({ kind: oneOf('customer', 'agent'), id: text }),
  through: whole,
  at: text,
  epoch: text,
});
export const isTypingChanged = shape<EventPayload<'typing.changed'>>({
  conversationId: text,
  sender,
  isTyping: truth,
  forMs: whole,
});
export const isConversationChanged = shape<EventPayload<'conversation.changed'>>({
  conversation,
  epoch: text,
});
