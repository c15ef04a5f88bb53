import { launcherGlyph, launcherStyles } from '#/lib/embed/launcher-look.ts';
import {
  type EventDetail,
  type LauncherLook,
  parseCount,
  parseLook,
  parseToHost,
  record,
  type ToFrame,
} from '#/lib/embed/protocol.ts';

/*
 * Becomes public/widget.js: the launcher and nothing more. It lives in somebody else's page, so it never throws into
 * it, styles nothing outside its shadow root, and needs neither inline style nor inline script. Every byte is paid by
 * every page that embeds us.
 */

type Command = {
  (...args: unknown[]): Promise<unknown>;
  q?: [args: Iterable<unknown>, resolve: (value: unknown) => void][];
  isLoaded?: true;
};

declare global {
  interface Window {
    Parley?: Command;
  }
}

try {
  if (!window.Parley?.isLoaded) start();
} catch {
  // A page too strange for us works as if we were not there.
}

function start() {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const key = script.dataset.widget;
  const home = new URL(script.src).origin;
  const prefix = `parley:${key}:`;
  const memory: Record<string, string> = {};
  const undos = new Map<unknown, () => void>();
  const queued = window.Parley?.q ?? [];

  let look: LauncherLook | null = null;
  let isOpen = false;
  let takesFocus = false;
  let isLoaded = false;
  let isReady = false;
  let isDurable = true;
  let unread = 0;
  let frame: HTMLIFrameElement | null = null;
  let whenGone: ((value?: unknown) => void) | null = null;

  const root = make('div');
  const launcher = make('button');
  const badge = make('b');
  const panel = make('div');

  run.isLoaded = true as const;
  window.Parley = run;
  for (const [args, resolve] of queued) run(...args).then(resolve);

  addEventListener('message', onMessage);
  // Another tab of this site kept or dropped something.
  addEventListener('storage', ({ key: name }) => {
    if (name?.startsWith(prefix)) hello();
  });
  addEventListener('focus', askUnread);
  addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('[data-parley-open]')) show(true, true);
  });
  if (document.readyState === 'complete') draw();
  else addEventListener('load', draw);

  async function run(command?: unknown, name?: unknown, listener?: unknown): Promise<unknown> {
    if (command === 'open') show(true);
    if (command === 'close') show(false);
    if (command === 'toggle') show(!isOpen);
    if (command === 'shutdown') return shutDown();
    if (command === 'off') undos.get(listener)?.();
    if (command === 'on' && typeof listener === 'function') {
      const type = `parley:${name}`;
      const call = (event: Event) => listener(Reflect.get(event, 'detail'));
      const undo = () => removeEventListener(type, call);
      undos.set(listener, undo);
      addEventListener(type, call);
      if (name === 'ready' && look) listener({});
      return undo;
    }
  }

  function emit(name: string, detail: EventDetail = {}) {
    dispatchEvent(new CustomEvent(`parley:${name}`, { detail }));
  }

  async function draw() {
    look = parseLook(await get(`config?widget=${key}`));
    if (!look) return emit('error');
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(launcherStyles(look));
    const shadow = root.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [sheet];
    launcher.append(launcherGlyph(), badge);
    launcher.onclick = () => show(!isOpen, true);
    launcher.onpointerenter = openFrame;
    launcher.onkeydown = (event) => {
      if (event.key === 'Escape') show(false, true);
    };
    shadow.append(panel, launcher);
    // The on-screen keyboard shrinks only the visual viewport; the panel follows it.
    const view = visualViewport;
    if (view) {
      view.onresize = view.onscroll = () => {
        panel.style.cssText = `--h:${view.height}px;--y:${view.offsetTop}px`;
      };
    }
    document.documentElement.append(root);
    emit('ready');
    paint();
    if (isOpen) opened();
    askUnread();
  }

  function show(wanted: boolean, byPerson = false) {
    if (isOpen === wanted) return;
    isOpen = wanted;
    takesFocus = byPerson;
    if (look) opened();
  }

  function opened() {
    paint();
    if (isOpen) openFrame();
    if (takesFocus) (isOpen ? frame : launcher)?.focus();
    hello();
    emit(isOpen ? 'open' : 'close');
  }

  // A frame that came without an answer is asked for again at the next opening.
  function openFrame() {
    if (frame && (isReady || !isLoaded)) return;
    isLoaded = false;
    frame = make('iframe');
    frame.title = `${look?.launcherLabel}`;
    frame.allow = 'clipboard-write';
    frame.referrerPolicy = 'origin';
    frame.src = `${home}/widget?widget=${key}`;
    frame.onload = () => {
      isLoaded = true;
      hello();
    };
    panel.replaceChildren(frame);
  }

  function hello() {
    tell({
      parley: 'hello',
      kept: load(),
      isDurable,
      isOpen,
      takesFocus,
      // Query and fragment of the host's page may carry what is nobody's business.
      page: location.origin + location.pathname,
      locale: document.documentElement.lang,
    });
  }

  function tell(message: ToFrame) {
    if (isLoaded || isReady) frame?.contentWindow?.postMessage(message, home);
  }

  function onMessage({ data, origin, source }: MessageEvent) {
    if (origin !== home || !frame || source !== frame.contentWindow) return;
    const message = parseToHost(data);
    switch (message?.parley) {
      case 'ready':
        isReady = true;
        hello();
        if (whenGone) tell({ parley: 'shutdown' });
        return paint();
      case 'close':
        return show(false, true);
      case 'keep':
        return save(message.name, message.value);
      case 'emit':
        if (message.name === 'unread') return setUnread(parseCount(message.detail, 'count'));
        return emit(message.name, message.detail);
      case 'gone':
        whenGone?.();
    }
  }

  // Only the frame may speak for the session: it ends it at the server, and until then its token is kept.
  async function shutDown() {
    show(false);
    if (look && (load().token || frame)) {
      openFrame();
      tell({ parley: 'shutdown' });
      await new Promise((resolve) => {
        whenGone = resolve;
        setTimeout(resolve, 5000);
      });
      whenGone = null;
      frame?.remove();
      frame = null;
      isReady = false;
    }
    for (const name in load()) save(name, null);
    setUnread(0);
  }

  async function askUnread() {
    const { token } = load();
    if (!token || !look || isOpen) return;
    const answer = record(await get('unread', { authorization: `Bearer ${token}` }));
    if (!isOpen) setUnread(parseCount(answer.value, 'unread'));
  }

  function setUnread(count: number | null) {
    if (count === null || count === unread) return;
    unread = count;
    paint();
    emit('unread', { count });
  }

  function paint() {
    const label = `${look?.launcherLabel}${unread ? `, ${unread} unread` : ''}`;
    root.className = `${isOpen ? 'o' : ''} ${isReady ? 'r' : ''}`;
    launcher.ariaExpanded = `${isOpen}`;
    launcher.ariaLabel = isOpen ? 'Close chat' : label;
    badge.textContent = isOpen || !unread ? '' : unread > 9 ? '9+' : `${unread}`;
  }

  async function get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
    try {
      return await (await fetch(`${home}/api/widget/${path}`, { headers })).json();
    } catch {
      return null;
    }
  }

  function load(): Record<string, string> {
    const kept = { ...memory };
    try {
      for (const full in localStorage) {
        if (full.startsWith(prefix)) kept[full.slice(prefix.length)] = localStorage[full];
      }
    } catch {
      isDurable = false;
    }
    return kept;
  }

  // Blocked or full storage leaves memory: the chat works until the page is left.
  function save(name: string, value: string | null) {
    delete memory[name];
    try {
      localStorage.removeItem(prefix + name);
      if (value !== null) localStorage.setItem(prefix + name, value);
    } catch {
      if (value !== null) memory[name] = value;
      isDurable = false;
      hello();
    }
  }
}

function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag): HTMLElementTagNameMap[Tag] {
  return document.createElement(tag);
}
