import type { Texts } from '#/lib/texts/catalogue.ts';
import { english } from '#/lib/texts/en.ts';
import type { Language } from '#/lib/texts/languages.ts';

/** Every catalogue. For the server only: a page takes the one that it needs to the browser. */
export const catalogues: Record<Language, Texts> = {
  en: english,
  de: english,
  fr: english,
  es: english,
  pt: english,
  ar: english,
  ja: english,
};
