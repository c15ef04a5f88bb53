import * as z from 'zod/mini';
import { ticketSorts } from '#/lib/tickets/schema.ts';

/** How long a sent message can still be taken back. */
export const holdSecondsChoices = [0, 5, 10] as const;
/** Whose tickets an agent hears of: those that wait for them, every one that they may see, or none. */
export const notifyScopes = ['mine', 'all', 'none'] as const;
export const listDensities = ['comfortable', 'compact'] as const;
export type ListDensity = (typeof listDensities)[number];

export const boundKeysMax = 100;
/** Such as `e`, `g+m`, `mod+Enter`; empty takes the keys away from an action. */
const keysText = z.string().check(z.maxLength(40), z.regex(/^[^\0]*$/));

const fields = {
  holdSeconds: z.literal(holdSecondsChoices),
  sound: z.boolean(),
  desktop: z.boolean(),
  notifyAbout: z.enum(notifyScopes),
  /** Whether keys act without Ctrl or ⌘ (WCAG 2.1.4). */
  singleKeys: z.boolean(),
  /** Keys that differ from the usual ones, by the action's id. */
  keys: z
    .record(z.string().check(z.regex(/^[a-zA-Z]{1,40}$/)), keysText)
    .check(z.refine((keys) => Object.keys(keys).length <= boundKeysMax, 'too_many')),
  sort: z.enum(ticketSorts),
  density: z.enum(listDensities),
};
const preferencesSchema = z.strictObject(fields);
export type Preferences = z.infer<typeof preferencesSchema>;

/** What an agent changes at once; what is left out stays. */
export const savePreferencesInputSchema = z.partial(preferencesSchema);
export type SavePreferencesInput = z.infer<typeof savePreferencesInputSchema>;

export const usualPreferences: Preferences = {
  holdSeconds: 5,
  sound: true,
  desktop: false,
  notifyAbout: 'mine',
  singleKeys: true,
  keys: {},
  sort: 'waiting',
  density: 'comfortable',
};

/** Stored preferences made whole: whatever is missing or not understood any more is as usual, field by field. */
export function parsePreferences(stored: unknown): Preferences {
  const given = savePreferencesInputSchema.safeParse(known(stored));
  return given.success ? mergePreferences(usualPreferences, given.data) : usualPreferences;
}

/** The first with what the second names. */
export function mergePreferences(before: Preferences, change: SavePreferencesInput): Preferences {
  const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return { ...before, ...named };
}

function known(stored: unknown): Record<string, unknown> {
  if (typeof stored !== 'object' || stored === null) return {};
  const values = new Map(Object.entries(stored));
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name, schema]) => schema.safeParse(values.get(name)).success)
      .map(([name]) => [name, values.get(name)]),
  );
}
