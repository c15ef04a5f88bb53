import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { invites } from '#/db/schema.ts';
import type { PendingInvite, PersonRole } from '#/lib/agents/schema.ts';

export type Invite = {
  id: string;
  kind: 'setup' | 'agent';
  email: string | null;
  role: PersonRole;
  departmentId: string | null;
};

/** Answers when it expires. */
export async function insertInvite(
  tx: Tx,
  invite: Invite & { tokenHash: string; invitedBy: string | null; livesForDays: number },
): Promise<string> {
  const [row] = await tx.execute<{ at: string }>(sql`
    insert into ${invites} (id, token_hash, kind, email, role, department_id, invited_by, expires_at)
    values (${invite.id}, ${invite.tokenHash}, ${invite.kind}, ${invite.email}, ${invite.role},
      ${invite.departmentId}, ${invite.invitedBy}, now() + make_interval(days => ${invite.livesForDays}::int))
    returning ${iso(sql`expires_at`)} as at`);
  return row?.at ?? '';
}

/** The invite that this token still opens, locked until the end of the transaction. */
export async function lockInvite(tx: Tx, tokenHash: string, kind: Invite['kind']): Promise<Invite | null> {
  const [row] = await tx.execute<{
    id: string;
    kind: Invite['kind'];
    email: string | null;
    role: PersonRole;
    department_id: string | null;
  }>(sql`
    select id, kind, email, role, department_id from ${invites}
    where ${invites.tokenHash} = ${tokenHash} and ${invites.kind} = ${kind} and ${invites.usedAt} is null
      and ${invites.revokedAt} is null and ${invites.expiresAt} > now() for update`);
  if (row === undefined) return null;
  return { id: row.id, kind: row.kind, email: row.email, role: row.role, departmentId: row.department_id };
}

export async function markInviteUsed(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`update ${invites} set used_at = now() where ${invites.id} = ${id}`);
}

/** Invitations of colleagues that nobody has taken or taken back, the expired ones of the last month too. */
export async function listInvites(tx: Tx): Promise<PendingInvite[]> {
  const rows = await tx.execute<{
    id: string;
    email: string;
    role: PersonRole;
    department_id: string | null;
    invited_by: string | null;
    created_at: string;
    expires_at: string;
    is_expired: boolean;
  }>(sql`
    select invites.id, invites.email, invites.role, invites.department_id, agents.name as invited_by,
      ${iso(invites.createdAt)} as created_at, ${iso(invites.expiresAt)} as expires_at,
      ${invites.expiresAt} <= now() as is_expired
    from ${invites} left join agents on agents.id = ${invites.invitedBy}
    where ${invites.kind} = 'agent' and ${invites.usedAt} is null and ${invites.revokedAt} is null
      and ${invites.expiresAt} > now() - interval '30 days' and ${invites.email} is not null
    order by ${invites.createdAt} desc, ${invites.id}`);
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.role,
    departmentId: row.department_id,
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    isExpired: row.is_expired,
  }));
}

/** An invitation of a colleague that nobody has taken or taken back, locked until the end of the transaction. */
export async function lockPendingInvite(
  tx: Tx,
  id: string,
): Promise<{ email: string; role: PersonRole; departmentId: string | null } | null> {
  const [row] = await tx.execute<{ email: string; role: PersonRole; department_id: string | null }>(sql`
    select email, role, department_id from ${invites}
    where ${invites.id} = ${id} and ${invites.kind} = 'agent' and ${invites.usedAt} is null
      and ${invites.revokedAt} is null and ${invites.email} is not null for update`);
  return row === undefined ? null : { email: row.email, role: row.role, departmentId: row.department_id };
}

/** Ends every open invite of this kind, or for this address. */
export async function revokeInvites(tx: Tx, kind: Invite['kind'], email: string | null): Promise<void> {
  await tx.execute(sql`
    update ${invites} set revoked_at = now() where ${invites.kind} = ${kind} and ${invites.usedAt} is null
      and ${invites.revokedAt} is null and ${email === null ? sql`true` : sql`${invites.email} = ${email}::citext`}`);
}
