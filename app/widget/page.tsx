import type { Metadata } from 'next';
import { env } from '#/lib/env.ts';
import { findWidgetConfig } from '#/lib/widgets/service.ts';
import { FrameRoot } from './frame-root.tsx';

export const metadata: Metadata = { title: 'Chat' };

type Props = { searchParams: Promise<{ widget?: string | string[] }> };

/** The frame: a widget's public settings and where its live server is. Whoever writes comes with their token later. */
export default async function WidgetPage({ searchParams }: Props) {
  const { widget } = await searchParams;
  const config = typeof widget === 'string' ? await findWidgetConfig(widget) : null;
  if (config === null) return <Unavailable />;
  const { key, browser } = env().realtime;
  return <FrameRoot config={config} live={{ key, ...browser }} />;
}

function Unavailable() {
  return (
    <main className="flex h-dvh flex-col items-center justify-center gap-1 bg-bg px-8 text-center">
      <h1 className="text-15 font-semibold">This chat is not available</h1>
      <p className="text-13 text-text-muted">It may have been moved or switched off.</p>
    </main>
  );
}
