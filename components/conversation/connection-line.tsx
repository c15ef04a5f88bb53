'use client';

import { useSyncExternalStore } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import type { ConnectionState } from '#/lib/sync/transport.ts';
import type { Say } from '#/lib/texts/words.ts';

/**
 * A quiet pill that says when the connection is not what it should be, and nothing otherwise. It waits a second before
 * it shows, so that a hiccup passes unseen, and floats, so that nothing moves. The parent is positioned.
 */
export function ConnectionLine({ connection }: { connection: ConnectionState }) {
  const { say } = useWords();
  const isOnline = useSyncExternalStore(subscribeOnline, readOnline, () => true);
  const words = connectionWords(connection, isOnline, say);
  return (
    <div
      role="status"
      className="pointer-events-none absolute inset-x-0 top-2 z-10 flex justify-center px-4 empty:hidden"
    >
      {words === null ? null : (
        <span
          key={words}
          className="animate-fade rounded-full border border-line bg-bg-raised px-3 py-1 text-center text-12 text-text-muted shadow-float [animation-delay:1s]"
        >
          {words}
        </span>
      )}
    </div>
  );
}

/** The sentence for a state of the connection; null when there is nothing to say. */
export function connectionWords(connection: ConnectionState, isOnline: boolean, say: Say): string | null {
  if (!isOnline) return say('connection.offline');
  switch (connection) {
    case 'connecting':
    case 'live':
      return null;
    case 'polling':
      return say('connection.polling');
    case 'offline':
      return say('connection.lost');
  }
}

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

const readOnline = () => navigator.onLine;
