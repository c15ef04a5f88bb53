import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { jsonParam } from '#/db/messages.ts';
import { agents } from '#/db/schema.ts';
import type { AgentAvailability } from '#/lib/agents/schema.ts';

export type StoredProfile = {
  name: string;
  timezone: string | null;
  availability: AgentAvailability;
  /** As stored: `parsePreferences` makes it whole. */
  preferences: unknown;
};

export async function findProfile(tx: Tx, agentId: string): Promise<StoredProfile | null> {
  const [row] = await tx.execute<StoredProfile>(sql`
    select name, timezone, availability, preferences from ${agents} where ${agents.id} = ${agentId}`);
  return row ?? null;
}

/** Writes what `change` names over what is stored, in one statement, so that two tabs lose nothing of each other's. */
export async function updatePreferences(
  tx: Tx,
  agentId: string,
  change: Record<string, unknown>,
): Promise<unknown> {
  const [row] = await tx.execute<{ preferences: unknown }>(sql`
    update ${agents} set preferences = preferences || ${jsonParam(change)}
    where ${agents.id} = ${agentId} returning preferences`);
  return row?.preferences ?? null;
}

export async function updateProfile(
  tx: Tx,
  agentId: string,
  to: { name: string; timezone: string | null; availability: AgentAvailability },
): Promise<void> {
  await tx.execute(sql`
    update ${agents} set name = ${to.name}, timezone = ${to.timezone}, availability = ${to.availability}
    where ${agents.id} = ${agentId}`);
}

/** Every session made before ends. */
export async function updatePassword(tx: Tx, agentId: string, passwordHash: string): Promise<void> {
  await tx.execute(sql`
    update ${agents} set password_hash = ${passwordHash}, session_version = session_version + 1
    where ${agents.id} = ${agentId}`);
}
