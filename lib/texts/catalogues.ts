import { arabic } from '#/lib/texts/ar.ts';
import type { Texts, Translation } from '#/lib/texts/catalogue.ts';
import { german } from '#/lib/texts/de.ts';
import { english } from '#/lib/texts/en.ts';
import { spanish } from '#/lib/texts/es.ts';
import { french } from '#/lib/texts/fr.ts';
import { japanese } from '#/lib/texts/ja.ts';
import type { Language } from '#/lib/texts/languages.ts';
import { portuguese } from '#/lib/texts/pt.ts';

/** What is written down for each language. */
export const translations: Record<Language, Translation> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  pt: portuguese,
  ar: arabic,
  ja: japanese,
};

/** Every catalogue, whole. For the server only: a page takes the one that it needs to the browser. */
export const catalogues: Record<Language, Texts> = {
  en: english,
  de: whole(german),
  fr: whole(french),
  es: whole(spanish),
  pt: whole(portuguese),
  ar: whole(arabic),
  ja: whole(japanese),
};

/** With English wherever a text is missing, but no English form of a number that the language does not tell apart. */
function whole(own: Translation): Texts {
  const texts: Texts = { ...english, ...own };
  for (const key of Object.keys(english).filter(isOne)) {
    const base = key.slice(0, -'.one'.length);
    if (own[key] === undefined && Object.hasOwn(own, `${base}.other`)) delete texts[key];
  }
  return texts;
}

type OneKey = Extract<keyof typeof english, `${string}.one`>;
function isOne(key: string): key is OneKey {
  return key.endsWith('.one');
}
