import type { ReactNode } from 'react';
import { EntryCard } from '#/components/entry/entry-card.tsx';
import { ButtonLink } from '#/components/ui/button.tsx';

/** A page that needs a link's token was opened without one. */
export function LinkMissing({ title, children }: { title: string; children: ReactNode }) {
  return (
    <EntryCard title={title} lead={children}>
      <ButtonLink href="/sign-in">Go to sign-in</ButtonLink>
    </EntryCard>
  );
}
