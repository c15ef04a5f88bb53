import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { WordsProvider } from '#/components/conversation/words.tsx';
import { HomeView } from '#/components/widget/home-view.tsx';
import { PreChatView } from '#/components/widget/pre-chat-view.tsx';
import { RatingCard } from '#/components/widget/rating-card.tsx';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { PreChatForm } from '#/lib/pre-chat/form.ts';
import type { CustomerListSnapshot, CustomerListStore } from '#/lib/sync/widget.ts';
import type { Texts } from '#/lib/texts/catalogue.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { languages } from '#/lib/texts/languages.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';

const nothing = () => {};
const notNow = () => Promise.reject(new Error('Nothing is asked while a page is drawn.'));

const form: PreChatForm = {
  askedOf: 'everybody',
  fields: [
    ...(['name', 'email', 'phone', 'subject'] as const).map((kind) => ({
      kind,
      id: kind,
      isRequired: false,
    })),
    { kind: 'department', id: 'department', isRequired: true, choices: [{ id: '1', name: '1042' }] },
    { kind: 'consent', id: 'consent', isRequired: true, text: '1042', link: null },
  ],
};
const config: FrameConfig = {
  key: 'wk_1042104210',
  name: '1042',
  accent: '#3b6fe0',
  theme: 'auto',
  position: 'right',
  launcherLabel: '',
  closeLabel: '',
  unreadLabel: '',
  availability: { at: Date.now(), spans: [] },
  replyWithinMs: 600_000,
  preChat: null,
  asksRating: true,
};
const conversation = (id: string, change: Partial<CustomerConversation>): CustomerConversation => ({
  id,
  ticketId: id,
  number: 1042,
  subject: '1042',
  status: 'open',
  lastMessage: null,
  lastMessageAt: new Date().toISOString(),
  head: 3,
  readThrough: 3,
  unreadCount: 0,
  assignee: null,
  ...change,
});

function listOf(change: Partial<CustomerListSnapshot>): CustomerListStore {
  const snapshot: CustomerListSnapshot = {
    customer: null,
    conversations: [],
    unreadCount: 0,
    state: null,
    isLoading: false,
    failure: null,
    connection: 'live',
    ...change,
  };
  return {
    getSnapshot: () => snapshot,
    subscribe: () => nothing,
    refresh: notNow,
    markSeen: nothing,
    wake: nothing,
    close: nothing,
  };
}

const full = listOf({
  connection: 'offline',
  conversations: [
    conversation('1', { status: 'resolved', assignee: { id: '9', name: '1042' } }),
    conversation('2', { status: 'closed', unreadCount: 3 }),
    ...Array.from({ length: 20 }, (_, index) => conversation(`more-${index}`, {})),
  ],
});
const home = (list: CustomerListStore | null, change: Partial<FrameConfig> = {}) => (
  <HomeView
    config={{ ...config, ...change }}
    list={list}
    focusTurn={0}
    isReturn={false}
    onOpen={nothing}
    onStart={nothing}
    onClose={nothing}
  />
);
const asking = (refusal: { code: 'invalid'; field: string; reason: string } | null) => (
  <PreChatView
    open={{ form, answers: {}, refusal }}
    company="1042"
    known={null}
    onBack={nothing}
    onClose={nothing}
    onDone={nothing}
  />
);
const rated = (rating: { score: number; comment: string | null; changeableUntil: string } | null) => (
  <RatingCard conversationId="1" resolveId="2" rating={rating} loadServices={notNow} />
);

const screens: Record<string, ReactNode> = {
  'home, empty': home(null),
  'home while nobody is there': home(null, { availability: { at: Date.now(), spans: [] } }),
  'home with an hour': home(null, {
    availability: { at: Date.now(), spans: [[Date.now() + 3e8, Date.now() + 4e8]] },
  }),
  'home with a promise': home(null, { availability: { at: Date.now(), spans: null } }),
  'home, full': home(full),
  'home, loading': home(listOf({ isLoading: true, connection: 'connecting' })),
  'home, failed': home(listOf({ failure: { code: 'unavailable' } })),
  form: asking(null),
  'form, refused': asking({ code: 'invalid', field: 'answers.email', reason: 'email_not_valid' }),
  rating: rated(null),
  rated: rated({ score: 5, comment: null, changeableUntil: '2999-01-01T00:00:00Z' }),
};

/** What a screen says, by text and by attribute, without the values that are put into it. */
function saidOn(screen: ReactNode, language: string, texts: Texts): string[] {
  const markup = renderToStaticMarkup(
    <WordsProvider language={language} texts={texts}>
      {screen}
    </WordsProvider>,
  );
  const shown = markup.replace(/<style.*?<\/style>/gs, '').split(/<[^>]*>/);
  const named = [...markup.matchAll(/ (?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(
    ([, text]) => text ?? '',
  );
  return [...shown, ...named].filter((text) => /\p{L}{2}/u.test(text));
}

test.each(Object.keys(screens))('%s: everything that is said comes from the catalogue', (name) => {
  const marked = Object.fromEntries(Object.entries(catalogues.en).map(([key]) => [key, '⟦one two⟧']));
  const texts: Texts = { ...catalogues.en, ...marked };
  const said = saidOn(screens[name], 'en', texts);
  expect(said.length).toBeGreaterThan(0);
  // What Intl says is the reader's language by itself.
  expect(said.filter((text) => text.replace(/⟦[^⟧]*⟧/g, '').match(/\p{L}{2}/u) !== null)).toEqual([]);
});

test.each(languages.filter((language) => language !== 'en'))(
  '%s: no screen says anything in English',
  (language) => {
    const own: readonly string[] = Object.values(catalogues[language]);
    const english = Object.values(catalogues.en).filter(
      (text) => /\p{L}{2}/u.test(text) && !own.includes(text),
    );
    const found = Object.entries(screens).flatMap(([name, screen]) =>
      saidOn(screen, language, catalogues[language])
        .filter((text) => english.includes(text))
        .map((text) => `${name}: ${text}`),
    );
    expect(found).toEqual([]);
  },
);
