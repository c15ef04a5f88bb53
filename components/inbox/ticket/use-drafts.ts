'use client';

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ComposerMode, DraftTexts } from '#/components/inbox/ticket/drafts.ts';
import type { Draft } from '#/lib/drafts/schema.ts';
import type { DraftSnapshot, DraftStore, Drafts } from '#/lib/sync/drafts.ts';

export type TicketDrafts = {
  /** False for the moment before anything can be written. */
  isOpen: boolean;
  texts: DraftTexts;
  states: Record<ComposerMode, DraftSnapshot['state']>;
  write(mode: ComposerMode, text: string): void;
  /** The text of this mode was sent. */
  sent(mode: ComposerMode): void;
};

const nothing: DraftSnapshot = { text: '', state: 'saved' };
const noStore = { subscribe: () => () => {}, getSnapshot: () => nothing };

/**
 * What the agent wrote on this ticket and did not send, in each mode, on every screen of theirs. `stored`: what the
 * ticket's answer said; null while that is not known.
 */
export function useDrafts(
  drafts: Drafts | null,
  ticketId: string,
  stored: readonly Draft[] | null,
): TicketDrafts {
  const reply = useDraft(drafts, ticketId, 'reply', stored);
  const note = useDraft(drafts, ticketId, 'note', stored);
  const stores = { reply, note };
  const replied = useSyncExternalStore(
    (reply ?? noStore).subscribe,
    (reply ?? noStore).getSnapshot,
    () => nothing,
  );
  const noted = useSyncExternalStore(
    (note ?? noStore).subscribe,
    (note ?? noStore).getSnapshot,
    () => nothing,
  );
  return {
    isOpen: reply !== null && note !== null,
    texts: { reply: replied.text, note: noted.text },
    states: { reply: replied.state, note: noted.state },
    write: (mode, text) => stores[mode]?.write(text),
    sent: (mode) => stores[mode]?.sent(),
  };
}

function useDraft(
  drafts: Drafts | null,
  ticketId: string,
  mode: ComposerMode,
  stored: readonly Draft[] | null,
): DraftStore | null {
  const [open, setOpen] = useState<{ key: string; store: DraftStore } | null>(null);
  const start = stored?.find((draft) => draft.mode === mode) ?? null;
  const latest = useRef(start);
  useEffect(() => {
    latest.current = start;
  });
  const key = `${ticketId}.${mode}`;
  const version = start?.version ?? null;
  // Opened before the answer is there, so that nothing typed is lost, and once more with what it said.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is a new start.
  useEffect(() => {
    if (drafts === null) return;
    const store = drafts.openDraft(ticketId, mode, latest.current);
    setOpen({ key, store });
    return () => store.close();
  }, [drafts, ticketId, mode, key, version]);
  return open !== null && open.key === key ? open.store : null;
}
