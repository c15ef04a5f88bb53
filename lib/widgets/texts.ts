import { read, transact } from '#/db/client.ts';
import { insertEvent } from '#/db/events.ts';
import { findTexts, findTextsByKey, lockTexts, updateTexts, type WidgetTexts } from '#/db/widget-texts.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { placesOf, type Texts } from '#/lib/texts/catalogue.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { chooseLanguage, type Language, languages } from '#/lib/texts/languages.ts';
import {
  launcherTextCharsMax,
  type OwnTexts,
  type SaveWidgetTextsInput,
  textField,
} from '#/lib/texts/schema.ts';
import { widgetKeySchema } from '#/lib/widgets/schema.ts';

/** Who asks for words: the language of their page, and what their browser accepts where the page names none. */
export type AskedLanguage = { page: string | null; accepted: string | null };

/** One language's catalogue with the site's own texts in it. */
export type SpokenTexts = { language: Language; texts: Texts };

/** What a widget says to whoever asks so. An unknown key speaks, too: it has to say that it is none. */
export async function findSpokenTexts(key: string | null, asked: AskedLanguage): Promise<SpokenTexts> {
  const isKey = key !== null && widgetKeySchema.safeParse(key).success;
  const stored = isKey ? await read((tx) => findTextsByKey(tx, key)) : null;
  return spokenOf(stored, asked);
}

/** The same of what is read already. */
export function spokenOf(stored: WidgetTexts | null, asked: AskedLanguage): SpokenTexts {
  const language = chooseLanguage(asked, stored?.language ?? 'en');
  return { language, texts: { ...catalogues[language], ...ownTextsOf(stored?.texts ?? {})[language] } };
}

/** A site's own texts as its settings page shows them. */
export async function findWidgetTexts(
  actor: AgentActor,
  widgetId: string,
): Promise<{ widgetLanguage: Language; own: OwnTexts }> {
  authorize(actor, 'widget.manage', { widgetId });
  const stored = await read((tx) => findTexts(tx, widgetId));
  if (stored === null) throw new RefusedError({ code: 'not_found' });
  return { widgetLanguage: stored.language, own: ownTextsOf(stored.texts) };
}

/** Puts a site's own texts in the place of those it had, in each language that is named. A blank one is none. */
export async function saveWidgetTexts(
  actor: AgentActor,
  input: SaveWidgetTextsInput,
): Promise<Done<{ widgetLanguage: Language; own: OwnTexts }>> {
  const { widgetId } = input;
  const texts = languages
    .filter((language) => input.texts[language] !== undefined)
    .map((language) => [language, saidIn(input.texts[language] ?? {})] as const);
  for (const [language, own] of texts) refuseWrong(language, own);
  return transact(async (tx) => {
    authorize(actor, 'widget.manage', { widgetId });
    const before = await lockTexts(tx, widgetId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    const widgetLanguage = input.widgetLanguage ?? before.language;
    const had = ownTextsOf(before.texts);
    const own: OwnTexts = { ...had, ...Object.fromEntries(texts) };
    await updateTexts(tx, widgetId, { language: widgetLanguage, texts: own });
    await insertEvent(tx, {
      id: newId(),
      type: 'widget.changed',
      actor: { kind: actor.kind, id: actor.id },
      subjectId: widgetId,
      before: { name: before.name, language: before.language, texts: had },
      after: { name: before.name, language: widgetLanguage, texts: own },
      isSettled: true,
    });
    return { value: { widgetLanguage, own }, events: [] };
  });
}

function saidIn(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/** Only keys of the language, and in each text no place that ours does not fill. */
function refuseWrong(language: Language, texts: Record<string, string>): void {
  const ours: Readonly<Record<string, string>> = catalogues[language];
  for (const [key, text] of Object.entries(texts)) {
    const original = Object.hasOwn(ours, key) ? ours[key] : undefined;
    const reason = original === undefined ? 'text_unknown' : wrongIn(key, text, original);
    if (reason !== null) throw new RefusedError({ code: 'invalid', field: textField(language, key), reason });
  }
}

function wrongIn(key: string, text: string, original: string): string | null {
  if (key.startsWith('launcher.') && text.length > launcherTextCharsMax) return 'text_too_long_here';
  const places = placesOf(original);
  return placesOf(text).some((place) => !places.includes(place)) ? 'place_unknown' : null;
}

/** What is stored, as far as it is texts that are still there. */
function ownTextsOf(stored: Record<string, unknown>): OwnTexts {
  const own: OwnTexts = {};
  for (const language of languages) {
    const held = Object.entries({ ...Object(stored[language]) });
    const known = held.filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && Object.hasOwn(catalogues[language], entry[0]),
    );
    if (known.length > 0) own[language] = Object.fromEntries(known);
  }
  return own;
}
