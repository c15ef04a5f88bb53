import type { TimelineChange } from '#/components/inbox/ports.ts';
import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';

export type TimelineWords = { what: string; from: string | null; to: string | null };

const plain: Record<string, string> = {
  'ticket.created': 'opened the ticket',
  'ticket_link.created': 'made a status link',
  'ticket_link.revoked': 'switched off the status links',
};
const fieldNames: Record<string, string> = {
  status: 'changed the status',
  priority: 'changed the priority',
  assignee: 'changed the assignee',
  department: 'changed the department',
  subject: 'changed the subject',
};

/** One recorded change as a person tells it; null for one that there are no words for. */
export function timelineWords(change: TimelineChange): TimelineWords | null {
  const simple = plain[change.type];
  if (simple !== undefined) return told(simple);
  if (change.type !== 'ticket.changed') return null;
  const field = Object.keys(change.after ?? {}).find((name) => name in fieldNames);
  if (field === undefined) return null;
  const from = change.before?.[field] ?? null;
  const to = change.after?.[field] ?? null;
  if (field === 'status' && to === 'resolved') return told('resolved the ticket');
  if (field === 'status' && to === 'open' && change.actor.kind === 'customer') {
    return told('replied, so it is open again');
  }
  if (field === 'status' && to === 'open' && (from === 'resolved' || from === 'closed')) {
    return told('reopened the ticket');
  }
  if (field === 'assignee' && to === null)
    return { what: `unassigned ${valueWords(field, from)}`, from: null, to: null };
  if (field === 'assignee' && idOf(to) !== null && idOf(to) === change.actor.id) return told('took it');
  if (field === 'assignee' && from === null)
    return { what: 'assigned it', from: null, to: valueWords(field, to) };
  return { what: fieldNames[field] ?? field, from: valueWords(field, from), to: valueWords(field, to) };
}

function told(what: string): TimelineWords {
  return { what, from: null, to: null };
}

function idOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : null;
}

function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined) return field === 'assignee' ? 'nobody' : 'none';
  if (typeof value === 'object' && 'name' in value && typeof value.name === 'string') return value.name;
  const names: Record<string, string> =
    field === 'status' ? statusNames : field === 'priority' ? priorityNames : {};
  return typeof value === 'string' ? (names[value] ?? value) : '';
}
