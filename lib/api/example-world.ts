const numbered = (number: string) => `01992a10-7c1e-7000-8000-0000000000${number}`;

/**
 * What the examples of the documentation are about: one small workspace. These rows exist when an example is executed
 * (`db/api/testing.ts` makes them); what begins with `new` does not exist yet and is for bodies that create something.
 */
export const exampleIds = {
  /** Maya Okafor, who wrote the ticket. */
  customer: numbered('01'),
  /** Jonas Weber, who has no ticket. */
  otherCustomer: numbered('02'),
  newCustomer: numbered('03'),
  /** Ana Silva, admin, no department; she answered the ticket. */
  agent: numbered('11'),
  /** Ben Adeyemi, agent of the department. */
  otherAgent: numbered('12'),
  /** The key's own row among the agents. */
  robot: numbered('13'),
  /** Billing, not restricted. */
  department: numbered('21'),
  /** Shipping, empty: nobody and nothing belongs to it. */
  otherDepartment: numbered('22'),
  newDepartment: numbered('23'),
  /** "Refund for order 1042": open, priority high, in the department, assigned to the agent. */
  ticket: numbered('31'),
  newTicket: numbered('32'),
  /** The ticket's only conversation. */
  conversation: numbered('41'),
  newConversation: numbered('42'),
  /** The customer's first, seq 1. */
  message: numbered('51'),
  /** The agent's answer, seq 2. */
  reply: numbered('52'),
  newMessage: numbered('53'),
  /** The event of the first message; its position is 1. */
  event: numbered('61'),
  /** Sends ticket.changed to https://example.com/parley. */
  webhook: numbered('71'),
  newWebhook: numbered('72'),
  /** One delivery of the webhook, answered with 500. */
  delivery: numbered('73'),
  widget: numbered('81'),
  /** The customer's part in the conversation. */
  participant: numbered('91'),
  /** The agent's. */
  otherParticipant: numbered('92'),
} as const;

/** The public key of that workspace's widget. */
export const exampleWidgetKey = 'wk_3q2xJ8mV0aTzR5nYcL7pBd';

/** A moment of that workspace, as times are answered. */
export const exampleAt = '2026-11-23T09:30:00.000Z';
