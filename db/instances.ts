import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { iso } from '#/db/expressions.ts';
import { type instanceKinds, instances, secretFingerprints } from '#/db/schema.ts';

export type Instance = {
  id: string;
  kind: (typeof instanceKinds)[number];
  /** The machine and the process on it. */
  place: string;
  buildId: string;
  realtimeMode: string;
};
export type LiveInstance = Instance & { startedAt: string; seenAt: string };

/** Says that this process is there. */
export async function touchInstance(tx: Tx, instance: Instance): Promise<void> {
  const { id, kind, place, buildId, realtimeMode } = instance;
  await tx.execute(sql`
    insert into ${instances} (id, kind, place, build_id, realtime_mode)
    values (${id}, ${kind}, ${place}, ${buildId}, ${realtimeMode})
    on conflict (id) do update set seen_at = now()`);
}

export async function deleteInstance(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from ${instances} where ${instances.id} = ${id}`);
}

/** Who said within `msMax` that they are there, the longest running first. */
export async function listInstancesSeen(tx: Tx, msMax: number): Promise<LiveInstance[]> {
  const rows = await tx.execute<{
    id: string;
    kind: Instance['kind'];
    place: string;
    build_id: string;
    realtime_mode: string;
    started_at: string;
    seen_at: string;
  }>(sql`
    select id, kind, place, build_id, realtime_mode, ${iso(instances.startedAt)} as started_at,
      ${iso(instances.seenAt)} as seen_at
    from ${instances} where ${instances.seenAt} > now() - make_interval(secs => ${msMax / 1000}::float8)
    order by ${instances.startedAt}, id`);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    place: row.place,
    buildId: row.build_id,
    realtimeMode: row.realtime_mode,
    startedAt: row.started_at,
    seenAt: row.seen_at,
  }));
}

/** Forgets who has said nothing for this long: their end was not an orderly one. */
export async function deleteSilentInstances(tx: Tx, olderThanMs: number): Promise<void> {
  await tx.execute(sql`
    delete from ${instances}
    where ${instances.seenAt} < now() - make_interval(secs => ${olderThanMs / 1000}::float8)`);
}

export type SecretFingerprint = { name: string; salt: string; fingerprint: string };

export async function listSecretFingerprints(tx: Tx): Promise<SecretFingerprint[]> {
  const rows = await tx.execute<SecretFingerprint>(
    sql`select name, salt, fingerprint from ${secretFingerprints} order by name`,
  );
  return [...rows];
}

/** Keeps what another process has noted meanwhile. */
export async function insertSecretFingerprint(tx: Tx, noted: SecretFingerprint): Promise<void> {
  await tx.execute(sql`
    insert into ${secretFingerprints} (name, salt, fingerprint)
    values (${noted.name}, ${noted.salt}, ${noted.fingerprint}) on conflict do nothing`);
}

export async function deleteSecretFingerprints(tx: Tx): Promise<void> {
  await tx.execute(sql`delete from ${secretFingerprints}`);
}
