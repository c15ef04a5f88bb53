import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import postgres from 'postgres';
import { z } from 'zod';
import type { RunReport } from '#/bench/faults/exercise.ts';
import { recordScreens, type Screen } from '#/bench/faults/pages/screen-recorder.ts';
import {
  type Attempt,
  type Audience,
  checkHistory,
  type FinalState,
  type FinalView,
  openWitness,
  type Row,
  startRecording,
  type Violation,
} from '#/bench/history-checker.ts';
import { agentOn, customerOn } from '#/e2e/people.ts';
import { launchChromium } from '#/scripts/find-chromium.ts';

/** What the pages stand on: a running app, a page of another origin that embeds its chat, and an agent's cookies. */
export type Grounds = {
  appUrl: string;
  shopUrl: string;
  databaseUrl: string;
  agentState: Awaited<ReturnType<BrowserContext['storageState']>>;
  server: {
    stop(): Promise<void>;
    start(): Promise<void>;
    /** Another build of the same sources: every action has another id there. */
    startNextBuild(): Promise<void>;
  };
};

/** One tab of one person. What is written in it and whatever it shows is on record. */
export type Tab = {
  /** Whose words keep their order: one tab's, and those of the tab that came in its place. */
  writer: object;
  audience: Audience;
  page: Page;
  context: BrowserContext;
  /** Writes something that was never written before, and sends it with the keyboard. Answers the text. */
  write(kind?: 'reply' | 'note'): Promise<string>;
  /** Puts a text into the composer without sending it, for those who send in their own way. */
  fill(): Promise<string>;
  /** Takes note of a text that is about to be sent from here. */
  attempt(text: string, kind?: 'reply' | 'note'): void;
  newText(): string;
  /** The newest state of the log that this tab shows. */
  screen(): Screen | null;
  /** The page is gone, or its renderer: what it showed last is nobody's present view. */
  leave(): void;
};

export type TabOptions = {
  /** Another tab of the person of this one, in the same browser profile. */
  beside?: Tab;
  /** In the place of this one, which was left: what is written goes on from there. */
  insteadOf?: Tab;
  /** Before anything of the page runs. */
  prepare?(page: Page): Promise<void>;
  /** In a browser of its own, which nobody else's pages are in. */
  isApart?: boolean;
};

export type Stage = {
  random: () => number;
  grounds: Grounds;
  browser: Browser;
  /** A customer on the shop's page, with the chat still closed. */
  openCustomer(options?: TabOptions): Promise<Tab>;
  /** A new conversation begun with a first message; opens the chat if it is closed. */
  begin(tab: Tab): Promise<void>;
  /** The chat opened where this person's conversation is, in a page that was just loaded. */
  resume(tab: Tab): Promise<void>;
  /** An agent who has the conversation open. */
  openAgent(options?: TabOptions): Promise<Tab>;
  /** Counts what was done to them. */
  inject(count?: number): void;
  /** Until a tab shows a text in this state. */
  untilShown(tab: Tab, text: string, ...states: Screen['shown'][number]['state'][]): Promise<void>;
  /** Everything works again from now on: until every open tab shows everything, by itself. */
  untilSettled(): Promise<void>;
  report(): Promise<RunReport>;
  close(): Promise<void>;
};

const healMsMax = 45_000;
const seenMsMax = 15_000;

type Written = { text: string; tab: Tab; kind: 'reply' | 'note'; id: string | null };

/** Opens an empty stage. Nothing on it waits longer than `healMsMax`; what is not right by then is a violation. */
export function openStage(options: { browser: Browser; grounds: Grounds; random: () => number }): Stage {
  const { browser, grounds, random } = options;
  const sql = postgres(grounds.databaseUrl, { max: 1, onnotice: () => {} });
  const recording = startRecording();
  const violations: Violation[] = [];
  const name = Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36)).join('');
  // Two stages may be on the same app with the same seed.
  const run = `${name}${randomBytes(4).toString('hex')}`;
  const contexts = new Set<BrowserContext>();
  const apart: Browser[] = [];
  const tabs: Tab[] = [];
  const screens = new Map<Page, Screen>();
  const pagesOf = new Map<Page, Tab>();
  const witnesses = new Map<string, ReturnType<typeof openWitness>>();
  const written = new Map<string, Written>();
  /** Ids of what an agent was asked about and sent all the same. */
  const resubmitted = new Set<string>();
  const acknowledged = new Set<string>();
  const received: { page: Page; bytes: Promise<string> }[] = [];
  const recoveryMs: number[] = [];
  const customerPages = new WeakSet<Page>();
  let subject = '';
  let conversationId = '';
  let injections = 0;
  let count = 0;

  function complain(invariant: Violation['invariant'], what: string) {
    violations.push({ invariant, what });
  }

  function see(screen: Screen, page: Page) {
    const tab = pagesOf.get(page);
    if (tab === undefined) return;
    if (conversationId === '') conversationId = screen.conversationId;
    screens.set(page, screen);
    const reader = `${tab.audience} ${screen.life}`;
    let witness = witnesses.get(screen.life);
    if (witness === undefined) {
      const view = { reader, sender: tab.audience, audience: tab.audience };
      witness = openWitness(recording, { ...view, conversationId: screen.conversationId });
      witnesses.set(screen.life, witness);
    }
    witness(screen.shown, screen.readThrough);
    for (const bubble of screen.shown) {
      if (!isHonest(bubble))
        complain('I8', `${reader}: ${bubble.id} is ${bubble.state}, says ${bubble.says}`);
      learn(tab, screen, bubble);
    }
  }

  function learn(tab: Tab, screen: Screen, { id, text, order, state, kind }: Screen['shown'][number]) {
    const known = written.get(text);
    if (known === undefined) {
      if (kind !== 'event') complain('I3', `${tab.audience}: shows ${id}, which nobody wrote`);
      return;
    }
    known.id ??= id;
    if (known.id !== id) complain('I2', `${known.id} is shown a second time, as ${id}`);
    if (tab.audience === 'customer' && known.kind === 'note') complain('I9', `a note is shown: ${id}`);
    if (state !== 'sent' || order === null || tab.audience !== known.tab.audience) return;
    if (acknowledged.has(id)) return;
    acknowledged.add(id);
    const { audience } = tab;
    recording.acknowledgements.push({ id, conversationId: screen.conversationId, audience, order, text });
  }

  async function openTab(audience: Audience, url: string, options: TabOptions): Promise<Tab> {
    const { beside, insteadOf, prepare, isApart = false } = options;
    const context = (beside ?? insteadOf)?.context ?? (await newContext(audience, isApart));
    const page = await context.newPage();
    if (audience === 'staff') {
      await page.exposeFunction('parleyInsisted', (id: string) => void resubmitted.add(id));
      await page.addInitScript(insistOnSending);
    }
    await prepare?.(page);
    listen(page);
    const tab: Tab = {
      writer: insteadOf?.writer ?? {},
      audience,
      page,
      context,
      async write(kind = 'reply') {
        const text = tab.newText();
        tab.attempt(text, kind);
        if (audience === 'customer') await customerOn(page).send(text);
        else await agentOn(page)[kind === 'note' ? 'write' : 'send'](text);
        return text;
      },
      async fill() {
        const text = tab.newText();
        await (audience === 'customer' ? customerOn(page).composer : agentOn(page).reply).fill(text);
        return text;
      },
      attempt(text, kind = 'reply') {
        written.set(text, { text, tab, kind, id: null });
      },
      newText: () => newText(random, `${run}-${++count}`),
      screen: () => screens.get(page) ?? null,
      leave() {
        screens.delete(page);
        pagesOf.delete(page);
        tabs.splice(tabs.indexOf(tab), 1);
      },
    };
    pagesOf.set(page, tab);
    tabs.push(tab);
    await page.goto(url);
    return tab;
  }

  async function newContext(audience: Audience, isApart: boolean): Promise<BrowserContext> {
    const home = isApart ? await launchChromium() : browser;
    if (isApart) apart.push(home);
    const context = await home.newContext(
      audience === 'customer'
        ? { viewport: { width: 900, height: 800 } }
        : { storageState: grounds.agentState, viewport: { width: 1280, height: 800 } },
    );
    contexts.add(context);
    await recordScreens(context, see);
    return context;
  }

  /** Every byte that any connection of the page brought in. */
  function listen(page: Page) {
    const take = (bytes: Promise<string>) => void received.push({ page, bytes });
    page.on('response', (response) => take(response.text().catch(() => '')));
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => take(Promise.resolve(payload.toString())));
    });
  }

  function isSettled(head: { staff: number; customer: number }): boolean {
    return tabs.every(({ page, audience }) => {
      const shown = screens.get(page)?.shown ?? [];
      const sent = new Set(shown.filter(({ state }) => state === 'sent').map(({ text }) => text));
      const isWhole = [...written.values()].every(
        ({ text, kind }) => sent.has(text) || (kind === 'note' && audience === 'customer'),
      );
      return isWhole && shown.at(-1)?.order === head[audience];
    });
  }

  async function readHead() {
    const [found] = await sql<{ staff: number; customer: number }[]>`
      select last_seq::int as staff, last_public_seq::int as customer
      from conversations where id = ${conversationId}`;
    return found ?? { staff: 0, customer: 0 };
  }

  /** Everything that holds one of our texts, so that a conversation begun twice is seen as well. */
  async function readRows(): Promise<Row[]> {
    const texts = [...written.keys()];
    const found = await sql`
      select conversation_id as "conversationId", seq::int, public_seq::int as "publicSeq", id, kind,
        case when kind = 'event' then '' else text end as text,
        case when agent_id is not null then 'staff' when customer_id is not null then 'customer' end as sender
      from messages
      where conversation_id in (select conversation_id from messages where text = any(${texts}))
      order by conversation_id, seq`;
    return z.array(rowSchema).parse([...found]);
  }

  async function readFinal(): Promise<FinalState> {
    const rows = await readRows();
    const ids = [...new Set(rows.map((row) => row.conversationId))];
    const heads = await sql<{ conversationId: string; lastSeq: number; lastPublicSeq: number }[]>`
      select id as "conversationId", last_seq::int as "lastSeq", last_public_seq::int as "lastPublicSeq"
      from conversations where id = any(${ids})`;
    return { rows, heads: [...heads], unpublishedEvents: await countUnpublished(), views: finalViews() };
  }

  async function countUnpublished(): Promise<number> {
    const startedAtMs = performance.now();
    for (;;) {
      const [found] = await sql<{ count: number }[]>`
        select count(*)::int as count from events where published_at is null`;
      const isLate = performance.now() - startedAtMs > 10_000;
      if (found === undefined || found.count === 0 || isLate) return found?.count ?? 0;
      await delay(50);
    }
  }

  function finalViews(): FinalView[] {
    return tabs.flatMap(({ page, audience }) => {
      const screen = screens.get(page);
      if (screen === undefined) return [];
      const { shown, readThrough, unreadCount, conversationId: id } = screen;
      const view = { reader: `${audience} ${screen.life}`, sender: audience, audience, conversationId: id };
      return [{ ...view, shown, readThrough, unreadCount }];
    });
  }

  /** In the stored order where two tabs of one person wrote: only within a tab does anybody know the order. */
  function attemptsOf(rows: readonly Row[]): Attempt[] {
    const seqs = new Map(rows.map(({ id, seq }) => [id, seq]));
    const idOf = (each: Written) => each.id ?? rows.find((row) => row.text === each.text)?.id ?? each.text;
    const last = new Map<object, number>();
    for (const each of written.values()) {
      const seq = seqs.get(idOf(each)) ?? 0;
      if (seq === 0) continue;
      // What was held up and sent all the same was submitted anew, after whatever had gone meanwhile.
      if (resubmitted.has(idOf(each))) continue;
      if (seq < (last.get(each.tab.writer) ?? 0)) complain('I6', `${idOf(each)} is stored too early`);
      last.set(each.tab.writer, seq);
    }
    return [...written.values()]
      .map((each) => ({
        id: idOf(each),
        conversationId,
        sender: each.tab.audience,
        text: each.text,
      }))
      .sort((one, other) => (seqs.get(one.id) ?? 0) - (seqs.get(other.id) ?? 0));
  }

  async function checkLeaks() {
    const notes = [...written.values()].filter(({ kind }) => kind === 'note').map(({ text }) => text);
    const secrets = notes.map((text) => text.split(/\s/)[0] ?? text);
    for (const { page, bytes } of received) {
      const text = await bytes;
      if (customerPages.has(page) && secrets.some((secret) => text.includes(secret)))
        complain('I9', 'a note reached a customer');
    }
  }

  return {
    random,
    grounds,
    browser,
    async openCustomer(options = {}) {
      const tab = await openTab('customer', `${grounds.shopUrl}/`, options);
      customerPages.add(tab.page);
      return tab;
    },
    async begin(tab) {
      const { composer, start } = customerOn(tab.page);
      if (!(await composer.isVisible())) await start();
      subject = (await tab.write()).split(/\s/)[0] ?? '';
    },
    async resume({ page }) {
      const { launcher, frame, composer } = customerOn(page);
      await launcher.click();
      const row = frame.getByRole('button', { name: subject });
      await composer.or(row).first().waitFor();
      // A thread with something unsent or unread opens by itself, perhaps just now.
      if (!(await composer.isVisible())) await row.click({ timeout: 2_000 }).catch(() => undefined);
      await composer.waitFor();
    },
    async openAgent(options = {}) {
      const place = options.insteadOf?.page.url() ?? `${grounds.appUrl}/inbox`;
      const tab = await openTab('staff', place, options);
      if (place.endsWith('/inbox')) await agentOn(tab.page).open(subject);
      else await agentOn(tab.page).reply.waitFor();
      return tab;
    },
    inject(more = 1) {
      injections += more;
    },
    async untilShown(tab, text, ...states) {
      const startedAtMs = performance.now();
      const isThere = () =>
        tab.screen()?.shown.some((bubble) => bubble.text === text && states.includes(bubble.state)) === true;
      while (!isThere()) {
        if (performance.now() - startedAtMs > seenMsMax)
          throw new Error(`${text} was not ${states.join(' or ')} in time`);
        await delay(10);
      }
    },
    async untilSettled() {
      const startedAtMs = performance.now();
      while (!isSettled(await readHead())) {
        if (performance.now() - startedAtMs > healMsMax) break;
        await delay(25);
      }
      recoveryMs.push(performance.now() - startedAtMs);
    },
    async report() {
      const final = await readFinal();
      recording.attempts.push(...attemptsOf(final.rows));
      await checkLeaks();
      const all = [...violations, ...checkHistory(recording, final)];
      const countOf = (...names: string[]) => all.filter(({ invariant }) => names.includes(invariant)).length;
      const stored = new Set(final.rows.map(({ text }) => text));
      return {
        injections,
        attempted: written.size,
        acknowledged: acknowledged.size,
        unknown: written.size - acknowledged.size,
        stored: [...written.keys()].filter((text) => stored.has(text)).length,
        lost: [...written.keys()].filter((text) => !stored.has(text)).length,
        doubled: countOf('I2', 'I3'),
        misordered: countOf('I4', 'I5', 'I6'),
        leaked: countOf('I9'),
        recoveryMs,
        violations: all,
      };
    },
    async close() {
      for (const context of contexts) await context.close().catch(() => undefined);
      for (const each of apart) await each.close();
      await sql.end();
    },
  };
}

const rowSchema = z.object({
  conversationId: z.string(),
  seq: z.number(),
  publicSeq: z.nullable(z.number()),
  id: z.string(),
  kind: z.enum(['reply', 'note', 'event']),
  sender: z.nullable(z.string()),
  text: z.string(),
});

/** Whether the words under a bubble say what its state is. */
function isHonest({ kind, state, says }: Screen['shown'][number]): boolean {
  if (kind === 'event') return true;
  if (state === 'failed') return says.startsWith('Not sent');
  if (state === 'sending') return says.startsWith('Sending…');
  if (state === 'held') return says.startsWith('Sending');
  // A question to its writer stands below it.
  if (state === 'guarded') return true;
  return says === '' || says === 'Sent' || says.startsWith('Seen');
}

const words = [
  'frost',
  'pots',
  'délivrée',
  'Grüße',
  'مرحبا بكم',
  '注文',
  '👩🏽‍🌾',
  '<b>bold?</b>',
  'https://fernhill.example/a?b=c&d=é',
  "Robert'); drop table messages;--",
  '$& $1 $$',
  '%s %00',
  '🏳️‍🌈',
];

/** A text that nobody wrote before, with what texts are made of: scripts, emoji, markup, addresses, lines. */
function newText(random: () => number, name: string): string {
  const chosen = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
    return words[Math.floor(random() * words.length)] ?? '';
  });
  return [name, ...chosen].join(random() < 0.2 ? '\n' : ' ');
}

/** An agent who reads what came in between and sends all the same, as soon as the page asks. Runs in the page. */
function insistOnSending() {
  new MutationObserver(() => {
    for (const button of document.querySelectorAll('button')) {
      if (button.textContent !== 'Send anyway') continue;
      const tell: unknown = Reflect.get(window, 'parleyInsisted');
      const id = button.closest('[data-message-id]')?.getAttribute('data-message-id');
      if (typeof tell === 'function') tell(id);
      button.click();
    }
  }).observe(document, { subtree: true, childList: true });
}
