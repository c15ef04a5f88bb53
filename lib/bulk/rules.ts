import type { BulkAct } from '#/lib/bulk/schema.ts';
import type { TicketChange, TicketPriority, TicketStatus } from '#/lib/tickets/schema.ts';

/** A ticket as far as an act on many of them reaches. */
export type BulkState = {
  status: TicketStatus;
  snoozedUntil: string | null;
  priority: TicketPriority;
  assigneeId: string | null;
  departmentId: string | null;
  tagIds: readonly string[];
};
type Before = Omit<BulkState, 'tagIds'> & { added: readonly string[]; removed: readonly string[] };

/** Whether the ticket is still as the act left it: only then is taking it back nobody else's loss. */
export function isAsLeft(act: BulkAct, before: Before, now: BulkState): boolean {
  switch (act.field) {
    case 'status':
      return now.status === act.to;
    case 'priority':
      return now.priority === act.to;
    case 'assignee':
      return now.assigneeId === act.to;
    case 'department':
      return now.departmentId === act.to;
    case 'snooze':
      return act.until === null
        ? now.status === 'open'
        : now.snoozedUntil !== null && Date.parse(now.snoozedUntil) === Date.parse(act.until);
    case 'tags': {
      const held = new Set(now.tagIds);
      return before.added.every((id) => held.has(id)) && before.removed.every((id) => !held.has(id));
    }
  }
}

/** The change that brings back what was before. A snooze that would be over by now becomes open. */
export function inverseOf(act: BulkAct, before: Before, nowMs: number): TicketChange {
  switch (act.field) {
    case 'status':
    case 'snooze':
      return statusAgain(before, nowMs);
    case 'priority':
      return { field: 'priority', to: before.priority };
    case 'assignee':
      return { field: 'assignee', to: before.assigneeId };
    case 'department':
      return { field: 'department', to: before.departmentId };
    case 'tags':
      return { field: 'tags', add: [...before.removed], remove: [...before.added] };
  }
}

function statusAgain({ status, snoozedUntil }: Before, nowMs: number): TicketChange {
  if (status === 'snoozed') {
    const isAhead = snoozedUntil !== null && Date.parse(snoozedUntil) > nowMs;
    return isAhead ? { field: 'snooze', until: snoozedUntil } : { field: 'status', to: 'open' };
  }
  // Nobody closes a ticket by hand, and what was closed takes no change.
  return { field: 'status', to: status === 'closed' ? 'resolved' : status };
}
