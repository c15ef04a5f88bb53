import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { z } from 'zod';

/** A Firefox that is driven by WebDriver BiDi, the protocol that an ordinary Firefox speaks. */
export type Firefox = {
  version: string;
  /** A tab of its own, in a container of its own: nobody else's storage. */
  openTab(): Promise<FirefoxTab>;
  stop(): Promise<void>;
};

export type FirefoxTab = {
  /** Messages of uncaught errors, of the page and its frames, since the tab was opened. */
  errors: string[];
  goto(url: string, until?: 'none' | 'interactive' | 'complete'): Promise<void>;
  reload(): Promise<void>;
  /** What an expression is in the page, a promise awaited; `where` is a part of a frame's address. */
  evaluate(expression: string, where?: string): Promise<unknown>;
  /** Moves the mouse to the middle of the element that the expression is, and clicks. */
  click(expression: string, where?: string): Promise<void>;
  /** Presses a key for each character, in the element that has the focus there. */
  type(text: string, where?: string): Promise<void>;
  /** Runs `source`, a function, in every page of this tab before anything else does. */
  runFirst(source: string): Promise<void>;
  close(): Promise<void>;
};

const startMsMax = 60_000;
const replyMsMax = 20_000;

/** Starts `executablePath` without a window, on a profile of its own that `stop` deletes. */
export async function startFirefox(executablePath: string, preferences: Preferences = {}): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'parley-firefox-'));
  const lines = Object.entries({ ...quiet, ...preferences }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const given = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
  const browser = spawn(executablePath, given, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  const exited = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  const stop = async () => {
    browser.kill('SIGTERM');
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const line = await openLine(`${await addressOf(browser, exited)}/session`);
    const { capabilities } = sessionSchema.parse(await line.ask('session.new', { capabilities: {} }));
    await line.ask('session.subscribe', { events: ['log.entryAdded'] });
    return { version: capabilities.browserVersion, openTab: () => openTab(line), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Preferences = Record<string, string | number | boolean>;
/** Nothing of the browser's own goes to the network, and nothing of it is asked. */
const quiet: Preferences = {
  'app.normandy.enabled': false,
  'app.update.auto': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};

const sessionSchema = z.object({ capabilities: z.object({ browserVersion: z.string() }) });

/** The address that the browser prints when it listens. */
async function addressOf(browser: ChildProcess, exited: Promise<void>): Promise<string> {
  const found = Promise.withResolvers<string>();
  let printed = '';
  browser.stderr?.on('data', (chunk) => {
    printed += String(chunk);
    const address = /WebDriver BiDi listening on (ws:\S+)/.exec(printed)?.[1];
    if (address !== undefined) found.resolve(address);
  });
  browser.once('error', found.reject);
  const timer = setTimeout(() => found.reject(new Error(`Firefox did not start: ${printed}`)), startMsMax);
  void exited.then(() => found.reject(new Error(`Firefox ended: ${printed}`)));
  return found.promise.finally(() => clearTimeout(timer));
}

type Line = {
  ask(method: string, params: object): Promise<unknown>;
  /** Every uncaught error, with the context that it happened in. */
  onError(listener: (context: string, text: string) => void): void;
};

const replySchema = z.union([
  z.object({ type: z.literal('success'), id: z.number(), result: z.unknown() }),
  z.object({ type: z.literal('error'), id: z.number(), error: z.string(), message: z.string() }),
  z.object({ type: z.literal('event'), method: z.string(), params: z.unknown() }),
]);
const logSchema = z.object({
  type: z.string(),
  level: z.string(),
  text: z.nullable(z.string()),
  source: z.object({ context: z.optional(z.string()) }),
});

async function openLine(address: string): Promise<Line> {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners: ((context: string, text: string) => void)[] = [];
  let last = 0;
  socket.on('message', (data) => {
    const reply = replySchema.parse(JSON.parse(String(data)));
    if (reply.type === 'event') {
      if (reply.method !== 'log.entryAdded') return;
      const { type, level, text, source } = logSchema.parse(reply.params);
      if (type === 'javascript' && level === 'error') {
        for (const listener of listeners) listener(source.context ?? '', text ?? '');
      }
      return;
    }
    const asker = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.type === 'success') asker?.resolve(reply.result);
    else asker?.reject(new Error(`${reply.error}: ${reply.message}`));
  });
  return {
    ask(method, params) {
      const id = ++last;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      const late = setTimeout(() => reject(new Error(`Firefox does not answer ${method}`)), replyMsMax);
      socket.send(JSON.stringify({ id, method, params }));
      return promise.finally(() => clearTimeout(late));
    },
    onError: (listener) => void listeners.push(listener),
  };
}

type Tree = { context: string; url: string; children?: Tree[] | null | undefined };
const treeSchema: z.ZodType<Tree> = z.object({
  context: z.string(),
  url: z.string(),
  get children() {
    return z.optional(z.nullable(z.array(treeSchema)));
  },
});
const valueSchema = z.union([
  z.object({
    type: z.literal('success'),
    result: z.looseObject({ type: z.string(), value: z.optional(z.unknown()) }),
  }),
  z.object({ type: z.literal('exception'), exceptionDetails: z.object({ text: z.string() }) }),
]);
const sharedSchema = z.object({ type: z.literal('node'), sharedId: z.string() });

async function openTab(line: Line): Promise<FirefoxTab> {
  const { userContext } = z
    .object({ userContext: z.string() })
    .parse(await line.ask('browser.createUserContext', {}));
  const made = await line.ask('browsingContext.create', { type: 'tab', userContext });
  const { context } = z.object({ context: z.string() }).parse(made);
  const errors: string[] = [];
  const ours = new Set([context]);
  line.onError((where, text) => {
    if (ours.has(where)) errors.push(text);
  });

  async function find(where: string | undefined): Promise<string> {
    const answer = await line.ask('browsingContext.getTree', { root: context });
    const { contexts } = z.object({ contexts: z.array(treeSchema) }).parse(answer);
    const all = contexts.flatMap(flatten);
    for (const each of all) ours.add(each.context);
    const found = where === undefined ? context : all.find(({ url }) => url.includes(where))?.context;
    if (found === undefined) throw new Error(`there is no frame of ${where}`);
    return found;
  }

  async function run(expression: string, where: string | undefined) {
    const answer = await line.ask('script.evaluate', {
      expression,
      target: { context: await find(where) },
      awaitPromise: true,
      resultOwnership: 'none',
    });
    const outcome = valueSchema.parse(answer);
    if (outcome.type === 'exception') throw new Error(outcome.exceptionDetails.text);
    return outcome.result;
  }

  const act = (where: string, action: object) =>
    line.ask('input.performActions', { context: where, actions: [action] });
  return {
    errors,
    goto: async (url, until = 'complete') => {
      await line.ask('browsingContext.navigate', { context, url, wait: until });
    },
    reload: async () => {
      await line.ask('browsingContext.reload', { context, wait: 'complete' });
    },
    async evaluate(expression, where) {
      const { value } = await run(`(async () => JSON.stringify(await (${expression})))()`, where);
      return typeof value === 'string' ? JSON.parse(value) : undefined;
    },
    async click(expression, where) {
      const seen = `((element) => (element.scrollIntoView({ block: 'center' }), element))(${expression})`;
      const element = sharedSchema.parse(await run(seen, where));
      const origin = { type: 'element', element: { sharedId: element.sharedId } };
      await act(await find(where), {
        type: 'pointer',
        id: 'mouse',
        actions: [
          { type: 'pointerMove', x: 0, y: 0, origin },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ],
      });
    },
    async type(text, where) {
      const actions = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await act(await find(where), { type: 'key', id: 'keys', actions });
    },
    async runFirst(functionDeclaration) {
      await line.ask('script.addPreloadScript', { functionDeclaration, contexts: [context] });
    },
    async close() {
      await line.ask('browser.removeUserContext', { userContext });
    },
  };
}

function flatten(tree: Tree): Tree[] {
  return [tree, ...(tree.children ?? []).flatMap(flatten)];
}
