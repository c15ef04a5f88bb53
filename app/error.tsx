'use client';

import { PlainPage } from '#/components/ui/plain-page.tsx';

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
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
