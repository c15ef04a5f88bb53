import * as z from 'zod/mini';
import { agentRecord } from '#/lib/api/records/agents.ts';
import { plainConversation } from '#/lib/api/records/conversations.ts';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { departmentRecord } from '#/lib/api/records/departments.ts';
import { ticketFields } from '#/lib/api/records/ticket-fields.ts';

/** A ticket as the public API answers it: to keys only. */
export const ticketRecord = z.strictObject({
  ...ticketFields,
  /** With `include=customer`. */
  customer: z.optional(z.nullable(customerRecord)),
  /** With `include=department`. */
  department: z.optional(z.nullable(departmentRecord)),
  /** With `include=assignee`. */
  assignee: z.optional(z.nullable(agentRecord)),
  /** With `include=conversations`: oldest first. */
  conversations: z.optional(z.array(plainConversation)),
});
export type TicketRecord = z.infer<typeof ticketRecord>;
