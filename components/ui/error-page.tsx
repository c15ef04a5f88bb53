'use client';

import { PlainPage } from '#/components/ui/plain-page.tsx';

/** What a person sees in place of a page that failed while it was drawn, with a way to try it again. */
export function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <PlainPage
      isAlert
      title="Something went wrong on our side"
      action={{ words: 'Try again', onPress: reset }}
      reference={error.digest}
    >
      Nothing you wrote is lost. Trying again usually helps.
    </PlainPage>
  );
}
