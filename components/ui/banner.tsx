import type { ReactNode } from 'react';

/** A quiet line across the top of a section: what is the matter, and that nothing is lost. Announced politely. */
export function Banner({ tone = 'warn', children }: { tone?: 'warn' | 'bad'; children: ReactNode }) {
  return (
    <div
      role="status"
      className={`flex items-center justify-center gap-2 px-4 py-1.5 text-center text-13 ${tone === 'bad' ? 'bg-bad-bg text-bad' : 'bg-warn-bg text-warn'}`}
    >
      {children}
    </div>
  );
}
