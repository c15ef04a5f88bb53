import { snoozeText } from '#/components/inbox/ticket/snooze-times.ts';
import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';
import type { Catalogue } from '#/lib/catalogue/schema.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';

/** Whether a change is told of when it is done: what takes a ticket out of sight, or gives it to somebody. */
export function isTold({ field }: TicketChange): boolean {
  return field === 'status' || field === 'snooze' || field === 'assignee' || field === 'department';
}

/** What was done, in few words: "#1042 resolved", "#1042 assigned to Ben". */
export function doneWords(
  { number }: { number: number },
  change: TicketChange,
  names: Pick<Catalogue, 'agents' | 'departments'>,
  now: number,
  zone: string | undefined,
): string {
  return `#${number} ${deedOf(change, names, now, zone)}`;
}

function deedOf(
  change: TicketChange,
  { agents, departments }: Pick<Catalogue, 'agents' | 'departments'>,
  now: number,
  zone: string | undefined,
): string {
  switch (change.field) {
    case 'status':
      return change.to === 'open'
        ? 'reopened'
        : change.to === 'resolved'
          ? 'resolved'
          : `set to ${statusNames[change.to]}`;
    case 'priority':
      return `set to ${priorityNames[change.to]} priority`;
    case 'assignee': {
      const agent = agents.find(({ id }) => id === change.to);
      return agent === undefined ? 'unassigned' : `assigned to ${agent.name}`;
    }
    case 'department': {
      const department = departments.find(({ id }) => id === change.to);
      return department === undefined ? 'taken out of its department' : `moved to ${department.name}`;
    }
    case 'snooze':
      return change.until === null ? 'woken' : `snoozed until ${snoozeText(change.until, now, zone)}`;
    case 'subject':
      return 'renamed';
    case 'tags':
      return change.add.length > 0 ? 'tagged' : 'untagged';
    case 'fields':
      return 'changed';
  }
}
