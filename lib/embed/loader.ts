import {
  adopt,
  type Call,
  type Core,
  emit,
  make,
  nativePromise,
  queryOf,
  type Run,
  refusal,
} from '#/lib/embed/core.ts';
import { launcherGlyph, launcherStyles } from '#/lib/embed/launcher-look.ts';
import { parseCount, parseLook, record } from '#/lib/embed/protocol.ts';

/*
 * Becomes public/widget.js: the launcher, the queue of calls, and nothing more. It lives in somebody else's page, so it
 * never throws into it, styles nothing outside its shadow root, and needs neither inline style nor inline script. Every
 * byte is paid by every page that embeds us; what can come later is in lib/embed/loader-more.ts.
 */

/** The build of widget-more.js that belongs to this one; put here by scripts/build-widget.ts. */
declare const moreVersion: string;

try {
  // A second tag is a mistake, except in a document that was written anew.
  if (record(window.Parley).at !== document.documentElement) start();
} catch {
  // A page too strange for us works as if we were not there.
}

function start() {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const { src, dataset } = script;
  const home = new URL(src).origin;
  const at = document.documentElement;
  let queue: Call[] = [];
  const badge = make('b');
  const sheet = new CSSStyleSheet();
  let loading: Promise<Run> | null = null;
  let tries = 0;
  let isDrawn = false;
  let launcher: HTMLElement;
  let panel: HTMLElement;

  const core: Core = {
    home,
    settings: {},
    memory: {},
    life: null,
    look: null,
    answer: null,
    root: null,
    frame: null,
    isLoaded: false,
    isReady: false,
    isOpen: false,
    unread: 0,
    isOther: false,
    show,
    paint,
    openFrame,
    askUnread,
    setUnread,
    askConfig,
    submit,
  };

  function parley(...args: unknown[]) {
    return say(args);
  }
  const early: Call[] = window.Parley?.q ?? [];
  Object.assign(window, { Parley: Object.assign(parley, { at }) });
  if (dataset.widget || window.ParleySettings?.widget) begin();
  for (const call of early) submit(call);

  function submit(call: Call) {
    queue[queue.length] = call;
    if (!core.life) {
      if (call[0][0] === 'boot') begin(call[0][1]);
    } else if (isDrawn) wake();
  }

  function begin(options?: unknown) {
    const settings = {};
    core.settings = settings;
    adopt(settings, dataset);
    adopt(settings, window.ParleySettings);
    adopt(settings, options);
    const life = new AbortController();
    core.life = life;
    loading = null;
    isDrawn = false;
    const on = (type: string, listener: (event: Event) => void) => addEventListener(type, listener, life);
    on('click', onClick);
    on('focus', askUnread);
    if (document.readyState === 'complete') draw();
    else on('load', draw);
  }

  async function draw() {
    const { life } = core;
    const answer = await askConfig();
    if (core.life !== life || at !== document.documentElement) return;
    isDrawn = true;
    if (show(answer)) {
      emit('ready');
      // Whose session it is may have to be compared first.
      if (!core.settings.token) askUnread();
    }
    if (queue[0] || !core.look || core.settings.token) wake();
  }

  function show(answer: unknown) {
    const { settings } = core;
    const value = record(record(answer).value);
    const look = parseLook({ value: { ...value, ...settings } }) ?? parseLook({ value });
    if (!look) return false;
    core.look = look;
    core.answer = answer;
    sheet.replaceSync(launcherStyles(look));
    if (!core.root) {
      core.root = make('div');
      panel = make('div');
      launcher = make('button');
      launcher.append(launcherGlyph(), badge);
      launcher.onpointerenter = launcher.onfocus = () => {
        openFrame();
        wake();
      };
      launcher.onclick = () => say(['toggle'], true);
      const shadow = core.root.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [sheet];
      shadow.append(panel, launcher);
      document.documentElement.append(core.root);
    }
    paint();
    return true;
  }

  function paint() {
    const { look, root, isOpen, isReady, unread, settings } = core;
    if (!look || !root) return;
    root.className = `${isOpen ? 'o' : ''} ${isReady ? 'r' : ''} ${settings.launcher === 'hidden' ? 'h' : ''}`;
    const count = unread ? `, ${look.unreadLabel.replace('{count}', `${unread}`)}` : '';
    launcher.setAttribute('aria-label', isOpen ? look.closeLabel : look.launcherLabel + count);
    launcher.setAttribute('aria-expanded', `${isOpen}`);
    badge.textContent = isOpen || !unread ? '' : unread > 9 ? '9+' : `${unread}`;
  }

  /** Only once somebody reaches for the chat. It loads beside the rest of this script. */
  function openFrame() {
    if (core.frame) return;
    const frame = make('iframe');
    core.frame = frame;
    frame.title = `${core.look?.launcherLabel}`;
    frame.allow = 'clipboard-write';
    frame.referrerPolicy = 'origin';
    frame.src = `${home}/widget${queryOf(core.settings)}`;
    frame.onload = () => {
      core.isLoaded = true;
    };
    panel.replaceChildren(frame);
  }

  /** `isByPerson`: a click on the launcher, or on what the page marked to open the chat. */
  function say(args: unknown[], isByPerson?: boolean) {
    const answer = new nativePromise((resolve) => submit([args, resolve, isByPerson === true]));
    // Whoever does not wait for an answer is told by the event, not by the page's own alarms.
    answer.catch(() => {});
    return answer;
  }

  function onClick(event: Event) {
    const target = event.composedPath()[0];
    const marked = target instanceof Element && target.closest('[data-parley-open],[data-parley-message]');
    if (!marked) return;
    if (core.look) event.preventDefault();
    const text = marked.getAttribute('data-parley-message');
    say(text === null ? ['open'] : ['newMessage', text], true);
  }

  async function wake() {
    const { life } = core;
    try {
      loading ??= load(life);
      const run = await loading;
      for (const [args, resolve, isByPerson] of taken()) resolve(run(args, isByPerson));
    } catch {
      if (core.life !== life) return;
      loading = null;
      for (const [, resolve] of taken()) resolve(refusal('unavailable'));
      emit('error', { code: 'unavailable' });
    }
  }

  // Some pages made the methods of arrays something else.
  function taken() {
    const calls = queue;
    queue = [];
    return calls;
  }

  // Neither a policy with a nonce nor Trusted Types stand in the way of an import, which has its script's nonce.
  async function load(life: unknown): Promise<Run> {
    const { takeOver } = await import(`${home}/widget-more.js?${moreVersion}${tries++ || ''}`);
    if (core.life !== life) throw 0;
    return takeOver(core);
  }

  /** For a customer who has been here: how many messages wait. */
  async function askUnread() {
    const token = core.memory.token ?? stored();
    if (!token || !core.look || core.isOpen || core.isOther) return;
    const answer = record(await ask('unread', { authorization: `Bearer ${token}` }));
    if (!core.isOpen && !core.isOther) setUnread(parseCount(answer.value, 'unread'));
  }

  function stored() {
    try {
      return localStorage[`parley:${core.settings.widget}:token`];
    } catch {}
  }

  function setUnread(count: number | null) {
    if (count === null || count === core.unread) return;
    core.unread = count;
    paint();
    emit('unread', { count });
  }

  function askConfig() {
    return ask(`config${queryOf(core.settings)}`);
  }

  async function ask(path: string, headers: Record<string, string> = {}): Promise<unknown> {
    try {
      return await (await fetch(`${home}/api/widget/${path}`, { headers })).json();
    } catch {
      return null;
    }
  }
}
