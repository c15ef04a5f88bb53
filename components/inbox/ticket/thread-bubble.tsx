import { memo, type ReactNode } from 'react';
import { MessageFiles } from '#/components/conversation/attachments/message-files.tsx';
import { MessageText } from '#/components/conversation/message-text.tsx';
import { Moment } from '#/components/conversation/moment.tsx';
import { mentionParts } from '#/components/inbox/ticket/mentions.ts';
import { clockText } from '#/components/ui/time-text.ts';
import type { ThreadBubble } from '#/lib/sync/thread.ts';

export type StaffBubbleProps = {
  bubble: ThreadBubble;
  /** Begins a run of one writer: tells who. */
  isFirst: boolean;
  /** Ends it: has the tail, and space below. */
  isLast: boolean;
  /** Stands for a customer without a name. */
  fallbackName: string;
  /** New since the ticket was opened: it rises. */
  isNew: boolean;
  /** Jumped to just now. */
  isLit: boolean;
  footer: ReactNode;
};

/** One message as staff see it: the customer's at the start, the team's at the end, notes on sand across both. */
export const StaffMessage = memo(function StaffMessage({
  bubble,
  isFirst,
  isLast,
  fallbackName,
  isNew,
  isLit,
  footer,
}: StaffBubbleProps) {
  const isNote = bubble.kind === 'note';
  const isTeams = bubble.isMine || bubble.sender === 'me' || bubble.sender.kind !== 'customer';
  const header = isFirst || isNote ? <Author bubble={bubble} fallbackName={fallbackName} /> : null;
  return (
    <li
      data-message-id={bubble.id}
      data-order={bubble.order ?? undefined}
      data-in={bubble.conversationId}
      data-kind={bubble.kind}
      data-state={bubble.state}
      className={`rounded-card transition-[background-color,box-shadow] duration-500 ${isNote || isLast ? 'mb-3' : 'mb-0.5'} ${isNew ? 'animate-rise' : ''} ${isLit ? 'bg-accent-bg shadow-[0_0_0_6px_var(--accent-bg)]' : ''}`}
    >
      {isNote ? (
        <div className="rounded-card border border-note-line border-dashed bg-note-bg px-3 py-2 text-text">
          <div className="mb-0.5 flex items-baseline gap-2 text-12 text-note-text">
            {header}
            <span className="ms-auto shrink-0">Only your team sees this</span>
          </div>
          {bubble.text === '' ? null : <NoteText bubble={bubble} />}
          <MessageFiles files={bubble.files} />
        </div>
      ) : (
        <div>
          {header === null ? null : (
            <div className={`mb-1 flex gap-2 px-1 text-12 text-text-muted ${isTeams ? 'justify-end' : ''}`}>
              {header}
            </div>
          )}
          <div className={`group flex items-end gap-2 ${isTeams ? 'flex-row-reverse' : ''}`}>
            <div
              className={`min-w-0 max-w-[80%] rounded-bubble px-3.5 py-2 transition-opacity ${isOnItsWay(bubble) ? 'opacity-70' : ''} ${surface(bubble, isTeams)} ${isLast ? (isTeams ? 'rounded-ee-tail' : 'rounded-es-tail') : ''}`}
            >
              {bubble.text === '' ? null : <MessageText text={bubble.text} />}
              <MessageFiles files={bubble.files} />
            </div>
            {bubble.sentAt === null ? null : (
              <Moment
                at={bubble.sentAt}
                words={(at) => clockText(at)}
                className="shrink-0 self-center whitespace-nowrap text-12 text-text-faint tabular-nums opacity-0 transition-opacity [.group:hover_&]:opacity-100"
              />
            )}
          </div>
        </div>
      )}
      {footer}
    </li>
  );
});

function isOnItsWay({ state }: ThreadBubble): boolean {
  return state === 'sending' || state === 'held' || state === 'guarded';
}

function surface({ state }: ThreadBubble, isTeams: boolean): string {
  if (state === 'failed') return 'bg-bad-bg text-text';
  return isTeams ? 'bg-accent-bg text-text' : 'bg-bg-sunken text-text';
}

function Author({ bubble, fallbackName }: { bubble: ThreadBubble; fallbackName: string }) {
  return (
    <>
      <bdi className="truncate font-medium">{authorName(bubble, fallbackName)}</bdi>
      {bubble.sentAt === null ? null : (
        <Moment
          at={bubble.sentAt}
          words={(at) => clockText(at)}
          className="shrink-0 tabular-nums opacity-90"
        />
      )}
    </>
  );
}

/** Who wrote it, as the reader calls them. */
export function authorName(bubble: Pick<ThreadBubble, 'sender' | 'isMine'>, fallbackName: string): string {
  if (bubble.isMine || bubble.sender === 'me') return 'You';
  return bubble.sender.kind === 'system' ? 'Parley' : (bubble.sender.name ?? fallbackName);
}

// Mentions are marked where nothing but text stands; addresses stay links.
function NoteText({ bubble }: { bubble: ThreadBubble }) {
  const names = (bubble.mentions ?? []).map(({ name }) => name);
  if (names.length === 0) return <MessageText text={bubble.text} />;
  return (
    <p dir="auto" className="wrap-anywhere overflow-clip whitespace-pre-wrap">
      {mentionParts(bubble.text, names).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
          <span key={index} className="font-medium text-accent-ink">
            {part.text}
          </span>
        ),
      )}
    </p>
  );
}
