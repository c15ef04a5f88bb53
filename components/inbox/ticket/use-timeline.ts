'use client';

import { useEffect, useRef, useState } from 'react';
import type { InboxPorts, TimelineChange } from '#/components/inbox/ports.ts';
import { openTimelineReader, type TimelineReader } from '#/components/inbox/ticket/timeline-reader.ts';
import { systemClock } from '#/lib/sync/clock.ts';

/** The timeline of a ticket, read again after each version; what is shown stays until the new one is there. */
export function useTimeline(
  fetchTimeline: InboxPorts['fetchTimeline'],
  ticketId: string,
  version: number,
): readonly TimelineChange[] | null {
  const [shown, setShown] = useState<{ ticketId: string; changes: readonly TimelineChange[] } | null>(null);
  const reader = useRef<TimelineReader>(null);
  useEffect(() => {
    const opened = openTimelineReader(systemClock, fetchTimeline, (read, changes) =>
      setShown({ ticketId: read, changes }),
    );
    reader.current = opened;
    return opened.close;
  }, [fetchTimeline]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version means a new entry.
  useEffect(() => reader.current?.look(ticketId), [fetchTimeline, ticketId, version]);
  return shown !== null && shown.ticketId === ticketId ? shown.changes : null;
}
