import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { makeAccounts } from '#/bench/adapters/parley-accounts.ts';
import { accessSchema, signIn } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { type Figure, spreadOf } from '#/bench/figures.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { measureHeldList } from '#/bench/inbox/held-list.ts';
import { measureKeys } from '#/bench/inbox/keys.ts';
import { messagesPerTicket, type SeededInbox, seedInbox } from '#/bench/inbox/seed.ts';
import { closeDatabase, openDatabase, read } from '#/db/client.ts';
import type { TicketFilter, TicketSort, ViewKey } from '#/lib/tickets/schema.ts';

const dayMs = 86_400_000;
const listSchema = z.object({
  ok: z.literal(true),
  value: z.object({ tickets: z.array(z.object({ id: z.string() })), nextCursor: z.nullable(z.string()) }),
});

/**
 * What it takes to open a view and a ticket over HTTP, as an agent to whom one department is hidden, with a dozen saved
 * views beside the list; 100,000 tickets and a million messages, or 2,000 tickets where it shall be quick.
 */
export async function measureInbox(isQuick: boolean, say: (line: string) => void): Promise<Figure[]> {
  const tickets = isQuick ? 2_000 : 100_000;
  const samples = isQuick ? 20 : 50;
  const figures = measureHeldList(tickets, samples * 10);
  say('Starting Parley …');
  const system = await startParley();
  try {
    const access = accessSchema.parse(system.access);
    await openDatabase(system.superUrl(), 4);
    const agent = (await makeAccounts(access, 2, findAgents)).at(-1);
    if (agent === undefined) throw new Error('nobody was invited');
    const messages = (tickets * messagesPerTicket).toLocaleString('en-GB');
    say(`Seeding ${tickets.toLocaleString('en-GB')} tickets and ${messages} messages …`);
    const seeded = await seedInbox(tickets, agent.id);
    const http = openHttpClient(access.url);
    await signIn(http, { ...access, email: agent.email, password: agent.password });
    say('Opening views and tickets …');
    figures.push(...(await measureLists(http, seeded, samples)), await measureTickets(http, samples));
    http.close();
    say('Pressing keys …');
    figures.push(...(await measureKeys(access, samples)));
  } finally {
    await closeDatabase();
    await system.stop();
  }
  return figures;
}

/** Oldest first: the one of the set-up, then those who were invited. */
function findAgents(): Promise<{ id: string; name: string; email: string }[]> {
  return read((tx) => tx.execute(sql`select id, name, email from agents order by created_at`));
}

type Asked = { where: string; view?: ViewKey; filter?: TicketFilter; sort?: TicketSort };

function questions(seeded: SeededInbox): Asked[] {
  const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
  const ticketField = (key: string, is: string) => ({ fields: [{ subject: 'ticket' as const, key, is }] });
  const customerField = (is: string) => ({ fields: [{ subject: 'customer' as const, key: 'tier', is }] });
  return [
    { where: 'mine', view: 'mine' },
    { where: 'unassigned', view: 'unassigned' },
    { where: 'all', view: 'all' },
    { where: 'all, newest activity', sort: 'newest' },
    { where: 'all, by priority', sort: 'priority' },
    { where: 'a department', view: `department:${seeded.departmentId}` },
    { where: 'a hidden department', view: `department:${seeded.restrictedDepartmentId}` },
    { where: 'snoozed', view: 'snoozed' },
    { where: 'resolved', view: 'resolved', sort: 'newest' },
    { where: 'every status, newest activity', filter: { status: [] }, sort: 'newest' },
    { where: 'a tag on three tickets', filter: { tag: [seeded.rareTagId] } },
    { where: 'a tag on one of eight', filter: { tag: [seeded.commonTagId], status: [] }, sort: 'newest' },
    { where: 'a tag, snoozed', view: 'snoozed', filter: { tag: [seeded.commonTagId] } },
    { where: 'a customer', filter: { customer: seeded.customerId, status: [] } },
    { where: 'waiting for 30 days', filter: { waitingMinutes: 43_200 } },
    { where: 'waiting for 700 days, newest activity', filter: { waitingMinutes: 1_008_000 }, sort: 'newest' },
    { where: 'a field of few', filter: { ...ticketField('order', 'ORD-1994'), status: [] } },
    { where: 'a field of a third', filter: ticketField('plan', 'company') },
    { where: 'a customer’s field, few', filter: { ...customerField('platinum'), status: [] } },
    {
      where: 'a customer’s field, a third',
      filter: { ...customerField('gold'), status: [] },
      sort: 'newest',
    },
    { where: 'made on one day', filter: { createdFrom: ago(300), createdTo: ago(299), status: [] } },
    { where: 'urgent and nobody’s', filter: { priority: ['urgent'], assignee: ['none'] } },
    ...seeded.savedViewIds.map(
      (id, index): Asked => ({ where: `saved view ${index + 1}`, view: `saved:${id}` }),
    ),
  ];
}

async function measureLists(http: HttpClient, seeded: SeededInbox, samples: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const all: number[] = [];
  for (const { where, view = 'all', filter = {}, sort = 'waiting' } of questions(seeded)) {
    // As the list asks when a view is opened: saved views are counted by a question of their own.
    const search = new URLSearchParams({
      view,
      sort,
      filter: JSON.stringify(filter),
      limit: '50',
      savedCounts: 'skip',
    });
    const took = await timed(samples, () => http.ask('GET', `/api/inbox/tickets?${search}`));
    all.push(...took);
    figures.push({ name: 'open a view', unit: 'ms', where, value: spreadOf(took) });
  }
  figures.push({ name: 'open a view', unit: 'ms', where: 'all of these', value: spreadOf(all) });
  const counted = await timed(samples, () => http.ask('GET', '/api/inbox/tickets?view=all&limit=50'));
  const where = `all, and ${seeded.savedViewIds.length} saved views counted`;
  figures.push({ name: 'ask for a view again', unit: 'ms', where, value: spreadOf(counted) });
  let cursor: string | null = null;
  const further = await timed(samples, async () => {
    const search = new URLSearchParams({ view: 'all', limit: '50', ...(cursor === null ? {} : { cursor }) });
    const answer = await http.ask('GET', `/api/inbox/tickets?${search}`);
    cursor = listSchema.parse(JSON.parse(answer.text)).value.nextCursor;
    return answer;
  });
  figures.push({ name: 'a further page', unit: 'ms', where: 'all', value: spreadOf(further) });
  return figures;
}

async function measureTickets(http: HttpClient, samples: number): Promise<Figure> {
  const search = new URLSearchParams({ view: 'all', filter: '{"status":[]}', limit: '100' });
  const answer = await http.ask('GET', `/api/inbox/tickets?${search}`);
  const ids = listSchema.parse(JSON.parse(answer.text)).value.tickets.map(({ id }) => id);
  let next = 0;
  const took = await timed(samples, () => http.ask('GET', `/api/inbox/tickets/${ids[next++ % ids.length]}`));
  return { name: 'open a ticket', unit: 'ms', where: 'a hundred of them', value: spreadOf(took) };
}

/** In milliseconds each, after a few that warm it up. */
async function timed(
  samples: number,
  ask: () => Promise<{ status: number; text: string }>,
): Promise<number[]> {
  const took: number[] = [];
  for (let sample = -3; sample < samples; sample++) {
    const beganMs = performance.now();
    const { status, text } = await ask();
    if (status !== 200) throw new Error(`answered ${status}: ${text.slice(0, 200)}`);
    if (sample >= 0) took.push(performance.now() - beganMs);
  }
  return took;
}
