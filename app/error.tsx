'use client';

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main role="alert">
      <h1>Something went wrong on our side</h1>
      <p>Nothing you wrote is lost. Trying again usually helps.</p>
      <p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </p>
      {error.digest === undefined ? null : <p>Reference: {error.digest}</p>}
    </main>
  );
}
