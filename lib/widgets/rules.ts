import { lookDefaults, type WidgetConfig, widgetConfigSchema } from '#/lib/widgets/schema.ts';

export type SavedLook = Pick<WidgetConfig, 'accent' | 'theme' | 'position'>;

/** What `widgets.look` says, with the default wherever it says nothing or nothing valid. */
export function lookOf(stored: Record<string, unknown>): SavedLook {
  const { shape } = widgetConfigSchema;
  const accent = shape.accent.safeParse(stored.accent);
  const theme = shape.theme.safeParse(stored.theme);
  const position = shape.position.safeParse(stored.position);
  return {
    accent: accent.success ? accent.data : lookDefaults.accent,
    theme: theme.success ? theme.data : lookDefaults.theme,
    position: position.success ? position.data : lookDefaults.position,
  };
}

/** Exactly an origin as browsers write it: scheme, host and a port that is not the default; nothing behind. */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
}
