import { type Core, languageOf, nativePromise, queryOf, refusal } from '#/lib/embed/core.ts';
import type { HostStorage } from '#/lib/embed/host-storage.ts';
import { type EventDetail, parseToHost, type ToFrame } from '#/lib/embed/protocol.ts';

/** The loader's line to the frame: exactly that window, at exactly Parley's origin. */
export type FrameLine = {
  /** Has the frame made if there is none. */
  reach(): void;
  /** Listens to a frame that was made before. */
  watch(): void;
  /** Tells the frame what the page is like now. */
  hello(): void;
  /** Has the frame do it, as soon as it listens. Rejects with a code when it was refused, or not answered in time. */
  run(command: string, args: unknown[]): Promise<EventDetail>;
  /** Ends the session at the server and in the frame's storage; false when the frame could not say so. */
  shutDown(): Promise<boolean>;
  /** Removes the frame; what waits for it is refused with this code. */
  drop(code: string): void;
  /** The frame's address is another one now. */
  reload(): void;
};

const answerMsMax = 30_000;
const goneMsMax = 8_000;
/** From loading to listening; what takes longer is not going to. */
const wakingMsMax = 15_000;

export function openFrameLine(
  core: Core,
  parts: {
    storage: HostStorage;
    takesFocus(): boolean;
    isIdentifying(): boolean;
    /** A frame is there, or there again. */
    onFrame(): void;
    /** Somebody in it listens. */
    onShown(): void;
    onClose(): void;
    /** It loaded, and never listened. */
    onLost(): void;
    onEmit(name: string, detail: EventDetail): void;
    askToken(): Promise<string | null>;
  },
  life: AbortController,
): FrameLine {
  const { storage } = parts;
  type Waiting = { message: ToFrame; settle(code: string | null, value: EventDetail): void };
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let lossTimer = 0;
  /** The launcher makes frames, too, when somebody only comes near. */
  let watched: HTMLIFrameElement | null = null;
  let onGone: ((isGone: boolean) => void) | null = null;

  addEventListener('message', hear, life);

  function reach() {
    core.openFrame();
    if (core.frame !== watched) watch();
  }

  function watch() {
    if (!core.frame) return;
    watched = core.frame;
    if (core.isLoaded) onLoad();
    core.frame.onload = onLoad;
    parts.onFrame();
  }

  function onLoad() {
    core.isLoaded = true;
    clearTimeout(lossTimer);
    if (!core.isReady) lossTimer = window.setTimeout(lose, wakingMsMax);
    hello();
  }

  function lose() {
    drop('unavailable');
    parts.onLost();
  }

  function hello() {
    if (core.isLoaded || core.isReady) tell(helloOf());
  }

  function helloOf(): ToFrame {
    const { accent, theme, language } = core.settings;
    return {
      parley: 'hello',
      kept: storage.load(),
      isDurable: storage.isDurable(),
      isOpen: core.isOpen,
      takesFocus: parts.takesFocus(),
      isIdentifying: parts.isIdentifying(),
      // Query and fragment of the host's page may carry what is nobody's business.
      page: (location.origin + location.pathname).slice(0, 2000),
      locale: languageOf(language),
      accent: /^#[\da-f]{6}$/i.test(`${accent}`) ? `${accent}` : '',
      theme: theme === 'auto' || theme === 'light' || theme === 'dark' ? theme : '',
    };
  }

  function tell(message: ToFrame) {
    core.frame?.contentWindow?.postMessage(message, core.home);
  }

  function hear({ data, origin, source }: MessageEvent) {
    if (origin !== core.home || !core.frame || source !== core.frame.contentWindow) return;
    const message = parseToHost(data);
    switch (message?.parley) {
      case 'ready':
        return begin();
      case 'shown':
        return parts.onShown();
      case 'close':
        return parts.onClose();
      case 'keep':
        storage.save(message.name, message.value);
        // What could not be stored is worth a word: the chat says so then.
        return storage.isDurable() ? undefined : hello();
      case 'emit':
        return parts.onEmit(message.name, message.detail);
      case 'done':
        return waiting.get(message.id)?.settle(message.error, message.value);
      case 'ask-token':
        return answerToken(message.id);
      case 'gone':
        return onGone?.(true);
    }
  }

  function begin() {
    core.isReady = true;
    clearTimeout(lossTimer);
    core.paint();
    hello();
    if (onGone) tell({ parley: 'shutdown' });
    else for (const { message } of waiting.values()) tell(message);
  }

  async function answerToken(id: number) {
    const token = await parts.askToken();
    tell({ parley: 'token', id, token });
  }

  function drop(code: string) {
    for (const { settle } of [...waiting.values()]) settle(code, {});
    onGone?.(false);
    clearTimeout(lossTimer);
    core.frame?.remove();
    core.frame = null;
    core.isLoaded = false;
    core.isReady = false;
    core.paint();
  }

  return {
    reach,
    watch,
    hello,
    run(command, args) {
      reach();
      return new nativePromise((resolve) => {
        const id = ++lastId;
        const timer = setTimeout(() => settle('unavailable', {}), answerMsMax);
        const message: ToFrame = { parley: 'run', id, command, args };
        const settle = (code: string | null, value: EventDetail) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(code === null ? value : refusal(code));
        };
        waiting.set(id, { message, settle });
        if (core.isReady) tell(message);
      });
    },
    async shutDown() {
      for (const { settle } of [...waiting.values()]) settle('shut_down', {});
      const answer = new nativePromise<boolean>((resolve) => {
        const timer = setTimeout(() => onGone?.(false), goneMsMax);
        onGone = (isGone) => {
          clearTimeout(timer);
          onGone = null;
          resolve(isGone);
        };
      });
      reach();
      if (core.isReady) tell({ parley: 'shutdown' });
      return answer;
    },
    drop,
    reload() {
      if (!core.frame) return;
      core.isLoaded = false;
      core.isReady = false;
      core.frame.src = `${core.home}/widget${queryOf(core.settings)}`;
      core.paint();
    },
  };
}
