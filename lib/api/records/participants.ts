import * as z from 'zod/mini';
import { agentRecord } from '#/lib/api/records/agents.ts';
import { customerRecord } from '#/lib/api/records/customers.ts';

export const participantKinds = ['customer', 'agent'] as const;

/**
 * Who takes part in a conversation, as the public API answers it: everybody who read or wrote in it. Places in the log
 * are in the asker's own order: `seq` for a key, `publicSeq` for a customer.
 */
export const participantRecord = z.strictObject({
  id: z.uuid(),
  conversationId: z.uuid(),
  kind: z.enum(participantKinds),
  customerId: z.nullable(z.uuid()),
  agentId: z.nullable(z.uuid()),
  name: z.nullable(z.string()),
  readThrough: z
    .int()
    .register(z.globalRegistry, { description: 'Everything up to here was read; 0 is nothing.' }),
  readAt: z.nullable(z.string()),
  joinedAt: z
    .nullable(z.string())
    .register(z.globalRegistry, { description: 'First reply; null: has only read, or written notes.' }),
  /** With `include=customer`. */
  customer: z.optional(z.nullable(customerRecord)),
  /** With `include=agent`. */
  agent: z.optional(z.nullable(agentRecord)),
});
export type ParticipantRecord = z.infer<typeof participantRecord>;
