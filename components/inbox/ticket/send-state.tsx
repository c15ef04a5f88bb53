'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { failureWords } from '#/components/conversation/failure-words.ts';
import { useWords } from '#/components/conversation/words.tsx';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { clockText } from '#/components/ui/time-text.ts';
import type { ThreadBubble } from '#/lib/sync/thread.ts';

/** What can be done with a message that is not sent yet. */
export type SendActs = {
  onRetry(id: string): void;
  /** Takes a failed or guarded message back into the composer. */
  onEdit(id: string): void;
  /** Takes a held message back into the composer. */
  onUndo(id: string): void;
  onSendNow(id: string): void;
  /** Sends a guarded message: its writer has seen what came first. */
  onSendAnyway(id: string): void;
};

/** The line under an own message that is on its way, and what to do about it. */
export function SendState({
  bubble,
  isDurable,
  newer,
  meanwhile,
  acts,
}: {
  bubble: ThreadBubble;
  /** False: it would not survive closing the tab. */
  isDurable: boolean;
  /** What others wrote while this was written. */
  newer: readonly ThreadBubble[];
  /** What became of the ticket while this waited; null for nothing. */
  meanwhile: string | null;
  acts: SendActs;
}) {
  const { say } = useWords();
  const { id } = bubble;
  switch (bubble.state) {
    case 'held':
      return (
        <Line tone="text-text-muted">
          {bubble.heldUntil === null ? null : <Countdown until={bubble.heldUntil} />}
          {' · '}
          <StateButton onClick={() => acts.onUndo(id)}>Undo</StateButton>
          {' · '}
          <StateButton onClick={() => acts.onSendNow(id)}>Send now</StateButton>
          <Meanwhile words={meanwhile} />
        </Line>
      );
    case 'guarded':
      return <Guard bubble={bubble} newer={newer} meanwhile={meanwhile} acts={acts} />;
    case 'failed':
      return (
        <Line tone="text-bad">
          <span className="font-medium">Not sent</span>
          {' · '}
          <StateButton onClick={() => acts.onRetry(id)}>Retry</StateButton>
          {' · '}
          <StateButton onClick={() => acts.onEdit(id)}>Edit</StateButton>
          {bubble.failure === null ? null : (
            <span className="block text-text-muted">{failureWords(bubble.failure, say)}</span>
          )}
        </Line>
      );
    case 'sending':
      return (
        <Line tone="text-text-faint">
          {isDurable ? 'Sending…' : 'Sending… Keep this page open until it is sent.'}
        </Line>
      );
    case 'sent':
      return <Line tone="text-text-faint">Sent</Line>;
  }
}

/** Under the newest reply that the customer has seen; `at` null: it is not known when. */
export function SeenState({ at }: { at: string | null }) {
  return (
    <Line tone="text-text-faint">
      Seen
      {at === null ? null : (
        <>
          {' '}
          <Moment at={at} say={(moment, _, zone) => clockText(moment, zone)} />
        </>
      )}
    </Line>
  );
}

/** "Maria replied while you were writing": held up by the server, with what she wrote. */
function Guard({
  bubble,
  newer,
  meanwhile,
  acts,
}: {
  bubble: ThreadBubble;
  newer: readonly ThreadBubble[];
  meanwhile: string | null;
  acts: SendActs;
}) {
  const last = newer.at(-1);
  return (
    <div
      role="alert"
      className="ms-auto mt-2 flex max-w-[80%] flex-col gap-2 rounded-card border border-warn bg-bg-raised p-3 text-start max-tablet:max-w-full"
    >
      <p className="font-medium">{guardWords(newer)}</p>
      {last === undefined ? null : (
        <blockquote
          dir="auto"
          className="wrap-anywhere line-clamp-4 whitespace-pre-wrap border-line-strong border-s-2 ps-3 text-text-muted"
        >
          {last.text}
        </blockquote>
      )}
      <Meanwhile words={meanwhile} />
      <div className="flex flex-wrap gap-2">
        <Button size="small" tone="primary" onClick={() => acts.onEdit(bubble.id)}>
          Edit
        </Button>
        <Button size="small" onClick={() => acts.onSendAnyway(bubble.id)}>
          Send anyway
        </Button>
      </div>
    </div>
  );
}

/** Who wrote what in between, in one sentence. */
export function guardWords(newer: readonly Pick<ThreadBubble, 'sender' | 'kind' | 'isMine'>[]): string {
  const [first] = newer;
  if (first === undefined) return 'Somebody wrote while you were writing';
  const names = [...new Set(newer.map(nameOf))];
  const deed = newer.every(({ kind }) => kind === 'note') ? 'added a note' : 'replied';
  const who = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return `${who ?? 'Somebody'} ${deed} while you were writing`;
}

function nameOf({ sender, isMine }: Pick<ThreadBubble, 'sender' | 'isMine'>): string {
  if (sender === 'me' || isMine) return 'You, elsewhere,';
  if (sender.kind === 'system') return 'Parley';
  return sender.name ?? 'The customer';
}

function Meanwhile({ words }: { words: string | null }) {
  return (
    <span role="status" className="block text-warn empty:hidden">
      {words}
    </span>
  );
}

// The seconds are for the eye: a screen reader would tell every one of them.
function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <>
      <span aria-hidden="true" className="tabular">
        {seconds === 0 ? 'Sending…' : `Sending in ${seconds} s`}
      </span>
      <span className="sr-only">Sending in a few seconds</span>
    </>
  );
}

function Line({ tone, children }: { tone: string; children: ReactNode }) {
  return <div className={`mt-1 px-1 text-end text-12 ${tone}`}>{children}</div>;
}

function StateButton({ onClick, children }: { onClick(): void; children: string }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="relative font-medium underline underline-offset-2 after:absolute after:-inset-x-2 after:-inset-y-3.5"
    >
      {children}
    </button>
  );
}
