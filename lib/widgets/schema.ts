import * as z from 'zod/mini';

export const widgetKeySchema = z.string().check(z.regex(/^wk_[A-Za-z0-9_-]{8,64}$/));

/** The public settings of one widget: what the loader and the frame may know before anybody is known. Under 1 KB. */
export const widgetConfigSchema = z.object({
  key: widgetKeySchema,
  /** The company's name. */
  name: z.string(),
  greeting: z.string(),
  /** The site's colour, `#rrggbb`; text on it is computed. */
  accent: z.string().check(z.regex(/^#[0-9a-f]{6}$/)),
  theme: z.enum(['auto', 'light', 'dark']),
  position: z.enum(['right', 'left']),
  launcherLabel: z.string(),
});
export type WidgetConfig = z.infer<typeof widgetConfigSchema>;

/** What `widgets.look` may hold; anything missing takes these values. */
export const lookDefaults = {
  greeting: 'Hi there. How can we help?',
  accent: '#3b6fe0',
  theme: 'auto',
  position: 'right',
  launcherLabel: 'Chat with us',
} as const;
