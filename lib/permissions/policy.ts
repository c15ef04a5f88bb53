import type { Actor } from '#/lib/permissions/actor.ts';

/** Who may do what to which records: data, evaluated on a record by `can.ts` and compiled to SQL by `db/scope.ts`. */

/** A robot is an api key: of all departments, or of one, where it sees that one's tickets and what hangs on them. */
export const roles = [
  'visitor',
  'customer',
  'agent',
  'admin',
  'robot',
  'department_robot',
  'system',
] as const;
export type Role = (typeof roles)[number];

/** What a rule may ask about a record. A field that the caller did not pass fulfils no condition. */
export type RecordFields = {
  customerId?: string | null;
  assigneeId?: string | null;
  /** The record's own; of a customer one that holds a ticket of theirs. */
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
  'customer.create',
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
  'key.read',
  'key.manage',
  'webhook.read',
  'webhook.manage',
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

/** A key of one department has no eyes for the rest, restricted or not. */
const ownDepartment: Filter = { field: 'departmentId', equals: 'departmentId' };

type Rule = Readonly<Partial<Record<Role, Filter>>>;
const peopleOnly: Rule = { agent: visibleTicket, admin: 'always', system: 'always' };
const anyRobot: Rule = { robot: 'always', department_robot: 'always' };
const robotsByDepartment: Rule = { robot: 'always', department_robot: ownDepartment };
const staffOnly: Rule = { ...peopleOnly, ...robotsByDepartment };
const bothSides: Rule = { customer: ownRecord, ...staffOnly };
const anyAgent: Rule = { agent: 'always', admin: 'always', system: 'always' };
const adminOnly: Rule = { admin: 'always', system: 'always' };
/** What a key's scope can carry, for the keys that are of all departments. */
const adminOrRobot: Rule = { ...adminOnly, robot: 'always' };
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
  'conversation.start': {
    visitor: ownWidget,
    customer: ownRecord,
    ...robotsByDepartment,
    system: 'always',
  },
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
  // What a robot does is seen in what it writes: it looks at nothing, and keeps nothing half-written.
  'presence.read': peopleOnly,
  'draft.write': peopleOnly,
  'notification.read': { agent: self, admin: self },
  'link.create': { customer: ownRecord, ...peopleOnly },
  'link.revoke': { customer: ownRecord, ...peopleOnly },
  'rating.write': { customer: ownRecord },
  'customer.read': { customer: ownRecord, ...anyAgent, ...robotsByDepartment },
  // Screens make none, and a key of one department would not see whom it made.
  'customer.create': { robot: 'always', system: 'always' },
  'customer.change': { customer: ownRecord, ...anyAgent, ...robotsByDepartment },
  // Holds in every department.
  'customer.block': { ...anyAgent, robot: 'always' },
  'session.revoke': { customer: ownRecord, ...adminOnly },
  'identity.exchange': { visitor: ownWidget },
  'agent.read': { ...anyAgent, ...robotsByDepartment },
  'agent.change': { agent: self, ...adminOnly },
  // The services see to it that no robot makes or touches an admin.
  'agent.invite': adminOrRobot,
  'agent.deactivate': adminOrRobot,
  'agent.place': adminOrRobot,
  'department.read': { ...anyAgent, ...robotsByDepartment },
  'department.manage': adminOrRobot,
  'widget.read': { visitor: ownWidget, customer: ownWidget, ...anyAgent },
  'widget.manage': adminOnly,
  'workspace.read': anyAgent,
  'workspace.manage': adminOnly,
  'saved_reply.read': { agent: ownOrShared, admin: ownOrShared, system: 'always' },
  'saved_reply.manage': { agent: self, admin: ownOrShared, system: 'always' },
  'view.read': { agent: ownOrShared, admin: ownOrShared },
  // A shared view is its maker's as far as changing it goes.
  'view.manage': { agent: self, admin: ownOrShared },
  'tag.read': { ...anyAgent, ...anyRobot },
  'tag.create': { ...anyAgent, robot: 'always' },
  'tag.manage': adminOnly,
  'field.read': { ...anyAgent, ...anyRobot },
  'field.manage': adminOnly,
  // Each ticket of a job is decided by itself, with the rights its agent has at that moment.
  'bulk.manage': { agent: self, admin: self },
  // No key makes, reads or ends keys: one that leaked could not be taken back.
  'key.read': adminOnly,
  'key.manage': adminOnly,
  'webhook.read': { ...adminOnly, ...robotsByDepartment },
  'webhook.manage': { ...adminOnly, ...robotsByDepartment },
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
  // Every agent knows that there are such settings.
  ['key', 'workspace.read'],
  ['webhook', 'workspace.read'],
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
