import type { ReactNode } from 'react';
import { MessageText } from '#/components/conversation/message-text.tsx';
import { Moment } from '#/components/conversation/moment.tsx';
import { clockText } from '#/components/ui/time-text.ts';
import type { Bubble as BubbleEntry } from '#/lib/sync/conversation.ts';

export type BubbleProps = {
  bubble: BubbleEntry;
  audience: 'customer' | 'staff';
  /** `end` is the reader's own side (for staff: every colleague's). */
  side: 'start' | 'end';
  /** Ends a run of one sender's bubbles: has the tail, and space below. */
  isLast: boolean;
  /** Above the bubble: who, where it begins a run. */
  header?: ReactNode;
  /** Beside the bubble, at its foot. */
  face?: ReactNode;
  /** Below the bubble: its state. */
  footer?: ReactNode;
  /** New since the page was opened: it rises. */
  isNew: boolean;
};

/** One message. Notes are told apart by colour, line, and words; a bubble's exact time is on hover, on tap and in its title. */
export function Bubble({ bubble, audience, side, isLast, header, face, footer, isNew }: BubbleProps) {
  if (bubble.kind === 'note') {
    return (
      <Item bubble={bubble} isNew={isNew} className="mb-3">
        <div className="rounded-card border border-note-line border-dashed bg-note-bg px-3 py-2 text-text">
          <div className="mb-0.5 flex items-baseline gap-2 text-12 text-note-text">
            {header}
            <span className="ms-auto shrink-0">Only your team sees this</span>
          </div>
          <MessageText text={bubble.text} />
        </div>
        {footer}
      </Item>
    );
  }
  const isEnd = side === 'end';
  return (
    <Item bubble={bubble} isNew={isNew} className={isLast ? 'mb-3' : 'mb-0.5'}>
      {header === undefined ? null : (
        <div className="mb-1 flex gap-2 px-1 text-12 text-text-muted">{header}</div>
      )}
      <div className={`group flex items-end gap-2 ${isEnd ? 'flex-row-reverse' : ''}`}>
        {face}
        <div
          className={`min-w-0 max-w-[80%] rounded-bubble px-3.5 py-2 transition-opacity ${bubble.state === 'sending' ? 'opacity-70' : ''} ${surface(bubble, audience, isEnd)} ${tail(isEnd, isLast)}`}
        >
          <MessageText text={bubble.text} />
        </div>
        {bubble.sentAt === null ? null : (
          <Moment
            at={bubble.sentAt}
            words={(at) => clockText(at)}
            className="shrink-0 self-center whitespace-nowrap text-12 text-text-faint tabular-nums opacity-0 transition-opacity [.group:hover_&]:opacity-100"
          />
        )}
      </div>
      {footer}
    </Item>
  );
}

function Item({
  bubble,
  isNew,
  className,
  children,
}: {
  bubble: BubbleEntry;
  isNew: boolean;
  className: string;
  children: ReactNode;
}) {
  return (
    <li
      data-message-id={bubble.id}
      data-order={bubble.order ?? undefined}
      data-kind={bubble.kind}
      data-state={bubble.state}
      className={`${className} ${isNew ? 'animate-rise' : ''}`}
    >
      {children}
    </li>
  );
}

function surface(bubble: BubbleEntry, audience: 'customer' | 'staff', isEnd: boolean): string {
  if (bubble.state === 'failed') return 'bg-bad-bg text-text';
  if (!isEnd) return 'bg-bg-sunken text-text';
  return audience === 'customer' ? 'bg-accent text-accent-text' : 'bg-accent-bg text-text';
}

function tail(isEnd: boolean, isLast: boolean): string {
  if (!isLast) return '';
  return isEnd ? 'rounded-ee-tail' : 'rounded-es-tail';
}
