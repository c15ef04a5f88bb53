/**
 * What the loader (in the host's page) and the frame (ours) say to each other. The loader imports only this file, so
 * its checks are written by hand and small; for the other direction see bridge.ts.
 */

/** From the loader to the frame. */
export type ToFrame =
  | {
      /** Said at first, and again when the panel opens or closes and when another tab kept something. */
      parley: 'hello';
      /** What the frame once asked to keep: the session token as `token`, unsent messages by their ids. */
      kept: Record<string, string>;
      /** Whether what is kept survives this page. */
      isDurable: boolean;
      isOpen: boolean;
      /** The person, not a script, opened it just now. */
      takesFocus: boolean;
      page: string;
      locale: string;
    }
  | { parley: 'shutdown' };

/** From the frame to the loader. */
export type ToHost =
  | { parley: 'ready' }
  | { parley: 'close' }
  /** Null drops it. */
  | { parley: 'keep'; name: string; value: string | null }
  | { parley: 'emit'; name: string; detail: EventDetail }
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
/** Strings, numbers and nulls only. */
export type EventDetail = Record<string, unknown>;

/** What the loader needs of the widget's settings. */
export type LauncherLook = {
  accent: string;
  theme: string;
  position: string;
  launcherLabel: string;
};

/** The loader's reading of a message that came from the frame's window and origin; null for anything malformed. */
export function parseToHost(data: unknown): ToHost | null {
  const { parley, name, value, detail } = record(data);
  if (parley === 'ready' || parley === 'close' || parley === 'gone') return { parley };
  if (typeof name !== 'string') return null;
  if (parley === 'emit') return { parley, name, detail: record(detail) };
  return parley === 'keep' ? { parley, name, value: typeof value === 'string' ? value : null } : null;
}

/** The loader's reading of the settings' answer; null for a refusal or anything malformed. */
export function parseLook(answer: unknown): LauncherLook | null {
  const { accent, theme, position, launcherLabel } = record(record(answer).value);
  if (!/^#[\da-f]{6}$/.test(`${accent}`)) return null;
  return {
    accent: `${accent}`,
    theme: theme === 'light' || theme === 'dark' ? theme : 'light dark',
    position: position === 'left' ? position : 'right',
    launcherLabel: `${launcherLabel}`,
  };
}

/** The loader's reading of the unread answer and of an `unread` event; null when it is no count. */
export function parseCount(holder: unknown, name: string): number | null {
  const count = record(holder)[name];
  return typeof count === 'number' ? count : null;
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
