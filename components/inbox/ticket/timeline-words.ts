import type { TimelineChange } from '#/components/inbox/ports.ts';
import { ratingWords, tagsWords, valueText } from '#/components/inbox/ticket/change-words.ts';
import { snoozeText } from '#/components/inbox/ticket/snooze-times.ts';
import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';

export type TimelineWords = { what: string; from: string | null; to: string | null };

const plain: Record<string, string> = {
  'ticket.created': 'opened the ticket',
  'ticket_link.created': 'made a status link',
  'customer.merged': 'signed in on your site',
  'ticket_link.revoked': 'switched off the status links',
};
const fieldNames: Record<string, string> = {
  status: 'changed the status',
  priority: 'changed the priority',
  assignee: 'changed the assignee',
  department: 'changed the department',
  subject: 'changed the subject',
  snooze: 'moved the snooze',
  tags: 'changed the tags',
  fields: 'changed a field',
  merge: 'merged',
  rating: 'rated it',
};

/** One recorded change as a person tells it; null for one that there are no words for. */
export function timelineWords(
  change: TimelineChange,
  now: number,
  zone: string | undefined,
): TimelineWords | null {
  const agreed = change.type === 'ticket.created' ? textOf(change.after?.consent, 'text') : null;
  if (agreed !== null) return told(`opened the ticket and agreed: “${agreed}”`);
  const simple = plain[change.type];
  if (simple !== undefined) return told(simple);
  if (change.type !== 'ticket.changed') return null;
  const field = Object.keys(change.after ?? {}).find((name) => name in fieldNames);
  if (field === undefined) return null;
  const from = change.before?.[field] ?? null;
  const to = change.after?.[field] ?? null;
  switch (field) {
    case 'status':
      return statusTold(change, from, to, now, zone);
    case 'assignee':
      return assigneeTold(change, from, to);
    case 'tags':
      return told(tagsWords(named(from), named(to)));
    case 'snooze':
      return { what: 'moved the snooze', from: momentWords(from, now, zone), to: momentWords(to, now, zone) };
    case 'fields':
      return fieldTold(from, to);
    case 'merge':
      return mergeTold(to);
    case 'rating':
      return ratingTold(from, to, change.after?.comment);
    default:
      return { what: fieldNames[field] ?? field, from: valueWords(field, from), to: valueWords(field, to) };
  }
}

function told(what: string): TimelineWords {
  return { what, from: null, to: null };
}

function statusTold(
  change: TimelineChange,
  from: unknown,
  to: unknown,
  now: number,
  zone: string | undefined,
): TimelineWords {
  const reason = change.after?.reason;
  if (reason === 'snooze_ended') return told('woke it up: the snooze ended');
  if (reason === 'merged') return told(to === 'closed' ? 'closed it by merging' : 'opened it by merging');
  if (reason === 'merge_undone') return told('set the status back with the merge');
  if (to === 'snoozed') {
    const until = momentWords(change.after?.until, now, zone);
    return told(until === null ? 'snoozed it' : `snoozed it until ${until}`);
  }
  if (to === 'resolved') return told('resolved the ticket');
  if (to === 'open' && (change.actor.kind === 'customer' || reason === 'customer_replied')) {
    return told(from === 'snoozed' ? 'replied, so it woke up' : 'replied, so it is open again');
  }
  if (to === 'open' && from === 'snoozed') return told('woke it up');
  if (to === 'open' && (from === 'resolved' || from === 'closed')) return told('reopened the ticket');
  return { what: 'changed the status', from: valueWords('status', from), to: valueWords('status', to) };
}

function assigneeTold(change: TimelineChange, from: unknown, to: unknown): TimelineWords {
  if (to === null) return told(`unassigned ${valueWords('assignee', from)}`);
  if (idOf(to) !== null && idOf(to) === change.actor.id) return told('took it');
  if (from === null) return { what: 'assigned it', from: null, to: valueWords('assignee', to) };
  return {
    what: 'changed the assignee',
    from: valueWords('assignee', from),
    to: valueWords('assignee', to),
  };
}

function fieldTold(from: unknown, to: unknown): TimelineWords {
  const label = textOf(to, 'label') ?? textOf(from, 'label') ?? 'a field';
  return { what: `changed ${label}`, from: fieldText(from), to: fieldText(to) ?? 'empty' };
}

function ratingTold(from: unknown, to: unknown, comment: unknown): TimelineWords {
  const before = typeof from === 'number' ? from : null;
  return told(ratingWords(before, Number(to), typeof comment === 'string' ? comment : null));
}

function mergeTold(merge: unknown): TimelineWords {
  const ticket = prop(merge, 'ticket');
  const number = `#${String(prop(ticket, 'number') ?? '')}`;
  if (prop(merge, 'isUndone') === true) return told(`took the merge with ${number} back`);
  return prop(merge, 'role') === 'source'
    ? { what: 'merged it', from: null, to: number }
    : told(`merged ${number} into it`);
}

function prop(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown, name: string): string | null {
  const text = prop(value, name);
  return typeof text === 'string' ? text : null;
}

function idOf(value: unknown): string | null {
  return textOf(value, 'id');
}

function named(value: unknown): { id: string; name: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const id = textOf(each, 'id');
    const name = textOf(each, 'name');
    return id === null || name === null ? [] : [{ id, name }];
  });
}

function fieldText(field: unknown): string | null {
  const value = prop(field, 'value');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? valueText(value)
    : null;
}

function momentWords(value: unknown, now: number, zone: string | undefined): string | null {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? snoozeText(value, now, zone) : null;
}

function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined) return field === 'assignee' ? 'nobody' : 'none';
  const name = textOf(value, 'name');
  if (name !== null) return name;
  const names: Record<string, string> =
    field === 'status' ? statusNames : field === 'priority' ? priorityNames : {};
  return typeof value === 'string' ? (names[value] ?? value) : '';
}
