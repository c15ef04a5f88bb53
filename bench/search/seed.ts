import { sql } from 'drizzle-orm';
import { read, type Tx, transact } from '#/db/client.ts';
import { newId } from '#/lib/ids.ts';

const deadlineMs = 900_000;
/** Ranks of the vocabulary; a word's share is as one over its rank, as in any language. */
export const vocabulary = 60_000;
/** In half of the restricted department's entries, and in one of a hundred elsewhere. */
export const restrictedWord = 'zarquon';

const openDepartment = 'Parcels';
const syllables =
  `ba be bi bo bu da de di do du fa fe fi ga ge gi go ka ke ki ko ku la le li lo lu ma me mi mo mu
  na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo`.split(/\s+/);

/** The word of a rank: common ones are short, as they are among people. */
export function wordOf(rank: number): string {
  let word = '';
  for (let rest = rank; rest > 0; rest = Math.floor(rest / syllables.length)) {
    word += syllables[rest % syllables.length] ?? '';
  }
  return word;
}

/**
 * An empty database with this many tickets and ten entries for each, over two years: an ordinary department with half
 * of them and a restricted one with the other half. Set by set; needs PostgreSQL 18 for its `uuidv7(interval)`.
 */
export async function seedSearch(ticketCount: number): Promise<void> {
  const words = Array.from({ length: vocabulary }, (_, index) => wordOf(index + 1));
  // At once: the running system reads on behind what it has seen, and never comes back to an earlier time.
  await transact(
    async (tx) => {
      await seedTickets(tx, ticketCount);
      await seedEntries(tx, words);
    },
    { deadlineMs },
  );
  for (const table of ['customers', 'tickets', 'conversations', 'messages', 'search_tickets']) {
    await transact((tx) => tx.execute(sql`analyze ${sql.identifier(table)}`), { deadlineMs });
  }
}

/** Texts that an agent outside of the restricted department may read, from all over the two years. */
export async function sampleTexts(count: number): Promise<string[]> {
  const rows = await read((tx) =>
    tx.execute<{ text: string }>(sql`
      select messages.text from (
        select id from tickets where department_id = (select id from departments where name = ${openDepartment})
        order by md5(number::text) limit ${count}
      ) some_tickets join conversations on conversations.ticket_id = some_tickets.id
      join messages on messages.conversation_id = conversations.id and messages.seq = 3`),
  );
  return rows.map(({ text }) => text);
}

/** Resolves when the running system has read all words of what was seeded. */
export async function vocabularyRead(): Promise<void> {
  for (;;) {
    const [row] = await read((tx) =>
      tx.execute<{ is_done: boolean }>(sql`
        select coalesce(next_block * 64 > extract(epoch from (select max(created_at) from tickets)), false)
          and not exists (select from search_tickets where touched_at > coalesce(tickets_through, '-infinity')) as is_done
        from search_progress`),
    );
    if (row?.is_done === true) return;
    await new Promise((next) => setTimeout(next, 1_000));
  }
}

async function seedTickets(tx: Tx, count: number): Promise<void> {
  const departments = { open: newId(), restricted: newId() };
  await tx.execute(sql`
    insert into departments (id, name, is_restricted)
    values (${departments.open}, ${openDepartment}, false), (${departments.restricted}, 'Legal', true)`);
  await tx.execute(sql`
    insert into customers (id, name, email, phone, created_at)
    select uuidv7(), initcap(given) || ' ' || initcap(family), given || '.' || family || no || '@example.com',
      '+49151' || (10000000 + no * 37), now() - interval '2 years'
    from (select no, (array['maya','jonas','amelie','chloe','hiroshi','fatima','olu','sara','piotr','ines'])[1 + no % 10]
        as given,
      (array['okafor','weber','dubois','tanaka','haddad','novak','rossi','garcia','larsen','kaya','smith'])[1 + no % 11]
        as family
      from generate_series(1, ${Math.ceil(count / 5)}::int) no) named`);
  await tx.execute(sql`
    create temp table seeded_customers as select id, (row_number() over ())::int - 1 as no from customers`);
  await tx.execute(sql`
    create temp table seeded as
    select n, at, uuidv7(at - now()) as ticket_id, uuidv7(at - now()) as conversation_id,
      (n % ${Math.ceil(count / 5)}::int) as customer_no, n % 2 = 0 as is_restricted
    from (select n, now() - interval '2 minutes' - n * (interval '730 days' / ${count}::int) as at
      from generate_series(1, ${count}::int) n) numbered`);
  await tx.execute(sql`
    insert into tickets (id, subject, status, priority, customer_id, department_id, last_activity_at, created_at)
    select ticket_id, 'Question ' || n || ' about an order', case when n % 5 = 0 then 'open' else 'resolved' end,
      'normal', seeded_customers.id, case when is_restricted then ${departments.restricted}::uuid
        else ${departments.open}::uuid end, at, at
    from seeded join seeded_customers on no = customer_no order by n desc`);
  await tx.execute(sql`
    insert into conversations (id, ticket_id, last_seq, last_public_seq, created_at)
    select conversation_id, ticket_id, 10, 9, at from seeded order by n desc`);
}

async function seedEntries(tx: Tx, words: string[]): Promise<void> {
  await tx.execute(sql`set local work_mem = '256MB'`);
  await tx.execute(sql`
    create temp table seeded_words as
    select rank::int, word from jsonb_array_elements_text(${JSON.stringify(words)}::text::jsonb)
      with ordinality as listed (word, rank)`);
  await tx.execute(sql`analyze seeded_words`);
  await tx.execute(sql`analyze seeded`);
  // One over the rank: the logarithm of the rank is spread evenly. Six to thirty words each.
  await tx.execute(sql`
    insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, agent_id, text, sent_at)
    select conversation_id, seq, case when seq = 10 then null else seq end, uuidv7(sent_at - now()),
      case when seq = 10 then 'note' else 'reply' end,
      case when seq % 2 = 1 then customer_id end,
      case when seq % 2 = 0 then (select id from agents order by created_at limit 1) end,
      text || case when (is_restricted and seq % 2 = 0) or (n % 10 = 1 and seq = 4) then ' ${sql.raw(restrictedWord)}' else '' end
        || case when seq = 1 then ' ORD-2026-' || n else '' end, sent_at
    from (
      select n, conversation_id, seeded_customers.id as customer_id, is_restricted, seq,
        date_trunc('milliseconds', at + (seq - 1) * interval '11 seconds') as sent_at, (
          select string_agg(word, ' ') from (
            select floor(exp(random() * ln(${words.length}::float8 + 1)))::int as rank, seeded.n, seq
            from generate_series(1, 6 + (seeded.n * 7 + seq * 11) % 25)
          ) drawn join seeded_words using (rank)
        ) as text
      from seeded join seeded_customers on no = customer_no, generate_series(1, 10) seq
    ) written order by sent_at`);
}
