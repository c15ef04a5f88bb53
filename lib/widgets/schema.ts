import * as z from 'zod/mini';
import { cleanName } from '#/lib/text.ts';

export const widgetKeySchema = z.string().check(z.regex(/^wk_[A-Za-z0-9_-]{8,64}$/));

/** The public settings of one widget: what the loader and the frame may know before anybody is known. Under 1 KB. */
export const widgetConfigSchema = z.object({
  key: widgetKeySchema,
  /** The company's name. */
  name: z.string(),
  /** The site's colour, `#rrggbb`; text on it is computed. */
  accent: z.string().check(z.regex(/^#[0-9a-f]{6}$/)),
  theme: z.enum(['auto', 'light', 'dark']),
  position: z.enum(['right', 'left']),
  /** The launcher's words in the language of the page around it. */
  launcherLabel: z.string(),
  closeLabel: z.string(),
  /** Said after the launcher's name; `{count}` stands for the number. */
  unreadLabel: z.string(),
});
export type WidgetConfig = z.infer<typeof widgetConfigSchema>;

/** What `widgets.look` may hold; anything missing takes these values. */
export const lookDefaults = {
  accent: '#3b6fe0',
  theme: 'auto',
  position: 'right',
} as const;

/** A site that asked for a widget's configuration, so that its page has the script on it. */
export type WidgetSighting = {
  origin: string;
  firstSeenAt: string;
  lastSeenAt: string;
  /** Not: the page has the script, and no chat. */
  isAllowed: boolean;
};

const widgetName = z.string().check(
  z.maxLength(80, 'name_too_long'),
  z.refine((text) => !text.includes('\0'), 'name_has_nul'),
  z.overwrite(cleanName),
  z.minLength(1, 'name_empty'),
);

/** `id` is made by the client: the same one again answers the stored widget. */
export const createWidgetInputSchema = z.strictObject({ id: z.uuid(), name: widgetName });
export type CreateWidgetInput = z.infer<typeof createWidgetInputSchema>;
export const sightingsQuerySchema = z.strictObject({ widgetId: z.uuid() });

const originsMax = 50;
/** What is left out stays as it is. */
export const saveWidgetInputSchema = z.strictObject({
  widgetId: z.uuid(),
  name: z.optional(widgetName),
  allowedOrigins: z.optional(z.array(z.string().check(z.maxLength(300))).check(z.maxLength(originsMax))),
  departmentId: z.optional(z.nullable(z.uuid())),
  look: z.optional(
    z.strictObject({
      accent: z.string().check(z.regex(/^#[0-9a-f]{6}$/, 'color_invalid')),
      theme: widgetConfigSchema.shape.theme,
      position: widgetConfigSchema.shape.position,
    }),
  ),
});
export type SaveWidgetInput = z.infer<typeof saveWidgetInputSchema>;
