import type { InboxMe } from '#/components/inbox/ports.ts';
import type { CustomerCard } from '#/lib/customers/schema.ts';
import { firstNameOf, type VariableValues } from '#/lib/saved-replies/rules.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

/** What the variables of a saved reply stand for on this ticket, for this agent. Custom fields go by their key. */
export function variableValues(
  row: TicketRow,
  customer: CustomerCard | null,
  me: Pick<InboxMe, 'name'>,
  workspaceName: string,
): VariableValues {
  const { name, email } = customer ?? row.customer;
  return {
    ...prefixed('customer', customer?.attributes ?? row.customer.fields),
    ...prefixed('ticket', row.fields),
    'customer.first_name': firstNameOf(name),
    'customer.name': name,
    'customer.email': email,
    'customer.phone': customer?.phone ?? null,
    'agent.name': me.name,
    'agent.first_name': firstNameOf(me.name),
    'ticket.number': String(row.number),
    'ticket.subject': row.subject,
    'workspace.name': workspaceName,
  };
}

function prefixed(noun: string, values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[`${noun}.${key}`, String(value)]] : [],
    ),
  );
}
