import { RefusedError } from '#/lib/errors.ts';
import type { Actor } from '#/lib/permissions/actor.ts';
import {
  actorValue,
  type Filter,
  filterFor,
  type Operation,
  type RecordFields,
  readOperations,
} from '#/lib/permissions/policy.ts';

/** Whether the policy lets this actor do this to this record. What it does not name is refused. */
export function can(actor: Actor, operation: Operation, record: RecordFields): boolean {
  return fulfils(filterFor(actor, operation), actor, record);
}

/** Throws `forbidden`, or `not_found` when the actor may not even know of the record. */
export function authorize(actor: Actor, operation: Operation, record: RecordFields): void {
  if (can(actor, operation, record)) return;
  const read = readOperations.get(operation.slice(0, operation.indexOf('.')));
  const isVisible = read !== undefined && can(actor, read, record);
  throw new RefusedError({ code: isVisible ? 'forbidden' : 'not_found' });
}

function fulfils(filter: Filter, actor: Actor, record: RecordFields): boolean {
  if (filter === 'always') return true;
  if (filter === 'never') return false;
  if ('any' in filter) return filter.any.some((part) => fulfils(part, actor, record));
  if ('all' in filter) return filter.all.every((part) => fulfils(part, actor, record));
  const value = record[filter.field] ?? null;
  if (value === null) return false;
  return 'is' in filter ? value === filter.is : value === actorValue(actor, filter.equals);
}
