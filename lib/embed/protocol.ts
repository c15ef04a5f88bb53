/**
 * What the loader (in the host's page) and the frame (ours) say to each other. The loader imports only this file and
 * its own parts, so its checks are written by hand and small; for the other direction see bridge.ts.
 */

/** From the loader to the frame. */
export type ToFrame =
  | {
      /** Said at first, and again when any of it changed. */
      parley: 'hello';
      /** What the frame once asked to keep: the session token as `token`, unsent messages by their ids. */
      kept: Record<string, string>;
      /** Whether what is kept survives this page. */
      isDurable: boolean;
      isOpen: boolean;
      /** The person, not a script, opened it just now. */
      takesFocus: boolean;
      /** The page is about to say who this is: what belongs to another person must not show before. */
      isIdentifying: boolean;
      page: string;
      locale: string;
      /** The page's own colour as `#rrggbb`; empty: the widget's. */
      accent: string;
      /** The page's own `auto`, `light` or `dark`; empty: the widget's. */
      theme: string;
    }
  | { parley: 'shutdown' }
  /** Answered by `done` with the same id. Said again, with the same id, to a frame that was loaded anew. */
  | { parley: 'run'; id: number; command: string; args: unknown[] }
  /** The page's answer to `ask-token`. */
  | { parley: 'token'; id: number; token: string | null };

/** From the frame to the loader. */
export type ToHost =
  /** It listens. */
  | { parley: 'ready' }
  /** Its first screen stands: the focus finds something in it. */
  | { parley: 'shown' }
  | { parley: 'close' }
  /** Null drops it. */
  | { parley: 'keep'; name: string; value: string | null }
  | { parley: 'emit'; name: string; detail: EventDetail }
  /** The session is revoked and the frame holds nothing any more. */
  | { parley: 'gone' }
  /** `error` is a stable code; null when it was done. */
  | { parley: 'done'; id: number; error: string | null; value: EventDetail }
  /** Asks the page who this is: a JWT signed by its server. */
  | { parley: 'ask-token'; id: number };

/** Every event that `Parley('on', …)` and `window` know; on `window` each is called `parley:` and the name. */
export const widgetEventNames = [
  'ready',
  'open',
  'close',
  'message:sent',
  'message:received',
  'unread',
  'conversation:started',
  'conversation:status',
  'agent:assigned',
  'typing',
  'identity:changed',
  'error',
] as const;
export type WidgetEventName = (typeof widgetEventNames)[number];
/** Strings, numbers, booleans and nulls only. */
export type EventDetail = Record<string, unknown>;

/** What the loader needs of the widget's settings. */
export type LauncherLook = {
  accent: string;
  theme: string;
  position: string;
  launcherLabel: string;
  /** The launcher's name while the chat is open. */
  closeLabel: string;
  /** Said after the launcher's name; `{count}` stands for the number. */
  unreadLabel: string;
};

const keptNameCharsMax = 100;
/** An unsent message of the greatest length, with all that it says of itself. */
export const keptCharsMax = 100_000;

/** The loader's reading of a message that came from the frame's window and origin; null for anything malformed. */
export function parseToHost(data: unknown): ToHost | null {
  const { parley, name, value, detail, id, error } = record(data);
  if (parley === 'ready' || parley === 'shown' || parley === 'close' || parley === 'gone') return { parley };
  if (parley === 'ask-token' && typeof id === 'number') return { parley, id };
  if (parley === 'done' && typeof id === 'number') {
    return { parley, id, error: typeof error === 'string' ? error : null, value: record(value) };
  }
  if (typeof name !== 'string' || name.length > keptNameCharsMax) return null;
  if (parley === 'emit') return { parley, name, detail: record(detail) };
  if (parley !== 'keep') return null;
  const isText = typeof value === 'string' && value.length <= keptCharsMax;
  return isText || value === null ? { parley, name, value } : null;
}

/** The loader's reading of the settings' answer; null for a refusal or anything malformed. */
export function parseLook(answer: unknown): LauncherLook | null {
  const { accent, theme, position, launcherLabel, closeLabel, unreadLabel } = record(record(answer).value);
  if (!/^#[\da-f]{6}$/i.test(`${accent}`)) return null;
  return {
    accent: `${accent}`,
    theme: theme === 'light' || theme === 'dark' ? theme : 'light dark',
    position: position === 'left' ? position : 'right',
    launcherLabel: `${launcherLabel}`,
    closeLabel: `${closeLabel}`,
    unreadLabel: `${unreadLabel}`,
  };
}

/** The loader's reading of the unread answer and of an `unread` event; null when it is no count. */
export function parseCount(holder: unknown, name: string): number | null {
  const count = record(holder)[name];
  return Number.isSafeInteger(count) && Number(count) >= 0 ? Number(count) : null;
}

/** What a site says of a person or of something that happened: names of letters, digits and `_`, with plain values. */
export type Attributes = Record<string, string | number | boolean | null>;
export const attributesMax = 50;
export const attributesCharsMax = 2_000;
const attributeTextCharsMax = 500;
export const trackNameCharsMax = 100;
/** Under these names the page keeps what was set and what happened, as JSON, until there is somebody to say it of. */
export const keptAttributes = 'set';
export const keptEvents = 'track:';

/** What was kept as JSON; nothing for what is none. */
export function parseKept(text: string | undefined): Record<string, unknown> {
  try {
    return record(JSON.parse(text ?? ''));
  } catch {
    return {};
  }
}

/** `value` if it is plain attributes within the bounds, else null. A key whose value is undefined is left out. */
export function parseAttributes(value: unknown): Attributes | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const attributes: Attributes = {};
  let chars = 0;
  let count = 0;
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined) continue;
    const isText = typeof one === 'string' && one.length <= attributeTextCharsMax;
    const isPlain = one === null || isText || typeof one === 'boolean' || isNumber(one);
    if (!isPlain || !/^[a-z]\w{0,39}$/i.test(name)) return null;
    attributes[name] = one;
    chars += name.length + `${one}`.length + 6;
    count++;
  }
  return chars > attributesCharsMax || count > attributesMax ? null : attributes;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Black or white, whichever reads better on `#rrggbb`: at least 4.5 : 1 on any colour. */
export function textOn(accent: string): '#fff' | '#000' {
  // A gamma of 2.23 is near enough to WCAG's luminance to place the turning point; the test tries every kind of colour.
  const rgb = Number.parseInt(accent.slice(1), 16);
  const light =
    0.2126 * (rgb >> 16) ** 2.23 + 0.7152 * ((rgb >> 8) % 256) ** 2.23 + 0.0722 * (rgb % 256) ** 2.23;
  return light > 41_400 ? '#000' : '#fff';
}

/** Anything's own fields; none for what has none. */
export function record(value: unknown): Record<string, unknown> {
  return { ...Object(value) };
}
