import type { Change, Sender } from '#/lib/messages/schema.ts';
import type { TicketStatus } from '#/lib/tickets/schema.ts';

const statusWords: Record<TicketStatus, string> = {
  open: 'Open',
  pending: 'Pending',
  snoozed: 'Snoozed',
  resolved: 'Resolved',
  closed: 'Closed',
};

/** What a line in the thread says about a change. Customers only ever hear of resolving, reopening and closing. */
export function changeWords(change: Change, sender: Sender | 'me', audience: 'customer' | 'staff'): string {
  if (audience === 'customer') return customerWords(change, sender);
  const who = senderName(sender);
  switch (change.field) {
    case 'status':
      if (change.to === 'resolved') return `${who} resolved this`;
      if (change.to === 'open' && sender !== 'me' && sender.kind === 'customer') {
        return `Open again: ${who} replied`;
      }
      if (change.from === 'resolved' || change.from === 'closed') return `${who} reopened this`;
      return `${who} changed status from ${statusWords[change.from]} to ${statusWords[change.to]}`;
    case 'assignee':
      if (change.to === null) return `${who} unassigned ${change.from?.name ?? 'this'}`;
      if (sender !== 'me' && sender.kind === 'agent' && sender.id === change.to.id) return `${who} took this`;
      return `${who} assigned this to ${change.to.name}`;
    case 'department':
      return change.to === null ? `${who} removed the department` : `${who} moved this to ${change.to.name}`;
    case 'priority':
      return `${who} changed priority from ${change.from} to ${change.to}`;
    case 'subject':
      return `${who} renamed this to “${change.to}”`;
    default:
      return `${who} changed ${change.field}`;
  }
}

function customerWords(change: Change, sender: Sender | 'me'): string {
  if (change.field !== 'status') return 'This conversation was updated';
  const byAgent = sender !== 'me' && sender.kind === 'agent' ? sender.name : null;
  if (change.to === 'resolved') {
    return byAgent === null ? 'This conversation was resolved' : `${byAgent} marked this as resolved`;
  }
  if (change.to === 'closed') return 'This conversation was closed';
  return 'This conversation is open again';
}

function senderName(sender: Sender | 'me'): string {
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
