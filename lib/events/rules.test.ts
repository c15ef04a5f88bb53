import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agentRecord } from '#/lib/api/records/agents.ts';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { departmentRecord } from '#/lib/api/records/departments.ts';
import { scopes } from '#/lib/api/scopes.ts';
import { heardTypes, type ToldTo, toldSide } from '#/lib/events/rules.ts';
import { apiEvents, apiEventTypes, eventSubjects, subjectScopes } from '#/lib/events/schema.ts';

const everything: ToldTo = { hasMessages: true, knowsDepartment: () => true, knowsTicket: () => true };
const nothing: ToldTo = { hasMessages: false, knowsDepartment: () => false, knowsTicket: () => false };
const id = '01992a10-7c1e-7000-8000-000000000001';
const other = '01992a10-7c1e-7000-8000-000000000002';

test('a type is heard exactly with the scope of what it is about, and never without being asked for', () => {
  fc.assert(
    fc.property(fc.subarray([...scopes]), fc.subarray([...apiEventTypes]), (held, wanted) => {
      const heard = heardTypes(held, wanted);
      for (const about of eventSubjects) {
        const scope = subjectScopes[about];
        const isHeld = held.includes(scope) || held.some((one) => one === scope.replace(':read', ':write'));
        const expected = isHeld ? wanted.filter((type) => apiEvents[type].about === about) : [];
        expect(heard[about]).toEqual(expected);
      }
    }),
  );
});

test('of people and departments only fields are told that GET answers, whatever the trail keeps', () => {
  const shapes = {
    customer: [...Object.keys(customerRecord.shape), 'customerId', 'keys'],
    agent: Object.keys(agentRecord.shape),
    department: [...Object.keys(departmentRecord.shape), 'isClosed'],
  };
  const kept = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom(...Object.values(shapes).flat())),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.constantFrom('customer', 'agent', 'department' as const), kept, (about, side) => {
      for (const name of Object.keys(toldSide(about, side, everything) ?? {})) {
        expect(shapes[about]).toContain(name);
      }
    }),
  );
  expect(toldSide('agent', { handOver: { to: 'nobody' }, passwordHash: 'x' }, everything)).toBeNull();
});

test('a ticket’s change is told by the record’s own names and by ids', () => {
  const told = (side: Record<string, unknown>, to = everything) => toldSide('ticket', side, to);
  expect(told({ status: 'snoozed', until: 'x', readers: { assigneeId: id } })).toEqual({
    status: 'snoozed',
    until: 'x',
  });
  expect(told({ assignee: { id, name: 'Ana' } })).toEqual({ assigneeId: id });
  expect(told({ assignee: null })).toEqual({ assigneeId: null });
  expect(told({ department: { id, name: 'Billing' } })).toEqual({ departmentId: id });
  expect(told({ tags: [{ id, name: 'vip' }] })).toEqual({ tagIds: [id] });
  expect(told({ fields: { key: 'plan', label: 'Plan', value: 'pro' } })).toEqual({ fields: { plan: 'pro' } });
  expect(told({ snooze: 'x' })).toEqual({ snoozedUntil: 'x' });
  expect(told({ consent: { at: 'x' } })).toBeNull();
  expect(told({ rating: 1, comment: 'bad' })).toEqual({ rating: 1, comment: 'bad' });
});

test('who may not read a log, a department or a ticket is not told of it by the way', () => {
  const told = (side: Record<string, unknown>) => toldSide('ticket', side, nothing);
  expect(told({ rating: 1, comment: 'bad' })).toBeNull();
  expect(told({ department: { id, name: 'Board' } })).toBeNull();
  expect(told({ departmentId: id, subject: 'x' })).toEqual({ subject: 'x' });
  expect(told({ department: null })).toEqual({ departmentId: null });
  const merge = { role: 'target', ticket: { id: other, number: 7, subject: 'secret' }, isUndone: false };
  expect(told({ merge })).toEqual({ merge: { role: 'target', isUndone: false } });
  expect(toldSide('ticket', { merge }, everything)).toEqual({
    merge: { role: 'target', isUndone: false, ticketId: other },
  });
  expect(toldSide('agent', { departmentId: id }, nothing)).toBeNull();
});
