'use client';

import { useCallback, useEffect, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import type { Messenger } from '#/components/widget/messenger.ts';
import { RatingCard } from '#/components/widget/rating-card.tsx';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { Ending } from '#/lib/ratings/limits.ts';

const againMs = 5_000;

/** A conversation that is over: what its customer thinks of it, and what a further message does. */
export function EndingCard({
  conversation,
  asksRating,
  messenger,
}: {
  conversation: CustomerConversation;
  asksRating: boolean;
  messenger: Messenger;
}) {
  const { say } = useWords();
  const { id, status } = conversation;
  const ending = useEnding(messenger, conversation);
  const goesOn = ending?.goesOn ?? (status === 'closed' ? 'followUp' : 'reopen');
  return (
    <div className="flex flex-col gap-3 pt-1 pb-3">
      {asksRating && ending !== null && ending.resolveId !== null ? (
        <RatingCard
          key={ending.resolveId}
          conversationId={id}
          resolveId={ending.resolveId}
          rating={ending.rating}
          loadServices={messenger.services}
        />
      ) : null}
      <p className="px-4 text-center text-12 text-pretty text-text-muted">
        {say(goesOn === 'followUp' ? 'thread.afterClosed' : 'thread.afterResolved')}
      </p>
    </div>
  );
}

/** Asked anew whenever the conversation's public log or status moved; null until the first answer. */
function useEnding(messenger: Messenger, { id, head, status }: CustomerConversation): Ending | null {
  const [ending, setEnding] = useState<Ending | null>(null);
  const [tries, setTries] = useState(0);
  const ask = useCallback(async () => (await messenger.services()).fetchEnding(id), [messenger, id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: head and status say that there may be another answer.
  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      if (!isGone) timer = setTimeout(() => setTries(tries + 1), againMs);
    };
    ask().then((result) => {
      if (isGone) return;
      if (result.ok) setEnding(result.value);
      else if (result.error.code === 'unavailable') later();
    }, later);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [ask, head, status, tries]);
  return ending;
}
