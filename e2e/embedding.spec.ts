import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { BrowserContext, Page } from '@playwright/test';
import { build } from 'esbuild';
import postgres from 'postgres';
import { queueStub, scriptTag } from '../lib/embed/snippet.ts';
import { newId } from '../lib/ids.ts';
import { docSnippets, forReal } from './doc-snippets.ts';
import { type Agent, test as base, type Customer, customerOn, expect, type House } from './people.ts';

/*
 * docs/embedding.md is the input: each of its snippets is put into a page as it stands, and what the document says of it
 * is looked at. A snippet that nothing here looks at fails, and so does a look at what is not in the document any more.
 */

const snippets = docSnippets();

/** Somebody's site, with the pages that a test writes: one for all tests, as who may frame us is known for half a minute. */
type Site = {
  url: string;
  /** What is served where; `policy` is that of its content. */
  pages: Map<string, { html: string; policy: string | undefined }>;
  /** How often it was asked for a token. */
  tokensAsked: number;
};
type World = {
  site: Site;
  /** Opens a page of this markup; everything it says in its console is in `said`. */
  open(html: string, policy?: string): Promise<Customer & { said: string[] }>;
  house: House;
  newAgent(): Promise<Agent>;
  code(name: string): string;
  tag: string;
  early: string;
};

const test = base.extend<{ world: World }, { site: Site }>({
  site: [
    async ({ house }, use) => {
      const { site, stop } = await openSite(house);
      await use(site);
      await stop();
    },
    { scope: 'worker' },
  ],
  world: async ({ browser, house, site, newAgent }, use) => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const { app, widgetKey } = house;
    await use({
      site,
      house,
      newAgent,
      open: (html, policy) => openPage(context, site, html, policy),
      code: (name) => forReal(snippets.get(name)?.code ?? '', app.url, widgetKey),
      tag: scriptTag(app.url, widgetKey),
      early: `<script>${queueStub}</script>`,
    });
    await context.close();
  },
});

test('every snippet of the document is looked at here, and only those', () => {
  expect([...snippets.keys()].toSorted()).toEqual(Object.keys(looks).toSorted());
});

test('the types are served as the document says', async ({ world: { house }, request }) => {
  const served = await request.get(`${house.app.url}/widget.d.ts`);
  expect(await served.text()).toBe(readFileSync('public/widget.d.ts', 'utf8'));
});

const looks: Record<string, (world: World) => Promise<void>> = {
  async tag({ open, code }) {
    const { launcher, frame, page } = await open(code('tag'));
    await expect(launcher).toBeVisible();
    expect(page.frames()).toHaveLength(1);
    await launcher.click();
    await expect(frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
  },

  async attributes({ open, code }) {
    const { launcher, page } = await open(code('attributes'));
    await expect(launcher).toHaveCSS('background-color', 'rgb(10, 125, 85)');
    expect((await launcher.boundingBox())?.x).toBe(20);
    await launcher.hover();
    const frame = page.locator('iframe[title="Chat with us"]');
    await expect(frame).toHaveAttribute('src', /[?&]lang=de$/);
    await expect(frame).toHaveCSS('color-scheme', 'dark');
  },

  async settings({ open, code, house }) {
    const { launcher, page, composer, frame, send } = await open(code('settings'));
    await page.waitForFunction('typeof Parley === "function"');
    expect(await page.evaluate('Parley("newMessage", "May I pay by invoice?")')).toBeUndefined();
    await expect(composer).toHaveValue('May I pay by invoice?');
    await expect(launcher).toBeHidden();
    await send('May we pay by invoice?');
    await expect(frame.getByText('Sent', { exact: true })).toBeVisible();
    await expect
      .poll(() => attributesOf(house, 'May we pay by invoice?'))
      .toEqual({ plan: 'team', seats: 12 });
  },

  async buttons({ open, code, tag }) {
    const { launcher, page, composer, frame } = await open(code('buttons') + tag);
    await expect(launcher).toBeVisible();
    await page.getByRole('button', { name: 'Ask us' }).click();
    await expect(frame.getByRole('button', { name: 'Send us a message' })).toBeVisible();
    await page.getByRole('link', { name: 'Ask about delivery' }).click();
    await expect(composer).toHaveValue('I have a question about delivery');
    expect(new URL(page.url()).pathname).not.toBe('/contact');
  },

  async queue({ open, code, tag }) {
    const { composer } = await open(code('queue') + tag);
    await expect(composer).toHaveValue('Is this still in stock?');
  },

  async calls({ open, code, tag, early }) {
    const { launcher, said } = await open(early + moduleOf(code('calls')) + tag);
    await expect.poll(() => said).toEqual(['not_found']);
    await expect(launcher).toHaveCSS('background-color', 'rgb(179, 38, 30)');
    expect((await launcher.boundingBox())?.x).toBe(20);
  },

  async events({ open, code, tag, early, newAgent }) {
    const agent = await newAgent();
    const text = 'Do you ship to Norway?';
    const visitor = await open(`<title>Shop</title>${early}${moduleOf(code('events'))}${tag}`);
    await visitor.start();
    await visitor.send(text);
    await expect.poll(() => visitor.said).toHaveLength(1);
    expect(visitor.said[0]).toMatch(/^sent [\da-f-]{36}$/);
    await agent.open(text);
    await visitor.page.evaluate('Parley("close")');
    await agent.send('We do, in four days.');
    await expect(visitor.page).toHaveTitle('(1) Shop');
    await visitor.launcher.click();
    await expect(visitor.page).toHaveTitle('Shop');
    await visitor.page.evaluate('Parley("openConversation", "nonsense").catch(() => {})');
    await expect.poll(() => visitor.said.at(-1)).toBe('error invalid openConversation');
  },

  async identify({ open, site, code, tag, early }) {
    const { launcher, said } = await open(early + moduleOf(code('identify')) + tag);
    await expect(launcher).toBeVisible();
    expect(site.tokensAsked).toBe(0);
    await launcher.click();
    await expect.poll(() => said).toEqual(['verified true']);
    expect(site.tokensAsked).toBe(1);
  },

  async shutdown({ open, code, tag, early }) {
    const form = '<form name="sign-out" action="/bye"><button>Sign out</button></form>';
    const visitor = await open(form + early + tag + moduleOf(code('shutdown')));
    await visitor.start();
    await visitor.send('Only mine');
    await expect(visitor.frame.getByText('Sent', { exact: true })).toBeVisible();
    expect(await keptBy(visitor.page)).toContain('token');
    await visitor.page.getByRole('button', { name: 'Sign out' }).click();
    await visitor.page.waitForURL(/\/bye/);
    expect(await keptBy(visitor.page)).toEqual([]);
  },

  async set({ open, code, tag, early, house }) {
    const text = 'My payment failed';
    const visitor = await open(early + moduleOf(code('set')) + tag);
    await visitor.start();
    await visitor.send(text);
    await expect(visitor.frame.getByText('Sent', { exact: true })).toBeVisible();
    await expect.poll(() => attributesOf(house, text)).toEqual({ plan: 'team', seats: 12, trial: false });
    await expect
      .poll(() => actionsOf(house, text))
      .toEqual([{ name: 'checkout_failed', details: { step: 'payment', amount: 84 } }]);
    await expect.poll(() => keptBy(visitor.page)).not.toContain('set');
    expect(await keptBy(visitor.page)).not.toContain('track');
  },

  async consent({ open, code, house }) {
    const { launcher, page } = await open(code('consent'));
    await page.waitForFunction('"at" in Parley');
    await expect(launcher).toHaveCount(0);
    const loaded: string[] = await page.evaluate(
      'performance.getEntriesByType("resource").map(({ name }) => name)',
    );
    expect(loaded.filter((url) => url.startsWith(house.app.url))).toEqual([`${house.app.url}/widget.js`]);
    for (let turn = 0; turn < 2; turn++) {
      await page.getByRole('button', { name: 'Yes, load the chat' }).click();
      await launcher.click();
      await expect(page.locator('iframe')).toBeVisible();
      await page.getByRole('button', { name: 'No chat here' }).click();
      await expect(launcher).toHaveCount(0);
      await expect(page.locator('iframe')).toHaveCount(0);
    }
  },

  async react({ open, code, early, house }) {
    const script = await bundleReact(code('react'), code('react-use'));
    const tag = `<script async src="${house.app.url}/widget.js"></script>`;
    const visitor = await open(`${early}${tag}<div id="root"></div>${moduleOf(script)}`);
    const { launcher, page, composer } = visitor;
    await expect(launcher).toBeVisible();
    // Strict mode mounts twice: the first launcher goes again.
    await expect.poll(async () => (await launcher.boundingBox())?.x).toBe(20);
    await page.getByRole('button', { name: 'Help' }).click();
    await expect(composer).toHaveValue('About my order:');
    await composer.fill('About my order: it is late');
    const frame = page.locator('iframe');
    await expect(frame).toHaveCSS('color-scheme', 'light');
    // The open chat stands over it.
    await page.getByRole('button', { name: 'Lights' }).press('Enter');
    await expect(frame).toHaveCSS('color-scheme', 'dark');
    await expect(composer).toHaveValue('About my order: it is late');
    await page.evaluate('leave()');
    await expect(launcher).toHaveCount(0);
    await expect(frame).toHaveCount(0);
  },

  'react-use': async () => expect(snippets.get('react-use')?.language).toBe('tsx'),

  policy: ({ open, code, tag }) => underPolicy(open, code('policy'), tag),

  'policy-nonce': ({ open, code, tag }) =>
    underPolicy(open, code('policy-nonce'), tag.replace('<script', '<script nonce="NONCE"')),
};

for (const [name, look] of Object.entries(looks)) {
  test(`the snippet “${name}” does what the document says`, async ({ world }) => {
    await look(world);
  });
}

async function underPolicy(open: World['open'], header: string, tag: string) {
  const policy = header.replace('Content-Security-Policy: ', '');
  const visitor = await open(tag, policy);
  await visitor.start();
  await visitor.send('Hello from behind a policy');
  await expect(visitor.frame.getByText('Sent', { exact: true })).toBeVisible();
  expect(visitor.said).toEqual([]);
}

function moduleOf(code: string): string {
  return `<script type="module">${code}</script>`;
}

/** The document's component and its use, mounted as an app would; `leave` takes it down again. */
async function bundleReact(component: string, use: string): Promise<string> {
  const main = `import { StrictMode } from 'react';
    import { createRoot } from 'react-dom/client';
    import { Shop } from './react-use';
    const root = createRoot(document.querySelector('#root'));
    root.render(<StrictMode><Shop /></StrictMode>);
    window.leave = () => root.unmount();`;
  const files: Record<string, string> = { './react-use': use, './parley-chat': component };
  const result = await build({
    stdin: { contents: main, loader: 'tsx', resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    plugins: [
      {
        name: 'the-document',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^\.\/(?:react-use|parley-chat)$/ }, ({ path }) => ({
            path,
            namespace: 'doc',
          }));
          onLoad({ filter: /.*/, namespace: 'doc' }, ({ path }) => ({
            contents: files[path] ?? '',
            loader: 'tsx',
            resolveDir: process.cwd(),
          }));
        },
      },
    ],
  });
  return result.outputFiles[0]?.text.replaceAll('</script', '<\\/script') ?? '';
}

async function openSite(house: House): Promise<{ site: Site; stop(): Promise<void> }> {
  const site: Site = { url: '', pages: new Map(), tokensAsked: 0 };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    if (path === '/chat-token') {
      site.tokensAsked += 1;
      return response.end(await signToken(house));
    }
    const page = site.pages.get(path) ?? { html: '', policy: undefined };
    if (page.policy !== undefined) response.setHeader('Content-Security-Policy', page.policy);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><body>${page.html}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.url = `http://localhost:${portOf(server)}`;
  await withDatabase(
    house,
    (sql) => sql`update widgets set allowed_origins = array_append(allowed_origins, ${site.url})`,
  );
  return {
    site,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function openPage(
  context: BrowserContext,
  { url, pages }: Site,
  html: string,
  policy: string | undefined,
): Promise<Customer & { said: string[] }> {
  const path = `/${randomUUID()}`;
  pages.set(path, { html, policy });
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => {
    // A browser asks every site for its picture.
    if (!message.location().url.endsWith('/favicon.ico')) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  await page.goto(url + path);
  return { ...customerOn(page), said };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the site has no port');
  return address.port;
}

/** What the widget holds in the page's storage, by its names there. */
async function keptBy(page: Page): Promise<string[]> {
  const names: string[] = await page.evaluate('Object.keys(localStorage)');
  return names.filter((name) => name.startsWith('parley:')).map((name) => name.split(':')[2] ?? '');
}

/** As a site's server does it: who is signed in there. */
async function signToken(house: House): Promise<string> {
  const secret = `${randomUUID()}${randomUUID()}`;
  const [widget] = await withDatabase(
    house,
    (sql) => sql<{ id: string }[]>`select id from widgets where key = ${house.widgetKey}`,
  );
  await withDatabase(
    house,
    (sql) =>
      sql`insert into widget_secrets (id, widget_id, secret) values (${newId()}, ${widget?.id ?? ''}, ${secret})`,
  );
  const seconds = Math.floor(Date.now() / 1000);
  const claims = {
    sub: randomUUID(),
    aud: house.widgetKey,
    exp: seconds + 600,
    jti: randomUUID(),
    name: 'Mia',
  };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** The attributes of the customer whose conversation begins with this text. */
async function attributesOf(house: House, text: string): Promise<unknown> {
  const [row] = await withDatabase(
    house,
    (sql) => sql<{ attributes: unknown }[]>`
      select c.attributes from customers c join messages m on m.customer_id = c.id where m.text = ${text}`,
  );
  return row?.attributes;
}

async function actionsOf(house: House, text: string): Promise<unknown[]> {
  const rows = await withDatabase(
    house,
    (sql) => sql`
      select a.name, a.details from customer_actions a join messages m on m.customer_id = a.customer_id
      where m.text = ${text}`,
  );
  return rows.map(({ name, details }) => ({ name, details }));
}

async function withDatabase<Value>(
  house: House,
  ask: (sql: postgres.Sql) => PromiseLike<Value>,
): Promise<Value> {
  const sql = postgres(house.app.databaseUrl, { max: 1 });
  const value = await ask(sql);
  await sql.end();
  return value;
}
