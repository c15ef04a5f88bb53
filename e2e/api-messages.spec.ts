import type { Browser, BrowserContext, Page } from '@playwright/test';
import postgres from 'postgres';
import { z } from 'zod';
import { signIn } from '../bench/adapters/parley-calls.ts';
import { makeKey } from '../bench/adapters/parley-keys.ts';
import { jsonIn, openWire, type Wire } from '../bench/api/wire.ts';
import { recordScreens, type Screen } from '../bench/faults/pages/screen-recorder.ts';
import {
  type Audience,
  checkHistory,
  type FinalState,
  type Head,
  openWitness,
  type Recording,
  type Row,
  startRecording,
} from '../bench/history-checker.ts';
import { openHttpClient } from '../bench/http-client.ts';
import { newId } from '../lib/ids.ts';
import { agentOn, type Customer, customerOn, expect, type House, test } from './people.ts';

const messages = 1_000;
/** Of a list of a thousand, what its page reports of each of its states. */
const newestShown = 60;
const first = 'Will a thousand answers come in order?';
const answerSchema = z.object({ id: z.string(), order: z.number(), text: z.string() });

/** One program, or the customer's own app: it waits for each answer before it writes on. */
type Writer = { name: string; token: string; audience: Audience };

test('a thousand messages through REST are on both open screens, each once, in one order', async ({
  browser,
  house,
}) => {
  test.setTimeout(240_000);
  const recording = startRecording();
  const screens = new Map<Audience, Screen>();
  const shop = await openRecorded(browser, recording, screens, 'customer');
  const inbox = await openRecorded(browser, recording, screens, 'staff', house.adminState);
  const { customer, token } = await beginConversation(await shop.newPage(), house);
  const agent = agentOn(await inbox.newPage());
  await agent.page.goto(`${house.app.url}/inbox`);
  await agent.open(first);
  await expect.poll(() => screens.get('staff')?.shown.at(0)?.text).toBe(first);
  const conversationId = screens.get('staff')?.conversationId ?? '';
  await expect.poll(() => screens.get('customer')?.conversationId).toBe(conversationId);
  noteFirst(recording, conversationId, screens);

  const writers = [...(await makeWriters(house)), { name: 'customer', token, audience: 'customer' } as const];
  const wire = openWire(house.app.url);
  const line = (writer: Writer) =>
    writeOn(wire, recording, writer, conversationId, messages / writers.length);
  await Promise.all(writers.map(line));
  wire.close();

  const final = async () => readFinal(house, conversationId, screens);
  // A thousand bubbles in two pages beside everything else take a slow machine a while; nothing of it is a promise.
  await expect.poll(async () => isWhole(await final()), { timeout: 120_000 }).toBe(true);
  expect(checkHistory(recording, await final())).toEqual([]);
  expect(new Set(recording.acknowledgements.map(({ id }) => id)).size).toBe(messages + 1);
  await expect(customer.log.locator('[data-message-id]').last()).toBeVisible();
  await shop.close();
  await inbox.close();
});

async function openRecorded(
  browser: Browser,
  recording: Recording,
  screens: Map<Audience, Screen>,
  audience: Audience,
  storageState?: House['adminState'],
): Promise<BrowserContext> {
  const witnesses = new Map<string, ReturnType<typeof openWitness>>();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ...(storageState === undefined ? {} : { storageState }),
  });
  const see = (screen: Screen) => {
    const { life, conversationId, shown, readThrough } = screen;
    const view = { reader: `${audience} ${life}`, sender: audience, audience, conversationId };
    const witness = witnesses.get(life) ?? openWitness(recording, view);
    witnesses.set(life, witness);
    witness(shown, readThrough);
    screens.set(audience, screen);
  };
  await recordScreens(context, see, newestShown);
  return context;
}

/** The customer's first message by hand; answers the session that the widget has from then on. */
async function beginConversation(page: Page, house: House): Promise<{ customer: Customer; token: string }> {
  const { promise, resolve } = Promise.withResolvers<string>();
  page.on('request', (request) => {
    const [scheme, token] = (request.headers().authorization ?? '').split(' ');
    if (scheme === 'Bearer' && token !== undefined) resolve(token);
  });
  await page.goto(house.shop.url);
  const customer = customerOn(page);
  await customer.start();
  await customer.send(first);
  await expect(customer.frame.getByText('Sent', { exact: true })).toBeVisible();
  return { customer, token: await promise };
}

function noteFirst(recording: Recording, conversationId: string, screens: Map<Audience, Screen>): void {
  const id = screens.get('staff')?.shown.find(({ text }) => text === first)?.id ?? '';
  recording.attempts.push({ id, conversationId, sender: 'customer', text: first });
  recording.acknowledgements.push({ id, conversationId, audience: 'customer', order: 1, text: first });
}

async function makeWriters(house: House): Promise<Writer[]> {
  const http = openHttpClient(house.app.url);
  const { email, password } = house.admin;
  await signIn(http, { url: house.app.url, widgetKey: house.widgetKey, realtimeKey: '', email, password });
  const writers: Writer[] = [];
  for (const name of ['Order sync', 'Translator', 'Archive']) {
    const { token } = await makeKey(http, { name, scopes: ['messages:write'] });
    writers.push({ name, token, audience: 'staff' });
  }
  http.close();
  return writers;
}

/** Sends its share; of every tenth the answer is not waited for, and it is sent once more at the same time. */
async function writeOn(
  wire: Wire,
  recording: Recording,
  { name, token, audience }: Writer,
  conversationId: string,
  count: number,
): Promise<void> {
  const url = `/api/v1/conversations/${conversationId}/messages`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (let index = 1; index <= count; index++) {
    const message = { id: newId(), text: `${name} ${index} of ${count}: is it there?` };
    recording.attempts.push({ ...message, conversationId, sender: name, atMs: performance.now() });
    recording.senders.set(message.id, name);
    const send = () => wire.ask('POST', url, headers, Buffer.from(JSON.stringify(message)));
    const answers = await Promise.all(index % 10 === 0 ? [send(), send()] : [send()]);
    for (const { status, text } of answers) {
      expect([200, 201], text).toContain(status);
      const { id, order, text: stored } = answerSchema.parse(jsonIn(text));
      recording.acknowledgements.push({
        id,
        conversationId,
        audience,
        order,
        text: stored,
        atMs: performance.now(),
      });
    }
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  }
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

async function readFinal(
  house: House,
  conversationId: string,
  screens: ReadonlyMap<Audience, Screen>,
): Promise<FinalState> {
  // What the screens show is older than what is read after it.
  const views = [...screens].map(([audience, { life, shown, readThrough, unreadCount }]) => {
    const view = { reader: `${audience} ${life}`, sender: audience, audience, conversationId };
    return { ...view, shown, readThrough, unreadCount };
  });
  const sql = postgres(house.app.databaseUrl, { max: 1, onnotice: () => {} });
  const rows: Row[] = z.array(rowSchema).parse([
    ...(await sql`
      select conversation_id as "conversationId", seq::int, public_seq::int as "publicSeq", messages.id, kind,
        case when kind = 'event' then '' else text end as text,
        case when customer_id is not null then 'customer' else agents.name end as sender
      from messages left join agents on agents.id = agent_id
      where conversation_id = ${conversationId} order by seq`),
  ]);
  const heads = await sql<Head[]>`
    select id as "conversationId", last_seq::int as "lastSeq", last_public_seq::int as "lastPublicSeq"
    from conversations where id = ${conversationId}`;
  const [unpublished] = await sql<{ count: number }[]>`
    select count(*)::int as count from events where published_at is null and conversation_id = ${conversationId}`;
  await sql.end();
  return { rows, heads: [...heads], unpublishedEvents: unpublished?.count ?? 0, views };
}

/** Everything is stored and published, and both screens end with it. */
function isWhole({ rows, unpublishedEvents, views }: FinalState): boolean {
  const stored = rows.filter(({ kind }) => kind !== 'event').length;
  const ends = views.every(
    ({ shown, unreadCount }) => shown.at(-1)?.id === rows.at(-1)?.id && unreadCount === 0,
  );
  return stored === messages + 1 && unpublishedEvents === 0 && ends;
}
