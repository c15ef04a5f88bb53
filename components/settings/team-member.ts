import type { Agent, PersonRole } from '#/lib/agents/schema.ts';

/** An account as the team's page shows it. */
export type TeamMember = Agent & { isActive: boolean; isExample: boolean; openTickets: number };

export const roleNames: Record<PersonRole, string> = { agent: 'Agent', admin: 'Admin' };
