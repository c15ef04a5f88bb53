import type { AgentRole } from '#/lib/agents/schema.ts';

/** Who acts. Always from the session or token, never from input. */
export type Actor =
  | { kind: 'visitor'; widgetId: string }
  | { kind: 'customer'; id: string; sessionId: string; widgetId: string }
  | { kind: 'agent'; id: string; role: AgentRole; departmentId: string | null }
  | { kind: 'system' };
export type CustomerActor = Extract<Actor, { kind: 'customer' }>;
export type AgentActor = Extract<Actor, { kind: 'agent' }>;
export type SystemActor = Extract<Actor, { kind: 'system' }>;
