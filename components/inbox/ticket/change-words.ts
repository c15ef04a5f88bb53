import { snoozeText } from '#/components/inbox/ticket/snooze-times.ts';
import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';
import type { Change, Sender } from '#/lib/messages/schema.ts';

/** What a line in staff's thread says about a change, as a colleague would tell it. */
export function changeWords(
  change: Change,
  sender: Sender | 'me',
  now: number,
  zone: string | undefined,
): string {
  const who = nameOfSender(sender);
  switch (change.field) {
    case 'status':
      return statusWords(change, sender, who, now, zone);
    case 'assignee':
      if (change.to === null) return `${who} unassigned ${change.from?.name ?? 'this'}`;
      if (sender !== 'me' && sender.kind === 'agent' && sender.id === change.to.id) return `${who} took this`;
      return `${who} assigned this to ${change.to.name}`;
    case 'department':
      return change.to === null ? `${who} removed the department` : `${who} moved this to ${change.to.name}`;
    case 'priority':
      return `${who} changed priority from ${named(priorityNames, change.from)} to ${named(priorityNames, change.to)}`;
    case 'subject':
      return `${who} renamed this to “${change.to}”`;
    case 'snooze':
      return `${who} snoozed this until ${snoozeText(change.to, now, zone)} instead`;
    case 'tags':
      return `${who} ${tagsWords(change.from, change.to)}`;
    case 'fields':
      return change.to === null
        ? `${who} emptied ${change.label}`
        : `${who} set ${change.label} to ${valueText(change.to)}`;
    case 'rating':
      return `${who} ${ratingWords(change.from, change.to, change.comment)}`;
    case 'merge':
      return mergeWords(change, who);
  }
}

/** A custom field's value as people read it. */
export function valueText(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}

const scoreNames: Record<number, string> = { 1: 'terrible', 2: 'bad', 3: 'okay', 4: 'good', 5: 'great' };

/** "rated this great (5 of 5): “Thank you”", "changed the rating to good (4 of 5)". */
export function ratingWords(from: number | null, to: number, comment: string | null): string {
  const score = `${scoreNames[to] ?? to} (${to} of 5)`;
  const said = comment === null ? '' : `: “${comment}”`;
  if (from === null) return `rated this ${score}${said}`;
  return from === to ? `added to the rating ${score}${said}` : `changed the rating to ${score}${said}`;
}

/** "added Refund and VIP", "removed Bug", "added Refund, removed Bug". */
export function tagsWords(from: readonly { id: string; name: string }[], to: typeof from): string {
  const gone = from.filter((tag) => !to.some(({ id }) => id === tag.id)).map(({ name }) => name);
  const added = to.filter((tag) => !from.some(({ id }) => id === tag.id)).map(({ name }) => name);
  const deeds = [
    ...(added.length === 0 ? [] : [`added ${listText(added)}`]),
    ...(gone.length === 0 ? [] : [`removed ${listText(gone)}`]),
  ];
  return deeds.length === 0 ? 'changed the tags' : deeds.join(', ');
}

function statusWords(
  change: Extract<Change, { field: 'status' }>,
  sender: Sender | 'me',
  who: string,
  now: number,
  zone: string | undefined,
): string {
  if (change.reason === 'snooze_ended') return 'Woke up: the snooze ended';
  if (change.reason === 'merged') return `${who} closed this by merging it`;
  if (change.reason === 'merge_undone') return `Open again: ${who} undid the merge`;
  const isCustomers = sender !== 'me' && sender.kind === 'customer';
  if (change.to === 'open' && (isCustomers || change.reason === 'customer_replied')) {
    const replier = isCustomers ? who : 'the customer';
    return change.from === 'snoozed' ? `Woke up: ${replier} replied` : `Open again: ${replier} replied`;
  }
  if (change.to === 'resolved') return `${who} resolved this`;
  if (change.to === 'snoozed') {
    return change.until === undefined
      ? `${who} snoozed this`
      : `${who} snoozed this until ${snoozeText(change.until, now, zone)}`;
  }
  if (change.to === 'open' && change.from === 'snoozed') return `${who} woke this up`;
  if (change.from === 'resolved' || change.from === 'closed') return `${who} reopened this`;
  return `${who} changed status from ${statusNames[change.from]} to ${statusNames[change.to]}`;
}

function mergeWords(change: Extract<Change, { field: 'merge' }>, who: string): string {
  const { number, subject } = change.ticket;
  if (change.isUndone) return `${who} took the merge with #${number} back`;
  return change.role === 'source'
    ? `${who} merged this into #${number} “${subject}”`
    : `${who} merged #${number} “${subject}” into this`;
}

function nameOfSender(sender: Sender | 'me'): string {
  if (sender === 'me') return 'You';
  switch (sender.kind) {
    case 'agent':
      return sender.name;
    case 'customer':
      return sender.name ?? 'The customer';
    case 'system':
      return 'Parley';
  }
}

function named(names: Readonly<Record<string, string>>, value: string): string {
  return names[value] ?? value;
}

function listText(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
