import { snoozeText } from '#/components/inbox/ticket/snooze-times.ts';
import { failureText } from '#/components/ui/failure-text.ts';
import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';
import type { Failure } from '#/lib/errors.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';

/**
 * Why a change was refused, in one calm sentence: "Maria assigned it to Ben a moment ago." The control shows the new
 * value already.
 */
export function refusalWords(
  field: TicketChange['field'],
  failure: Failure,
  now: number,
  zone: string | undefined,
): string {
  if (failure.reason !== 'changed_meanwhile' || failure.current === undefined) return failureText(failure);
  const { by, value } = failure.current;
  const [verb, rest] = deedWords(field, by, value, now, zone);
  const told = by === null ? ['It was', verb, rest] : [by, verb, field === 'tags' ? 'the tags' : 'it', rest];
  return `${told.filter((word) => word !== '').join(' ')} a moment ago.`;
}

function deedWords(
  field: TicketChange['field'],
  by: string | null,
  value: string | null,
  now: number,
  zone: string | undefined,
): [verb: string, rest: string] {
  switch (field) {
    case 'assignee':
      if (value === null) return ['unassigned', ''];
      return value === by ? ['took', ''] : ['assigned', `to ${value}`];
    case 'department':
      return value === null ? ['moved', 'out of its department'] : ['moved', `to ${value}`];
    case 'status':
      return ['set', `to ${named(statusNames, value)}`];
    case 'priority':
      return ['set', `to ${named(priorityNames, value)} priority`];
    case 'subject':
      return ['renamed', `to “${value ?? ''}”`];
    case 'snooze':
      if (value !== null && value in statusNames) return ['set', `to ${named(statusNames, value)}`];
      return value === null ? ['woke', 'up'] : ['snoozed', `until ${untilWords(value, now, zone)}`];
    case 'tags':
      return ['changed', ''];
    case 'fields':
      return value === null ? ['emptied', ''] : ['set', `to ${value}`];
  }
}

function named(names: Readonly<Record<string, string>>, value: string | null): string {
  return value === null ? 'another value' : (names[value] ?? value);
}

function untilWords(value: string, now: number, zone: string | undefined): string {
  return Number.isNaN(Date.parse(value)) ? value : snoozeText(value, now, zone);
}
