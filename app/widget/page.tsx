import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { cache } from 'react';
import { WordsProvider } from '#/components/conversation/words.tsx';
import { env } from '#/lib/env.ts';
import { isRightToLeft } from '#/lib/texts/languages.ts';
import { findWidgetServices } from '#/lib/widgets/frame.ts';
import { findWidgetConfig } from '#/lib/widgets/service.ts';
import { findSpokenTexts, type SpokenTexts } from '#/lib/widgets/texts.ts';
import { FrameRoot } from './frame-root.tsx';

type Props = { searchParams: Promise<{ widget?: string | string[]; lang?: string | string[] }> };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { widget, lang } = await searchParams;
  const { texts } = await wordsOf(one(widget), one(lang));
  return { title: texts['panel.title'] };
}

/** The frame: a widget's public settings, its words in one language, and where its live server is. Whoever writes comes with their token later. */
export default async function WidgetPage({ searchParams }: Props) {
  const { widget, lang } = await searchParams;
  const [{ language, texts }, config, services] = await Promise.all([
    wordsOf(one(widget), one(lang)),
    typeof widget === 'string' ? findWidgetConfig(widget, one(lang)) : null,
    typeof widget === 'string' ? findWidgetServices(widget) : null,
  ]);
  if (config === null || services === null) return <Unavailable language={language} texts={texts} />;
  const { key, browser } = env().realtime;
  return (
    <WordsProvider language={language} texts={texts}>
      <FrameRoot config={{ ...config, ...services }} live={{ key, ...browser }} />
    </WordsProvider>
  );
}

/** Read once for the page and its title. */
const wordsOf = cache(async (key: string | null, page: string | null): Promise<SpokenTexts> => {
  const accepted = (await headers()).get('accept-language');
  return findSpokenTexts(key, { page, accepted });
});

function one(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function Unavailable({ language, texts }: SpokenTexts) {
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
