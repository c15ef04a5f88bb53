import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { WordsProvider } from '#/components/conversation/words.tsx';
import { env } from '#/lib/env.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { chooseLanguage, isRightToLeft, type Language } from '#/lib/texts/languages.ts';
import { findWidgetConfig } from '#/lib/widgets/service.ts';
import { FrameRoot } from './frame-root.tsx';

type Props = { searchParams: Promise<{ widget?: string | string[]; lang?: string | string[] }> };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  return { title: catalogues[await languageOf(await searchParams)]['panel.title'] };
}

/** The frame: a widget's public settings, its words in one language, and where its live server is. Whoever writes comes with their token later. */
export default async function WidgetPage({ searchParams }: Props) {
  const asked = await searchParams;
  const { widget } = asked;
  const [language, config] = await Promise.all([
    languageOf(asked),
    typeof widget === 'string' ? findWidgetConfig(widget) : null,
  ]);
  if (config === null) return <Unavailable language={language} />;
  const { key, browser } = env().realtime;
  return (
    <WordsProvider language={language} texts={catalogues[language]}>
      <FrameRoot config={config} live={{ key, ...browser }} />
    </WordsProvider>
  );
}

async function languageOf({ lang }: Awaited<Props['searchParams']>): Promise<Language> {
  const page = typeof lang === 'string' ? lang : null;
  return chooseLanguage({ page, accepted: (await headers()).get('accept-language') }, 'en');
}

function Unavailable({ language }: { language: Language }) {
  const texts = catalogues[language];
  return (
    <main
      lang={language}
      dir={isRightToLeft(language) ? 'rtl' : 'ltr'}
      className="flex h-dvh flex-col items-center justify-center gap-1 bg-bg px-8 text-center"
    >
      <h1 className="text-15 font-semibold">{texts['panel.offTitle']}</h1>
      <p className="text-13 text-text-muted">{texts['panel.offLine']}</p>
    </main>
  );
}
