'use client';

import { CloudOff, TriangleAlert, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ConnectionState } from '#/lib/sync/transport.ts';

/** What is to be known about this list, said once and quietly. */
export function ListNotes({
  ignored,
  missing,
  connection,
}: {
  /** Parts of the address or view that could not be carried out. */
  ignored: readonly string[];
  /** What a broken view names and nobody has any more; null for a whole one. */
  missing: string | null;
  connection: ConnectionState;
}) {
  const [dismissed, setDismissed] = useState('');
  const said = [...new Set(ignored)].join(', ');
  return (
    <>
      {connection === 'offline' ? (
        <Note icon={<CloudOff />}>You are offline. The list shows what was last known.</Note>
      ) : null}
      {missing === null ? (
        said === '' || said === dismissed ? null : (
          <Note icon={<TriangleAlert />} onDismiss={() => setDismissed(said)}>
            Left out, because it could not be understood or is gone: <bdi>{said}</bdi>.
          </Note>
        )
      ) : (
        <Note icon={<TriangleAlert />}>
          This view names {missing} that is gone. It opens without it; save it again with what you want.
        </Note>
      )}
    </>
  );
}

function Note({
  icon,
  onDismiss,
  children,
}: {
  icon: ReactNode;
  onDismiss?: () => void;
  children: ReactNode;
}) {
  return (
    <div
      role="status"
      className="flex shrink-0 items-start gap-2 border-line border-b bg-bg-sunken py-2 ps-5 pe-2 text-12 text-text-muted [&_svg]:size-4 [&_svg]:shrink-0"
    >
      <span aria-hidden="true">{icon}</span>
      <p className="wrap-anywhere min-w-0 flex-1">{children}</p>
      {onDismiss === undefined ? null : (
        <button
          type="button"
          aria-label="Dismiss"
          onClick={onDismiss}
          className="relative rounded-tail text-text-muted after:absolute after:-inset-2 hover:text-text max-tablet:after:-inset-3.5"
        >
          <X aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
