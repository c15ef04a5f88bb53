import * as z from 'zod/mini';
import { cleanName } from '#/lib/text.ts';
import { type Language, languages } from '#/lib/texts/languages.ts';

export const ownTextCharsMax = 300;
/** The launcher's texts travel to every page, whether anybody chats or not. */
export const launcherTextCharsMax = 40;

/** One text of the site's own. Blank is none: ours takes its place. */
const ownText = z.string().check(
  z.maxLength(ownTextCharsMax, 'text_too_long_here'),
  z.refine((text) => !text.includes('\0'), 'text_has_nul'),
  z.overwrite(cleanName),
);

/** All of a site's own texts in the languages that are named; the others stay. Which keys there are, the service knows. */
export const saveWidgetTextsInputSchema = z.strictObject({
  widgetId: z.uuid(),
  texts: z.partialRecord(z.enum(languages), z.record(z.string().check(z.maxLength(60)), ownText)),
  /** What the widget speaks where nobody asks for a language that it has; left out, it stays. */
  widgetLanguage: z.optional(z.enum(languages)),
});
export type SaveWidgetTextsInput = z.infer<typeof saveWidgetTextsInputSchema>;

/** What a site says itself, by language and key. */
export type OwnTexts = Partial<Record<Language, Record<string, string>>>;

/** How a refusal names the field of a text: dots stand between the parts of a field's name. */
export function textField(language: Language, key: string): string {
  return `texts.${language}.${fieldName(key)}`;
}

export function fieldName(key: string): string {
  return key.replaceAll('.', '_');
}
