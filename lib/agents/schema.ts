import * as z from 'zod/mini';
import { cleanName } from '#/lib/text.ts';

/** People's. */
export const agentRoles = ['agent', 'admin'] as const;
export type PersonRole = (typeof agentRoles)[number];
/**
 * Those of api keys, which act under an account of their own. Of one department or of all is a role and not a department
 * that may be missing: when its department is gone, a key opens nothing instead of everything.
 */
export const robotRoles = ['robot', 'department_robot'] as const;
export type RobotRole = (typeof robotRoles)[number];
export type AgentRole = PersonRole | RobotRole;

export function isRobotRole(role: AgentRole): role is RobotRole {
  return role === 'robot' || role === 'department_robot';
}

export const agentAvailabilities = ['online', 'away'] as const;
export type AgentAvailability = (typeof agentAvailabilities)[number];

export const nameCharsMax = 80;
export const personName = z.string().check(
  z.maxLength(nameCharsMax, 'name_too_long'),
  z.refine((text) => !text.includes('\0'), 'name_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'name_empty'),
);
export const emailAddress = z
  .string()
  .check(z.trim(), z.maxLength(254, 'email_too_long'), z.email('email_invalid'));
export const passwordCharsMin = 10;
export const passwordCharsMax = 200;
export const passwordText = z
  .string()
  .check(
    z.minLength(passwordCharsMin, 'password_too_short'),
    z.maxLength(passwordCharsMax, 'password_too_long'),
  );

export type Agent = {
  id: string;
  name: string;
  email: string;
  role: PersonRole;
  departmentId: string | null;
};
export type Department = { id: string; name: string; isRestricted: boolean };

/** An invitation that nobody has taken yet. Times are ISO 8601 in UTC. */
export type PendingInvite = {
  id: string;
  email: string;
  role: PersonRole;
  departmentId: string | null;
  /** Name of who made it; null when they are gone. */
  invitedBy: string | null;
  createdAt: string;
  expiresAt: string;
  isExpired: boolean;
};

/** In the letters that PostgreSQL answers it in: it is compared with that of who leaves. */
const storedId = z.uuid().check(z.toLowerCase());

/** Where the open tickets of somebody who leaves go. */
export const handOverTargetSchema = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('nobody') }),
  z.strictObject({ to: z.literal('agent'), agentId: storedId }),
  z.strictObject({ to: z.literal('department'), departmentId: storedId }),
]);
export type HandOverTarget = z.infer<typeof handOverTargetSchema>;

export const agentRefSchema = z.strictObject({ agentId: z.uuid() });
export const inviteRefSchema = z.strictObject({ inviteId: z.uuid() });
export const deactivateAgentInputSchema = z.strictObject({
  agentId: storedId,
  handOver: handOverTargetSchema,
});
/** What is left out stays as it is. */
export const changeAgentInputSchema = z.strictObject({
  agentId: z.uuid(),
  role: z.optional(z.enum(agentRoles)),
  departmentId: z.optional(z.nullable(z.uuid())),
});
export type ChangeAgentInput = z.infer<typeof changeAgentInputSchema>;
/** Any text may be tried as a password; what it must be like is asked when one is chosen. */
export const signInInputSchema = z.strictObject({
  email: z.string().check(z.maxLength(254, 'email_too_long'), z.minLength(1, 'email_invalid')),
  password: z.string().check(z.maxLength(passwordCharsMax, 'password_too_long')),
});
export const inviteAgentInputSchema = z.strictObject({
  email: emailAddress,
  role: z.enum(agentRoles),
  departmentId: z.nullable(z.uuid()),
});
const invitationToken = z.string().check(z.maxLength(200));
export const acceptInviteInputSchema = z.strictObject({
  token: invitationToken,
  name: personName,
  password: passwordText,
});
