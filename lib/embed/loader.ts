import {
  countOf,
  type EventDetail,
  type LauncherLook,
  parseLook,
  parseToHost,
  parseUnread,
  type ToFrame,
  textOn,
  type WidgetEventName,
} from '#/lib/embed/protocol.ts';

/*
 * Becomes public/widget.js: the launcher and nothing more. It lives in somebody else's page, so it never throws into
 * it, styles nothing outside its shadow root, and needs neither inline style nor inline script.
 */

type Command = {
  (...args: unknown[]): Promise<unknown>;
  q?: [args: ArrayLike<unknown>, resolve: (value: unknown) => void][];
  isLoaded?: true;
};

declare global {
  interface Window {
    Parley?: Command;
    ParleySettings?: { widget?: string };
  }
}

try {
  if (!window.Parley?.isLoaded) start();
} catch {
  // A page too strange for us works as if we were not there.
}

function start() {
  const script = document.querySelector<HTMLScriptElement>('script[data-widget],script[src$="/widget.js"]');
  const key = script?.dataset.widget ?? window.ParleySettings?.widget;
  if (!script || !key) return;
  const home = new URL(script.src).origin;
  const prefix = `parley:${key}:`;
  const memory: Record<string, string> = {};
  const undos = new Map<unknown, () => void>();
  const queued = window.Parley?.q;

  let look: LauncherLook | null = null;
  let isOpen = false;
  let isReady = false;
  let unread = 0;
  let askedAt = 0;
  let frame: HTMLIFrameElement | null = null;
  let greeting = 0;
  let whenGone: ((value?: unknown) => void) | null = null;

  const root = make('div');
  const launcher = make('button', { 'aria-haspopup': 'dialog' });
  const badge = make('b');
  const panel = make('div');

  const parley: Command = async (...args) => run(...args);
  parley.isLoaded = true;
  window.Parley = parley;
  for (const [args, resolve] of queued ?? []) parley(...Array.from(args)).then(resolve);

  addEventListener('message', onMessage);
  addEventListener('storage', ({ key: full, newValue }) => {
    if (full?.startsWith(prefix)) tell({ parley: 'kept', name: full.slice(prefix.length), value: newValue });
  });
  addEventListener('focus', askUnread);
  addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('[data-parley-open]')) show(true, true);
  });
  if (document.readyState === 'complete') draw();
  else addEventListener('load', draw);

  function run(command?: unknown, name?: unknown, listener?: unknown): unknown {
    if (command === 'open') show(true);
    if (command === 'close') show(false);
    if (command === 'toggle') show(!isOpen);
    if (command === 'shutdown') return shutDown();
    if (command === 'off') undos.get(listener)?.();
    if (command === 'on' && typeof listener === 'function') {
      const call = (event: Event) => listener(event instanceof CustomEvent ? event.detail : {});
      const undo = () => removeEventListener(`parley:${name}`, call);
      undos.set(listener, undo);
      addEventListener(`parley:${name}`, call);
      if (name === 'ready' && look) emit('ready');
      return undo;
    }
  }

  function emit(name: WidgetEventName, detail: EventDetail = {}) {
    dispatchEvent(new CustomEvent(`parley:${name}`, { detail }));
  }

  async function draw() {
    look = parseLook(await get(`config?widget=${key}`));
    if (!look) return emit('error', { code: 'unavailable' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles(look));
    const shadow = root.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [sheet];
    launcher.append(glyph('M12 4a8 8 0 0 0-7 12l-1 4 4-1a8 8 0 1 0 4-15z'), glyph('m6 9 6 6 6-6'), badge);
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
        panel.style.setProperty('--h', `${view.height}px`);
        panel.style.setProperty('--y', `${view.offsetTop}px`);
      };
    }
    document.documentElement.append(root);
    emit('ready');
    paint();
    if (isOpen) opened();
    askUnread();
  }

  function show(wanted: boolean, takesFocus = false) {
    if (isOpen === wanted) return;
    isOpen = wanted;
    if (look) opened(takesFocus);
  }

  function opened(takesFocus = false) {
    paint();
    if (isOpen) openFrame();
    if (takesFocus) (isOpen ? frame : launcher)?.focus();
    tell({ parley: 'shown', isOpen, takesFocus, page: page() });
    emit(isOpen ? 'open' : 'close');
  }

  // A frame that never answered is asked for again at the next opening.
  function openFrame() {
    if (frame && (isReady || greeting)) return;
    frame = make('iframe', {
      title: look?.launcherLabel ?? '',
      allow: 'clipboard-write',
      referrerpolicy: 'origin',
      src: `${home}/widget?widget=${key}`,
    });
    panel.replaceChildren(frame);
    let tries = 0;
    greeting = window.setInterval(() => {
      hello();
      if (++tries > 60) stopGreeting();
    }, 250);
  }

  function stopGreeting() {
    clearInterval(greeting);
    greeting = 0;
  }

  function hello() {
    const [kept, isDurable] = load();
    tell({ parley: 'hello', kept, isDurable, isOpen, page: page(), locale: document.documentElement.lang });
  }

  function tell(message: ToFrame) {
    frame?.contentWindow?.postMessage(message, home);
  }

  function onMessage({ data, origin, source }: MessageEvent) {
    if (origin !== home || !frame || source !== frame.contentWindow) return;
    const message = parseToHost(data);
    switch (message?.parley) {
      case 'ready':
        stopGreeting();
        hello();
        if (whenGone) tell({ parley: 'shutdown' });
        isReady = true;
        return paint();
      case 'close':
        return show(false, true);
      case 'keep':
        return save(message.name, message.value);
      case 'emit':
        if (message.name === 'unread') return setUnread(countOf(message.detail.count));
        return emit(message.name, message.detail);
      case 'gone':
        whenGone?.();
    }
  }

  // Only the frame may speak for the session: it ends it at the server, and until then it holds the token.
  async function shutDown() {
    show(false);
    const [kept] = load();
    if (look && (kept.token || frame)) {
      openFrame();
      await new Promise((resolve) => {
        whenGone = resolve;
        if (isReady) tell({ parley: 'shutdown' });
        setTimeout(resolve, 5000);
      });
      whenGone = null;
      stopGreeting();
      frame?.remove();
      frame = null;
      isReady = false;
    }
    for (const name in { ...kept, ...load()[0] }) save(name, null);
    setUnread(0);
  }

  async function askUnread() {
    const { token } = load()[0];
    if (!token || !look || isOpen || Date.now() - askedAt < 5000) return;
    askedAt = Date.now();
    const count = parseUnread(await get('unread', { authorization: `Bearer ${token}` }));
    if (!isOpen) setUnread(count);
  }

  function setUnread(count: number | null) {
    if (count === null || count === unread) return;
    unread = count;
    paint();
    emit('unread', { count });
  }

  function paint() {
    const label = `${look?.launcherLabel}${unread ? `, ${unread} unread` : ''}`;
    root.className = `${isOpen ? 'o' : ''}${isReady ? ' r' : ''}`;
    launcher.ariaExpanded = `${isOpen}`;
    launcher.ariaLabel = isOpen ? 'Close chat' : label;
    badge.textContent = isOpen || !unread ? '' : unread > 9 ? '9+' : `${unread}`;
  }

  async function get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
    try {
      return await (await fetch(`${home}/api/widget/${path}`, { headers, credentials: 'omit' })).json();
    } catch {
      return null;
    }
  }

  function load(): [kept: Record<string, string>, isDurable: boolean] {
    const kept = { ...memory };
    try {
      for (const [full, value] of Object.entries(localStorage)) {
        if (full.startsWith(prefix)) kept[full.slice(prefix.length)] = value;
      }
      return [kept, true];
    } catch {
      return [kept, false];
    }
  }

  // Blocked or full storage leaves memory: the chat works until the page is left.
  function save(name: string, value: string | null) {
    delete memory[name];
    try {
      localStorage.removeItem(prefix + name);
      if (value !== null) localStorage.setItem(prefix + name, value);
    } catch {
      if (value !== null) memory[name] = value;
    }
  }
}

// Query and fragment of the host's page may carry what is nobody's business.
function page(): string {
  return location.origin + location.pathname;
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name] ?? '');
  return element;
}

function glyph(shape: string): Element {
  const [svg, line] = ['svg', 'path'].map((tag) =>
    document.createElementNS('http://www.w3.org/2000/svg', tag),
  );
  svg?.setAttribute('viewBox', '0 0 24 24');
  line?.setAttribute('d', shape);
  svg?.append(line ?? '');
  return svg ?? make('i');
}

function styles({ accent, theme, position }: LauncherLook): string {
  return `:host{all:initial!important;position:fixed!important;z-index:2147483000!important;color-scheme:${theme}}
button{position:fixed;bottom:20px;${position}:20px;width:56px;height:56px;border:0;border-radius:50%;background:${accent};color:${textOn(accent)};cursor:pointer;box-shadow:0 1px 3px #0003,0 8px 24px #0003;transition:.15s;animation:i .2s}
button:hover{transform:scale(1.05)}
:focus-visible{outline:2px solid ${accent};outline-offset:2px}
svg{position:absolute;inset:14px;width:28px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round;transition:.15s}
svg+svg,:host(.o) svg{opacity:0;transform:rotate(-45deg)}
:host(.o) svg+svg{opacity:1;transform:none}
b{position:absolute;top:-4px;right:-4px;min-width:10px;padding:0 5px;border-radius:10px;background:#d92d20;color:#fff;font:600 12px/20px system-ui}
b:empty{display:none}
div{position:fixed;bottom:88px;${position}:20px;width:400px;height:min(704px,100dvh - 104px);border-radius:16px;overflow:hidden;background:light-dark(#fdfdfc,#111214);box-shadow:0 0 0 1px #0001,0 2px 6px #0001,0 16px 48px #0003;visibility:hidden;opacity:0;transform:translateY(8px);transition:.16s}
:host(.o) div{visibility:visible;opacity:1;transform:none}
iframe{width:100%;height:100%;border:0;opacity:0;color-scheme:${theme};transition:.15s}
:host(.r) iframe{opacity:1}
@keyframes i{0%{opacity:0;transform:scale(.8)}}
@media(max-width:479px){div{inset:var(--y,0)0 auto;width:100%;height:var(--h,100dvh);border-radius:0}:host(.o) button{display:none}}
@media(prefers-reduced-motion){*{animation:none!important;transition:none!important}}`;
}
