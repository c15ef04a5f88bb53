import { sql } from 'drizzle-orm';
import { findTicketRecord, findTicketVersion } from '#/db/api/tickets.ts';
import { transact } from '#/db/client.ts';
import { ticketScope } from '#/db/scope.ts';
import type { TicketState } from '#/db/ticket-state.ts';
import type { EditTicketInput } from '#/lib/api/records/ticket-inputs.ts';
import type { TicketRecord } from '#/lib/api/records/tickets.ts';
import { type Failure, RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { changeTicketIn, lockTicket } from '#/lib/tickets/change.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';

/** One change, and the field of the input that asks for it. */
type Step = { field: string; change: TicketChange };

/**
 * Changes several things about a ticket at once, or none of them; each is written into the log as `changeTicket` writes it.
 * With `versions`: refused with `changed_meanwhile` and the current version unless the ticket is at one of them.
 */
export async function editTicket(
  actor: AgentActor,
  ticketId: string,
  input: EditTicketInput,
  versions: ReadonlySet<number> | null,
): Promise<Done<TicketRecord>> {
  return transact(async (tx) => {
    const { locked, state } = await lockTicket(tx, actor, ticketId);
    authorize(actor, 'ticket.change', locked);
    const version = await findTicketVersion(tx, ticketId);
    if (versions !== null && (version === null || !versions.has(version))) {
      const current = { by: null, value: String(version) };
      throw new RefusedError({ code: 'conflict', reason: 'changed_meanwhile', current });
    }
    const events: ChangeEvent[] = [];
    let hasMovedAway = false;
    for (const { field, change } of stepsOf(input, state)) {
      const done = await named(field, changeTicketIn(tx, actor, { ticketId, id: newId(), change }));
      events.push(...done.events);
      hasMovedAway ||= done.hasMovedAway;
    }
    // Who moved it out of their own sight gets the last answer without scope.
    const record = await findTicketRecord(tx, ticketId, hasMovedAway ? sql`true` : ticketScope(actor));
    if (record === null) throw new RefusedError({ code: 'not_found' });
    return { value: record, events };
  });
}

/** Last of all what may take the ticket out of the actor's sight. */
function stepsOf(input: EditTicketInput, state: TicketState): Step[] {
  const { subject, priority, status, snoozedUntil, tagIds, fields = {}, assigneeId, departmentId } = input;
  const steps: Step[] = [];
  if (subject !== undefined) steps.push({ field: 'subject', change: { field: 'subject', to: subject } });
  if (priority !== undefined) steps.push({ field: 'priority', change: { field: 'priority', to: priority } });
  if (tagIds !== undefined) steps.push({ field: 'tagIds', change: tagsChange(tagIds, state) });
  for (const [key, to] of Object.entries(fields)) {
    steps.push({ field: `fields.${key}`, change: { field: 'fields', key, to } });
  }
  if (status !== undefined) steps.push({ field: 'status', change: { field: 'status', to: status } });
  if (snoozedUntil !== undefined) {
    steps.push({ field: 'snoozedUntil', change: { field: 'snooze', until: snoozedUntil } });
  }
  if (assigneeId !== undefined) {
    steps.push({ field: 'assigneeId', change: { field: 'assignee', to: assigneeId } });
  }
  if (departmentId !== undefined) {
    steps.push({ field: 'departmentId', change: { field: 'department', to: departmentId } });
  }
  return steps;
}

function tagsChange(tagIds: readonly string[], state: TicketState): TicketChange {
  const wanted = new Set(tagIds.map((id) => id.toLowerCase()));
  const held = new Set(state.tags.map(({ id }) => id));
  return {
    field: 'tags',
    add: [...wanted].filter((id) => !held.has(id)),
    remove: [...held].filter((id) => !wanted.has(id)),
  };
}

/** A refusal of one step names the field that asked for it. */
async function named<Value>(field: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    const failure = error instanceof Error ? failureIn(error) : null;
    if (failure === null || failure.field?.startsWith('change') !== true) throw error;
    throw new RefusedError({ ...failure, field });
  }
}

/** Safe: only a `RefusedError`, of whichever copy of its module, has a `failure`. */
function failureIn(error: Error): Failure | null {
  return (Reflect.get(error, 'failure') as Failure | undefined) ?? null;
}
