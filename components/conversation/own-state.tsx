import { Children, type ReactNode } from 'react';
import { failureWords } from '#/components/conversation/failure-words.ts';
import { Moment } from '#/components/conversation/moment.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import type { Bubble, ConversationSnapshot } from '#/lib/sync/conversation.ts';

/** The line under an own message: Sending…, Sent, Seen 14:02, or Not sent with what can be done about it. */
export function OwnState({
  bubble,
  snapshot,
  onRetry,
  onEdit,
  onFollowUp,
}: {
  bubble: Bubble;
  snapshot: ConversationSnapshot;
  onRetry(): void;
  onEdit(): void;
  onFollowUp?(): void;
}) {
  const { say, pieces, clock } = useWords();
  if (bubble.state === 'failed') {
    return (
      <Line tone="text-bad">
        <span className="font-medium">{say('state.notSent')}</span>
        {' · '}
        {bubble.failure?.reason?.startsWith('followup') === true && onFollowUp !== undefined ? (
          <StateButton onClick={onFollowUp}>{say('state.startNew')}</StateButton>
        ) : (
          <StateButton onClick={onRetry}>{say('state.retry')}</StateButton>
        )}
        {' · '}
        <StateButton onClick={onEdit}>{say('state.edit')}</StateButton>
        {bubble.failure === null ? null : (
          <span className="block text-pretty text-text-muted">{failureWords(bubble.failure, say)}</span>
        )}
      </Line>
    );
  }
  if (bubble.state === 'sending') {
    return (
      <Line tone="text-text-faint">
        {say(snapshot.isStorageDurable ? 'state.sending' : 'state.sendingHere')}
      </Line>
    );
  }
  const seenAt = seenMoment(bubble.order, snapshot, 'agent');
  if (seenAt === undefined) return <Line tone="text-text-faint">{say('state.sent')}</Line>;
  return (
    <Line tone="text-text-faint">
      {seenAt === null
        ? say('state.seen')
        : Children.toArray(pieces('state.seenAt', { time: <Moment at={seenAt} words={clock} /> }))}
    </Line>
  );
}

/** When the other side first saw the message of this order, in their own; null: not known when, undefined: not yet. */
export function seenMoment(
  order: number | null,
  snapshot: Pick<ConversationSnapshot, 'marks' | 'seenThrough'>,
  other: 'customer' | 'agent',
): string | null | undefined {
  if (order === null || snapshot.seenThrough < order) return undefined;
  const moments = snapshot.marks
    .filter((mark) => mark.reader.kind === other && mark.through >= order)
    .map((mark) => mark.at)
    .filter((at) => at !== null)
    .sort();
  return moments[0] ?? null;
}

function Line({ tone, children }: { tone: string; children: ReactNode }) {
  return <div className={`mt-1 px-1 text-end text-12 ${tone}`}>{children}</div>;
}

function StateButton({ onClick, children }: { onClick(): void; children: string }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="relative font-medium underline underline-offset-2 after:absolute after:-inset-x-3 after:-inset-y-3.5"
    >
      {children}
    </button>
  );
}
