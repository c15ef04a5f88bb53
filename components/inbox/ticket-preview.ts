import type { Named } from '#/components/inbox/ports.ts';
import type { Tag } from '#/lib/tags/schema.ts';
import type { ChangeTicketInput, TicketChange, TicketRow } from '#/lib/tickets/schema.ts';

/** What a change looks like before the server answered, what it was made from, and what takes it back. Pure. */

export type PreviewNames = {
  me: Named;
  agents: readonly Named[];
  departments: readonly Named[];
  tags: readonly Tag[];
};

export function previewOf(row: TicketRow, change: TicketChange, names: PreviewNames): Partial<TicketRow> {
  switch (change.field) {
    case 'status':
      return {
        status: change.to,
        snoozedUntil: null,
        wokeAt: null,
        ...(change.to === 'open' ? {} : { waitingSince: null }),
      };
    case 'priority':
      return { priority: change.to };
    case 'subject':
      return { subject: change.to };
    case 'assignee':
      return { assignee: names.agents.find((agent) => agent.id === change.to) ?? null, wokeAt: null };
    case 'department':
      return { department: names.departments.find(({ id }) => id === change.to) ?? null };
    case 'snooze':
      return change.until === null
        ? { status: 'open', snoozedUntil: null, snoozedBy: null }
        : { status: 'snoozed', snoozedUntil: change.until, snoozedBy: names.me, wokeAt: null };
    case 'tags': {
      const kept = row.tags.filter((tag) => !change.remove.includes(tag.id));
      const added = names.tags.filter(
        (tag) => change.add.includes(tag.id) && !kept.some(({ id }) => id === tag.id),
      );
      return { tags: [...kept, ...added] };
    }
    case 'fields': {
      const { [change.key]: _, ...others } = row.fields;
      return { fields: change.to === null ? others : { ...others, [change.key]: change.to } };
    }
  }
}

/** What the screen showed for the field of a change: the server compares it with what is stored by then. */
export function shownBefore(row: TicketRow, change: TicketChange): ChangeTicketInput['from'] {
  switch (change.field) {
    case 'status':
      return row.status;
    case 'priority':
      return row.priority;
    case 'subject':
      return row.subject;
    case 'assignee':
      return row.assignee?.id ?? null;
    case 'department':
      return row.department?.id ?? null;
    case 'snooze':
      return row.snoozedUntil ?? row.status;
    case 'fields':
      return row.fields[change.key] ?? null;
    case 'tags':
      return undefined;
  }
}

/** The change that takes this one of `row` back; null where there is none to take back. */
export function inverseOf(row: TicketRow, change: TicketChange, nowMs: number): TicketChange | null {
  switch (change.field) {
    case 'status':
      return row.status === change.to ? null : statusBefore(row, nowMs);
    case 'priority':
      return row.priority === change.to ? null : { field: 'priority', to: row.priority };
    case 'subject':
      return row.subject === change.to ? null : { field: 'subject', to: row.subject };
    case 'assignee':
      return (row.assignee?.id ?? null) === change.to
        ? null
        : { field: 'assignee', to: row.assignee?.id ?? null };
    case 'department':
      return (row.department?.id ?? null) === change.to
        ? null
        : { field: 'department', to: row.department?.id ?? null };
    case 'snooze':
      return row.snoozedUntil === change.until ? null : statusBefore(row, nowMs);
    case 'fields':
      return { field: 'fields', key: change.key, to: row.fields[change.key] ?? null };
    case 'tags': {
      const had = new Set(row.tags.map((tag) => tag.id));
      const remove = change.add.filter((id) => !had.has(id));
      const add = change.remove.filter((id) => had.has(id));
      return remove.length + add.length === 0 ? null : { field: 'tags', add, remove };
    }
  }
}

/** A closed ticket was resolved once; a snooze that would have ended meanwhile leaves it open. */
function statusBefore(row: TicketRow, nowMs: number): TicketChange {
  const { status, snoozedUntil } = row;
  if (status === 'snoozed' && snoozedUntil !== null && Date.parse(snoozedUntil) > nowMs)
    return { field: 'snooze', until: snoozedUntil };
  if (status === 'closed') return { field: 'status', to: 'resolved' };
  return { field: 'status', to: status === 'snoozed' ? 'open' : status };
}
