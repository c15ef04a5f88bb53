import type { ReactNode } from 'react';
import { BrandMark } from '#/components/ui/brand.tsx';

/** The frame of the pages before the inbox: one card, one thing to do. */
export function EntryCard({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center px-6 py-12">
      <p className="mb-8 flex items-center gap-2.5 font-semibold text-16">
        <BrandMark />
        Parley
      </p>
      <h1 className="text-balance font-semibold text-20">{title}</h1>
      {lead === undefined ? null : <p className="mt-1 text-pretty text-14 text-text-muted">{lead}</p>}
      <div className="mt-6">{children}</div>
    </main>
  );
}
