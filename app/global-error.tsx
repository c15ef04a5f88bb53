'use client';

export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main role="alert">
          <h1>Something went wrong on our side</h1>
          <p>Nothing you wrote is lost. Reloading the page usually helps.</p>
          {error.digest === undefined ? null : <p>Reference: {error.digest}</p>}
        </main>
      </body>
    </html>
  );
}
