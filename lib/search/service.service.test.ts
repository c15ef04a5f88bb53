import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { countBegun } from '#/db/search.ts';
import { forgetRareWords, saveWordsProgress, takeWordsProgress } from '#/db/search-words.ts';
import { type TestDatabase, testDatabase, updateTicketDepartment } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { changeCustomer } from '#/lib/customers/service.ts';
import { newId } from '#/lib/ids.ts';
import { sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import type { SearchAnswer, SearchHit } from '#/lib/search/schema.ts';
import { searchInbox } from '#/lib/search/service.ts';
import { wordsOf } from '#/lib/search/text.ts';
import { readWords } from '#/lib/search/vocabulary.ts';
import { createTag, deleteTag } from '#/lib/tags/service.ts';
import { type Conversing, makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let admin: AgentActor;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  admin = await makeAgent('admin');
});
afterAll(() => database.close());

/** A search whose time never runs out: how much is found within so many milliseconds is the bench's question. */
async function search(q: string, who: AgentActor = agent, cursor?: string): Promise<SearchAnswer> {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  try {
    return await searchInbox(who, { q, ...(cursor === undefined ? {} : { cursor }) });
  } finally {
    clock.mockRestore();
  }
}

/** Everything that is found, page after page. */
async function searchAll(q: string, who: AgentActor = agent): Promise<SearchHit[]> {
  const hits: SearchHit[] = [];
  for (let cursor: string | undefined; ; ) {
    const answer = await search(q, who, cursor);
    hits.push(...answer.hits);
    if (answer.nextCursor === null) return hits;
    cursor = answer.nextCursor;
  }
}

const say = (to: Conversing, text: string) =>
  sendMessage(to.customer, { conversationId: to.conversationId, id: newId(), text });
const note = (to: Conversing, text: string) =>
  writeNote(agent, { conversationId: to.conversationId, id: newId(), text });
const change = (to: Conversing, what: Parameters<typeof changeTicket>[1]['change'], who = agent) =>
  changeTicket(who, { ticketId: to.ticketId, id: newId(), change: what });
const marked = ({ snippet }: SearchHit) => snippet.marks.map(([from, to]) => snippet.text.slice(from, to));
/** From the beginning, and as if everything had been written a while ago. */
async function readAllWords(): Promise<void> {
  await transact(async (tx) => {
    await takeWordsProgress(tx);
    await saveWordsProgress(tx, {
      nextBlock: null,
      ticketsThrough: null,
      words: await forgetRareWords(tx, 0),
    });
  });
  while (await readWords(later()));
}
const later = () => Date.now() + 600_000;

describe('words', () => {
  test('all of them have to be in one entry; newest first, each marked where it stands', async () => {
    const ticket = await makeConversation(widget, 'The zebra crossed before the walrus did');
    await say(ticket, 'A zebra alone');
    await say(ticket, 'Walrus and ZEBRA, at last');
    const { hits, nextCursor } = await search('zebra walrus ');
    expect(hits.filter(({ match }) => match === 'message').map(({ seq }) => seq)).toEqual([3, 1]);
    expect(nextCursor).toBeNull();
    expect(hits[0] === undefined ? [] : marked(hits[0])).toEqual(['Walrus', 'ZEBRA']);
    expect(hits[0]).toMatchObject({ conversationId: ticket.conversationId, ticket: { id: ticket.ticketId } });
  });

  test('the last one may have been only begun, until a space ends it', async () => {
    await makeConversation(widget, 'My quokkas are asleep');
    expect((await search('asleep quok')).hits.map(({ match }) => match)).toContain('message');
    expect((await search('asleep quok ')).hits).toEqual([]);
    expect((await search('quok asleep')).hits).toEqual([]);
  });

  test('a phrase is found as it stands, whatever is between its words', async () => {
    const ticket = await makeConversation(widget, 'A parcel - late again, says the parcel');
    await say(ticket, 'Late was the parcel');
    const { hits } = await search('"parcel late again"');
    expect(hits.filter(({ match }) => match === 'message')).toHaveLength(1);
    expect(hits.map(marked)[0]).toEqual(['parcel - late again']);
    expect((await search('"parcel again"')).hits).toEqual([]);
  });

  test.each([
    ['German', 'Die Grüße aus Österreich waren groß', ['grusse', 'GRÜSSE', 'österreich', 'gross']],
    ['French', 'Où est ma chaîne achetée à Nîmes ? L’été dernier', ['chaine', 'NIMES', 'achetée', 'l’été']],
    ['Polish', 'Zażółć gęślą jaźń natychmiast', ['zazolc', 'GĘŚLĄ']],
    ['Russian', 'Где моя посылка? Ещё не пришла', ['ПОСЫЛКА', 'еще']],
    ['Greek', 'Πού είναι η παραγγελία μου', ['παραγγελια', 'ΠΑΡΑΓΓΕΛΊΑ']],
    ['Arabic', 'أين طَلَبِيَّتي رقم ٤٢؟', ['طلبيتي', 'أين']],
    ['Japanese', '注文した商品がまだ届いていません', ['商品', 'まだ届いて', '届']],
    ['Chinese', '我的订单什么时候到', ['订单', '什么时候']],
    ['Korean', '환불을 받고 싶습니다', ['환불', '받고']],
    ['Thai', 'สินค้ายังไม่มาถึง', ['สินค้า', 'ไม่มา']],
    ['full width', 'ＯＲＤＥＲ１２３４ です', ['order1234']],
  ])('%s is found without its accents, in either case, and marked', async (_name, text, queries) => {
    const ticket = await makeConversation(widget, text);
    for (const q of queries) {
      const hit = (await search(q)).hits.find(({ ticket: { id } }) => id === ticket.ticketId);
      expect(hit, q).toBeDefined();
      expect(hit === undefined ? [] : marked(hit), q).not.toEqual([]);
    }
  });

  test('addresses and order numbers are found as typed, and begun', async () => {
    const ticket = await makeConversation(
      widget,
      'Order ORD-2026/00417 for kim.lee+shop@Example.org, thanks',
    );
    for (const q of ['ORD-2026/00417', 'ord-2026/004', 'kim.lee+shop@example.org', 'kim.lee@', '00417 ']) {
      const found = (await search(q)).hits.some(({ ticket: { id } }) => id === ticket.ticketId);
      expect(found, q).toBe(true);
    }
  });

  test('markup is text: the snippet is what was written, and marks are places in it', async () => {
    await makeConversation(widget, '<img src=x onerror=alert(1)> <b>wombat</b> & "co"');
    const [hit] = (await search('wombat')).hits;
    expect(hit?.snippet.text).toBe('<img src=x onerror=alert(1)> <b>wombat</b> & "co"');
    expect(hit === undefined ? [] : marked(hit)).toEqual(['wombat']);
  });

  test('a long text shows the part where the words are, and cuts no letter in two', async () => {
    await makeConversation(widget, `${'👩‍👩‍👧‍👦'.repeat(300)} narwhal ${'é'.repeat(2_000)}`);
    const [hit] = (await search('narwhal')).hits;
    expect(hit === undefined ? [] : marked(hit)).toEqual(['narwhal']);
    expect(hit?.snippet.text.length).toBeLessThan(250);
    expect(hit?.snippet.text.isWellFormed()).toBe(true);
  });
});

describe('tickets', () => {
  test('are found by number, with and without its sign', async () => {
    const { ticketId } = await makeConversation(widget, 'numbered');
    const [hit] = (await search('numbered')).hits;
    const number = hit?.ticket.number ?? 0;
    for (const q of [`#${number}`, String(number)]) {
      expect((await search(q)).hits[0]).toMatchObject({ match: 'number', ticket: { id: ticketId, number } });
    }
    expect((await search('#2147483647')).hits).toEqual([]);
  });

  test('are found by subject, customer and tags, also by words of several of them; changes count at once', async () => {
    const ticket = await makeConversation(widget, 'hello there');
    await change(ticket, { field: 'subject', to: 'Broken gramophone' });
    const customerId = ticket.customer.id;
    await changeCustomer(agent, { customerId, change: { field: 'name', to: 'Ottilie Brandt' } });
    await changeCustomer(agent, { customerId, change: { field: 'email', to: 'otti@brandt.example' } });
    await changeCustomer(agent, { customerId, change: { field: 'phone', to: '+4915155667788' } });
    const { value: tag } = await createTag(admin, { id: newId(), name: 'Very important', color: 'red' });
    await change(ticket, { field: 'tags', add: [tag.id], remove: [] });
    const found = async (q: string) =>
      (await search(q)).hits.filter(({ ticket: { id } }) => id === ticket.ticketId).map(({ match }) => match);
    expect(await found('gramophone')).toContain('subject');
    expect(await found('ottilie')).toEqual(['customer']);
    expect(await found('otti@brandt.example')).toEqual(['customer']);
    expect(await found('0151 5566 7788')).toEqual(['customer']);
    expect(await found('+49 151 55667788')).toEqual(['customer']);
    expect(await found('very important')).toEqual(['tag']);
    expect(await found('"very important" brandt')).toEqual(['customer']);
    expect(await found('gramophone ottilie')).toEqual(['subject']);
    expect(await found('gramophone somebody')).toEqual([]);
    await changeCustomer(agent, { customerId, change: { field: 'name', to: 'Ada Quill' } });
    expect(await found('ottilie')).toEqual([]);
    expect(await found('quill')).toEqual(['customer']);
    await deleteTag(admin, tag.id);
    expect(await found('very important')).toEqual([]);
  });

  test('those who change the words of one ticket at once wait for nobody in a circle, and lose none', async () => {
    const ticket = await makeConversation(widget, 'racing');
    const customerId = ticket.customer.id;
    for (const round of ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']) {
      const { value: tag } = await createTag(admin, { id: newId(), name: `Hurried ${round}`, color: 'blue' });
      await Promise.all([
        change(ticket, { field: 'tags', add: [tag.id], remove: [] }),
        changeCustomer(agent, { customerId, change: { field: 'name', to: `Swift ${round}` } }),
        change(ticket, { field: 'subject', to: `Overtaken ${round}` }),
      ]);
      expect((await search(`"hurried ${round}" "swift ${round}" "overtaken ${round}"`)).hits).toHaveLength(1);
    }
  });
});

describe('filters', () => {
  let mine: Conversing;
  let other: Conversing;
  beforeAll(async () => {
    mine = await makeConversation(widget, 'pelican question');
    other = await makeConversation(widget, 'pelican answer');
    await note(mine, 'pelican note');
    await change(mine, { field: 'assignee', to: agent.id });
    await change(other, { field: 'status', to: 'resolved' });
    const customerId = mine.customer.id;
    await changeCustomer(agent, { customerId, change: { field: 'name', to: 'Pia Filterfrau' } });
    const { value: tag } = await createTag(admin, { id: newId(), name: 'Birds', color: 'green' });
    await change(mine, { field: 'tags', add: [tag.id], remove: [] });
  });
  const both = () => [mine.ticketId, other.ticketId].sort();
  test.each<[string, () => string[]]>([
    ['pelican', both],
    ['pelican status:open', () => [mine.ticketId]],
    ['pelican status:resolved', () => [other.ticketId]],
    ['pelican status:open,resolved', both],
    ['pelican assignee:me', () => [mine.ticketId]],
    ['pelican assignee:none', () => [other.ticketId]],
    ['pelican tag:birds', () => [mine.ticketId]],
    ['pelican customer:filterfrau', () => [mine.ticketId]],
    ['pelican customer:"pia filter"', () => [mine.ticketId]],
    ['pelican in:notes', () => [mine.ticketId]],
    ['pelican in:messages', both],
    ['pelican after:yesterday', both],
    ['pelican before:yesterday', () => []],
    ['pelican after:2100', () => []],
    ['pelican assignee:nobody-called-that', () => []],
    ['pelican tag:no-such-tag', () => []],
    ['pelican status:', both],
  ])('%s', async (q, expected) => {
    const found = new Set((await searchAll(q)).map(({ ticket: { id } }) => id));
    expect([...found].sort()).toEqual(expected());
  });

  test('alone they list the tickets, and what is not known is said', async () => {
    expect((await searchAll('tag:birds')).map(({ ticket: { id } }) => id)).toEqual([mine.ticketId]);
    const { notes } = await search('pelican status:lost before:soon tag:zzz assignee:qqq in:there');
    expect(notes.map(({ kind }) => kind).sort()).toEqual([
      'assignee_unknown',
      'date_unknown',
      'in_unknown',
      'status_unknown',
      'tag_unknown',
    ]);
  });
});

test('pages hold every hit once, newest first, of entries and tickets together', async () => {
  const ticket = await makeConversation(widget, 'Cassowary 0');
  for (let count = 1; count <= 70; count++) await say(ticket, `Cassowary ${count}`);
  const hits = await searchAll('cassowary');
  expect(hits).toHaveLength(72);
  expect(new Set(hits.map(({ seq }) => seq)).size).toBe(72);
  const moments = hits.map(({ at }) => at);
  expect(moments).toEqual(moments.toSorted().reverse());
  const first = await search('cassowary');
  expect(first.hits).toHaveLength(30);
  await expect(search('cassowary', agent, 'made up')).rejects.toMatchObject({ code: 'invalid' });
});

describe('what an agent may not see', () => {
  let outsider: AgentActor;
  let member: AgentActor;
  let hidden: Conversing;
  beforeAll(async () => {
    const departmentId = await makeDepartment(true);
    outsider = await makeAgent();
    member = await makeAgent('agent', departmentId);
    hidden = await makeConversation(widget, 'Our kryptonite contract, classified');
    await note(hidden, 'kryptonite note');
    await changeCustomer(agent, {
      customerId: hidden.customer.id,
      change: { field: 'name', to: 'Lex Hiddenman' },
    });
    const { value: tag } = await createTag(admin, { id: newId(), name: 'Legal matter', color: 'grey' });
    await change(hidden, { field: 'tags', add: [tag.id], remove: [] });
    await transact((tx) => updateTicketDepartment(tx, hidden.ticketId, departmentId));
    await readAllWords();
  });

  test.each([
    'kryptonite',
    'krypt',
    '"kryptonite contract"',
    'hiddenman',
    'legal matter',
    'tag:legal',
    'customer:hiddenman',
    'in:notes kryptonite',
    'status:open kryptonite',
  ])('%s finds it for a member and an admin, and nothing for anybody else', async (q) => {
    for (const who of [member, admin]) {
      expect((await searchAll(q, who)).some(({ ticket: { id } }) => id === hidden.ticketId)).toBe(true);
    }
    expect(await search(q, outsider)).toMatchObject({ hits: [], nextCursor: null, corrected: null });
  });

  test('its number is nobody’s', async () => {
    const number = (await search('kryptonite', admin)).hits[0]?.ticket.number;
    expect((await search(`#${number}`, admin)).hits).toHaveLength(1);
    expect((await search(`#${number}`, outsider)).hits).toEqual([]);
    expect((await search(`${number}`, outsider)).hits).toEqual([]);
    expect((await search(`#${number} kryptonite`, outsider)).hits).toEqual([]);
  });

  test('a word that stands only there is no correction', async () => {
    expect((await search('kryptonyte', member)).corrected).toBe('kryptonite');
    expect(await search('kryptonyte', outsider)).toMatchObject({ hits: [], corrected: null });
    expect(await search('kryptonyte contract', outsider)).toMatchObject({ hits: [], corrected: null });
  });

  test('an assignee sees it, and only as long as they are', async () => {
    await change(hidden, { field: 'assignee', to: outsider.id }, admin);
    expect((await search('kryptonite', outsider)).hits).not.toEqual([]);
    await change(hidden, { field: 'assignee', to: null }, admin);
    expect((await search('kryptonite', outsider)).hits).toEqual([]);
  });
});

describe('when nothing is found', () => {
  test('the nearest words are looked for instead, and the answer says so', async () => {
    await makeConversation(widget, 'The refrigerator arrived with a dented door');
    await makeConversation(widget, 'Kühlschrank beschädigt angekommen');
    await readAllWords();
    const corrected = async (q: string) => (await search(q)).corrected;
    expect(await corrected('refrigarator')).toBe('refrigerator');
    expect(await corrected('refirgerator door')).toBe('refrigerator door');
    expect(await corrected('dented dor')).toBe('dented door');
    expect(await corrected('dneted refridgerator')).toBe('dented refrigerator');
    expect(await corrected('"dentet door"')).toBe('"dented door"');
    expect(await corrected('status:open refrigarator')).toBe('status:open refrigerator');
    expect(await corrected('Kuhlschrnak')).toBe('kuhlschrank');
    const { hits } = await search('refrigarator');
    expect(hits.map(marked)[0]).toEqual(['refrigerator']);
  });

  test('what is there is not corrected, nor is a number, nor what resembles nothing', async () => {
    expect(await search('refrigerator')).toMatchObject({ corrected: null });
    expect(await search('99887766554433')).toMatchObject({ corrected: null, hits: [] });
    expect(await search('xqzvwkjy')).toMatchObject({ corrected: null, hits: [] });
  });
});

describe('whatever is typed', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['space', '  \t\n '],
    ['one letter', 'a'],
    ['quotes only', '""""""'],
    ['an open quote', '"half'],
    ['a lone quote', '"'],
    ['wildcards', '%_\\ % _ \\'],
    ['NUL', 'a\0b \0'],
    ['operators', "a & | ! <-> ( ) :* 'b' <2> !!c | & d:AB*"],
    ['a statement', "'; drop table tickets; --"],
    ['backslashes', "\\'\\\\' \\x00 E'\\n'"],
    ['a lone surrogate', 'hello \ud800 \udfff there'],
    ['combining marks', `a${'\u0301'.repeat(300)}`],
    ['emoji', '👍🏽 👨‍👩‍👧'],
    ['direction controls', '\u202eevil\u202c \u2066x\u2069'],
    ['stop words', 'the of and a to in is it'],
    ['a word of 10,000 letters', 'x'.repeat(10_000)],
    ['10,000 letters', 'word '.repeat(2_000)],
    ['10,000 quotes', '"'.repeat(10_000)],
    ['10,000 kanji', '注'.repeat(10_000)],
    ['many filters', 'status:open '.repeat(40)],
    ['empty filters', 'status: tag: before: after: in: customer: assignee: #'],
    ['odd filters', 'status:"" tag:"\' or 1=1" before:9999-99-99 after:-1 customer:% assignee:\\ in:\0'],
    ['numbers', '#0 #99999999999 #-1 #1e9 1e400 NaN Infinity'],
    ['days that are none', 'before:2026-02-30 after:0000-00-00'],
    ['tsquery of the index', "' a28053161' ' n' ' t00000000-0000-0000-0000-000000000000'"],
  ])('%s gets an answer', async (_name, q) => {
    const answer = await search(q);
    expect(answer.hits.length).toBeLessThanOrEqual(31);
    if (answer.hits.length === 0 && q.replace(/[^\p{L}\p{N}]/gu, '') === '') {
      expect(answer.notes.map(({ kind }) => kind)).toContain('nothing_to_find');
    }
  });

  test('what is too long is cut, and said', async () => {
    expect((await search('word '.repeat(2_000))).notes).toContainEqual({ kind: 'cut', word: null });
    expect((await search('one two three four five six seven eight nine ten eleven')).notes).toEqual([
      { kind: 'too_many_words', word: 'eleven' },
    ]);
  });

  test('every text can be written, and its own words find it', async () => {
    const ticket = await makeConversation(widget, 'container');
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((text) => `${text} marsupial`),
        async (text) => {
          const { value } = await say(ticket, text.replaceAll('\0', ''));
          const found = (await search('marsupial')).hits[0];
          expect(found?.seq).toBe(value.order);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('every search is answered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 80 }),
          fc
            .array(
              fc.constantFrom(
                'status:',
                'tag:',
                'in:notes',
                '"',
                "'",
                '&',
                '!',
                ':*',
                '#',
                '1',
                'a',
                'zebra',
                ' ',
                '注',
                'é',
              ),
              {
                maxLength: 30,
              },
            )
            .map((parts) => parts.join('')),
        ),
        async (q) => void (await search(q)),
      ),
      { numRuns: 150 },
    );
  });
});

describe('over many entries', () => {
  const vocabulary = [
    'ahoy',
    'ahoyer',
    'brise',
    'bris',
    'über',
    'uber',
    'ünder',
    '海',
    '海辺',
    '42',
    '421',
    'zz-top',
  ];
  const entries: { seq: number; text: string; isVisible: boolean }[] = [];
  let outsider: AgentActor;
  beforeAll(async () => {
    outsider = await makeAgent();
    const hiddenIn = await makeDepartment(true);
    const random = (max: number) =>
      (entries.length * 7_919 + max * 31 + (entries.at(-1)?.text.length ?? 0) * 13) % max;
    for (const isVisible of [true, false]) {
      const ticket = await makeConversation(widget, 'sailing begins');
      if (!isVisible) await transact((tx) => updateTicketDepartment(tx, ticket.ticketId, hiddenIn));
      for (let count = 0; count < 60; count++) {
        const words = Array.from(
          { length: 2 + (count % 4) },
          (_, place) =>
            vocabulary[(random(97) * (place + 1) + count * (place + 3)) % vocabulary.length] ?? '',
        );
        const text = `sailing ${words.join(count % 3 === 0 ? ', ' : ' ')}`;
        const { value } = await say(ticket, text);
        entries.push({ seq: value.order, text, isVisible });
      }
    }
  });

  test('every hit has the words, and every visible entry that has them is a hit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (words, isBegun) => {
          const q = `sailing ${words.join(' ')}${isBegun ? '' : ' '}`;
          const hits = (await searchAll(q, outsider)).filter(({ match }) => match === 'message');
          const expected = entries.filter(({ text, isVisible }) => isVisible && hasAll(text, words, isBegun));
          expect(hits.map(({ seq }) => seq).sort()).toEqual(expected.map(({ seq }) => seq).sort());
        },
      ),
      { numRuns: 80 },
    );
  });

  function hasAll(text: string, words: readonly string[], isBegun: boolean): boolean {
    const said = wordsOf(text);
    return words.every((word, place) => {
      const sought = wordsOf(word);
      const isOpen = isBegun && place === words.length - 1;
      return said.some((_, start) =>
        sought.every((each, index) => {
          const there = said[start + index] ?? '';
          if (/\p{Script=Han}/u.test(each)) return there.includes(each);
          return isOpen && index === sought.length - 1 ? there.startsWith(each) : there === each;
        }),
      );
    });
  }
});

describe('the words that search knows', () => {
  test('several processes that read at once count no entry twice', async () => {
    const ticket = await makeConversation(widget, 'plain beginning');
    await say(ticket, 'thylacine thylacine');
    await say(ticket, 'thylacine');
    await transact(async (tx) => {
      await takeWordsProgress(tx);
      await saveWordsProgress(tx, {
        nextBlock: null,
        ticketsThrough: null,
        words: await forgetRareWords(tx, 0),
      });
    });
    for (let hasMore = true; hasMore; ) {
      hasMore = (await Promise.all(Array.from({ length: 6 }, () => readWords(later())))).some(Boolean);
    }
    expect(await entriesOf('thylacine')).toBe(3);
    expect(await readWords(later())).toBe(false);
    expect(await entriesOf('thylacine')).toBe(3);
  });

  test('stay as many as they may be: the rarest leave', async () => {
    await readAllWords();
    expect(await transact((tx) => forgetRareWords(tx, 5))).toBe(5);
    expect(await entriesOf('sailing')).toBeGreaterThan(0);
    expect(await entriesOf('thylacine')).toBe(0);
    // Without them nothing is missing but corrections.
    expect((await search('thylacine')).hits).toHaveLength(2);
  });

  async function entriesOf(word: string): Promise<number> {
    return read((tx) => countBegun(tx, word));
  }
});
