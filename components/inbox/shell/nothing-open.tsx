'use client';

import { MessageSquareText } from 'lucide-react';
import type { ActionId } from '#/components/inbox/shell/actions.ts';
import { spokenKeys } from '#/components/inbox/shell/keys.ts';
import { useKeysOf } from '#/components/inbox/shell/keys-context.tsx';
import { Banner } from '#/components/ui/banner.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';

const hints: readonly { id: ActionId; words: string }[] = [
  { id: 'next', words: 'Down the list' },
  { id: 'previous', words: 'Up the list' },
  { id: 'open', words: 'Open a ticket' },
  { id: 'palette', words: 'Run anything' },
  { id: 'help', words: 'All shortcuts' },
];

/** The ticket's place while none is open: what to do next, and the keys for it. */
export function NothingOpen({ isListEmpty }: { isListEmpty: boolean }) {
  const keysOf = useKeysOf();
  return (
    <div className="flex h-full flex-col items-center justify-center gap-6 text-text-muted">
      <MessageSquareText className="size-8 text-text-faint" strokeWidth={1.25} aria-hidden="true" />
      <p className="font-medium text-14 text-text">
        {isListEmpty ? 'Conversations open here' : 'Choose a ticket to read it here'}
      </p>
      <dl className="grid grid-cols-[auto_auto] items-center gap-x-4 gap-y-2">
        {hints
          .filter(({ id }) => keysOf(id) !== '')
          .map(({ id, words }) => (
            <div key={id} className="contents">
              <dt>{words}</dt>
              <dd className="justify-self-end">
                <span className="sr-only">{spokenKeys(keysOf(id))}</span>
                <Kbd keys={keysOf(id)} />
              </dd>
            </div>
          ))}
      </dl>
    </div>
  );
}

export function SignedOut() {
  return (
    <Banner tone="bad">
      You are signed out, so nothing new arrives. What you wrote is kept.
      <a href="/sign-in" className="font-medium text-inherit underline underline-offset-2">
        Sign in again
      </a>
    </Banner>
  );
}
