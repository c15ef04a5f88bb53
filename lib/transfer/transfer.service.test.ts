import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkHistory } from '#/bench/history-checker.ts';
import { findAgentsById } from '#/db/api/agents.ts';
import { findConversationsById } from '#/db/api/conversations.ts';
import { findCustomersById } from '#/db/api/customers.ts';
import { findDepartmentsById } from '#/db/api/departments.ts';
import { findMessagesAt } from '#/db/api/messages.ts';
import { findTicketsById } from '#/db/api/tickets.ts';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { startTicket } from '#/lib/conversations/service.ts';
import { createField } from '#/lib/custom-fields/service.ts';
import { addFile } from '#/lib/files/service.ts';
import { filesEnvironment, uploadOf } from '#/lib/files/testing.ts';
import { newId } from '#/lib/ids.ts';
import { mergeTickets } from '#/lib/merges/service.ts';
import { markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { rateConversation } from '#/lib/ratings/service.ts';
import { createTag } from '#/lib/tags/service.ts';
import { makeAgent, makeConversation, makeDepartment, makeWidget } from '#/lib/testing.ts';
import { changeTicket } from '#/lib/tickets/change.ts';
import type { TicketChange } from '#/lib/tickets/schema.ts';
import type { ImportOptions } from '#/lib/transfer/import.ts';
import {
  asking,
  exportText,
  finalStateOf,
  importText,
  type Line,
  linesOf,
  parseLine,
  problemsOf,
  recordingOf,
  textOf,
  withoutImport,
} from '#/lib/transfer/testing.ts';
import { loadExampleData } from '#/lib/workspace/example-data.ts';

let place: Awaited<ReturnType<typeof filesEnvironment>>;
let source: TestDatabase;
/** A workspace with something of everything in it, exported. */
let original: string;
let target: TestDatabase;

beforeAll(async () => {
  place = await filesEnvironment();
  source = await testDatabase();
  await fillWorld(fc.sample(words, 24));
  original = await exportText(source.url);
});
afterAll(async () => {
  await source.close();
  await place.close();
});
beforeEach(async () => {
  target = await testDatabase();
  return () => target.close();
});

/** What people may send: everything that is to be read, in every script. */
const words = fc
  .oneof(
    fc.constantFrom(
      '\\.',
      '\\N',
      "';drop table messages;--",
      '{"a":1}',
      '👩‍👩‍👧‍👦 مرحبا',
      'tab\tquote"backslash\\',
      'one\ntwo\n\nthree',
      '\u{10ffff}\u2028\u2029x',
      'x'.repeat(10_000),
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
  )
  .map((text) => `${text.replaceAll('\0', '').replaceAll('\r', ' ')} end`.slice(0, 10_000).toWellFormed());

const change = (agent: AgentActor, ticketId: string, to: TicketChange) =>
  changeTicket(agent, { ticketId, id: newId(), change: to });

async function fillWorld(texts: readonly string[]): Promise<void> {
  const widget = await makeWidget();
  await loadExampleData();
  const departmentId = await makeDepartment(true);
  const admin = await makeAgent('admin');
  const agent = await makeAgent('agent', departmentId);
  const tagId = newId();
  await createTag(admin, { id: tagId, name: 'Overdue', color: 'red' });
  const field = { id: newId(), subject: 'ticket', key: 'plan', label: 'Plan', type: 'text' } as const;
  await createField(admin, { ...field, options: [], defaultValue: null });
  const made: Awaited<ReturnType<typeof makeConversation>>[] = [];
  for (const [index, text] of texts.entries()) {
    const conversing = await makeConversation(widget, `first ${text}`.slice(0, 10_000));
    const { customer, conversationId, ticketId } = conversing;
    made.push(conversing);
    await sendMessage(admin, { conversationId, id: newId(), text });
    await writeNote(admin, { conversationId, id: newId(), text, mentions: [agent.id] });
    await change(admin, ticketId, { field: 'assignee', to: index % 2 === 0 ? agent.id : null });
    await change(admin, ticketId, { field: 'tags', add: [tagId], remove: [] });
    await change(admin, ticketId, { field: 'fields', key: 'plan', to: `plan ${index}` });
    if (index % 3 === 0) await change(admin, ticketId, { field: 'department', to: departmentId });
    if (index % 4 === 0) {
      const { id } = await addFile(customer, uploadOf('a.txt', Buffer.from(`file ${index}`)));
      await sendMessage(customer, { conversationId, id: newId(), text: '', fileIds: [id] });
    }
    if (index % 5 === 0) await markRead(admin, { conversationId, through: 2 });
    if (index % 6 === 0) {
      const resolveId = newId();
      await changeTicket(admin, { ticketId, id: resolveId, change: { field: 'status', to: 'resolved' } });
      await rateConversation(customer, { conversationId, resolveId, score: 4, comment: 'Quick' });
    }
    if (index % 7 === 1) {
      const until = new Date(Date.now() + 3_600_000).toISOString();
      await change(admin, ticketId, { field: 'snooze', until });
    }
  }
  await mergeTwoOfOneCustomer(admin, widget);
}

async function mergeTwoOfOneCustomer(
  admin: AgentActor,
  widget: Awaited<ReturnType<typeof makeWidget>>,
): Promise<void> {
  const { customer, ticketId } = await makeConversation(widget, 'One of two');
  const other = newId();
  await startTicket(customer, {
    ticketId: other,
    conversationId: newId(),
    id: newId(),
    text: 'Two of two',
  });
  await mergeTickets(admin, { id: newId(), sourceId: other, targetId: ticketId });
}

const whole = (text: string) => withoutImport(linesOf(text));
const rowsOf = (database: TestDatabase) =>
  asking(database.superUrl, async (sql) => {
    const [row] = await sql<{ count: number }[]>`
      select ((select count(*) from customers) + (select count(*) from tickets) + (select count(*) from messages)
        + (select count(*) from agents) + (select count(*) from departments) + (select count(*) from events))::int as count`;
    return row?.count;
  });
const stagingOf = (database: TestDatabase) =>
  asking(database.superUrl, async (sql) => {
    const [row] = await sql`select to_regclass('parley_import.run') is not null as is_there`;
    if (row?.is_there !== true) return null;
    const [run] = await sql<{ pieces: number }[]>`select pieces::int as pieces from parley_import.run`;
    return run?.pieces ?? null;
  });
const killImport = (database: TestDatabase) =>
  asking(
    database.superUrl,
    (sql) => sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'parley import' and datname = current_database()`,
  );

describe('a copy', () => {
  test('of everything is byte for byte what the original is, and its logs are whole', async () => {
    const report = await importText(target.url, original);
    expect(report.outcome).toBe('written');
    expect(whole(await exportText(target.url))).toEqual(linesOf(original));
    const lines = linesOf(original);
    expect(lines.filter((line) => line.startsWith('{"noun":"message"')).length).toBeGreaterThan(100);
    for (const noun of ['merge', 'rating', 'file', 'tag', 'field', 'widget', 'event', 'participant']) {
      expect(lines.some((line) => line.startsWith(`{"noun":"${noun}"`))).toBe(true);
    }
    // I1 to I4 above all: stored once, as it was acknowledged, invented by nobody, without a gap.
    expect(checkHistory(recordingOf(lines), await finalStateOf(target.superUrl))).toEqual([]);
    expect(await stagingOf(target)).toBeNull();
  });

  test('of any workspace is the same whatever was said and done in it', async () => {
    const act = fc.record({
      kind: fc.constantFrom('reply', 'note', 'answer', 'read', 'resolved', 'pending', 'urgent', 'subject'),
      at: fc.nat(2),
      text: words,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        const [from, to] = await madeBy(acts);
        const text = await exportText(from.url);
        await importText(to.url, text, { piecesPerBatch: 7, ticketsPerBatch: 2 });
        const copy = await exportText(to.url);
        await Promise.all([from.close(), to.close()]);
        expect(whole(copy)).toEqual(linesOf(text));
      }),
      { numRuns: 5 },
    );
  });

  type Act = { kind: string; at: number; text: string };
  async function madeBy(acts: readonly Act[]): Promise<[TestDatabase, TestDatabase]> {
    const from = await testDatabase();
    const widget = await makeWidget();
    const agent = await makeAgent('admin');
    const all = [
      await makeConversation(widget),
      await makeConversation(widget),
      await makeConversation(widget),
    ];
    for (const { kind, at, text } of acts) {
      const { customer, conversationId, ticketId } = all[at] ?? (await makeConversation(widget));
      if (kind === 'reply') await sendMessage(agent, { conversationId, id: newId(), text });
      if (kind === 'note') await writeNote(agent, { conversationId, id: newId(), text });
      if (kind === 'answer') await sendMessage(customer, { conversationId, id: newId(), text });
      if (kind === 'read') await markRead(agent, { conversationId, through: 1 });
      if (kind === 'resolved' || kind === 'pending') {
        await change(agent, ticketId, { field: 'status', to: kind });
      }
      if (kind === 'urgent') await change(agent, ticketId, { field: 'priority', to: kind });
      if (kind === 'subject') await change(agent, ticketId, { field: 'subject', to: 'Another subject' });
    }
    return [from, await testDatabase()];
  }

  test('says of a ticket what the public API says of it', async () => {
    await importText(target.url, original);
    const admin = await makeAgent('admin');
    const lines = linesOf(original).map(parseLine);
    const tickets = lines.filter(({ noun }) => noun === 'ticket');
    const ids = tickets.map(({ record }) => String(record.id)).slice(0, 50);
    const answered = await transact((tx) => findTicketsById(tx, admin, ids));
    expect(answered.size).toBe(ids.length);
    for (const { record } of tickets) {
      const { mergedIntoId: _, ...told } = { mergedIntoId: null, ...answered.get(String(record.id)) };
      expect(record).toMatchObject(told);
    }
  });
});

describe('what the public API answers', () => {
  test('can be imported as it is, and is the same there', async () => {
    await importText(target.url, original);
    const before = await answersOfApi();
    const surroundings = linesOf(original).filter((line) => /^\{"noun":"(widget|tag)"/.test(line));
    const lines = Object.entries(before).flatMap(([noun, records]) =>
      records.map((record) => ({ noun, record })),
    );
    const other = await testDatabase();
    try {
      const report = await importText(other.url, `${surroundings.join('\n')}\n${textOf(lines)}`);
      expect(problemsOf(report)).toEqual(['not refused: written']);
      const after = await answersOfApi();
      expect(after.message).toEqual(
        before.message.map((each) => ({ ...each, files: [], read: expect.any(Boolean) })),
      );
      expect(after.customer).toEqual(before.customer);
      expect(after.ticket).toEqual(before.ticket.map((each) => ({ ...each, mergedIntoId: null })));
      expect(after.conversation).toEqual(before.conversation);
    } finally {
      await other.close();
    }
  });

  /** Of the database that is open, by its noun; without people's own accounts, which the asking one would join. */
  async function answersOfApi() {
    const system = { kind: 'system' } as const;
    const lines = linesOf(original).map(parseLine);
    const idsOf = (noun: string) =>
      lines.filter((line) => line.noun === noun).map(({ record }) => String(record.id));
    const places = lines
      .filter((line) => line.noun === 'message')
      .map(({ record }) => ({ conversationId: String(record.conversationId), seq: Number(record.order) }));
    return transact(async (tx) => ({
      department: [...(await findDepartmentsById(tx, system, idsOf('department'))).values()],
      agent: [...(await findAgentsById(tx, system, idsOf('agent'))).values()],
      customer: [...(await findCustomersById(tx, system, idsOf('customer'))).values()].toSorted(byId),
      ticket: [...(await findTicketsById(tx, system, idsOf('ticket'))).values()].toSorted(byId),
      conversation: [...(await findConversationsById(tx, system, idsOf('conversation'))).values()].toSorted(
        byId,
      ),
      message: [...(await findMessagesAt(tx, system, places)).values()].toSorted(byId),
    }));
  }
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
});

describe('an import that was cut', () => {
  const cutWhileReading: ImportOptions = {
    piecesPerBatch: 20,
    onProgress: async (progress) => {
      if (progress.step === 'reading' && progress.pieces >= 60) await killImport(target);
    },
  };

  test('while it wrote left whole tickets only, and goes on where it was', async () => {
    const cut = importText(target.url, original, {
      ticketsPerBatch: 3,
      onProgress: async (progress) => {
        if (progress.step === 'writing' && progress.done >= 9) await killImport(target);
      },
    });
    await expect(cut).rejects.toThrow();
    const half = await finalStateOf(target.superUrl);
    expect(half.rows.length).toBeGreaterThan(0);
    expect(half.rows.length).toBeLessThan(recordingOf(linesOf(original)).attempts.length);
    // What is there is whole: of no log a part.
    expect(checkHistory(recordingOf([]), half).filter(({ invariant }) => invariant === 'I4')).toEqual([]);
    const report = await importText(target.url, original);
    expect(report).toMatchObject({ outcome: 'written', prepared: { kept: expect.any(Number) } });
    expect(whole(await exportText(target.url))).toEqual(linesOf(original));
    expect(checkHistory(recordingOf(linesOf(original)), await finalStateOf(target.superUrl))).toEqual([]);
  });

  test('while it read wrote nothing, and reads on behind what it had kept', async () => {
    const before = await rowsOf(target);
    await expect(importText(target.url, original, cutWhileReading)).rejects.toThrow();
    expect(await rowsOf(target)).toBe(before);
    const kept = await stagingOf(target);
    expect(kept).toBe(60);
    const told: number[] = [];
    await importText(target.url, original, {
      piecesPerBatch: 20,
      onProgress: (progress) => {
        if (progress.step === 'reading') told.push(progress.pieces);
      },
    });
    expect(told[0]).toBe((kept ?? 0) + 20);
    expect(whole(await exportText(target.url))).toEqual(linesOf(original));
  });

  test('begins anew when the file is another by then', async () => {
    await expect(importText(target.url, original, cutWhileReading)).rejects.toThrow();
    const other = textOf(tiny().lines);
    expect(await importText(target.url, other)).toMatchObject({ outcome: 'written' });
    expect(
      linesOf(await exportText(target.url)).filter((line) => line.includes('"noun":"ticket"')).length,
    ).toBe(1);
  });

  test('as a file is refused wherever it was cut, and nothing is written', async () => {
    const before = await rowsOf(target);
    const lines = original.trimEnd().split('\n');
    for (const at of [1, 2, Math.floor(lines.length / 2), lines.length - 1]) {
      const report = await importText(target.url, `${lines.slice(0, at).join('\n')}\n`);
      expect(problemsOf(report)).toEqual([`${at} -: is the last line of a file that has no end: it was cut`]);
    }
    const inLine = await importText(target.url, original.slice(0, original.length - 40));
    expect(inLine.outcome).toBe('refused');
    const missing = [...lines.slice(0, 10), ...lines.slice(11)].join('\n');
    expect((await importText(target.url, missing)).outcome).toBe('refused');
    expect(await rowsOf(target)).toBe(before);
    expect(await stagingOf(target)).toBeNull();
  });
});

describe('an import that was doubled', () => {
  test('changes nothing the second time', async () => {
    await importText(target.url, original);
    const once = await exportText(target.url);
    const again = await importText(target.url, original);
    expect(again).toMatchObject({ outcome: 'written', written: {} });
    expect(again.outcome === 'written' && Object.values(again.written).every((count) => count === 0)).toBe(
      true,
    );
    expect(linesOf(await exportText(target.url))).toEqual(linesOf(once));
  });

  test('within its file takes each record once', async () => {
    const { lines } = tiny();
    const report = await importText(target.url, textOf([...lines, ...lines]));
    expect(report).toMatchObject({ outcome: 'written', prepared: { doubled: lines.length } });
    expect(
      linesOf(await exportText(target.url)).filter((line) => line.includes('"noun":"message"')).length,
    ).toBe(2);
  });

  test('is refused where the copies differ', async () => {
    const { lines, customer } = tiny();
    const other = { noun: 'customer', record: { ...customer, name: 'Somebody else' } };
    expect(problemsOf(await importText(target.url, textOf([...lines, other])))).toEqual([
      `${lines.length + 1} id: is that of another record than line 1 has under it`,
    ]);
  });

  test('at the same moment is refused, and the first goes on', async () => {
    const seconds: unknown[] = [];
    await importText(target.url, original, {
      piecesPerBatch: 500,
      onProgress: async () => {
        seconds.push(await importText(target.url, original));
      },
    });
    expect(seconds.length).toBeGreaterThan(2);
    expect(seconds.every((report) => JSON.stringify(report) === '{"outcome":"busy"}')).toBe(true);
    expect(whole(await exportText(target.url))).toEqual(linesOf(original));
  });
});

/** A customer with one ticket, one conversation and two messages, as somebody would write them by hand. */
function tiny() {
  const [customerId, ticketId, conversationId] = [randomUUID(), randomUUID(), randomUUID()];
  const customer = { id: customerId, name: 'Maya' };
  const ticket = { id: ticketId, subject: 'Where is it?', customerId };
  const agentId = randomUUID();
  const agent = { id: agentId, name: 'Ana', email: `${agentId}@example.test` };
  const message = {
    id: randomUUID(),
    conversationId,
    customerId,
    text: 'Where is it?',
    sentAt: '2024-05-01T10:00:00Z',
  };
  const answer = {
    id: randomUUID(),
    conversationId,
    agentId,
    text: 'Here.',
    sentAt: '2024-05-01T12:00:00+02:00',
  };
  const lines: Line[] = [
    { noun: 'customer', record: customer },
    { noun: 'agent', record: agent },
    { noun: 'ticket', record: ticket },
    { noun: 'conversation', record: { id: conversationId, ticketId } },
    { noun: 'message', record: answer },
    { noun: 'message', record: { ...message, sentAt: '2024-05-01T09:59:00.000Z' } },
  ];
  return { lines, customer, agent, ticket, message, answer, conversationId, ticketId, agentId, customerId };
}

describe('a file that somebody wrote by hand', () => {
  test('needs the least: the rest is worked out as if it had happened here', async () => {
    const world = tiny();
    // In any order: what a record refers to may come behind it.
    const report = await importText(target.url, textOf(world.lines.toReversed()));
    expect(report).toMatchObject({ outcome: 'written' });
    const lines = linesOf(await exportText(target.url)).map(parseLine);
    const of = (noun: string) => lines.filter((line) => line.noun === noun).map(({ record }) => record);
    expect(of('ticket')).toMatchObject([
      {
        id: world.ticketId,
        status: 'open',
        priority: 'normal',
        waitingSince: null,
        firstRepliedAt: '2024-05-01T10:00:00.000Z',
        lastActivityAt: '2024-05-01T10:00:00.000Z',
        createdAt: '2024-05-01T09:59:00.000Z',
      },
    ]);
    expect(of('message').map(({ order, publicOrder, text }) => [order, publicOrder, text])).toEqual([
      [1, 1, 'Where is it?'],
      [2, 2, 'Here.'],
    ]);
    expect(of('conversation')).toMatchObject([{ head: 2, publicHead: 2, lastMessage: 'Here.' }]);
    expect(of('participant')).toHaveLength(2);
    expect(of('participant').every(({ readSeq, joinedAt }) => readSeq === 2 && joinedAt !== null)).toBe(true);
    expect(checkHistory(recordingOf([]), await finalStateOf(target.superUrl)).filter(isLogBreach)).toEqual(
      [],
    );
  });

  test('may go on a conversation that is there, behind what is there', async () => {
    const world = tiny();
    await importText(target.url, textOf(world.lines));
    const more = { ...world.message, id: randomUUID(), text: 'Thanks', sentAt: '2024-05-02T10:00:00Z' };
    const report = await importText(target.url, textOf([{ noun: 'message', record: more }]));
    expect(report).toMatchObject({ outcome: 'written', written: { message: 1 } });
    const final = await finalStateOf(target.superUrl);
    expect(final.rows.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'Where is it?'],
      [2, 'Here.'],
      [3, 'Thanks'],
    ]);
    expect(final.heads).toMatchObject([{ lastSeq: 3, lastPublicSeq: 3 }]);
  });

  test('a ticket without a conversation gets one', async () => {
    const { customer, ticket } = tiny();
    const lines = [
      { noun: 'ticket', record: ticket },
      { noun: 'customer', record: customer },
    ];
    await importText(target.url, textOf(lines));
    await importText(target.url, textOf(lines));
    expect((await finalStateOf(target.superUrl)).heads).toHaveLength(1);
  });
});

const isLogBreach = ({ invariant }: { invariant: string }) => invariant === 'I2' || invariant === 'I4';

describe('what does not fit together is named with its line and field, and nothing is written', () => {
  const strange = '01992a10-7c1e-7000-8000-0000000000ff';
  const cases: [string, (world: ReturnType<typeof tiny>) => Line[], string][] = [
    [
      'a customer who is nowhere',
      ({ lines }) => lines.filter(({ noun }) => noun !== 'customer'),
      '2 customerId: is no customer in what came or in Parley: "CUSTOMER"',
    ],
    [
      'an assignee who is nowhere',
      ({ lines, ticket }) =>
        lines.map((line) =>
          line.noun === 'ticket' ? { noun: 'ticket', record: { ...ticket, assigneeId: strange } } : line,
        ),
      `3 assigneeId: is no agent in what came or in Parley: "${strange}"`,
    ],
    [
      'a conversation of no ticket',
      ({ lines }) => lines.filter(({ noun }) => noun !== 'ticket'),
      '3 ticketId: is no ticket in what came or in Parley: "TICKET"',
    ],
    [
      'a message of no conversation',
      ({ message, customer }) => [
        { noun: 'customer', record: customer },
        { noun: 'message', record: message },
      ],
      '2 conversationId: is no conversation in what came or in Parley: "CONVERSATION"',
    ],
    [
      'a tag that is nowhere',
      ({ lines, ticket }) =>
        lines.map((line) =>
          line.noun === 'ticket' ? { noun: 'ticket', record: { ...ticket, tagIds: [strange] } } : line,
        ),
      `3 tagIds: is no tag in what came or in Parley: "${strange}"`,
    ],
    [
      'a gap in a log',
      ({ lines, message }) => [
        ...lines.filter(({ noun }) => noun !== 'message'),
        { noun: 'message', record: { ...message, order: 1, publicOrder: 1 } },
        { noun: 'message', record: { ...message, id: strange, order: 3, publicOrder: 2 } },
      ],
      '6 order: is 3 where 2 belongs',
    ],
    [
      'a place that two messages claim',
      ({ lines, message }) => [
        ...lines.filter(({ noun }) => noun !== 'message'),
        { noun: 'message', record: { ...message, order: 1, publicOrder: 1 } },
        { noun: 'message', record: { ...message, id: strange, order: 1, publicOrder: 1 } },
      ],
      '6 order: is 1 where 2 belongs',
    ],
    [
      'a conversation whose end is missing',
      ({ lines, conversationId, ticketId }) =>
        lines.map((line) =>
          line.noun === 'conversation'
            ? { noun: 'conversation', record: { id: conversationId, ticketId, head: 3, publicHead: 2 } }
            : line,
        ),
      '4 head: is 3, and the messages that came end at 2',
    ],
    [
      'a mark behind the end of its log',
      ({ lines, conversationId, customerId }) => [
        ...lines,
        { noun: 'participant', record: { id: strange, conversationId, customerId, readSeq: 3 } },
      ],
      '7 readSeq: is 3, and the conversation ends at 2',
    ],
    [
      'one address of two agents',
      ({ lines, agent }) => [...lines, { noun: 'agent', record: { ...agent, id: strange } }],
      '7 email: is the same as in line 2, and there can be only one: "EMAIL"',
    ],
    [
      'a rating of a message that is nowhere',
      ({ lines, conversationId }) => [
        ...lines,
        { noun: 'rating', record: { conversationId, resolveId: strange, score: 5 } },
      ],
      `7 resolveId: is no message in what came or in Parley: "${strange}"`,
    ],
  ];
  test.each(cases)('%s', async (_, make, expected) => {
    const before = await rowsOf(target);
    const world = tiny();
    const wanted = expected
      .replace('CUSTOMER', world.customerId)
      .replace('TICKET', world.ticketId)
      .replace('CONVERSATION', world.conversationId)
      .replace('EMAIL', world.agent.email);
    expect(problemsOf(await importText(target.url, textOf(make(world))))).toContain(wanted);
    expect(await rowsOf(target)).toBe(before);
    expect(await stagingOf(target)).toBeNull();
  });

  test('a message that is stored with other words', async () => {
    const world = tiny();
    await importText(target.url, textOf(world.lines));
    const other = { ...world.message, text: 'Something else' };
    expect(problemsOf(await importText(target.url, textOf([{ noun: 'message', record: other }])))).toEqual([
      '1 text: is another than what is stored under this id',
    ]);
  });
});

describe('a hostile line', () => {
  const line = (record: unknown, noun = 'customer') => JSON.stringify({ noun, record });
  const id = '01992a10-7c1e-7000-8000-0000000000aa';
  const cases: [string, string | Buffer, string][] = [
    [
      'of ten megabytes',
      line({ id, name: 'x'.repeat(10_000_000) }),
      '2 -: is longer than 1 MB, which no record is',
    ],
    ['of bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), '2 -: is not UTF-8'],
    ['that is no JSON', '{"noun":"customer",', '2 -: is not JSON'],
    ['that is a list', '[]', '2 -: is not a JSON object'],
    [
      'with a NUL',
      line({ id, name: 'a\0b' }),
      '2 name: has a NUL character in it, which no text here can have',
    ],
    [
      'with a NUL in a key',
      line({ id, attributes: { 'a\0': 1 } }),
      '2 attributes: has a NUL character in it, which no text here can have',
    ],
    ['with a number for a name', line({ id, name: 7 }), '2 name: has to be a text'],
    ['without an id', line({ name: 'Maya' }), '2 id: is missing'],
    ['with an id that is none', line({ id: '7' }), '2 id: is not a UUID'],
    ['with a field that nobody knows', line({ id, isAdmin: true }), '2 isAdmin: is no field of this record'],
    [
      'of a noun that nobody knows',
      line({ id }, 'spaceship'),
      '2 noun: has to be one of department, agent, widget, tag, field, customer, ticket, conversation, message, participant, rating, file, merge, event',
    ],
    [
      'with a moment that never was',
      line({ id, createdAt: '2024-02-31T99:00:00Z' }),
      '2 createdAt: is not a time in ISO 8601 with its zone',
    ],
    [
      'nested without end',
      `{"noun":"customer","record":{"id":"${id}","attributes":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}}`,
      `2 attributes.a${'.0'.repeat(19)}: is nested more than twenty deep`,
    ],
    [
      'with a number beyond all numbers',
      `{"noun":"customer","record":{"id":"${id}","attributes":{"a":1e999}}}`,
      '2 attributes.a: is a number without end',
    ],
    [
      'with a secret for an agent',
      line({ id, name: 'A', email: 'a@b.test', passwordHash: 'x' }, 'agent'),
      '2 passwordHash: is no field of this record',
    ],
    [
      'with a note that its customer would see',
      line(
        {
          id,
          conversationId: id,
          kind: 'note',
          agentId: id,
          order: 1,
          publicOrder: 1,
          text: 'x',
          sentAt: '2024-01-01T00:00:00Z',
        },
        'message',
      ),
      '2 publicOrder: has to be null: no customer sees a note',
    ],
    [
      'with two senders',
      line(
        { id, conversationId: id, customerId: id, agentId: id, text: 'x', sentAt: '2024-01-01T00:00:00Z' },
        'message',
      ),
      '2 customerId: and agentId name more than one sender',
    ],
    [
      'with a reply of nobody',
      line({ id, conversationId: id, text: 'x', sentAt: '2024-01-01T00:00:00Z' }, 'message'),
      '2 customerId: or agentId has to be there: a reply is somebody’s',
    ],
    [
      'with a ticket that sleeps for ever',
      line({ id, subject: 'x', customerId: id, status: 'snoozed' }, 'ticket'),
      '2 snoozedUntil: is missing: a snoozed ticket says when it wakes',
    ],
    [
      'with a file of two people',
      line(
        {
          ...{
            id,
            key: 'k'.repeat(22),
            name: 'a',
            type: 'text/plain',
            bytes: 1,
            customerId: id,
            agentId: id,
          },
          ...{ conversationId: id, messageId: id, position: 0 },
        },
        'file',
      ),
      '2 customerId: and agentId name more than one sender',
    ],
    [
      'with a text that is too long',
      line(
        { id, conversationId: id, customerId: id, text: 'x'.repeat(10_001), sentAt: '2024-01-01T00:00:00Z' },
        'message',
      ),
      '2 text: is more than 10000 characters',
    ],
  ];
  test.each(cases)('%s is refused with its number and its field', async (_, bytes, expected) => {
    const before = await rowsOf(target);
    const first = Buffer.from(`${line({ id: randomUUID(), name: 'Fine' })}\n`);
    const file = Buffer.concat([
      first,
      typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
      Buffer.from('\n'),
      first,
    ]);
    expect(problemsOf(await importText(target.url, file))).toEqual([expected]);
    expect(await rowsOf(target)).toBe(before);
  });

  test('of any bytes never ends the import with anything but its number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const report = await importText(target.url, bytes);
        expect(['refused', 'written']).toContain(report.outcome);
      }),
      { numRuns: 40 },
    );
    expect(await rowsOf(target)).toBe(0);
  });

  test('many are told as far as anybody reads', async () => {
    const report = await importText(target.url, '{}\n'.repeat(5_000));
    expect(report).toMatchObject({ outcome: 'refused', hasMore: true });
    expect(problemsOf(report)).toHaveLength(100);
  });

  test('halves of surrogate pairs are repaired', async () => {
    const own = randomUUID();
    await importText(target.url, `{"noun":"customer","record":{"id":"${own}","name":"a\\ud800b"}}\n`);
    expect(await exportText(target.url)).toContain('"name":"a\ufffdb"');
  });
});

describe('into a Parley that is in use', () => {
  test('who has the same address, and what has the same name, is the same', async () => {
    const widget = await makeWidget();
    const here = await makeAgent('admin');
    const { ticketId } = await makeConversation(widget);
    const email = await asking(target.superUrl, async (sql) => {
      const [row] = await sql<
        { email: string }[]
      >`select email::text as email from agents where id = ${here.id}`;
      return row?.email ?? '';
    });
    const world = tiny();
    const lines: Line[] = world.lines.map((each) =>
      each.noun === 'agent'
        ? { noun: 'agent', record: { ...world.agent, email: email.toUpperCase() } }
        : each.noun === 'ticket'
          ? {
              noun: 'ticket',
              record: { ...world.ticket, assigneeId: world.agentId, departmentId: world.ticketId },
            }
          : each,
    );
    const [department] = await asking(
      target.superUrl,
      (sql) => sql`select id, name from departments limit 1`,
    );
    lines.unshift({ noun: 'department', record: { id: world.ticketId, name: department?.name } });
    const report = await importText(target.url, textOf(lines));
    expect(report).toMatchObject({ outcome: 'written', prepared: { kept: 2 } });
    const tickets = linesOf(await exportText(target.url))
      .map(parseLine)
      .filter(({ noun }) => noun === 'ticket');
    const came = tickets.find(({ record }) => record.id === world.ticketId);
    expect(came?.record).toMatchObject({ assigneeId: here.id, departmentId: department?.id });
    expect(tickets.some(({ record }) => record.id === ticketId)).toBe(true);
  });

  test('a ticket whose number is taken gets the next, and numbers that came are never given again', async () => {
    const widget = await makeWidget();
    const { ticketId } = await makeConversation(widget);
    const numbers = () =>
      asking(target.superUrl, async (sql) => {
        const rows = await sql<
          { id: string; number: number }[]
        >`select id, number from tickets order by number`;
        return new Map(rows.map(({ id, number }) => [id, number]));
      });
    const taken = (await numbers()).get(ticketId);
    const worlds = [tiny(), tiny(), tiny()];
    const given = [taken, (taken ?? 0) + 5, (taken ?? 0) + 500_000];
    const lines = worlds.flatMap(({ customer, ticket }, index) => [
      { noun: 'customer', record: customer },
      { noun: 'ticket', record: { ...ticket, number: given[index] } },
    ]);
    const report = await importText(target.url, textOf(lines));
    expect(report).toMatchObject({ outcome: 'written', prepared: { renumbered: 1 } });
    const after = await numbers();
    expect(after.get(ticketId)).toBe(taken);
    expect(after.get(worlds[1]?.ticketId ?? '')).toBe(given[1]);
    expect(after.get(worlds[2]?.ticketId ?? '')).toBe(given[2]);
    await makeConversation(widget);
    expect(new Set((await numbers()).values()).size).toBe(5);
  });

  test('what is there stays as it is', async () => {
    const world = tiny();
    await importText(target.url, textOf(world.lines));
    const renamed = world.lines.map((each) =>
      each.noun === 'ticket' ? { noun: 'ticket', record: { ...world.ticket, subject: 'Renamed' } } : each,
    );
    await importText(target.url, textOf(renamed));
    expect(await exportText(target.url)).not.toContain('Renamed');
  });

  test('nobody is told again of what happened long ago, and its place is outside of the feed', async () => {
    await importText(target.url, original);
    const [row] = await asking(
      target.superUrl,
      (sql) => sql<{ old: number; open: number }[]>`
        select count(*) filter (where position = 0 and published_at = created_at)::int as old,
          count(*) filter (where published_at is null or position is distinct from 0)::int as open from events`,
    );
    expect(row).toEqual({
      old: linesOf(original).filter((each) => each.startsWith('{"noun":"event"')).length,
      // That there was an import.
      open: 1,
    });
  });

  test('search finds what came', async () => {
    const world = tiny();
    await importText(target.url, textOf(world.lines));
    const words = await asking(
      target.superUrl,
      (sql) =>
        sql<{ word: string }[]>`select word from search_words where word in ('where', 'here') order by 1`,
    );
    expect(words.map(({ word }) => word)).toEqual(['here', 'where']);
  });
});

test('only checking writes nothing and says what would be written', async () => {
  const before = await rowsOf(target);
  const report = await importText(target.url, textOf(tiny().lines), { isOnlyChecked: true });
  expect(report).toMatchObject({ outcome: 'checked', prepared: { fresh: { message: 2, ticket: 1 } } });
  expect(await rowsOf(target)).toBe(before);
  expect(await stagingOf(target)).toBeNull();
});
