/** Names of channels. One audience each: staff and customers never share one. */
export const channels = {
  customer: (customerId: string) => `private-customer-${customerId}`,
  conversation: (conversationId: string) => `private-conversation-${conversationId}`,
  staffConversation: (conversationId: string) => `private-staff-conversation-${conversationId}`,
  ticketPresence: (ticketId: string) => `presence-ticket-${ticketId}`,
  staff: () => 'private-staff',
  department: (departmentId: string) => `private-department-${departmentId}`,
  agent: (agentId: string) => `private-agent-${agentId}`,
} as const;
export type ChannelKind = keyof typeof channels;

const grammar = /^(.+)-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

function kindOf(prefix: string | undefined): ChannelKind | null {
  switch (prefix) {
    case 'private-customer':
      return 'customer';
    case 'private-conversation':
      return 'conversation';
    case 'private-staff-conversation':
      return 'staffConversation';
    case 'presence-ticket':
      return 'ticketPresence';
    case 'private-department':
      return 'department';
    case 'private-agent':
      return 'agent';
    default:
      return null;
  }
}

/** Null for anything that is not exactly one of our channels. `id` is empty for `staff`. */
export function parseChannel(name: string): { kind: ChannelKind; id: string } | null {
  if (name === 'private-staff') return { kind: 'staff', id: '' };
  const [, prefix, id] = grammar.exec(name) ?? [];
  const kind = kindOf(prefix);
  return kind === null || id === undefined ? null : { kind, id };
}
