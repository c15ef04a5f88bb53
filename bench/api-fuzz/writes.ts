import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';

/** Hears of every row that anybody writes. */
export type WriteWatch = {
  /** What was written since the last call: `INSERT messages`. */
  take(): Promise<string[]>;
  /** Resolves when nothing is left that requests go on with after their answers. */
  settle(): Promise<void>;
  close(): Promise<void>;
};

/** Of these it does not matter: what is counted, remembered for a repeat, or forgotten by itself. */
const passing = [
  'rate_limits',
  'api_idempotency',
  'event_feed',
  'instances',
  'typing_status',
  'viewing_status',
];
/** When something was last seen or used, and where an event stands in the order of those who read it. */
const passingColumns = ['last_used_at', 'last_seen_at', 'published_at', 'position'];

const settleMsMax = 10_000;

/** Puts a trigger on every table of the app, past everything that the app could do about it. */
export async function watchWrites(superUrl: string): Promise<WriteWatch> {
  const sql = postgres(superUrl, { max: 1, onnotice: () => {}, fetch_types: false });
  await sql`create schema if not exists fuzz`;
  await sql`create unlogged table fuzz.writes (n bigint generated always as identity, what text not null)`;
  await sql.unsafe(`
    create function fuzz.note() returns trigger language plpgsql security definer as $$
    begin
      if tg_op = 'UPDATE' and to_jsonb(old) - tg_argv[0]::text[] = to_jsonb(new) - tg_argv[0]::text[] then
        return null;
      end if;
      insert into fuzz.writes (what) values (tg_op || ' ' || tg_table_name);
      return null;
    end $$`);
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename not in ${sql(passing)}`;
  for (const { name } of tables) {
    // A trigger takes no parameters, only literals.
    await sql.unsafe(`create trigger fuzz_note after insert or update or delete on public."${name}"
      for each row execute function fuzz.note('{${passingColumns.join(',')}}')`);
  }
  return {
    async take() {
      const rows = await sql<{ what: string }[]>`delete from fuzz.writes returning what`;
      return [...new Set(rows.map(({ what }) => what))].toSorted();
    },
    async settle() {
      const deadlineMs = performance.now() + settleMsMax;
      for (;;) {
        // Tickets leave a department that is deleted, and an agent who is switched off, one after the other.
        const [left] = await sql<{ is: boolean }[]>`
          select exists (select from departments where closed_at is not null) or exists (
            select from tickets join agents on agents.id = assignee_id
            where deactivated_at is not null and status in ('open', 'pending', 'snoozed')) as is`;
        if (left?.is !== true) return;
        if (performance.now() > deadlineMs) throw new Error('what goes on after an answer does not end');
        await delay(5);
      }
    },
    close: () => sql.end({ timeout: 5 }),
  };
}
