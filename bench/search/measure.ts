import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { makeAccounts } from '#/bench/adapters/parley-accounts.ts';
import { accessSchema, signIn } from '#/bench/adapters/parley-calls.ts';
import { startParley } from '#/bench/adapters/parley-system.ts';
import { type Figure, spreadOf } from '#/bench/figures.ts';
import { type HttpClient, openHttpClient } from '#/bench/http-client.ts';
import { randomFrom } from '#/bench/random.ts';
import {
  restrictedWord,
  sampleTexts,
  seedSearch,
  vocabulary,
  vocabularyRead,
  wordOf,
} from '#/bench/search/seed.ts';
import { closeDatabase, openDatabase, read } from '#/db/client.ts';

const answerSchema = z.object({
  ok: z.literal(true),
  value: z.object({
    hits: z.array(z.object({ match: z.string() })),
    nextCursor: z.nullable(z.string()),
    searchedTo: z.nullable(z.string()),
    corrected: z.nullable(z.string()),
  }),
});

/**
 * Searches over HTTP as an agent to whom half of everything is hidden: 100,000 tickets and a million entries of 60,000
 * words, a common one as common as in any language; or 2,000 tickets where it shall be quick. Each question is another
 * one: nothing is asked twice.
 */
export async function measureSearch(isQuick: boolean, say: (line: string) => void): Promise<Figure[]> {
  const tickets = isQuick ? 2_000 : 100_000;
  const samples = isQuick ? 40 : 100;
  say('Starting Parley …');
  const system = await startParley();
  try {
    const access = accessSchema.parse(system.access);
    await openDatabase(system.superUrl(), 4);
    const agent = (await makeAccounts(access, 2, findAgents)).at(-1);
    if (agent === undefined) throw new Error('nobody was invited');
    say(`Seeding ${tickets.toLocaleString('en-GB')} tickets and ten entries each …`);
    await seedSearch(tickets);
    say('Parley reads their words …');
    await vocabularyRead();
    const http = openHttpClient(access.url);
    await signIn(http, { ...access, email: agent.email, password: agent.password });
    say('Searching …');
    const figures = await askAll(http, samples);
    http.close();
    return figures;
  } finally {
    await closeDatabase();
    await system.stop();
  }
}

/** Oldest first: the one of the set-up, then those who were invited. */
function findAgents(): Promise<{ id: string; name: string; email: string }[]> {
  return read((tx) => tx.execute(sql`select id, name, email from agents order by created_at`));
}

async function askAll(http: HttpClient, samples: number): Promise<Figure[]> {
  const texts = await sampleTexts(samples);
  const random = randomFrom(7);
  const pick = (from: number, to: number) => wordOf(from + Math.floor(random() * (to - from)));
  const words = (index: number) => (texts[index % texts.length] ?? '').split(' ');
  // `fallsBack`: nothing has these very words, so words like them are looked for as well.
  const questions: { where: string; fallsBack?: boolean; ask(index: number): string[] }[] = [
    { where: 'a word of most entries', ask: (index) => [`${wordOf(1 + (index % 5))} `] },
    { where: 'a word of few entries', ask: () => [`${pick(20_000, vocabulary)} `] },
    { where: 'a word in between', ask: () => [`${pick(300, 3_000)} `] },
    { where: 'two words of an entry', ask: (index) => [`${words(index)[1]} ${words(index)[4]} `] },
    { where: 'four words of an entry', ask: (index) => [`${words(index).slice(0, 4).join(' ')} `] },
    { where: 'a phrase of two words', ask: (index) => [`"${words(index).slice(1, 3).join(' ')}"`] },
    { where: 'a phrase of three words', ask: (index) => [`"${words(index).slice(1, 4).join(' ')}"`] },
    { where: 'each letter of a word, typed', ask: (index) => typed(words(index)[2] ?? 'ba') },
    {
      where: 'each letter of a second word',
      ask: (index) => typed(words(index)[3] ?? 'ba').map((begun) => `${words(index)[2]} ${begun}`),
    },
    { where: 'a word that is mostly hidden', ask: () => [`${restrictedWord} `] },
    { where: 'that word and another', ask: () => [`${restrictedWord} ${pick(20, 200)} `] },
    {
      where: 'a customer’s name',
      ask: (index) => [['maya okafor', 'amelie dubois', 'hiroshi haddad'][index % 3] ?? ''],
    },
    {
      where: 'a customer’s address',
      ask: (index) => [`maya.okafor${110 * (1 + (index % 100))}@example.com`],
    },
    { where: 'a hidden customer’s name', fallsBack: true, ask: () => ['jonas weber'] },
    { where: 'a ticket’s number', ask: (index) => [`#${1_001 + index}`] },
    { where: 'an order’s number', ask: (index) => [`ORD-2026-${1 + index * 9}`] },
    { where: 'a word with a status', ask: () => [`${pick(50, 500)} status:open`] },
    { where: 'a word in notes', ask: () => [`${pick(50, 500)} in:notes`] },
    { where: 'a word before a day', ask: () => [`${pick(5, 500)} before:2026-01`] },
    { where: 'nothing of the kind', ask: (index) => [`x${index}q${index}z `] },
    { where: 'a slip of the pen', fallsBack: true, ask: () => [`${slipIn(pick(2_000, 40_000))} `] },
    {
      where: 'a slip beside a right word',
      fallsBack: true,
      ask: () => [`${wordOf(3)} ${slipIn(pick(60, 600))} `],
    },
  ];
  const figures: Figure[] = [];
  const all: { exact: number[]; similar: number[] } = { exact: [], similar: [] };
  for (const { where, fallsBack = false, ask } of questions) {
    const took: number[] = [];
    let found = 0;
    let partly = 0;
    for (let index = -3; index < samples; index++) {
      for (const q of ask(Math.max(0, index))) {
        const answer = await asked(http, q);
        if (index < 0) continue;
        took.push(answer.tookMs);
        found += answer.hits > 0 ? 1 : 0;
        partly += answer.isPartial ? 1 : 0;
      }
    }
    all[fallsBack ? 'similar' : 'exact'].push(...took);
    const share = `${Math.round((100 * found) / took.length)} % found${partly === 0 ? '' : `, ${partly} partly`}`;
    figures.push({ name: 'search', unit: 'ms', where: `${where} (${share})`, value: spreadOf(took) });
  }
  figures.push(
    { name: 'search', unit: 'ms', where: 'found as typed, or plainly nothing', value: spreadOf(all.exact) },
    { name: 'search', unit: 'ms', where: 'found by words like them', value: spreadOf(all.similar) },
  );
  return figures;
}

async function asked(
  http: HttpClient,
  q: string,
): Promise<{ tookMs: number; hits: number; isPartial: boolean }> {
  const beganMs = performance.now();
  const { status, text } = await http.ask('GET', `/api/inbox/search?${new URLSearchParams({ q })}`);
  const tookMs = performance.now() - beganMs;
  if (status !== 200) throw new Error(`${q} was answered ${status}: ${text.slice(0, 200)}`);
  const { hits, searchedTo } = answerSchema.parse(JSON.parse(text)).value;
  return { tookMs, hits: hits.length, isPartial: searchedTo !== null };
}

function typed(word: string): string[] {
  return Array.from(word, (_, index) => word.slice(0, index + 1));
}

/** Two letters in the wrong order, or one for another where that changes nothing. */
function slipIn(word: string): string {
  const [first = '', second = '', third = '', ...rest] = word;
  return second === third ? `${first}w${third}${rest.join('')}` : `${first}${third}${second}${rest.join('')}`;
}
