'use client';

import { PlainPage } from '#/components/ui/plain-page.tsx';

export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" style={{ colorScheme: 'light dark' }}>
      <body>
        <PlainPage
          isAlert
          title="Something went wrong on our side"
          action={{ words: 'Reload', onPress: () => window.location.reload() }}
          reference={error.digest}
        >
          Nothing you wrote is lost. Reloading the page usually helps.
        </PlainPage>
      </body>
    </html>
  );
}
