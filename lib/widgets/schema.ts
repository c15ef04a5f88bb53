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

const originsMax = 50;
/** What is left out stays as it is. */
export const saveWidgetInputSchema = z.strictObject({
  widgetId: z.uuid(),
  name: z.optional(
    z.string().check(z.trim(), z.minLength(1, 'name_empty'), z.maxLength(80, 'name_too_long')),
  ),
  allowedOrigins: z.optional(z.array(z.string().check(z.maxLength(300))).check(z.maxLength(originsMax))),
  departmentId: z.optional(z.nullable(z.uuid())),
  look: z.optional(
    z.strictObject({
      greeting: z.string().check(z.maxLength(200)),
      accent: widgetConfigSchema.shape.accent,
      theme: widgetConfigSchema.shape.theme,
      position: widgetConfigSchema.shape.position,
      launcherLabel: z.string().check(z.maxLength(40)),
    }),
  ),
});
export type SaveWidgetInput = z.infer<typeof saveWidgetInputSchema>;
