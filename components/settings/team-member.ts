import type { Agent, AgentRole } from '#/lib/agents/schema.ts';

/** An account as the team's page shows it. */
export type TeamMember = Agent & { isActive: boolean; isExample: boolean; openTickets: number };

export const roleNames: Record<AgentRole, string> = { agent: 'Agent', admin: 'Admin' };
