import {
  type EventDetail,
  keptCharsMax,
  type ToFrame,
  type ToHost,
  type WidgetEventName,
} from '#/lib/embed/protocol.ts';
import type { Result } from '#/lib/errors.ts';

/**
 * The frame's reading of a message that came from its parent: exactly the known fields, within bounds; null for anything
 * else. Written by hand, since a schema library would weigh more than the rest of the frame.
 */
export function parseToFrame(data: unknown): ToFrame | null {
  if (!isRecord(data)) return null;
  const { parley, ...rest } = data;
  if (parley === 'hello') return parseHello(rest);
  if (parley === 'shutdown') return hasOnly(rest) ? { parley } : null;
  const { id, ...more } = rest;
  if (!isId(id)) return null;
  if (parley === 'token') {
    const { token, ...others } = more;
    const isToken = token === null || isText(token, keptCharsMax);
    return isToken && hasOnly(others) ? { parley, id, token } : null;
  }
  const { command, args, ...others } = more;
  if (parley !== 'run' || !hasOnly(others) || !isText(command, commandCharsMax)) return null;
  return Array.isArray(args) && args.length <= argsMax ? { parley, id, command, args } : null;
}

function parseHello(data: Record<string, unknown>): ToFrame | null {
  const { kept, isDurable, isOpen, takesFocus, page, locale, ...more } = data;
  // A page that was opened before the last update has a loader that does not say these.
  const { isIdentifying = false, accent = '', theme = '', ...rest } = more;
  if (!hasOnly(rest) || !isKept(kept)) return null;
  if (!isFlag(isDurable) || !isFlag(isOpen) || !isFlag(takesFocus) || !isFlag(isIdentifying)) return null;
  if (!isText(page, pageCharsMax) || !isText(locale, localeCharsMax)) return null;
  if (!isText(accent, 7) || !/^(?:#[\da-f]{6})?$/i.test(accent)) return null;
  if (!isText(theme, 5) || !/^(?:auto|light|dark)?$/.test(theme)) return null;
  return { parley: 'hello', kept, isDurable, isOpen, takesFocus, isIdentifying, page, locale, accent, theme };
}

const commandCharsMax = 50;
const argsMax = 5;
const localeCharsMax = 100;
const pageCharsMax = 2000;

function isKept(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((one) => isText(one, keptCharsMax));
}

function hasOnly(rest: Record<string, unknown>): boolean {
  return Object.keys(rest).length === 0;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === 'string' && value.length <= charsMax;
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The frame's line to the page that embeds it. */
export type Bridge = {
  /** Origin of that page; null before its first word, and where there is none. */
  origin(): string | null;
  listen(listener: (message: HeardByFrame) => void): () => void;
  /** Puts something into the page's own storage; null drops it. */
  keep(name: string, value: string | null): void;
  emit(name: WidgetEventName, detail: EventDetail): void;
  /** The first screen stands. */
  shown(): void;
  /** Asks to be closed. */
  close(): void;
  /** Everything of the person is gone from here. */
  gone(): void;
  /** The end of the `run` of this id: what came of it, or the code of what refused it. */
  done(id: number, result: Result<EventDetail | null>): void;
  /** A JWT that says who this is, asked of the page now; null when it has none or does not answer. */
  askToken(): Promise<string | null>;
};
/** What the messenger hears: an answer to `askToken` goes to whoever asked. */
export type HeardByFrame = Exclude<ToFrame, { parley: 'token' }>;

/** A page asks its own server for a token. */
const tokenMsMax = 20_000;

type Window = Pick<
  typeof globalThis.window,
  'parent' | 'document' | 'location' | 'addEventListener' | 'removeEventListener'
>;

/**
 * Speaks with exactly one window, the parent, at exactly one origin: the one that the browser names as our ancestor,
 * else that of the first well-formed hello; it is pinned then. Who may embed us is decided by `frame-ancestors`.
 */
export function openBridge(frame: Window = window): Bridge {
  const listeners = new Set<(message: HeardByFrame) => void>();
  const askers = new Map<number, (token: string | null) => void>();
  let lastAsk = 0;
  let origin = ancestorOrigin(frame);

  frame.addEventListener('message', (event) => {
    if (event.source !== frame.parent) return;
    if (origin !== null && event.origin !== origin) return;
    const message = parseToFrame(event.data);
    if (message === null) return;
    if (origin === null && message.parley !== 'hello') return;
    const isFirst = origin === null;
    origin = event.origin;
    if (isFirst) tell({ parley: 'ready' });
    if (message.parley === 'token') askers.get(message.id)?.(message.token);
    else for (const listener of [...listeners]) listener(message);
  });

  function tell(message: ToHost) {
    if (origin !== null) frame.parent.postMessage(message, origin);
  }

  return {
    origin: () => origin,
    listen(listener) {
      listeners.add(listener);
      tell({ parley: 'ready' });
      return () => listeners.delete(listener);
    },
    keep: (name, value) => tell({ parley: 'keep', name, value }),
    emit: (name, detail) => tell({ parley: 'emit', name, detail }),
    shown: () => tell({ parley: 'shown' }),
    close: () => tell({ parley: 'close' }),
    gone: () => tell({ parley: 'gone' }),
    done: (id, result) =>
      tell({
        parley: 'done',
        id,
        error: result.ok ? null : (result.error.reason ?? result.error.code),
        value: (result.ok ? result.value : null) ?? {},
      }),
    async askToken() {
      const id = ++lastAsk;
      const answer = new Promise<string | null>((resolve) => {
        askers.set(id, resolve);
        setTimeout(resolve, tokenMsMax, null);
      });
      tell({ parley: 'ask-token', id });
      const token = await answer;
      askers.delete(id);
      return token;
    },
  };
}

function ancestorOrigin(frame: Window): string | null {
  const named = frame.location.ancestorOrigins?.[0];
  if (named !== undefined && named !== 'null') return named;
  return URL.canParse(frame.document.referrer) ? new URL(frame.document.referrer).origin : null;
}

/** The same for a frame opened by itself in a tab: its own storage if it has any, always open, nobody to tell. */
export function openStandalone(storage: Storage | null, address: string): Bridge {
  const prefix = `parley:${new URL(address).searchParams.get('widget') ?? ''}:`;
  return {
    origin: () => null,
    listen(listener) {
      const held = Object.entries(storage ?? {}).filter(([name]) => name.startsWith(prefix));
      listener({
        parley: 'hello',
        kept: Object.fromEntries(held.map(([name, value]) => [name.slice(prefix.length), String(value)])),
        isDurable: storage !== null,
        isOpen: true,
        takesFocus: false,
        isIdentifying: false,
        page: new URL(address).origin,
        locale: '',
        accent: '',
        theme: '',
      });
      return () => {};
    },
    keep(name, value) {
      try {
        if (value === null) storage?.removeItem(prefix + name);
        else storage?.setItem(prefix + name, value);
      } catch {
        // A full storage: the frame's own database holds what is unsent all the same.
      }
    },
    emit: () => {},
    shown: () => {},
    close: () => {},
    gone: () => {},
    done: () => {},
    askToken: async () => null,
  };
}
