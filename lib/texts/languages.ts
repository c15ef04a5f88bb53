/** The languages that the widget speaks by itself, each by its own name. */
export const languageNames = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  ar: 'العربية',
  ja: '日本語',
} as const;
export type Language = keyof typeof languageNames;
export const languages = ['en', 'de', 'fr', 'es', 'pt', 'ar', 'ja'] as const satisfies readonly Language[];

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(languageNames, tag);
}

export function isRightToLeft(language: string): boolean {
  return language === 'ar';
}

/** The language that has words for this tag: `pt-BR` is `pt`; null for what we have no words for, or what is no tag. */
export function languageFor(tag: string): Language | null {
  const [base = ''] = tag.trim().toLowerCase().split(/[-_]/);
  return isLanguage(base) ? base : null;
}

/** The languages of an `Accept-Language` header, the most wanted first; `*` and what is refused are left out. */
export function acceptedTags(header: string): string[] {
  return header
    .slice(0, headerCharsMax)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((piece) => piece.startsWith('q='))?.slice(2) ?? '1';
      return { tag, weight: Number(quality) };
    })
    .filter(({ tag, weight }) => tag !== '' && tag !== '*' && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}

const headerCharsMax = 500;

/**
 * What the widget speaks: the language of the page around it; where the page names none, the first that the reader
 * accepts; where there are no words for it, the widget's own.
 */
export function chooseLanguage(
  asked: { page: string | null; accepted: string | null },
  widgets: Language,
): Language {
  const page = asked.page?.trim() ?? '';
  const tags = page === '' ? acceptedTags(asked.accepted ?? '') : [page];
  return tags.map(languageFor).find((found) => found !== null) ?? widgets;
}
