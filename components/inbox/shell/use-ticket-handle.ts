'use client';

import { type RefObject, useMemo } from 'react';
import type { TicketHandle } from '#/components/inbox/ticket/ticket-pane-props.ts';

export type TicketReach = {
  ref: RefObject<TicketHandle | null>;
  /** Does it with the open ticket now, or as soon as this one is open and ready. */
  whenOpen(ticketId: string, run: (handle: TicketHandle) => void): void;
  /** The ticket that is open now: what waits for another is forgotten. */
  opened(ticketId: string | null): void;
};

/** A way into the open ticket that also waits for one which is just being opened. */
export function useTicketHandle(): TicketReach {
  return useMemo(() => {
    let handle: TicketHandle | null = null;
    let openId: string | null = null;
    let waiting: { ticketId: string; run: (handle: TicketHandle) => void } | null = null;
    function settle() {
      if (waiting === null || handle === null || waiting.ticketId !== openId) return;
      const { run } = waiting;
      waiting = null;
      run(handle);
    }
    return {
      ref: {
        get current() {
          return handle;
        },
        set current(next: TicketHandle | null) {
          handle = next;
          // Once everything of it is on the page.
          if (next !== null) queueMicrotask(settle);
        },
      },
      whenOpen(ticketId, run) {
        waiting = { ticketId, run };
        settle();
      },
      opened(ticketId) {
        openId = ticketId;
        if (waiting !== null && ticketId !== null && waiting.ticketId !== ticketId) waiting = null;
        settle();
      },
    };
  }, []);
}
