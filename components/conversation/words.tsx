'use client';

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { Texts } from '#/lib/texts/catalogue.ts';
import { fullMoment } from '#/lib/texts/times.ts';
import { localeFor, openWords, type Words } from '#/lib/texts/words.ts';

// Without a catalogue of its own: it would be in what every opening of the frame downloads.
const WordsContext = createContext<Words | null>(null);

/** What everything inside speaks. `formats`: moments and numbers as the language writes them, or as the reader's browser is set. */
export function WordsProvider({
  language,
  texts,
  formats = 'language',
  children,
}: {
  language: string;
  texts: Texts;
  formats?: 'language' | 'reader';
  children: ReactNode;
}) {
  const words = useMemo(() => {
    const readers = typeof document === 'undefined' ? [] : navigator.languages;
    const locale = formats === 'reader' ? undefined : localeFor(language, readers);
    return openWords({ language, texts, locale });
  }, [language, texts, formats]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

/** The words of the provider around. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (words === null) throw new Error('Words are used outside a WordsProvider.');
  return words;
}

/** How the exact moment is written: by the words around, else as the reader's browser is set. */
export function useFullMoment(): (at: string) => string {
  return useContext(WordsContext)?.full ?? fullMoment;
}
