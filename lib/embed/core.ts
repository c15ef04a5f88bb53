import type { LauncherLook } from '#/lib/embed/protocol.ts';

/*
 * What widget.js, which every page pays for, hands to widget-more.js, which comes when somebody reaches for the chat or
 * the page calls `Parley`; and what both need. The two may be of different builds: names here are only ever added.
 */

/** A call of `Parley` that waits. `isByPerson`: a click on the page made it, so the focus may move. */
export type Call = [args: unknown[], resolve: (value: unknown) => void, isByPerson?: boolean];
/** The rest of the loader, for one life of the chat. What is refused rejects with a `code`. */
export type Run = (args: unknown[], isByPerson?: boolean) => Promise<unknown>;

/** One chat on one page. */
export type Core = {
  /** Parley's origin. */
  home: string;
  /** Of the tag, of `ParleySettings`, and of `boot` and `update`, the later over the earlier. */
  settings: Record<string, unknown>;
  /** What the page's storage refused to keep. */
  memory: Record<string, string>;
  /** Every listener ends with it. Null: not begun, or destroyed. */
  life: AbortController | null;
  /** Null until the server's answer is there, and where it says nothing that can be shown. */
  look: LauncherLook | null;
  /** What the look was made of, beside the settings. */
  answer: unknown;
  /** On the page from the first look on. Its shadow holds the panel, then the launcher. */
  root: HTMLElement | null;
  /** Made when somebody reaches for the chat, and never before. */
  frame: HTMLIFrameElement | null;
  /** The frame has loaded something, and said that it listens. */
  isLoaded: boolean;
  isReady: boolean;
  isOpen: boolean;
  unread: number;
  /** The page names another person than the one whose session is kept: how much waits for that one is not said. */
  isOther: boolean;
  /** Takes the server's answer about the widget, below the settings; false: nothing can be shown of it. */
  show(answer: unknown): boolean;
  paint(): void;
  openFrame(): void;
  askUnread(): Promise<void>;
  setUnread(count: number | null): void;
  /** The server's answer about the widget; null for none. */
  askConfig(): Promise<unknown>;
  submit(call: Call): void;
};

/** The engine's own, whatever the page made of the name. */
export const nativePromise: PromiseConstructor = Reflect.get((async () => {})(), 'constructor');

/** What a refused call rejects with. */
export function refusal(code: string): Promise<never> {
  return nativePromise.reject(Object.assign(Error(code), { code }));
}

export function emit(name: string, detail: object = {}): void {
  dispatchEvent(new CustomEvent(`parley:${name}`, { detail }));
}

/** Which widget in which language, for the addresses of the server. */
export function queryOf({ widget, language }: Record<string, unknown>): string {
  return `?${new URLSearchParams({ widget: `${widget}`, lang: languageOf(language) })}`;
}

/** That of the settings, of the page, of the visitor. */
export function languageOf(language: unknown): string {
  return `${language ?? (document.documentElement.lang || navigator.language)}`.slice(0, 99);
}

/** A value of null or undefined takes the option away. */
export function adopt(settings: Record<string, unknown>, options: unknown): void {
  for (const [name, value] of Object.entries(Object(options))) {
    if (value == null) delete settings[name];
    else settings[name] = value;
  }
}

export function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag): HTMLElementTagNameMap[Tag] {
  return document.createElement(tag);
}
