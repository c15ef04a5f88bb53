import * as z from 'zod/mini';
import type { HearingKeys } from '#/db/api/listening-keys.ts';
import { ticketFields } from '#/lib/api/records/ticket-fields.ts';
import type { TicketRecord } from '#/lib/api/records/tickets.ts';
import type { Scope } from '#/lib/api/scopes.ts';
import type { ChannelKind } from '#/lib/realtime/channels.ts';
import type { Delivery } from '#/lib/realtime/deliveries.ts';
import { payloadBytesMax } from '#/lib/realtime/events.ts';

/**
 * The catalogue's part for API keys. They have list channels of their own, since staff's also tell who is looking at what,
 * which no key may read; here a ticket is told as GET answers it. No browser loads this.
 */

export const keyChannels = {
  /** Tickets of all departments. */
  tickets: () => 'private-tickets',
  departmentTickets: (departmentId: string) => `private-department-tickets-${departmentId}`,
} as const;
export type KeyChannelKind = keyof typeof keyChannels;

export const keyEventPayloads = {
  /** The ticket's newest state. The higher version wins; another epoch than one's own says that it is time to ask. */
  'ticket.changed': z.object({ ticket: z.object(ticketFields), epoch: z.string() }),
  /** The same for a ticket too large for one event: fetch it. */
  'ticket.available': z.object({ ticketId: z.uuid(), epoch: z.string() }),
  /** It is in another department now. */
  'ticket.removed': z.object({ ticketId: z.uuid() }),
} as const;
export type KeyEventName = keyof typeof keyEventPayloads;

/** Which channels carry which of these. */
export const keyEventChannels: Readonly<Record<KeyEventName, readonly KeyChannelKind[]>> = {
  'ticket.changed': ['tickets', 'departmentTickets'],
  'ticket.available': ['tickets', 'departmentTickets'],
  'ticket.removed': ['departmentTickets'],
};

/** What a key must be able to GET to join a channel: everything that is ever told there. */
export const keyChannelScopes: Readonly<
  Record<KeyChannelKind | Extract<ChannelKind, 'staffConversation'>, readonly Scope[]>
> = {
  tickets: ['tickets:read'],
  departmentTickets: ['tickets:read'],
  // Entries of its log, notes among them, who types, and how far everybody has read.
  staffConversation: ['conversations:read', 'messages:read'],
};

const departmentGrammar = /^private-department-tickets-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Null for anything that is not exactly a list channel of keys. `departmentId` is null for all departments. */
export function parseKeyChannel(name: string): { kind: KeyChannelKind; departmentId: string | null } | null {
  if (name === keyChannels.tickets()) return { kind: 'tickets', departmentId: null };
  const departmentId = departmentGrammar.exec(name)?.[1];
  return departmentId === undefined ? null : { kind: 'departmentTickets', departmentId };
}

/** What a ticket's newest state tells the keys that hear of it now; nothing where none does. */
export function keyDeliveriesOf(ticket: TicketRecord, epoch: string, hearing: HearingKeys): Delivery[] {
  return keyChannelsOf(ticket.departmentId, hearing).map((channel) => {
    const whole = JSON.stringify(keyEventPayloads['ticket.changed'].parse({ ticket, epoch }));
    if (Buffer.byteLength(whole) <= payloadBytesMax) return { channel, name: 'ticket.changed', data: whole };
    const pointer = keyEventPayloads['ticket.available'].parse({ ticketId: ticket.id, epoch });
    return { channel, name: 'ticket.available', data: JSON.stringify(pointer) };
  });
}

/** Tells the keys of a department that a ticket has left it. */
export function keyDeliveriesOfLeaving(
  ticketId: string,
  departmentId: string,
  hearing: HearingKeys,
): Delivery[] {
  if (!hearing.departmentIds.has(departmentId)) return [];
  const data = JSON.stringify(keyEventPayloads['ticket.removed'].parse({ ticketId }));
  return [{ channel: keyChannels.departmentTickets(departmentId), name: 'ticket.removed', data }];
}

function keyChannelsOf(departmentId: string | null, { hasAll, departmentIds }: HearingKeys): string[] {
  const all = hasAll ? [keyChannels.tickets()] : [];
  if (departmentId === null || !departmentIds.has(departmentId)) return all;
  return [...all, keyChannels.departmentTickets(departmentId)];
}
