import { beforeEach, describe, expect, test } from 'vitest';
import { checkHistory } from '#/bench/history-checker.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { type ImportOptions, importRecords } from '#/lib/transfer/import.ts';
import type { ParseWords } from '#/lib/transfer/parse-classes.ts';
import { parseDumpSource } from '#/lib/transfer/parse-source.ts';
import { idOfObject } from '#/lib/transfer/parse-values.ts';
import {
  asking,
  bytesOf,
  exportText,
  finalStateOf,
  linesOf,
  parseLine,
  recordingOf,
} from '#/lib/transfer/testing.ts';

let target: TestDatabase;
beforeEach(async () => {
  target = await testDatabase();
  return () => target.close();
});

type Dump = Record<string, unknown>;
const words: ParseWords = { classes: {}, statuses: {}, priorities: {} };
const pointer = (className: string, objectId: string) => ({ __type: 'Pointer', className, objectId });
const date = (iso: string) => ({ __type: 'Date', iso });
const made = { createdAt: '2023-05-01T08:00:00.000Z', updatedAt: '2023-05-02T08:00:00.000Z' };

async function sourceOf(dump: Dump, own: Partial<ParseWords> = {}) {
  const files = Object.entries(dump).map(([className, content]) => ({
    className,
    fileName: `${className}.json`,
    open: () => bytesOf(typeof content === 'string' ? content : JSON.stringify(content), 100),
  }));
  return parseDumpSource('dump', files, { ...words, ...own });
}

async function importDump(dump: Dump, options: ImportOptions = {}, own: Partial<ParseWords> = {}) {
  const source = await sourceOf(dump, own);
  const report = await importRecords(target.url, source, options);
  const problems =
    report.outcome === 'refused'
      ? report.problems.map(
          ({ source: from, number, field, what }) =>
            `${source.placeOf(from, number)}: ${field ?? '-'} ${what}`,
        )
      : [];
  return { report, problems, leftOut: [...source.leftOut] };
}

/** What somebody has who built it by the book: pointers, dates, relations, roles and users. */
function tutorial(): Record<'Customer' | 'SupportAgent' | 'Ticket' | 'Conversation' | 'Message', Dump[]> &
  Dump {
  return {
    _Role: { results: [{ objectId: 'ro1', name: 'admins', ...made }] },
    '_Join:users:_Role': { results: [{ owningId: 'ro1', relatedId: 'us3' }] },
    _Session: { results: [{ objectId: 'se1', sessionToken: 'r:secret' }] },
    _User: {
      results: [
        { objectId: 'us1', username: 'maya', email: 'maya@example.test', password: 'x', ...made },
        { objectId: 'us2', username: 'ana', email: 'ana@example.test', ...made },
        { objectId: 'us3', username: 'boss', email: 'boss@example.test', ...made },
      ],
    },
    Customer: [
      { objectId: 'cu1', name: 'Maya', user: pointer('_User', 'us1'), plan: 'gold', ...made },
      { objectId: 'cu2', name: 'Jonas', phone: '+49301234567', ...made },
    ],
    SupportAgent: [
      { objectId: 'ag1', name: 'Ana', department: 'Billing', user: pointer('_User', 'us2'), ...made },
      { objectId: 'ag2', name: 'Ben', email: 'ben@example.test', department: 'Billing', ...made },
    ],
    Ticket: [
      {
        objectId: 'ti1',
        subject: 'Refund',
        status: 'open',
        priority: 'high',
        customer: pointer('Customer', 'cu1'),
        ...made,
      },
      {
        objectId: 'ti2',
        subject: 'Invoice',
        status: 'Resolved',
        customer: pointer('Customer', 'cu2'),
        assignee: pointer('SupportAgent', 'ag2'),
        ...made,
      },
    ],
    Conversation: [
      {
        objectId: 'co1',
        ticket: pointer('Ticket', 'ti1'),
        participants: [pointer('Customer', 'cu1'), pointer('SupportAgent', 'ag1')],
        lastMessage: 'old',
        ...made,
      },
      { objectId: 'co2', ticket: pointer('Ticket', 'ti2'), ...made },
    ],
    Message: [
      {
        objectId: 'me2',
        text: 'I look',
        read: false,
        sentAt: date('2023-05-01T10:05:00.000Z'),
        sender: pointer('_User', 'us2'),
        conversation: pointer('Conversation', 'co1'),
      },
      {
        objectId: 'me1',
        text: 'Where is my money?',
        read: true,
        sentAt: date('2023-05-01T10:00:00.000Z'),
        sender: pointer('_User', 'us1'),
        conversation: pointer('Conversation', 'co1'),
      },
      {
        objectId: 'me3',
        text: 'Please send it',
        read: true,
        sentAt: date('2023-05-01T11:00:00.000Z'),
        sender: pointer('Customer', 'cu2'),
        conversation: pointer('Conversation', 'co2'),
      },
      {
        objectId: 'me4',
        text: 'It is done',
        read: true,
        sentAt: date('2023-05-01T11:30:00.000Z'),
        sender: pointer('_User', 'us3'),
        conversation: pointer('Conversation', 'co2'),
      },
    ],
    '_Join:participants:Conversation': { results: [{ owningId: 'co2', relatedId: 'ag2' }] },
    TypingStatus: [{ objectId: 'ty1', isTyping: true }],
    Review: [{ objectId: 're1', stars: 5 }],
  };
}

const recordsOf = async (noun: string) =>
  linesOf(await exportText(target.url))
    .map(parseLine)
    .filter((line) => line.noun === noun)
    .map(({ record }) => record);

describe('a Parse export', () => {
  test('moves in whole: people, tickets, logs in the order in which they were written', async () => {
    const { report, leftOut } = await importDump(tutorial());
    expect(report.outcome).toBe('written');
    const lines = linesOf(await exportText(target.url));
    expect((await recordsOf('customer')).map(({ name, email }) => [name, email]).toSorted()).toEqual([
      ['Jonas', null],
      ['Maya', 'maya@example.test'],
    ]);
    expect((await recordsOf('agent')).map(({ name, email }) => [name, email]).toSorted()).toEqual([
      ['Ana', 'ana@example.test'],
      ['Ben', 'ben@example.test'],
      ['boss', 'boss@example.test'],
    ]);
    expect((await recordsOf('department')).map(({ name }) => name)).toEqual(['Billing']);
    const tickets = await recordsOf('ticket');
    expect(tickets.find(({ subject }) => subject === 'Refund')).toMatchObject({
      status: 'open',
      priority: 'high',
      customerId: idOfObject('Customer', 'cu1'),
      firstRepliedAt: '2023-05-01T10:05:00.000Z',
      waitingSince: null,
    });
    expect(tickets.find(({ subject }) => subject === 'Invoice')).toMatchObject({
      status: 'resolved',
      resolvedAt: made.updatedAt,
      assigneeId: idOfObject('Agent', 'ag2'),
    });
    const final = await finalStateOf(target.superUrl);
    const texts = (conversation: string) =>
      final.rows
        .filter(({ conversationId }) => conversationId === idOfObject('Conversation', conversation))
        .map(({ seq, publicSeq, text, sender }) => [seq, publicSeq, text, sender]);
    expect(texts('co1')).toEqual([
      [1, 1, 'Where is my money?', idOfObject('Customer', 'cu1')],
      [2, 2, 'I look', idOfObject('Agent', 'ag1')],
    ]);
    expect(texts('co2').map(([, , text]) => text)).toEqual(['Please send it', 'It is done']);
    // I1 to I4, against what the dump said.
    expect(checkHistory(recordingOf(lines), final)).toEqual([]);
    expect(final.rows).toHaveLength(4);
    expect(leftOut).toEqual([['class Review', 1]]);
  });

  test('carries over what was read, as marks', async () => {
    await importDump(tutorial());
    const marks = (await recordsOf('participant')).map(({ conversationId, customerId, agentId, readSeq }) =>
      [conversationId, customerId ?? agentId, readSeq].join(),
    );
    expect(marks.toSorted()).toEqual(
      [
        // The agent's answer was not read by the customer; the question was, by the agent.
        [idOfObject('Conversation', 'co1'), idOfObject('Customer', 'cu1'), 1].join(),
        [idOfObject('Conversation', 'co1'), idOfObject('Agent', 'ag1'), 2].join(),
        [idOfObject('Conversation', 'co2'), idOfObject('Customer', 'cu2'), 2].join(),
        [idOfObject('Conversation', 'co2'), idOfObject('_User', 'us3'), 2].join(),
        // Takes part by the relation, and wrote nothing.
        [idOfObject('Conversation', 'co2'), idOfObject('Agent', 'ag2'), 1].join(),
      ].toSorted(),
    );
  });

  test('twice changes nothing, and later brings only what came since', async () => {
    await importDump(tutorial());
    const once = linesOf(await exportText(target.url));
    await importDump(tutorial());
    expect(linesOf(await exportText(target.url))).toEqual(once);
    const later = tutorial();
    later.Message.push({
      objectId: 'me5',
      text: 'Thank you',
      sentAt: date('2023-05-03T10:00:00.000Z'),
      sender: pointer('Customer', 'cu1'),
      conversation: pointer('Conversation', 'co1'),
    });
    const { report } = await importDump(later);
    expect(report).toMatchObject({ outcome: 'written', written: { message: 1 } });
    const final = await finalStateOf(target.superUrl);
    expect(checkHistory(recordingOf(linesOf(await exportText(target.url))), final)).toEqual([]);
  });

  test('whose messages stand in a relation finds their conversation there', async () => {
    const dump = tutorial();
    for (const message of dump.Message) delete message.conversation;
    const rows = [
      { owningId: 'co1', relatedId: 'me1' },
      { owningId: 'co1', relatedId: 'me2' },
      { owningId: 'co2', relatedId: 'me3' },
    ];
    const { problems } = await importDump({ ...dump, _Join_messages_Conversation: { results: rows } });
    expect(problems).toEqual(['Message.json, object 4: conversation is missing']);
    rows.push({ owningId: 'co2', relatedId: 'me4' });
    await importDump({ ...dump, _Join_messages_Conversation: { results: rows } });
    expect((await finalStateOf(target.superUrl)).rows).toHaveLength(4);
  });

  test('cut while it is written goes on, and its tickets are whole', async () => {
    const cut = importDump(tutorial(), {
      ticketsPerBatch: 1,
      onProgress: async (progress) => {
        if (progress.step !== 'writing' || progress.done !== 1) return;
        await asking(
          target.superUrl,
          (sql) => sql`select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'parley import' and datname = current_database()`,
        );
      },
    });
    await expect(cut).rejects.toThrow();
    const half = await finalStateOf(target.superUrl);
    expect(half.rows).toHaveLength(2);
    await importDump(tutorial());
    expect((await finalStateOf(target.superUrl)).rows).toHaveLength(4);
  });

  const broken: [string, (dump: ReturnType<typeof tutorial>) => void, string][] = [
    [
      'a ticket of a customer who is nowhere',
      (dump) => {
        dump.Customer = dump.Customer.slice(0, 1);
      },
      'Ticket.json, object 2: customer is no customer in what came or in Parley',
    ],
    [
      'a message of a conversation that is nowhere',
      (dump) => {
        dump.Conversation = dump.Conversation.slice(0, 1);
      },
      'Message.json, object 3: conversation is no conversation in what came or in Parley',
    ],
    [
      'a status that means nothing here',
      (dump) => {
        dump.Ticket.push({ ...dump.Ticket[0], objectId: 'ti9', status: 'on ice' });
      },
      'Ticket.json, object 3: status is none that is known: say what it means, as in --status "on ice=open" (open, pending, snoozed, resolved, closed)',
    ],
    [
      'a message without words',
      (dump) => {
        dump.Message.push({ ...dump.Message[0], objectId: 'me9', text: ' ' });
      },
      'Message.json, object 5: text is empty',
    ],
    [
      'a moment that never was',
      (dump) => {
        dump.Message.push({ ...dump.Message[0], objectId: 'me9', sentAt: date('soon') });
      },
      'Message.json, object 5: sentAt is not a time in ISO 8601 with its zone',
    ],
  ];
  test.each(broken)(
    'with %s is refused by its class and number, and nothing is written',
    async (_, spoil, what) => {
      const dump = tutorial();
      spoil(dump);
      const { problems } = await importDump(dump);
      expect(problems).toContain(what);
      const rows = await asking(
        target.superUrl,
        (sql) => sql`select id from customers union all select id from agents`,
      );
      expect(rows).toHaveLength(0);
    },
  );

  test('whose file was cut is refused', async () => {
    const text = JSON.stringify({ results: tutorial().Message });
    const { problems } = await importDump({ ...tutorial(), Message: text.slice(0, -2) });
    expect(problems).toEqual(['Message.json, object 4: - is the last of a file that has no end']);
  });

  test('of classes by other names is told which they are', async () => {
    const { Conversation, Message, ...rest } = tutorial();
    const renamed = Message.map((message) => ({
      ...message,
      conversation: pointer('Chat', String(Reflect.get(Object(message.conversation), 'objectId'))),
    }));
    const dump = { ...rest, Chat: Conversation, Message: renamed };
    const { report } = await importDump(dump, {}, { classes: { Chat: 'Conversation' } });
    expect(report.outcome).toBe('written');
    expect((await finalStateOf(target.superUrl)).rows).toHaveLength(4);
  });
});
