'use client';

import { useCallback, useRef, useState } from 'react';
import type { InboxPorts } from '#/components/inbox/ports.ts';
import type { Failure } from '#/lib/errors.ts';
import type { SavedReply } from '#/lib/saved-replies/schema.ts';

const freshMs = 20_000;

export type SavedReplies = {
  /** Null until they were asked for. */
  list: readonly SavedReply[] | null;
  failure: Failure | null;
  /** Asks for them unless they are fresh; what is known stays to be seen. */
  want(): void;
};

/** Saved replies, asked for when somebody first looks for one. */
export function useSavedReplies(fetchSavedReplies: InboxPorts['fetchSavedReplies']): SavedReplies {
  const [list, setList] = useState<readonly SavedReply[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const askedAt = useRef<number | null>(null);
  const want = useCallback(() => {
    if (askedAt.current !== null && Date.now() - askedAt.current < freshMs) return;
    askedAt.current = Date.now();
    void fetchSavedReplies().then((result) => {
      if (result.ok) {
        setList(result.value);
        setFailure(null);
      } else {
        askedAt.current = null;
        setFailure(result.error);
      }
    });
  }, [fetchSavedReplies]);
  return { list, failure, want };
}
