import type { Actor } from '#/lib/permissions/actor.ts';

/** Who may do what to which records: data, evaluated on a record by `can.ts` and compiled to SQL by `db/scope.ts`. */

export const roles = ['visitor', 'customer', 'agent', 'admin', 'system'] as const;
export type Role = (typeof roles)[number];

/** What a rule may ask about a record. A field that the caller did not pass fulfils no condition. */
export type RecordFields = {
  customerId?: string | null;
  assigneeId?: string | null;
  departmentId?: string | null;
  departmentIsRestricted?: boolean;
  agentId?: string | null;
  widgetId?: string | null;
  /** Everybody's rather than one agent's own. */
  isShared?: boolean;
};
export type RecordField = keyof RecordFields;

/** What a rule may ask about the actor; null (an agent without a department) equals nothing. */
export const actorFields = ['id', 'departmentId', 'widgetId'] as const;
export type ActorField = (typeof actorFields)[number];

/** No negation on purpose: what is unknown about a record can only take rights away. */
export type Filter =
  | 'always'
  | 'never'
  | { field: RecordField; is: boolean }
  | { field: RecordField; equals: ActorField }
  | { any: readonly Filter[] }
  | { all: readonly Filter[] };

export const operations = [
  'ticket.read',
  'ticket.change',
  'ticket.assign',
  'conversation.start',
  'conversation.read',
  'message.read',
  'message.send',
  'note.read',
  'note.write',
  'file.add',
  'mark.write',
  'typing.send',
  'event.read',
  'presence.read',
  'draft.write',
  'notification.read',
  'link.create',
  'link.revoke',
  'rating.write',
  'customer.read',
  'customer.change',
  'customer.block',
  'session.revoke',
  'identity.exchange',
  'agent.read',
  'agent.change',
  'agent.invite',
  'agent.deactivate',
  'agent.place',
  'department.read',
  'department.manage',
  'widget.read',
  'widget.manage',
  'workspace.read',
  'workspace.manage',
  'saved_reply.read',
  'saved_reply.manage',
  'view.read',
  'view.manage',
  'tag.read',
  'tag.create',
  'tag.manage',
  'field.read',
  'field.manage',
  'bulk.manage',
] as const;
export type Operation = (typeof operations)[number];

const ownRecord: Filter = { field: 'customerId', equals: 'id' };
const ownWidget: Filter = { field: 'widgetId', equals: 'widgetId' };
const self: Filter = { field: 'agentId', equals: 'id' };
/** Every agent sees every ticket, unless its department is restricted: then its members and its assignee do. */
const visibleTicket: Filter = {
  any: [
    { field: 'departmentIsRestricted', is: false },
    { field: 'departmentId', equals: 'departmentId' },
    { field: 'assigneeId', equals: 'id' },
  ],
};

type Rule = Readonly<Partial<Record<Role, Filter>>>;
const staffOnly: Rule = { agent: visibleTicket, admin: 'always', system: 'always' };
const bothSides: Rule = { customer: ownRecord, ...staffOnly };
const anyAgent: Rule = { agent: 'always', admin: 'always', system: 'always' };
const adminOnly: Rule = { admin: 'always', system: 'always' };
/** Nobody looks into what a colleague keeps for themselves, admins included. */
const ownOrShared: Filter = { any: [self, { field: 'isShared', is: true }] };

/**
 * A role that a rule does not name may not. `message` is the public part of a log and `note` is what only staff see of
 * it, so `note.read` also covers staff-only events.
 */
export const policy: Readonly<Record<Operation, Rule>> = {
  'ticket.read': bothSides,
  'ticket.change': staffOnly,
  'ticket.assign': staffOnly,
  'conversation.start': { visitor: ownWidget, customer: ownRecord, system: 'always' },
  'conversation.read': bothSides,
  'message.read': bothSides,
  'message.send': bothSides,
  'note.read': staffOnly,
  'note.write': staffOnly,
  // One's own upload, which no message has taken yet; afterwards it is read as its message is.
  'file.add': { visitor: ownWidget, customer: ownRecord, agent: self, admin: self },
  'mark.write': bothSides,
  'typing.send': bothSides,
  'event.read': staffOnly,
  'presence.read': staffOnly,
  'draft.write': staffOnly,
  'notification.read': { agent: self, admin: self },
  'link.create': bothSides,
  'link.revoke': bothSides,
  'rating.write': { customer: ownRecord },
  'customer.read': { customer: ownRecord, ...anyAgent },
  'customer.change': { customer: ownRecord, ...anyAgent },
  'customer.block': anyAgent,
  'session.revoke': { customer: ownRecord, ...adminOnly },
  'identity.exchange': { visitor: ownWidget },
  'agent.read': anyAgent,
  'agent.change': { agent: self, ...adminOnly },
  'agent.invite': adminOnly,
  'agent.deactivate': adminOnly,
  'agent.place': adminOnly,
  'department.read': anyAgent,
  'department.manage': adminOnly,
  'widget.read': { visitor: ownWidget, customer: ownWidget, ...anyAgent },
  'widget.manage': adminOnly,
  'workspace.read': anyAgent,
  'workspace.manage': adminOnly,
  'saved_reply.read': { agent: ownOrShared, admin: ownOrShared, system: 'always' },
  'saved_reply.manage': { agent: self, admin: ownOrShared, system: 'always' },
  'view.read': { agent: ownOrShared, admin: ownOrShared },
  // A shared view is its maker's as far as changing it goes.
  'view.manage': { agent: self, admin: ownOrShared },
  'tag.read': anyAgent,
  'tag.create': anyAgent,
  'tag.manage': adminOnly,
  'field.read': anyAgent,
  'field.manage': adminOnly,
  // Each ticket of a job is decided by itself, with the rights its agent has at that moment.
  'bulk.manage': { agent: self, admin: self },
};

/**
 * By the noun of an operation: what one has to be able to do to learn that the record exists. Without it a refusal
 * says `not_found`.
 */
export const readOperations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['ticket', 'ticket.read'],
  ['conversation', 'ticket.read'],
  ['message', 'ticket.read'],
  ['note', 'ticket.read'],
  ['file', 'file.add'],
  ['mark', 'ticket.read'],
  ['typing', 'ticket.read'],
  ['event', 'ticket.read'],
  ['presence', 'ticket.read'],
  ['draft', 'ticket.read'],
  ['link', 'ticket.read'],
  ['rating', 'ticket.read'],
  ['customer', 'customer.read'],
  ['session', 'customer.read'],
  ['identity', 'widget.read'],
  ['agent', 'agent.read'],
  ['department', 'department.read'],
  ['widget', 'widget.read'],
  ['workspace', 'workspace.read'],
  ['saved_reply', 'saved_reply.read'],
  ['view', 'view.read'],
  ['tag', 'tag.read'],
  ['field', 'field.read'],
]);

export function roleOf(actor: Actor): Role {
  return actor.kind === 'agent' ? actor.role : actor.kind;
}

export function filterFor(actor: Actor, operation: Operation): Filter {
  return policy[operation][roleOf(actor)] ?? 'never';
}

/** The actor's value of a field, or null when its kind has none. */
export function actorValue(actor: Actor, field: ActorField): string | null {
  switch (actor.kind) {
    case 'agent':
      return field === 'id' ? actor.id : field === 'departmentId' ? actor.departmentId : null;
    case 'customer':
      return field === 'id' ? actor.id : field === 'widgetId' ? actor.widgetId : null;
    case 'visitor':
      return field === 'widgetId' ? actor.widgetId : null;
    case 'system':
      return null;
  }
}
