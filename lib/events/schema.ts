import type { Scope } from '#/lib/api/scopes.ts';
import type { ChangeType } from '#/lib/realtime/changes.ts';

/** What the world outside may hear of the event trail: by the feed, by webhooks. What is not named here is nobody's. */

export const eventSubjects = ['ticket', 'message', 'customer', 'agent', 'department'] as const;
export type EventSubject = (typeof eventSubjects)[number];

export const apiEventTypes = [
  'ticket.created',
  'ticket.changed',
  'message.created',
  'customer.created',
  'customer.changed',
  'customer.blocked',
  'customer.unblocked',
  'customer.identified',
  'customer.merged',
  'agent.joined',
  'agent.changed',
  'agent.moved',
  'agent.role_changed',
  'agent.deactivated',
  'agent.reactivated',
  'department.changed',
  'department.access_changed',
] as const satisfies readonly ChangeType[];
export type ApiEventType = (typeof apiEventTypes)[number];

/** What each is about, and what happened, in words. */
export const apiEvents: Readonly<Record<ApiEventType, { about: EventSubject; words: string }>> = {
  'ticket.created': { about: 'ticket', words: 'A ticket was opened.' },
  'ticket.changed': {
    about: 'ticket',
    words:
      'One thing about a ticket changed: status, priority, subject, assignee, department, tags, a field, a snooze, a merge, or what the customer thought of it.',
  },
  'message.created': { about: 'message', words: 'A reply or a note was written.' },
  'customer.created': { about: 'customer', words: 'A customer was made through the API.' },
  'customer.changed': {
    about: 'customer',
    words: 'Name, address, phone or attributes of a customer changed.',
  },
  'customer.blocked': { about: 'customer', words: 'Nothing of the customer is taken any more.' },
  'customer.unblocked': { about: 'customer', words: 'The customer may write again.' },
  'customer.identified': { about: 'customer', words: 'The site said, signed, who the customer is.' },
  'customer.merged': {
    about: 'customer',
    words: 'A visitor turned out to be this customer, who has their tickets now: one event for each ticket.',
  },
  'agent.joined': { about: 'agent', words: 'Somebody took up an invitation.' },
  'agent.changed': { about: 'agent', words: 'Name or availability of an agent changed.' },
  'agent.moved': { about: 'agent', words: 'An agent went to another department, or to none.' },
  'agent.role_changed': { about: 'agent', words: 'An agent has another role.' },
  'agent.deactivated': { about: 'agent', words: 'An account was switched off.' },
  'agent.reactivated': { about: 'agent', words: 'An account was switched on again.' },
  'department.changed': {
    about: 'department',
    words: 'A department was made, changed or taken out of use.',
  },
  'department.access_changed': {
    about: 'department',
    words: 'A department became restricted, or open to every agent.',
  },
};

/** What a key has to be able to GET to hear of it. */
export const subjectScopes: Readonly<Record<EventSubject, Scope>> = {
  ticket: 'tickets:read',
  message: 'messages:read',
  customer: 'customers:read',
  agent: 'agents:read',
  department: 'departments:read',
};

/** Who did something. `key`: an API key; its id is that of the sender of its messages, too. */
export const eventActorKinds = ['visitor', 'customer', 'agent', 'key', 'system'] as const;
export type EventActorKind = (typeof eventActorKinds)[number];

export const eventsPerPageMax = 100;
export const eventsPerPageDefault = 50;
export const waitSecondsMax = 30;
