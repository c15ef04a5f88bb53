import { type Column, type SQL, sql } from 'drizzle-orm';
import {
  agents,
  customers,
  departments,
  messages,
  savedReplies,
  tickets,
  views,
  webhooks,
} from '#/db/schema.ts';
import type { Actor } from '#/lib/permissions/actor.ts';
import {
  actorValue,
  type Filter,
  filterFor,
  type Operation,
  type RecordField,
} from '#/lib/permissions/policy.ts';

/** The policy of `lib/permissions` as SQL conditions: a row fulfils one exactly when `can` says yes to its record. */

/** The tickets on which the actor may do `operation`; for queries that have `tickets` in their FROM. */
export function ticketScope(actor: Actor, operation: Operation = 'ticket.read'): SQL {
  return compile(filterFor(actor, operation), actor, ticketFields);
}

/** The log entries that the actor may read; for queries that have `messages` and their `tickets` in their FROM. */
export function messageScope(actor: Actor): SQL {
  const isPublic = sql`${messages.publicSeq} is not null`;
  return sql`((${isPublic} and ${ticketScope(actor, 'message.read')}) or (not (${isPublic}) and ${ticketScope(actor, 'note.read')}))`;
}

/** The customers on whom the actor may do `operation`; for queries that have `customers` in their FROM. */
export function customerScope(actor: Actor, operation: Operation = 'customer.read'): SQL {
  return compile(filterFor(actor, operation), actor, {
    customerId: equalTo(customers.id),
    departmentId: {
      equals: (value) => {
        const held = sql.identifier('held');
        return sql`exists (select from ${tickets} as ${held} where ${held}.customer_id = ${customers.id} and ${held}.department_id = ${value})`;
      },
    },
  });
}

/** The agents on whom the actor may do `operation`; for queries that have `agents` in their FROM. */
export function agentScope(actor: Actor, operation: Operation = 'agent.read'): SQL {
  return compile(filterFor(actor, operation), actor, {
    agentId: equalTo(agents.id),
    departmentId: equalTo(agents.departmentId),
  });
}

/** The departments on which the actor may do `operation`; for queries that have `departments` in their FROM. */
export function departmentScope(actor: Actor, operation: Operation = 'department.read'): SQL {
  return compile(filterFor(actor, operation), actor, { departmentId: equalTo(departments.id) });
}

/** The webhooks on which the actor may do `operation`; for queries that have `webhooks` in their FROM. */
export function webhookScope(actor: Actor, operation: Operation = 'webhook.read'): SQL {
  return compile(filterFor(actor, operation), actor, { departmentId: equalTo(webhooks.departmentId) });
}

/** The saved replies on which the actor may do `operation`; for queries that have `saved_replies` in their FROM. */
export function savedReplyScope(actor: Actor, operation: Operation = 'saved_reply.read'): SQL {
  return compile(filterFor(actor, operation), actor, {
    agentId: equalTo(savedReplies.ownerId),
    isShared: isOwnerless(savedReplies.ownerId),
  });
}

/** The saved views on which the actor may do `operation`; for queries that have `views` in their FROM. */
export function viewScope(actor: Actor, operation: Operation = 'view.read'): SQL {
  return compile(filterFor(actor, operation), actor, {
    agentId: { equals: (value) => sql`coalesce(${views.ownerId}, ${views.createdBy}) = ${value}` },
    isShared: isOwnerless(views.ownerId),
  });
}

/** Conditions on a field: equal to an id, or a truth value. */
type FieldSql = { equals?: (value: string) => SQL; is?: (value: boolean) => SQL };
type Fields = Partial<Record<RecordField, FieldSql>>;

const equalTo = (column: Column): FieldSql => ({ equals: (value) => sql`${column} = ${value}` });
const isOwnerless = (column: Column): FieldSql => ({
  is: (value) => (value ? sql`${column} is null` : sql`${column} is not null`),
});

/** An uncorrelated array, read once a query: no join, and ids of tickets without a department count as unrestricted. */
const restricted = sql`array(select ${sql.identifier('restricted')}.id from ${departments} as ${sql.identifier('restricted')} where ${sql.identifier('restricted')}.is_restricted)`;
const ticketFields: Fields = {
  customerId: equalTo(tickets.customerId),
  assigneeId: equalTo(tickets.assigneeId),
  departmentId: equalTo(tickets.departmentId),
  departmentIsRestricted: {
    is: (value) =>
      value
        ? sql`(${tickets.departmentId} is not null and ${tickets.departmentId} = any(${restricted}))`
        : sql`(${tickets.departmentId} is null or ${tickets.departmentId} <> all(${restricted}))`,
  },
  widgetId: equalTo(tickets.widgetId),
};

function compile(filter: Filter, actor: Actor, fields: Fields): SQL {
  if (filter === 'always') return sql`true`;
  if (filter === 'never') return sql`false`;
  if ('any' in filter) return joined(filter.any, sql` or `, sql`false`, actor, fields);
  if ('all' in filter) return joined(filter.all, sql` and `, sql`true`, actor, fields);
  const field = fields[filter.field];
  if ('is' in filter) return field?.is?.(filter.is) ?? sql`false`;
  const value = actorValue(actor, filter.equals);
  return value === null ? sql`false` : (field?.equals?.(value) ?? sql`false`);
}

function joined(parts: readonly Filter[], by: SQL, empty: SQL, actor: Actor, fields: Fields): SQL {
  if (parts.length === 0) return empty;
  return sql`(${sql.join(
    parts.map((part) => compile(part, actor, fields)),
    by,
  )})`;
}
