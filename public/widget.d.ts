/**
 * Types of the chat that Parley's widget.js puts on a page. Served as /widget.d.ts by your Parley: copy it into your
 * project (`src/parley.d.ts`), and `Parley`, `ParleySettings` and the `parley:*` events of `window` are typed.
 */

/** Plain values by name: at most 50 names and 2,000 characters in all. */
export type ParleyAttributes = Record<string, string | number | boolean | null | undefined>;

/** Every option; each is also a `data-*` attribute of the tag (`launcherLabel` is `data-launcher-label`). */
export interface ParleyOptions {
  /** The widget's public key, `wk_…`. */
  widget?: string | undefined;
  /** A language tag such as `de`; else that of `<html lang>`, else the visitor's. */
  language?: string | null | undefined;
  /** `#rrggbb`; text on it is chosen so that it can be read. */
  accent?: string | null | undefined;
  theme?: 'auto' | 'light' | 'dark' | null | undefined;
  position?: 'right' | 'left' | null | undefined;
  /** The launcher's name, which screen readers say. */
  launcherLabel?: string | null | undefined;
  /** `hidden`: no launcher; the page opens the chat by itself. */
  launcher?: 'shown' | 'hidden' | null | undefined;
  /** The same as `set`. As a data attribute: JSON. */
  attributes?: ParleyAttributes | null | undefined;
  /** The same as `identify({ token })`. */
  token?: string | null | undefined;
  /** The same as `identify({ getToken })`; not as a data attribute. */
  getToken?: ParleyGetToken | null | undefined;
}

/** Asks your server for a JWT that says who is signed in; null when nobody is. */
export type ParleyGetToken = () => string | null | Promise<string | null>;
export type ParleyIdentity = { token: string } | { getToken: ParleyGetToken };

/** What each event carries; on `window` it is the `detail` of `parley:` and the name. */
export interface ParleyEvents {
  ready: Record<never, never>;
  open: Record<never, never>;
  close: Record<never, never>;
  'message:sent': { conversationId: string; id: string };
  'message:received': { conversationId: string };
  unread: { count: number };
  'conversation:started': { conversationId: string };
  'conversation:status': { conversationId: string; status: 'open' | 'resolved' | 'closed' };
  'agent:assigned': { conversationId: string; agentName: string | null };
  /** Somebody on the other side types, or stopped; null: nobody's name. */
  typing: { conversationId: string; isTyping: boolean; agentName: string | null };
  'identity:changed': { isVerified: boolean };
  error: { code: ParleyErrorCode; command?: string };
}
export type ParleyEventName = keyof ParleyEvents;

/** Why a call was refused: `error.code` of the rejection. New ones may be added. */
export type ParleyErrorCode =
  | 'unknown_command'
  | 'invalid'
  | 'not_found'
  | 'unauthenticated'
  | 'forbidden'
  | 'rate_limited'
  | 'destroyed'
  | 'shut_down'
  | 'unavailable'
  | (string & Record<never, never>);
export interface ParleyError extends Error {
  code: ParleyErrorCode;
}

/** Every call may be made at any time, also before widget.js has come, and is answered in order. */
export interface ParleyFunction {
  /** Starts, or revives after `destroy`; of a running chat the same as `update`. */
  (command: 'boot', options?: ParleyOptions): Promise<void>;
  /** Changes options; null gives one back to the widget's settings. */
  (command: 'update', options?: ParleyOptions): Promise<void>;
  /** `isVerified` is false while the chat was never reached for: the token is kept until then. */
  (command: 'identify', identity: ParleyIdentity): Promise<{ isVerified: boolean }>;
  /** Ends the session and erases everything of this person from this browser. */
  (command: 'shutdown'): Promise<void>;
  /** Takes the chat off the page. The session stays for `boot`. */
  (command: 'destroy'): Promise<void>;
  (command: 'open' | 'close' | 'toggle'): Promise<void>;
  /** The launcher; `hide` closes the chat, too. */
  (command: 'show' | 'hide'): Promise<void>;
  /** Opens a new conversation with this text in the composer. It is not sent. */
  (command: 'newMessage', text?: string): Promise<void>;
  (command: 'openConversation', id: string): Promise<void>;
  /** What agents see beside the conversation. A value of null takes the attribute away. */
  (command: 'set', attributes: ParleyAttributes): Promise<void>;
  /** Something that happened, for the agents' eyes. */
  (command: 'track', event: string, data?: ParleyAttributes): Promise<void>;
  /** Resolves to its own undo. */
  <Name extends ParleyEventName>(
    command: 'on',
    event: Name,
    listener: (detail: ParleyEvents[Name]) => void,
  ): Promise<() => void>;
  /** Without a listener: all of that event. */
  <Name extends ParleyEventName>(
    command: 'off',
    event: Name,
    listener?: (detail: ParleyEvents[Name]) => void,
  ): Promise<void>;
  /** Calls that wait for widget.js, each with what answers it. */
  q?: [args: unknown[], resolve: (value: unknown) => void][];
}

type ParleyWindowEvents = { [Name in ParleyEventName as `parley:${Name}`]: CustomEvent<ParleyEvents[Name]> };

declare global {
  const Parley: ParleyFunction;
  interface Window {
    Parley?: ParleyFunction;
    ParleySettings?: ParleyOptions;
  }
  interface WindowEventMap extends ParleyWindowEvents {}
}
