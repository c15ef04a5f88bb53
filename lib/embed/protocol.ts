/**
 * What the loader (in the host's page) and the frame (ours) say to each other. The loader imports only this file, so
 * its checks are written by hand and small; the frame parses the other direction with a schema, see bridge.ts.
 */

/** From the loader to the frame. */
export type ToFrame =
  | {
      parley: 'hello';
      /** What the frame once asked to keep: the session token as `token`, unsent messages by their ids. */
      kept: Record<string, string>;
      /** Whether what is kept survives this page. */
      isDurable: boolean;
      isOpen: boolean;
      page: string;
      locale: string;
    }
  | { parley: 'shown'; isOpen: boolean; takesFocus: boolean; page: string }
  /** Another tab of the same site kept or dropped something. */
  | { parley: 'kept'; name: string; value: string | null }
  | { parley: 'shutdown' };

/** From the frame to the loader. */
export type ToHost =
  | { parley: 'ready' }
  | { parley: 'close' }
  /** Null drops it. */
  | { parley: 'keep'; name: string; value: string | null }
  | { parley: 'emit'; name: WidgetEventName; detail: EventDetail }
  /** The session is revoked and the frame holds nothing any more. */
  | { parley: 'gone' };

/** Every event that `Parley('on', …)` and `window` know; on `window` each is called `parley:` and the name. */
export type WidgetEventName =
  | 'ready'
  | 'open'
  | 'close'
  | 'unread'
  | 'message:received'
  | 'message:sent'
  | 'conversation:started'
  | 'error';
export type EventDetail = Record<string, string | number | boolean | null>;

/** What the loader needs of the widget's settings. */
export type LauncherLook = {
  accent: string;
  theme: string;
  position: string;
  launcherLabel: string;
};

/** The loader's reading of a message that came from the frame's window and origin; null for anything malformed. */
export function parseToHost(data: unknown): ToHost | null {
  if (!isRecord(data)) return null;
  const { parley, name, value, detail } = data;
  if (parley === 'ready' || parley === 'close' || parley === 'gone') return { parley };
  if (typeof name !== 'string' || !/^[\w:-]{1,64}$/.test(name)) return null;
  if (parley === 'keep' && (value === null || typeof value === 'string')) return { parley, name, value };
  if (parley === 'emit' && isEventName(name) && isDetail(detail)) return { parley, name, detail };
  return null;
}

/** The loader's reading of the settings' answer; null for a refusal or anything malformed. */
export function parseLook(answer: unknown): LauncherLook | null {
  if (!isRecord(answer) || !isRecord(answer.value)) return null;
  const { accent, theme, position, launcherLabel } = answer.value;
  if (!/^#[\da-f]{6}$/.test(`${accent}`)) return null;
  return {
    accent: `${accent}`,
    theme: theme === 'light' || theme === 'dark' ? theme : 'light dark',
    position: position === 'left' ? position : 'right',
    launcherLabel: `${launcherLabel}`,
  };
}

/** The loader's reading of the unread answer; null when it is no count. */
export function parseUnread(answer: unknown): number | null {
  return isRecord(answer) && isRecord(answer.value) ? countOf(answer.value.unread) : null;
}

/** The count that an `unread` event carries; null when it is none. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 ? value : null;
}

/** Black or white, whichever reads better on `#rrggbb`: at least 4.5 : 1 on any colour. */
export function textOn(accent: string): '#fff' | '#000' {
  // Where luminance is 0.179, white and black have the same contrast: √(1.05 × 0.05) − 0.05.
  return luminanceOf(accent) > 0.179 ? '#000' : '#fff';
}

/** Relative luminance of `#rrggbb` as WCAG defines it, 0 to 1. */
export function luminanceOf(color: string): number {
  const part = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

// Only what the frame may say; `ready`, `open` and `close` are the loader's own.
function isEventName(name: string): name is 'unread' {
  return /^(unread|error|message:(received|sent)|conversation:started)$/.test(name);
}

function isDetail(value: unknown): value is EventDetail {
  return isRecord(value) && !Object.values(value).some((one) => isRecord(one) || typeof one === 'function');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
