import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import {
  type CommandParts,
  parseTrack,
  runCommand,
  type TrackInput,
  tellKept,
} from '#/components/widget/frame-commands.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import { parseKept } from '#/lib/embed/protocol.ts';
import { fail, type Result, succeed } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { CustomerListSnapshot, CustomerListStore } from '#/lib/sync/widget.ts';

/** A messenger as the commands see it. `isKnown`: the server knows who is here. */
function makeParts({ isKnown = false, list }: { isKnown?: boolean; list?: CustomerListStore } = {}) {
  const heard: unknown[] = [];
  let kept: Record<string, string> = {};
  let session = isKnown;
  let answer: Result<null> = succeed(null);
  const parts: CommandParts = {
    drafts: new Map(),
    draftChanged: () => heard.push('draft'),
    async startThread() {
      heard.push('start');
    },
    openThread: (id) => heard.push(id),
    list: () => list ?? null,
    hasSession: () => session,
    kept: () => kept,
    keep(name, value) {
      const { [name]: _, ...others } = kept;
      kept = value === null ? others : { ...others, [name]: value };
    },
    identify: async () => succeed({ isVerified: true }),
    async setAttributes({ attributes }) {
      heard.push(attributes);
      return answer;
    },
    async track(input) {
      heard.push(input);
      return answer;
    },
  };
  return {
    parts,
    heard,
    kept: () => kept,
    become() {
      session = true;
    },
    answerWith(next: Result<null>) {
      answer = next;
    },
  };
}

test('a new message is put into a new conversation’s composer, after what was typed and not instead of it', async () => {
  const { parts, heard } = makeParts();
  expect(await runCommand(parts, 'newMessage', ['Is it in stock?'])).toEqual(succeed(null));
  expect(parts.drafts.get('')).toBe('Is it in stock?');
  await runCommand(parts, 'newMessage', ['Is it in stock?']);
  expect(parts.drafts.get('')).toBe('Is it in stock?');
  parts.drafts.set('', 'I was just writing');
  await runCommand(parts, 'newMessage', ['About delivery:']);
  expect(parts.drafts.get('')).toBe('I was just writing\nAbout delivery:');
  await runCommand(parts, 'newMessage', ['']);
  expect(parts.drafts.get('')).toBe('I was just writing\nAbout delivery:');
  expect(heard).toEqual(['start', 'draft', 'start', 'start', 'draft', 'start']);
});

test('a conversation is opened when it is this person’s, also if their list is still on its way', async () => {
  const mine = newId();
  const { list, arrive } = makeList([mine]);
  const { parts, heard } = makeParts({ isKnown: true, list });
  const answer = runCommand(parts, 'openConversation', [mine]);
  arrive();
  expect(await answer).toEqual(succeed(null));
  expect(heard).toEqual([mine]);
  expect(await runCommand(parts, 'openConversation', [newId()])).toEqual(fail({ code: 'not_found' }));
  expect(await runCommand(makeParts().parts, 'openConversation', [mine])).toEqual(
    fail({ code: 'not_found' }),
  );
});

test('what a visitor’s page sets and tracks waits until somebody is here, and is then told once, in order', async () => {
  const { parts, heard, kept, become } = makeParts();
  const at = (second: number) => `2026-11-23T08:00:0${second}.000Z`;
  await runCommand(parts, 'set', [{ plan: 'free', seats: 1 }]);
  await runCommand(parts, 'track', ['viewed', { sku: 'a' }, at(1)]);
  await runCommand(parts, 'set', [{ plan: 'team' }]);
  await runCommand(parts, 'track', ['bought', {}, at(2)]);
  await tellKept(parts);
  expect(heard).toEqual([]);
  become();
  await tellKept(parts);
  expect(heard).toEqual([
    { plan: 'team', seats: 1 },
    { id: expect.any(String), name: 'viewed', data: { sku: 'a' }, at: at(1) },
    { id: expect.any(String), name: 'bought', data: {}, at: at(2) },
  ]);
  expect(kept()).toEqual({});
  await tellKept(parts);
  expect(heard).toHaveLength(3);
});

test('what the server could not be told stays, the same action when it is told again; what it refuses is dropped', async () => {
  const { parts, heard, kept, become, answerWith } = makeParts();
  await runCommand(parts, 'track', ['viewed', {}, '2026-11-23T08:00:01.000Z']);
  await runCommand(parts, 'set', [{ plan: 'free' }]);
  become();
  answerWith(fail({ code: 'unavailable' }));
  await tellKept(parts);
  expect(Object.keys(kept())).toHaveLength(2);
  answerWith(fail({ code: 'invalid' }));
  await tellKept(parts);
  expect(kept()).toEqual({});
  const told = heard.filter((each): each is TrackInput => Object(each).name === 'viewed');
  expect(told).toHaveLength(2);
  expect(told[0]?.id).toBe(told[1]?.id);
});

test('what is set while the former is being told is not lost with it', async () => {
  const { parts, kept, become } = makeParts();
  await runCommand(parts, 'set', [{ plan: 'free' }]);
  become();
  const { setAttributes } = parts;
  parts.setAttributes = async (input) => {
    parts.keep('set', JSON.stringify({ plan: 'team' }));
    return setAttributes(input);
  };
  await tellKept(parts);
  expect(parseKept(kept().set)).toEqual({ plan: 'team' });
});

test('whatever a page says, a command answers and never throws', async () => {
  const { parts } = makeParts();
  const commands = [
    'newMessage',
    'openConversation',
    'identify',
    'set',
    'track',
    'boot',
    'toString',
    '__proto__',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constantFrom(...commands), fc.string()),
      fc.array(fc.anything(), { maxLength: 5 }),
      async (command, args) => {
        const answer = await runCommand(parts, command, args);
        expect(typeof answer.ok).toBe('boolean');
      },
    ),
    { numRuns: 2000 },
  );
  expect(await runCommand(parts, 'boot', [])).toEqual(fail({ code: 'invalid', reason: 'unknown_command' }));
});

test('an action is read only with a name, plain details and the moment that it happened', () => {
  const good = { name: 'viewed', data: { sku: 'a' }, at: '2026-11-23T08:00:01.000Z' };
  expect(parseTrack(good)).toMatchObject(good);
  const id = newId();
  expect(parseTrack({ ...good, id })?.id).toBe(id);
  for (const wrong of [
    { ...good, name: '' },
    { ...good, name: 'x'.repeat(101) },
    { ...good, name: 7 },
    { ...good, data: { a: {} } },
    { ...good, at: 'yesterday' },
    { ...good, at: '2026-99-99T08:00:01.000Z' },
    {},
  ]) {
    expect(parseTrack(wrong)).toBeNull();
  }
});

/** A list that is on its way until `arrive`. */
function makeList(ids: string[]) {
  let isLoading = true;
  const conversations = ids.map((id) => makeConversation(id));
  const store = openStore<CustomerListSnapshot>(() => ({
    customer: null,
    conversations: isLoading ? [] : conversations,
    unreadCount: 0,
    state: null,
    isLoading,
    failure: null,
    connection: 'live',
  }));
  const list: CustomerListStore = {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    refresh: async () => {},
    markSeen: vi.fn(),
    wake: () => {},
    close: () => {},
  };
  return {
    list,
    arrive() {
      isLoading = false;
      store.changed();
    },
  };
}

function makeConversation(id: string): CustomerConversation {
  return {
    id,
    ticketId: newId(),
    number: 7,
    subject: 'Where is it?',
    status: 'open',
    lastMessage: 'x',
    lastMessageAt: '2026-11-23T08:00:00.000Z',
    head: 1,
    readThrough: 0,
    unreadCount: 0,
    assignee: null,
  };
}
