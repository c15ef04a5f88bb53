import { describe, expect, test } from 'vitest';
import {
  convertJoin,
  convertObject,
  type ParseAgents,
  type ParseKind,
  type ParseWords,
} from '#/lib/transfer/parse-classes.ts';
import { idOfObject, pointerOf, timeOf } from '#/lib/transfer/parse-values.ts';

const agents: ParseAgents = {
  agents: new Set(['ag1']),
  users: new Map([
    ['us-agent', 'ag1'],
    ['us-admin', null],
  ]),
  contacts: new Map([['us-agent', { name: 'ana', email: 'ana@example.test' }]]),
  hasCustomers: true,
  linksMessages: false,
};
const words: ParseWords = { classes: {}, statuses: {}, priorities: {} };
const convert = (kind: ParseKind, object: Record<string, unknown>, own: Partial<ParseWords> = {}) =>
  convertObject(kind, { objectId: 'ob1', ...object }, agents, { ...words, ...own });
const pointer = (className: string, objectId: string) => ({ __type: 'Pointer', className, objectId });
const recordOf = (converted: ReturnType<typeof convert>, noun: string) =>
  converted.records.find((each) => each.noun === noun)?.record;

describe('values of a Parse export', () => {
  test('an id is the same each time, another for another class, and a UUID', () => {
    expect(idOfObject('Ticket', 'abc')).toBe(idOfObject('Ticket', 'abc'));
    expect(idOfObject('Ticket', 'abc')).not.toBe(idOfObject('Message', 'abc'));
    expect(idOfObject('Ticket', 'abc')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test('pointers and moments are read in each of their forms', () => {
    expect(pointerOf(pointer('Ticket', 'x'))).toEqual({ className: 'Ticket', objectId: 'x' });
    expect(pointerOf({ __type: 'Object', className: 'Ticket', objectId: 'x', subject: 'y' })).toEqual({
      className: 'Ticket',
      objectId: 'x',
    });
    expect(pointerOf('x')).toEqual({ className: null, objectId: 'x' });
    expect(pointerOf({ __type: 'Relation', className: 'Ticket' })).toBeUndefined();
    expect(timeOf({ __type: 'Date', iso: '2023-05-01T10:00:00.000Z' })).toBe('2023-05-01T10:00:00.000Z');
    expect(timeOf('2023-05-01T12:00:00+02:00')).toBe('2023-05-01T10:00:00.000Z');
    expect(timeOf(1_682_935_200_000)).toBe('2023-05-01T10:00:00.000Z');
    // Kept, so that it is refused by its name.
    expect(timeOf('soon')).toBe('soon');
    expect(timeOf(null)).toBeUndefined();
  });
});

describe('a customer', () => {
  test('keeps what Parley has a field for, and everything plain as an attribute', () => {
    const converted = convert('Customer', {
      name: ' Maya\u202e Okafor ',
      email: 'maya@example.test',
      phone: '+49 (30) 123-456',
      plan: 'gold',
      seats: 3,
      nested: { a: 1 },
      createdAt: '2023-05-01T10:00:00.000Z',
      updatedAt: '2023-06-01T10:00:00.000Z',
      ACL: { '*': { read: true } },
    });
    expect(recordOf(converted, 'customer')).toEqual({
      id: idOfObject('Customer', 'ob1'),
      name: 'Maya Okafor',
      email: 'maya@example.test',
      phone: '+4930123456',
      attributes: { plan: 'gold', seats: 3 },
      createdAt: '2023-05-01T10:00:00.000Z',
    });
    expect(converted.leftOut).toEqual(['nested']);
  });

  test('with an address or a number that is none keeps it as it was written', () => {
    const { attributes } =
      recordOf(convert('Customer', { email: 'maya', phone: '555 1234' }), 'customer') ?? {};
    expect(attributes).toEqual({ emailAsWritten: 'maya', phoneAsWritten: '555 1234' });
  });

  test('who has a user is found by either', () => {
    const { aliases } = convert('Customer', { user: pointer('_User', 'us1') });
    expect(aliases).toEqual([
      { noun: 'alias', id: idOfObject('_User', 'us1'), parent: idOfObject('Customer', 'ob1') },
    ]);
  });
});

describe('an agent', () => {
  test('has the address of their user where they have none, and a department by its name', () => {
    const converted = convertObject(
      'Agent',
      { objectId: 'ag1', name: 'Ana', department: 'Billing', user: pointer('_User', 'us-agent') },
      agents,
      words,
    );
    const department = recordOf(converted, 'department');
    expect(department).toEqual({ id: idOfObject('Department by name', 'Billing'), name: 'Billing' });
    expect(recordOf(converted, 'agent')).toEqual({
      id: idOfObject('Agent', 'ag1'),
      name: 'Ana',
      email: 'ana@example.test',
      departmentId: department?.id,
    });
  });

  test('a user is what the class of agents, the roles, or nobody says', () => {
    const of = (objectId: string) =>
      convertObject('_User', { objectId, username: 'u', email: 'u@example.test' }, agents, words).records;
    expect(of('us-agent')).toEqual([]);
    expect(of('us-admin')).toMatchObject([
      { noun: 'agent', record: { id: idOfObject('_User', 'us-admin') } },
    ]);
    expect(of('us-else')).toMatchObject([
      { noun: 'customer', record: { name: 'u', email: 'u@example.test' } },
    ]);
  });
});

describe('a ticket', () => {
  const customer = pointer('Customer', 'cu1');

  test('has a status and a priority of ours, or says which word it needs explained', () => {
    const status = (value: unknown) =>
      recordOf(convert('Ticket', { customer, status: value }), 'ticket')?.status;
    expect(['open', 'In Progress', 'on-hold', 'SOLVED', 'closed', undefined, ''].map(status)).toEqual([
      'open',
      'open',
      'pending',
      'resolved',
      'closed',
      'open',
      'open',
    ]);
    expect(convert('Ticket', { customer, status: 'on ice' }).problem).toEqual({
      field: 'status',
      what: expect.stringContaining('--status "on ice=open"'),
    });
    const statuses = { onice: 'pending' } as const;
    expect(recordOf(convert('Ticket', { customer, status: 'On ice' }, { statuses }), 'ticket')?.status).toBe(
      'pending',
    );
    expect(convert('Ticket', { customer, priority: 2 }).problem).toMatchObject({ field: 'priority' });
    const priorities = { '2': 'high' } as const;
    expect(recordOf(convert('Ticket', { customer, priority: 2 }, { priorities }), 'ticket')?.priority).toBe(
      'high',
    );
  });

  test('needs a customer', () => {
    expect(convert('Ticket', { subject: 'x' }).problem).toMatchObject({ field: 'customer' });
    expect(convert('Ticket', { customer: pointer('SupportAgent', 'ag1') }).problem).toMatchObject({
      field: 'customer',
    });
  });

  test('always has a subject that fits a line', () => {
    const of = (object: Record<string, unknown>) =>
      recordOf(convert('Ticket', { customer, ...object }), 'ticket');
    expect(of({})?.subject).toBe('Imported ticket');
    expect(of({ description: 'My order is late' })?.subject).toBe('My order is late');
    const long = 'word '.repeat(100).trim();
    expect(String(of({ subject: long })?.subject).length).toBeLessThanOrEqual(200);
    expect(of({ subject: long, description: 'more' })?.description).toBe(`${long}\n\nmore`);
  });
});

describe('a message', () => {
  const conversation = pointer('Conversation', 'co1');

  test('is of a customer, an agent, or whoever the user is', () => {
    const of = (sender: unknown) =>
      recordOf(convert('Message', { conversation, sender, text: 'x' }), 'message');
    expect(of(pointer('Customer', 'cu1'))).toMatchObject({ customerId: idOfObject('Customer', 'cu1') });
    expect(of(pointer('SupportAgent', 'ag1'))).toMatchObject({ agentId: idOfObject('Agent', 'ag1') });
    expect(of(pointer('_User', 'us-agent'))).toMatchObject({ agentId: idOfObject('Agent', 'ag1') });
    expect(of(pointer('_User', 'us-admin'))).toMatchObject({ agentId: idOfObject('_User', 'us-admin') });
    expect(of(pointer('_User', 'us-else'))).toMatchObject({ customerId: idOfObject('_User', 'us-else') });
    expect(
      convert('Message', { conversation, sender: pointer('Planet', 'x'), text: 'x' }).problem,
    ).toMatchObject({
      field: 'sender',
    });
    expect(convert('Message', { conversation, text: 'x' }).problem).toMatchObject({ field: 'sender' });
    expect(convert('Message', { sender: 'cu1', text: 'x' }).problem).toMatchObject({ field: 'conversation' });
  });

  test('says where its files are, whose bytes no export holds', () => {
    const photo = { __type: 'File', name: 'a.png', url: 'https://files.test/a.png' };
    const converted = convert('Message', { conversation, sender: 'cu1', text: 'Look', photo, read: true });
    expect(recordOf(converted, 'message')).toMatchObject({
      text: 'Look\na.png: https://files.test/a.png',
      read: true,
    });
    expect(converted.leftOut).toEqual([]);
  });
});

test('a relation says who takes part, and where a message is', () => {
  const around = { agents, words };
  expect(convertJoin('participants', { owningId: 'co1', relatedId: 'ag1' }, around).records).toMatchObject([
    { record: { conversationId: idOfObject('Conversation', 'co1'), agentId: idOfObject('Agent', 'ag1') } },
  ]);
  expect(convertJoin('participants', { owningId: 'co1', relatedId: 'cu9' }, around).records).toMatchObject([
    { record: { customerId: idOfObject('Customer', 'cu9') } },
  ]);
  expect(convertJoin('messages', { owningId: 'co1', relatedId: 'me1' }, around).aliases).toEqual([
    { noun: 'link', id: idOfObject('Message', 'me1'), parent: idOfObject('Conversation', 'co1') },
  ]);
  expect(convertJoin('messages', { owningId: 'co1' }, around).problem).toMatchObject({ field: 'relatedId' });
});
