import * as z from 'zod/mini';
import { agentAvailabilities, agentRoles } from '#/lib/agents/schema.ts';
import { departmentRecord } from '#/lib/api/records/departments.ts';

/** A person who answers customers, as the public API answers them. Keys are not among them. */
export const agentRecord = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(agentRoles),
  departmentId: z.nullable(z.uuid()),
  availability: z.enum(agentAvailabilities),
  isActive: z
    .boolean()
    .register(z.globalRegistry, { description: 'False: switched off, and cannot sign in.' }),
  createdAt: z.string(),
  /** With `include=department`. */
  department: z.optional(z.nullable(departmentRecord)),
});
export type AgentRecord = z.infer<typeof agentRecord>;

/** An invitation as the public API answers it, once: `url` opens the account to whoever has it first. */
export const invitationRecord = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  departmentId: z.nullable(z.uuid()),
  url: z.string().register(z.globalRegistry, {
    description: 'Opens once, for seven days, and is not shown again. Send it to nobody but the person.',
  }),
  expiresAt: z.string(),
});

/** An invitation that nobody has taken yet, as it is listed: without what opens it. */
export const pendingInvitationRecord = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  departmentId: z.nullable(z.uuid()),
  createdAt: z.string(),
  expiresAt: z.string(),
});
