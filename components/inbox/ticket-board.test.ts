import { expect, test } from 'vitest';
import type { OpenedTicket } from '#/components/inbox/ports.ts';
import { openTicketBoard, presentRow } from '#/components/inbox/ticket-board.ts';
import { inverseOf, previewOf } from '#/components/inbox/ticket-preview.ts';
import type { Result } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { channels } from '#/lib/realtime/channels.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';
import type { Tag } from '#/lib/tags/schema.ts';
import type { ChangeTicketInput, TicketChange, TicketRow } from '#/lib/tickets/schema.ts';

const ana = { id: newId(), name: 'Ana' };
const vip: Tag = { id: newId(), name: 'VIP', color: 'purple' };
const people = { me: ana, agents: [ana], departments: [], tags: [vip] };

function makeRow(values: Partial<TicketRow> = {}): TicketRow {
  const at = '2026-11-22T16:00:00.000Z';
  return {
    id: newId(),
    number: 1001,
    subject: 'Refund',
    status: 'open',
    priority: 'normal',
    customer: { id: newId(), name: null, email: null, isVerified: false, fields: {} },
    assignee: null,
    department: null,
    tags: [],
    fields: {},
    snoozedUntil: null,
    snoozedAt: null,
    snoozedBy: null,
    wokeAt: null,
    conversationId: newId(),
    lastMessage: null,
    lastMessageAt: null,
    lastSender: null,
    waitingSince: at,
    createdAt: at,
    lastActivityAt: at,
    head: 1,
    version: 1,
    ...values,
  };
}

function openBoard() {
  const answers: ((result: Result<TicketRow>) => void)[] = [];
  const asked: ChangeTicketInput[] = [];
  const board = openTicketBoard(
    {
      fetchTicket: async () => ({ ok: false, error: { code: 'unavailable' } }),
      changeTicket: (input) => {
        asked.push(input);
        return new Promise((resolve) => answers.push(resolve));
      },
    },
    null,
  );
  return { board, answers, asked };
}

test('a change shows at once and stays when the server agrees', async () => {
  const { board, answers, asked } = openBoard();
  const row = makeRow();
  const done = board.change(row, { field: 'status', to: 'resolved' });
  expect(presentRow(row, board.getSnapshot(), people)).toMatchObject({
    status: 'resolved',
    waitingSince: null,
  });
  expect(asked).toMatchObject([
    { ticketId: row.id, from: 'open', change: { field: 'status', to: 'resolved' } },
  ]);
  answers[0]?.({ ok: true, value: { ...row, status: 'resolved', waitingSince: null, version: 2 } });
  await done;
  expect(board.getSnapshot().pending).toEqual([]);
  expect(presentRow(row, board.getSnapshot(), people).status).toBe('resolved');
});

test('a refused change is taken back, and one made meanwhile is not', async () => {
  const { board, answers } = openBoard();
  const row = makeRow();
  const refused = board.change(row, { field: 'priority', to: 'urgent' });
  void board.change(row, { field: 'assignee', to: ana.id });
  answers[0]?.({ ok: false, error: { code: 'conflict' } });
  expect((await refused).ok).toBe(false);
  expect(presentRow(row, board.getSnapshot(), people)).toMatchObject({
    priority: 'normal',
    assignee: { name: 'Ana' },
  });
});

test('an older version never replaces a newer one', async () => {
  const { board, answers } = openBoard();
  const row = makeRow({ version: 5, subject: 'Newest' });
  const done = board.change(row, { field: 'subject', to: 'Old' });
  answers[0]?.({ ok: true, value: { ...row, subject: 'Old', version: 4 } });
  await done;
  expect(presentRow(row, board.getSnapshot(), people).subject).toBe('Newest');
});

/** As the server answers it. */
function makeOpened(row: TicketRow): OpenedTicket {
  return {
    ticket: row,
    description: null,
    customer: {
      id: row.customer.id,
      name: null,
      email: null,
      phone: null,
      locale: null,
      timezone: null,
      isVerified: false,
      isBlocked: false,
      attributes: {},
      signedKeys: [],
      createdAt: row.createdAt,
      lastSeenAt: null,
      lastPage: null,
    },
    actions: [],
    earlierTickets: [],
    marks: [],
    drafts: [],
    conversations: [],
    mergedInto: null,
    merged: [],
    page: { entries: [], through: 0, head: 0, epoch: 'e1' },
  };
}

test('what stands beside the thread is read anew when its customer turned out to be somebody', async () => {
  const row = makeRow();
  const first = makeOpened(row);
  const person = { ...row.customer, id: newId(), name: 'Ada', isVerified: true };
  const answers = [{ ...first, customer: { ...first.customer, ...person } }];
  const board = openTicketBoard(
    {
      fetchTicket: async () => ({ ok: true, value: answers.pop() ?? first }),
      changeTicket: async () => ({ ok: false, error: { code: 'unavailable' } }),
    },
    first,
  );
  let tell = (_name: string, _data: unknown) => {};
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => {},
    subscribe(channel, handlers) {
      if (channel === channels.staff()) tell = handlers.onEvent;
      return () => {};
    },
    close() {},
  };
  board.listen(live, { id: newId(), departmentIds: [] });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  tell('ticket.changed', { epoch: 'e1', ticket: { ...row, version: 2 } });
  await settled();
  expect(answers).toHaveLength(1);
  tell('ticket.changed', { epoch: 'e1', ticket: { ...row, customer: person, version: 3 } });
  await settled();
  expect(board.getSnapshot().opened.get(row.id)?.value?.customer).toMatchObject({
    id: person.id,
    name: 'Ada',
  });
});

test('a ticket that leaves one channel stays open for who still may see it, and is gone for who may not', async () => {
  const row = makeRow();
  const first = makeOpened(row);
  let answer: Result<OpenedTicket> = { ok: true, value: first };
  const board = openTicketBoard(
    {
      fetchTicket: async () => answer,
      changeTicket: async () => ({ ok: false, error: { code: 'unavailable' } }),
    },
    first,
  );
  const heard = new Map<string, (name: string, data: unknown) => void>();
  const live: LiveConnection = {
    state: () => 'connected',
    onState: () => () => {},
    subscribe(channel, handlers) {
      heard.set(channel, handlers.onEvent);
      return () => heard.delete(channel);
    },
    close() {},
  };
  const [departmentId, agentId] = [newId(), newId()];
  const undo = board.listen(live, { id: agentId, departmentIds: [departmentId] });
  expect([...heard.keys()]).toEqual([
    channels.staff(),
    channels.agent(agentId),
    channels.department(departmentId),
  ]);
  const told = () => heard.get(channels.staff())?.('ticket.removed', { ticketId: row.id });
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  told();
  await settled();
  expect(board.getSnapshot().opened.get(row.id)).toMatchObject({ value: first, failure: null });
  answer = { ok: false, error: { code: 'not_found' } };
  told();
  await settled();
  expect(board.getSnapshot().opened.get(row.id)).toMatchObject({
    value: null,
    failure: { code: 'not_found' },
  });
  answer = { ok: true, value: first };
  heard.get(channels.department(departmentId))?.('ticket.changed', {
    epoch: 'e1',
    ticket: { ...row, version: 2 },
  });
  await settled();
  expect(board.getSnapshot().opened.get(row.id)?.failure).toBeNull();

  // Restored from a backup: the server's lower version is the truth, and what is pushed of it only makes ask.
  const restored = { ...row, version: 1, subject: 'As it was' };
  answer = { ok: true, value: { ...first, ticket: restored, page: { ...first.page, epoch: 'e2' } } };
  heard.get(channels.staff())?.('ticket.changed', { epoch: 'e2', ticket: { ...restored, version: 5 } });
  await settled();
  expect(board.getSnapshot().known.get(row.id)).toEqual(restored);
  heard.get(channels.staff())?.('ticket.changed', { epoch: 'e1', ticket: { ...row, version: 9 } });
  await settled();
  expect(board.getSnapshot().known.get(row.id)).toEqual(restored);
  undo();
  expect(heard.size).toBe(0);
});

test('a change says what the screen showed, also one on top of another', () => {
  const { board, asked } = openBoard();
  const row = makeRow();
  void board.change(row, { field: 'assignee', to: ana.id });
  const shown = presentRow(row, board.getSnapshot(), people);
  void board.change(shown, { field: 'assignee', to: null });
  void board.change(shown, { field: 'tags', add: [vip.id], remove: [] });
  expect(asked.map(({ from }) => from)).toEqual([null, ana.id, undefined]);
  expect(presentRow(row, board.getSnapshot(), people)).toMatchObject({ assignee: null, tags: [vip] });
});

test('whatever can be undone is undone to what it was', () => {
  const until = '2026-12-01T09:00:00.000Z';
  const nowMs = Date.parse('2026-11-23T00:00:00.000Z');
  const rows = [
    makeRow({ tags: [vip], fields: { plan: 'pro' } }),
    makeRow({ status: 'pending', assignee: ana, priority: 'high' }),
    makeRow({ status: 'snoozed', snoozedUntil: until, snoozedBy: ana }),
  ];
  const changes: TicketChange[] = [
    { field: 'status', to: 'resolved' },
    { field: 'status', to: 'open' },
    { field: 'priority', to: 'urgent' },
    { field: 'assignee', to: ana.id },
    { field: 'assignee', to: null },
    { field: 'subject', to: 'Another' },
    { field: 'snooze', until: '2026-11-24T09:00:00.000Z' },
    { field: 'tags', add: [vip.id], remove: [] },
    { field: 'tags', add: [], remove: [vip.id] },
    { field: 'fields', key: 'plan', to: null },
  ];
  const told = ({ status, priority, assignee, subject, tags, fields, snoozedUntil }: TicketRow) => ({
    status,
    priority,
    assignee,
    subject,
    tags,
    fields,
    snoozedUntil,
  });
  for (const row of rows) {
    for (const change of changes) {
      const inverse = inverseOf(row, change, nowMs);
      const changed = { ...row, ...previewOf(row, change, people) };
      const undone = inverse === null ? changed : { ...changed, ...previewOf(changed, inverse, people) };
      expect(told(undone)).toEqual(told(row));
    }
  }
});

test('undoing what took a ticket from a snooze that is over by now leaves it open', () => {
  const row = makeRow({ status: 'snoozed', snoozedUntil: '2026-11-22T00:00:00.000Z' });
  const nowMs = Date.parse('2026-11-23T00:00:00.000Z');
  expect(inverseOf(row, { field: 'status', to: 'resolved' }, nowMs)).toEqual({ field: 'status', to: 'open' });
});
