import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FirstMessage, type MessengerPorts, openMessenger } from '#/components/widget/messenger.ts';
import type { Services } from '#/components/widget/services.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { Bridge, HeardByFrame } from '#/lib/embed/bridge.ts';
import { fail, succeed } from '#/lib/errors.ts';
import type { PreChatForm } from '#/lib/pre-chat/form.ts';
import { memoryStorage } from '#/lib/sync/storage.ts';

beforeEach(() => {
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('location', new URL('https://chat.example.com/widget'));
});
afterEach(() => vi.unstubAllGlobals());

const form: PreChatForm = {
  askedOf: 'newcomers',
  fields: [{ id: 'email', kind: 'email', isRequired: true }],
};
const asksMore: PreChatForm = {
  askedOf: 'newcomers',
  fields: [...form.fields, { id: 'name', kind: 'name', isRequired: true }],
};

/** A visitor's frame, and a server that takes a first message only with a name. */
function openFrame(asked: PreChatForm | null) {
  const started: (FirstMessage & { sessionToken: string })[] = [];
  let hear: (message: HeardByFrame) => void = () => {};
  const bridge: Bridge = {
    origin: () => 'https://shop.example.com',
    listen(listener) {
      hear = listener;
      return () => {};
    },
    keep: () => {},
    emit: () => {},
    shown: () => {},
    close: () => {},
    done: () => {},
    askToken: async () => null,
    gone: () => {},
  };
  const unanswered = async () => fail({ code: 'unavailable', reason: 'no_connection' });
  const services: Services = {
    fetchEnding: unanswered,
    rate: unanswered,
    leaveAddress: unanswered,
    fetchTranscript: unanswered,
    fetchForm: async () => succeed({ preChat: asksMore }),
  };
  const ports: MessengerPorts = {
    fetchState: unanswered,
    fetchEntries: unanswered,
    markRead: unanswered,
    setTyping: unanswered,
    async startConversation(input) {
      started.push(input);
      const { conversationId, id, text, answers } = input;
      if (answers?.name === undefined) {
        return fail({ code: 'invalid', field: 'answers.name', reason: 'answer_missing' });
      }
      const sender = { kind: 'customer', id, name: null } as const;
      const entry = { id, order: 1, publicOrder: null, kind: 'reply', sender, text, change: null } as const;
      return succeed({
        conversation: conversationOf(conversationId),
        entry: { ...entry, sentAt: '2026-01-01T00:00:00.000Z', epoch: 'e' },
      });
    },
    startTicket: unanswered,
    startFollowUp: unanswered,
    sendMessage: unanswered,
    requestTicketLink: unanswered,
    authorize: unanswered,
    shutDown: unanswered,
    identify: unanswered,
    setAttributes: unanswered,
    track: unanswered,
    loadServices: async () => services,
  };
  const storage = memoryStorage();
  const messenger = openMessenger({
    widgetKey: 'wk_one',
    bridge,
    ports,
    live: null,
    preChat: asked,
    openStorage: () => storage,
  });
  hear({
    parley: 'hello',
    kept: {},
    isDurable: true,
    isOpen: true,
    takesFocus: false,
    isIdentifying: false,
    page: 'https://shop.example.com/',
    locale: 'en',
    accent: '',
    theme: '',
  });
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (isSo()) resolve();
      };
      messenger.subscribe(look);
      look();
    });
  return { messenger, started, storage, until };
}

function conversationOf(id: string): CustomerConversation {
  return {
    id,
    ticketId: id,
    number: 1,
    subject: 'Hello',
    status: 'open',
    lastMessage: 'Hello',
    lastMessageAt: null,
    head: 1,
    readThrough: 1,
    unreadCount: 0,
    assignee: null,
  };
}

test('a form stands before the conversation, and its answers go with the first message', async () => {
  const { messenger, started, until } = openFrame(asksMore);
  await until(() => messenger.getSnapshot().isReady);
  await messenger.startThread();
  expect(messenger.getSnapshot()).toMatchObject({ form: { refusal: null }, thread: null });
  await messenger.answerForm({ email: 'maya@home.test', name: 'Maya' });
  expect(messenger.getSnapshot().form).toBeNull();
  messenger.getSnapshot().thread?.store.send('Hello');
  await until(() => started.length === 1);
  expect(started[0]).toMatchObject({ text: 'Hello', answers: { email: 'maya@home.test', name: 'Maya' } });
});

test('a site that asks nothing is written to at once', async () => {
  const { messenger, until } = openFrame(null);
  await until(() => messenger.getSnapshot().isReady);
  await messenger.startThread();
  expect(messenger.getSnapshot().form).toBeNull();
  expect(messenger.getSnapshot().thread).not.toBeNull();
});

test('whoever leaves the form has begun nothing, and finds it again', async () => {
  const { messenger, started, until } = openFrame(form);
  await until(() => messenger.getSnapshot().isReady);
  await messenger.startThread();
  messenger.leaveForm();
  expect(messenger.getSnapshot()).toMatchObject({ form: null, thread: null });
  await messenger.startThread();
  expect(messenger.getSnapshot().form).not.toBeNull();
  expect(started).toEqual([]);
});

test('a message that was refused for its answers is kept, and sent once with better ones by the form as it is now', async () => {
  const { messenger, started, storage, until } = openFrame(form);
  await until(() => messenger.getSnapshot().isReady);
  await messenger.startThread();
  await messenger.answerForm({ email: 'maya@home.test' });
  messenger.getSnapshot().thread?.store.send('It is urgent');
  await until(() => messenger.getSnapshot().form !== null);
  expect(messenger.getSnapshot().form).toMatchObject({
    form: asksMore,
    answers: { email: 'maya@home.test' },
    refusal: { field: 'answers.name', reason: 'answer_missing' },
  });
  expect((await storage.load()).map(({ text }) => text)).toEqual(['It is urgent']);
  await messenger.answerForm({ email: 'maya@home.test', name: 'Maya' });
  await until(() => started.length === 2);
  expect(started[1]).toMatchObject({
    text: 'It is urgent',
    answers: { name: 'Maya' },
    conversationId: started[0]?.conversationId,
    sessionToken: started[0]?.sessionToken,
  });
  await vi.waitFor(async () => expect(await storage.load()).toEqual([]));
  expect(messenger.getSnapshot().form).toBeNull();
});
