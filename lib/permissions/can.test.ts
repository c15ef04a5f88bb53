import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor } from '#/lib/permissions/actor.ts';
import { authorize, can } from '#/lib/permissions/can.ts';
import { type Operation, operations, type RecordFields, type Role, roles } from '#/lib/permissions/policy.ts';

const me = 'me';
const actors = {
  visitor: { kind: 'visitor', widgetId: 'widget' },
  customer: { kind: 'customer', id: me, sessionId: 'session', widgetId: 'widget' },
  agent: { kind: 'agent', id: me, role: 'agent', departmentId: 'sales' },
  unplaced: { kind: 'agent', id: me, role: 'agent', departmentId: null },
  admin: { kind: 'agent', id: me, role: 'admin', departmentId: null },
  robot: { kind: 'agent', id: me, role: 'robot', departmentId: null },
  placedRobot: { kind: 'agent', id: me, role: 'department_robot', departmentId: 'sales' },
  /** Its department was taken away. */
  lostRobot: { kind: 'agent', id: me, role: 'department_robot', departmentId: null },
  system: { kind: 'system' },
} as const satisfies Record<string, Actor>;
type ActorName = keyof typeof actors;
/** Further actors of a role. */
const roleNames: Partial<Record<ActorName, Role>> = {
  unplaced: 'agent',
  placedRobot: 'department_robot',
  lostRobot: 'department_robot',
};

const ticket: RecordFields = {
  customerId: 'customer',
  assigneeId: 'colleague',
  departmentId: 'support',
  departmentIsRestricted: false,
};
const records = {
  nothing: {},
  ownTicket: { ...ticket, customerId: me },
  openTicket: ticket,
  openTicketOfMyDepartment: { ...ticket, departmentId: 'sales' },
  unplacedTicket: { ...ticket, departmentId: null, assigneeId: null },
  restrictedTicket: { ...ticket, departmentIsRestricted: true },
  restrictedTicketOfMyDepartment: { ...ticket, departmentIsRestricted: true, departmentId: 'sales' },
  restrictedTicketOfMine: { ...ticket, departmentIsRestricted: true, assigneeId: me },
  customerOfMyDepartment: { customerId: 'customer', departmentId: 'sales' },
  me: { customerId: me, agentId: me },
  somebody: { customerId: 'customer', agentId: 'colleague' },
  myWidget: { widgetId: 'widget' },
  otherWidget: { widgetId: 'elsewhere' },
  shared: { agentId: null, isShared: true },
} as const satisfies Record<string, RecordFields>;
type RecordName = keyof typeof records;

const all: readonly RecordName[] = [
  'nothing',
  'ownTicket',
  'openTicket',
  'openTicketOfMyDepartment',
  'unplacedTicket',
  'restrictedTicket',
  'restrictedTicketOfMyDepartment',
  'restrictedTicketOfMine',
  'customerOfMyDepartment',
  'me',
  'somebody',
  'myWidget',
  'otherWidget',
  'shared',
];
/** What hangs on a department's own records: a robot needs no more to know of them. */
const ofMyDepartment = [
  'openTicketOfMyDepartment',
  'restrictedTicketOfMyDepartment',
  'customerOfMyDepartment',
] as const;
const byPeople = {
  agent: [
    'ownTicket',
    'openTicket',
    'openTicketOfMyDepartment',
    'unplacedTicket',
    'restrictedTicketOfMyDepartment',
    'restrictedTicketOfMine',
    'customerOfMyDepartment',
  ],
  unplaced: [
    'ownTicket',
    'openTicket',
    'openTicketOfMyDepartment',
    'unplacedTicket',
    'restrictedTicketOfMine',
  ],
  admin: all,
  system: all,
} as const;
const robots = { robot: all, placedRobot: ofMyDepartment } as const;
const seen = { ...byPeople, ...robots } as const;
const own = ['ownTicket', 'me'] as const;
const everyAgent = { agent: all, unplaced: all, admin: all, system: all } as const;
const admins = { admin: all, system: all } as const;
const anyRobot = { robot: all, placedRobot: all, lostRobot: all } as const;
const widgets = ['myWidget'] as const;
const ownOrShared = {
  agent: ['me', 'shared'],
  unplaced: ['me', 'shared'],
  admin: ['me', 'shared'],
  system: all,
} as const;

/** By hand, cell by cell, so that a change of the policy has to be made twice. What is not named is refused. */
const expected: Record<Operation, Partial<Record<ActorName, readonly RecordName[]>>> = {
  'ticket.read': { customer: own, ...seen },
  'ticket.change': seen,
  'ticket.assign': seen,
  'conversation.start': { visitor: widgets, customer: own, ...robots, system: all },
  'conversation.read': { customer: own, ...seen },
  'message.read': { customer: own, ...seen },
  'message.send': { customer: own, ...seen },
  'note.read': seen,
  'note.write': seen,
  'file.add': { visitor: widgets, customer: own, agent: ['me'], unplaced: ['me'], admin: ['me'] },
  'mark.write': { customer: own, ...seen },
  'typing.send': { customer: own, ...seen },
  'event.read': seen,
  'presence.read': byPeople,
  'draft.write': byPeople,
  'notification.read': { agent: ['me'], unplaced: ['me'], admin: ['me'] },
  'link.create': { customer: own, ...byPeople },
  'link.revoke': { customer: own, ...byPeople },
  'rating.write': { customer: own },
  'customer.read': { customer: own, ...everyAgent, ...robots },
  'customer.create': { robot: all, system: all },
  'customer.change': { customer: own, ...everyAgent, ...robots },
  'customer.block': { ...everyAgent, robot: all },
  'session.revoke': { customer: own, ...admins },
  'identity.exchange': { visitor: widgets },
  'agent.read': { ...everyAgent, ...robots },
  'agent.change': { agent: ['me'], unplaced: ['me'], ...admins },
  'agent.invite': { ...admins, robot: all },
  'agent.deactivate': { ...admins, robot: all },
  'agent.place': { ...admins, robot: all },
  'department.read': { ...everyAgent, ...robots },
  'department.manage': { ...admins, robot: all },
  'widget.read': { visitor: widgets, customer: widgets, ...everyAgent },
  'widget.manage': admins,
  'workspace.read': everyAgent,
  'workspace.manage': admins,
  'saved_reply.read': ownOrShared,
  'saved_reply.manage': { ...ownOrShared, agent: ['me'], unplaced: ['me'] },
  'view.read': { ...ownOrShared, system: [] },
  'view.manage': { ...ownOrShared, agent: ['me'], unplaced: ['me'], system: [] },
  'tag.read': { ...everyAgent, ...anyRobot },
  'tag.create': { ...everyAgent, robot: all },
  'tag.manage': admins,
  'field.read': { ...everyAgent, ...anyRobot },
  'field.manage': admins,
  'bulk.manage': { agent: ['me'], unplaced: ['me'], admin: ['me'] },
  'key.read': admins,
  'key.manage': admins,
  'webhook.read': { ...admins, ...robots },
  'webhook.manage': { ...admins, ...robots },
};

const actorNames = Object.keys(actors).filter((name): name is ActorName => name in actors);

describe('the table of who may do what', () => {
  test('names every operation and every role', () => {
    expect(Object.keys(expected).sort()).toEqual([...operations].sort());
    const played = actorNames.map((name) => roleNames[name] ?? name);
    expect(new Set(played)).toEqual(new Set(roles));
    expect([...all].sort()).toEqual(Object.keys(records).sort());
  });

  test.each(operations.flatMap((operation) => actorNames.map((name) => [operation, name] as const)))(
    '%s by %s holds in every cell',
    (operation, name) => {
      const allowed = all.filter((record) => can(actors[name], operation, records[record]));
      expect(allowed).toEqual(all.filter((record) => (expected[operation][name] ?? []).includes(record)));
    },
  );
});

const anyId = fc.constantFrom(me, 'widget', 'sales', 'other', null);
const anyRecord = fc.record(
  {
    customerId: anyId,
    assigneeId: anyId,
    departmentId: anyId,
    agentId: anyId,
    widgetId: anyId,
    departmentIsRestricted: fc.boolean(),
    isShared: fc.boolean(),
  },
  { requiredKeys: [] },
);
const anyActor = fc.constantFrom(...actorNames.map((name) => actors[name]));
const anyOperation = fc.constantFrom(...operations);

describe('for any record', () => {
  test('knowing less about it never allows more', () => {
    fc.assert(
      fc.property(
        anyActor,
        anyOperation,
        anyRecord,
        fc.constantFrom(
          'customerId',
          'assigneeId',
          'departmentId',
          'agentId',
          'widgetId',
          'departmentIsRestricted',
        ),
        (actor, operation, record, field) => {
          const { [field]: _forgotten, ...rest } = record;
          return !can(actor, operation, rest) || can(actor, operation, record);
        },
      ),
    );
  });

  test('who may act on a ticket may read it', () => {
    const onTickets = operations.filter((name) =>
      /^(ticket|message|note|mark|typing|event|presence|link)\./.test(name),
    );
    fc.assert(
      fc.property(anyActor, fc.constantFrom(...onTickets), anyRecord, (actor, operation, record) => {
        return !can(actor, operation, record) || can(actor, 'ticket.read', record);
      }),
    );
  });

  test('a customer never reads a note or what happened inside', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const inside: Operation[] = ['note.read', 'note.write', 'event.read', 'presence.read', 'agent.read'];
        return inside.every((operation) => !can(actors.customer, operation, record));
      }),
    );
  });

  test('a key whose department is gone may nothing, but read what no record is asked about', () => {
    fc.assert(
      fc.property(anyOperation, anyRecord, (operation, record) => {
        const isOpen = operation === 'tag.read' || operation === 'field.read';
        return can(actors.lostRobot, operation, record) === isOpen;
      }),
    );
  });

  test('a key of one department may nothing that a key of all may not, and nothing of another department', () => {
    fc.assert(
      fc.property(anyOperation, anyRecord, (operation, record) => {
        const isOpen = operation === 'tag.read' || operation === 'field.read';
        if (!can(actors.placedRobot, operation, record)) return true;
        return can(actors.robot, operation, record) && (isOpen || record.departmentId === 'sales');
      }),
    );
  });

  test('no key manages keys, the workspace, widgets, tags or fields', () => {
    const closed: Operation[] = [
      ...([
        'key.read',
        'key.manage',
        'workspace.manage',
        'widget.manage',
        'tag.manage',
        'field.manage',
      ] as const),
      ...(['session.revoke', 'identity.exchange', 'saved_reply.read', 'view.read', 'draft.write'] as const),
      ...(['notification.read', 'presence.read', 'bulk.manage', 'file.add', 'rating.write'] as const),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(actors.robot, actors.placedRobot),
        fc.constantFrom(...closed),
        anyRecord,
        (actor, operation, record) => !can(actor, operation, record),
      ),
    );
  });
});

describe('a refusal', () => {
  const codeOf = (actor: Actor, operation: Operation, record: RecordFields) => {
    try {
      authorize(actor, operation, record);
      return 'allowed';
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  };

  test('says not_found about what the actor may not even see', () => {
    expect(codeOf(actors.customer, 'message.read', records.openTicket)).toBe('not_found');
    expect(codeOf(actors.agent, 'ticket.change', records.restrictedTicket)).toBe('not_found');
    expect(codeOf(actors.customer, 'agent.deactivate', records.somebody)).toBe('not_found');
    expect(codeOf(actors.visitor, 'ticket.read', records.ownTicket)).toBe('not_found');
    expect(codeOf(actors.placedRobot, 'ticket.change', records.openTicket)).toBe('not_found');
    expect(codeOf(actors.robot, 'key.manage', records.nothing)).toBe('not_found');
  });

  test('says forbidden about what the actor may see, but not do', () => {
    expect(codeOf(actors.customer, 'ticket.change', records.ownTicket)).toBe('forbidden');
    expect(codeOf(actors.customer, 'note.write', records.ownTicket)).toBe('forbidden');
    expect(codeOf(actors.agent, 'agent.invite', records.nothing)).toBe('forbidden');
    expect(codeOf(actors.agent, 'agent.deactivate', records.me)).toBe('forbidden');
    expect(codeOf(actors.agent, 'key.manage', records.nothing)).toBe('forbidden');
    expect(codeOf(actors.placedRobot, 'customer.block', records.customerOfMyDepartment)).toBe('forbidden');
  });

  test('does not happen to what is allowed', () => {
    expect(codeOf(actors.agent, 'ticket.change', records.openTicket)).toBe('allowed');
  });
});
