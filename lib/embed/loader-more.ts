import { adopt, type Core, emit, nativePromise, queryOf, type Run, refusal } from '#/lib/embed/core.ts';
import { openFrameLine } from '#/lib/embed/frame-line.ts';
import { openHostIdentity } from '#/lib/embed/host-identity.ts';
import { openHostStorage } from '#/lib/embed/host-storage.ts';
import { isEventName, openListeners } from '#/lib/embed/listeners.ts';
import { openPanel } from '#/lib/embed/panel.ts';
import {
  type EventDetail,
  parseAttributes,
  parseCount,
  record,
  trackNameCharsMax,
} from '#/lib/embed/protocol.ts';

/*
 * Becomes public/widget-more.js: the panel, the frame and every command of `Parley`. It comes when somebody reaches for
 * the chat or the page calls `Parley`; like widget.js it never throws into the page and styles nothing of it.
 */

const textCharsMax = 10_000;
const keptSubject = 'subject';

/** Everything that widget.js left out, until the chat is destroyed. */
export function takeOver(core: Core): Run {
  const life = core.life ?? new AbortController();
  const storage = openHostStorage(`parley:${core.settings.widget}:`, core.memory);
  const identity = openHostIdentity();
  const listeners = openListeners(life, missedOf);
  let isByPerson = false;
  let ending: Promise<unknown> | null = null;
  let refusedWith = 'unavailable';

  const line = openFrameLine(
    core,
    {
      storage,
      takesFocus: () => panel.takesFocus(),
      isIdentifying: identity.isSettling,
      onFrame: tellIdentity,
      onShown: () => panel.arrive(),
      onClose: () => panel.setOpen(false, true),
      onLost,
      onEmit,
      askToken: identity.askToken,
    },
    life,
  );
  const panel = openPanel(core, life, { reach: line.reach, tell: line.hello });
  const shown = core.look ? nativePromise.resolve() : showLate();
  panel.dress();
  if (core.frame) line.watch();
  addEventListener('storage', onStorage, life);
  addEventListener('pageshow', onReturn, life);
  // Single-page sites change their address without a word to us, except where browsers tell.
  Reflect.get(window, 'navigation')?.addEventListener('currententrychange', line.hello, life);
  takeSettings();

  const commands: Record<string, (one?: unknown, two?: unknown) => unknown> = {
    boot,
    update,
    identify,
    shutdown,
    destroy,
    open: () => open(true),
    close: () => open(false),
    toggle: () => open(!core.isOpen),
    show: () => showLauncher(true),
    hide: () => showLauncher(false),
    newMessage,
    openConversation,
    set,
    track,
    on: (name, listener) => listeners.on(name, listener) ?? refusal('invalid'),
    off: listeners.off,
  };

  return async (args, byPerson = false) => {
    const [command, one, two] = args;
    if (ending && command !== 'destroy') await ending;
    // Destroyed by the call before this one: it waits for the next life.
    if (life.signal.aborted) return again(args);
    try {
      isByPerson = byPerson;
      const perform = Object.hasOwn(commands, `${command}`) ? commands[`${command}`] : undefined;
      return await (perform ? perform(one, two) : refusal('unknown_command'));
    } catch (error) {
      const { code = 'unavailable' } = record(error);
      if (!life.signal.aborted) emit('error', { code, command: `${command}` });
      return refusal(`${code}`);
    }
  };

  function again(args: unknown[]): Promise<unknown> {
    return new nativePromise((resolve) => core.submit([args, resolve]));
  }

  /** The page may have made `fetch` something that does not work; the older way is rarely touched. */
  async function showLate() {
    const answer = await fetchOtherwise(`${core.home}/api/widget/config${queryOf(core.settings)}`);
    if (life.signal.aborted) return;
    if (core.show(answer)) {
      panel.dress();
      emit('ready');
      return;
    }
    const { code } = record(record(answer).error);
    refusedWith = typeof code === 'string' ? code : refusedWith;
    emit('error', { code: refusedWith });
    console.warn(
      `Parley: no chat here. Is the widget key ${core.settings.widget} right, and ${location.origin} among its allowed origins?`,
    );
  }

  async function boot(options: unknown) {
    const { widget } = record(options);
    if (widget !== undefined && widget !== core.settings.widget) {
      destroy();
      return again(['boot', options]);
    }
    return update(options);
  }

  async function update(options: unknown) {
    const { settings } = core;
    const given = record(options);
    if ((given.widget ?? settings.widget) !== settings.widget) return refusal('invalid');
    const before = queryOf(settings);
    adopt(settings, given);
    takeSettings();
    await needLook();
    const isOther = queryOf(settings) !== before;
    const answer = isOther ? await core.askConfig() : null;
    if (life.signal.aborted) return;
    core.show(answer ?? core.answer);
    panel.dress();
    if (isOther) line.reload();
    line.hello();
    if (options === undefined) core.askUnread();
  }

  /** What the settings say beside the look is said once, as the commands would. */
  function takeSettings() {
    const { settings } = core;
    const { token, getToken, attributes } = settings;
    adopt(settings, { token: null, getToken: null, attributes: null });
    if ((token || getToken) && !identity.isSame(token, getToken)) {
      quietly('identify', identify({ token, getToken }));
    }
    if (attributes) {
      quietly('set', set(typeof attributes === 'string' ? jsonOf(attributes) : attributes));
    }
  }

  async function quietly(command: string, answer: Promise<unknown>) {
    try {
      await answer;
    } catch (error) {
      if (!life.signal.aborted) emit('error', { code: record(error).code ?? 'unavailable', command });
    }
  }

  async function needLook() {
    await shown;
    if (!core.look) return refusal(refusedWith);
  }

  async function open(wanted: boolean) {
    const byPerson = isByPerson;
    await needLook();
    panel.setOpen(wanted, byPerson);
  }

  async function showLauncher(isShown: boolean) {
    core.settings.launcher = isShown ? 'shown' : 'hidden';
    await needLook();
    panel.mend();
    if (!isShown) panel.setOpen(false, false);
    core.paint();
  }

  async function newMessage(text: unknown = '') {
    if (typeof text !== 'string' || text.length > textCharsMax) return refusal('invalid');
    await open(true);
    await line.run('newMessage', [text]);
  }

  async function openConversation(id: unknown) {
    if (typeof id !== 'string' || !/^[\da-f-]{36}$/i.test(id)) return refusal('invalid');
    await open(true);
    await line.run('openConversation', [id.toLowerCase()]);
  }

  async function set(attributes: unknown) {
    const plain = parseAttributes(attributes);
    if (plain === null) return refusal('invalid');
    if (core.isReady) await line.run('set', [plain]);
    else if (!storage.addAttributes(plain)) return refusal('invalid');
  }

  async function track(name: unknown, data: unknown = {}) {
    const plain = parseAttributes(data);
    const isName = typeof name === 'string' && name !== '' && name.length <= trackNameCharsMax;
    if (!isName || plain === null) return refusal('invalid');
    const at = new Date().toISOString();
    if (core.isReady) await line.run('track', [name, plain, at]);
    else storage.addEvent({ name, data: plain, at });
  }

  async function identify(given: unknown): Promise<EventDetail> {
    if (!identity.take(given)) return refusal('invalid');
    compareSubject();
    // No frame for its sake: it is told when somebody reaches for the chat.
    return core.frame ? sayIdentity() : { isVerified: false };
  }

  function tellIdentity() {
    if (identity.isUntold()) quietly('identify', sayIdentity());
  }

  /** Until the frame has settled who is here, what waits for somebody else is not told. */
  function compareSubject() {
    const { [keptSubject]: known } = storage.load();
    const subject = identity.subject();
    core.isOther = known !== undefined && subject !== '' && known !== subject;
    if (core.isOther) core.setUnread(0);
    else core.askUnread();
  }

  async function sayIdentity(): Promise<EventDetail> {
    identity.told();
    line.hello();
    try {
      await line.run('identify', [{ token: identity.takeToken() }]);
      storage.save(keptSubject, identity.subject());
      return { isVerified: true };
    } finally {
      core.isOther = false;
      identity.settled();
      line.hello();
    }
  }

  async function shutdown() {
    panel.setOpen(false, false);
    identity.forget();
    core.isOther = false;
    ending = erase();
    try {
      if (!(await ending)) return refusal('unavailable');
    } finally {
      ending = null;
    }
  }

  /** Only the frame may speak for the session: it ends it at the server, and until then its token is kept. */
  async function erase(): Promise<boolean> {
    const isUsed = core.frame !== null || !storage.isEmpty();
    const isGone = !isUsed || !core.look || (await line.shutDown());
    line.drop('shut_down');
    storage.clear();
    if (!life.signal.aborted) core.setUnread(0);
    return isGone;
  }

  function destroy() {
    life.abort();
    line.drop('destroyed');
    core.root?.remove();
    core.root = null;
    core.look = null;
    core.life = null;
    core.isOpen = false;
    core.unread = 0;
  }

  /** What the browser refused to frame, or never came to life, must not stay as a blank sheet. */
  function onLost() {
    panel.setOpen(false, true);
    emit('error', { code: 'unavailable' });
  }

  function onEmit(name: string, detail: EventDetail) {
    if (name === 'unread') core.setUnread(parseCount(detail, 'count'));
    else if (isEventName(name)) emit(name, detail);
  }

  /** Another tab of this site kept or dropped something. */
  function onStorage({ key }: StorageEvent) {
    const prefix = `parley:${core.settings.widget}:`;
    if (key?.startsWith(prefix)) line.hello();
    if (key === `${prefix}token`) core.askUnread();
  }

  /** Out of the browser's own memory: other tabs went on meanwhile. */
  function onReturn({ persisted }: PageTransitionEvent) {
    if (!persisted) return;
    line.hello();
    core.askUnread();
  }

  function missedOf(name: string): object | null {
    if (name === 'ready' && core.look) return {};
    return name === 'unread' && core.unread > 0 ? { count: core.unread } : null;
  }
}

function fetchOtherwise(address: string): Promise<unknown> {
  return new nativePromise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('GET', address);
    request.onloadend = () => resolve(jsonOf(request.responseText));
    request.send();
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
