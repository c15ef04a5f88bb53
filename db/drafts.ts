import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { number } from '#/db/expressions.ts';
import { drafts } from '#/db/schema.ts';
import type { Draft, DraftMode, SaveDraftInput } from '#/lib/drafts/schema.ts';

/** What the agent wrote on the ticket and did not send. */
export async function listDrafts(tx: Tx, agentId: string, ticketId: string): Promise<Draft[]> {
  const rows = await tx.execute<{ mode: DraftMode; text: string; version: number }>(sql`
    select ${drafts.mode} as mode, ${drafts.text} as text, ${number(drafts.version)} as version from ${drafts}
    where ${drafts.agentId} = ${agentId} and ${drafts.ticketId} = ${ticketId} order by ${drafts.mode}`);
  return rows.map(({ mode, text, version }) => ({ mode, text, version }));
}

/**
 * Stores the draft if its version is above the stored one; answers what is stored then, and whether it is this. What was
 * sent stays as an empty row: its version keeps a late save of the former text out.
 */
export async function upsertDraft(
  tx: Tx,
  agentId: string,
  draft: SaveDraftInput,
): Promise<{ draft: Draft; isNew: boolean }> {
  const { ticketId, mode, text, version } = draft;
  const rows = await tx.execute<{ version: number }>(sql`
    insert into ${drafts} (agent_id, ticket_id, mode, text, version)
    values (${agentId}, ${ticketId}, ${mode}, ${text}, ${version})
    on conflict (agent_id, ticket_id, mode) do update
      set text = excluded.text, version = excluded.version, updated_at = now()
      where ${drafts.version} < excluded.version
    returning ${number(drafts.version)} as version`);
  if (rows.length > 0) return { draft: { mode, text, version }, isNew: true };
  const stored = (await listDrafts(tx, agentId, ticketId)).find((other) => other.mode === mode);
  if (stored === undefined) throw new Error('a draft that is there was not found');
  return { draft: stored, isNew: false };
}
