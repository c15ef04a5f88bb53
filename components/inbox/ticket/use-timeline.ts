'use client';

import { useEffect, useState } from 'react';
import type { InboxPorts, TimelineChange } from '#/components/inbox/ports.ts';

/** The timeline of a ticket, read again with each version; what is shown stays until the new one is there. */
export function useTimeline(
  fetchTimeline: InboxPorts['fetchTimeline'],
  ticketId: string,
  version: number,
): readonly TimelineChange[] | null {
  const [shown, setShown] = useState<{ ticketId: string; changes: readonly TimelineChange[] } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version means a new entry.
  useEffect(() => {
    let isCurrent = true;
    void fetchTimeline(ticketId).then((result) => {
      if (isCurrent && result.ok) setShown({ ticketId, changes: result.value });
    });
    return () => {
      isCurrent = false;
    };
  }, [fetchTimeline, ticketId, version]);
  return shown !== null && shown.ticketId === ticketId ? shown.changes : null;
}
