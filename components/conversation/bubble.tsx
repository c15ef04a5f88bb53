import type { ReactNode } from 'react';
import { MessageFiles } from '#/components/conversation/attachments/message-files.tsx';
import { MessageText } from '#/components/conversation/message-text.tsx';
import { Moment } from '#/components/conversation/moment.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import type { Bubble as BubbleEntry } from '#/lib/sync/conversation.ts';

export type BubbleProps = {
  bubble: BubbleEntry;
  /** `end` is the reader's own side. */
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

/** One message as its customer sees it; its time is on hover, on tap, and while the log has the keyboard. */
export function Bubble({ bubble, side, isLast, header, face, footer, isNew }: BubbleProps) {
  const { clock } = useWords();
  const isEnd = side === 'end';
  return (
    <Item bubble={bubble} isNew={isNew} className={isLast ? 'mb-3' : 'mb-0.5'}>
      {header === undefined ? null : (
        <div
          className={`mb-1 flex gap-2 pe-1 text-12 text-text-muted ${face === undefined ? 'ps-1' : 'ps-9'}`}
        >
          {header}
        </div>
      )}
      <div className={`group flex items-end gap-2 ${isEnd ? 'flex-row-reverse' : ''}`}>
        {face}
        <div
          className={`min-w-0 max-w-[80%] rounded-bubble px-3.5 py-2 ${surface(bubble, isEnd)} ${tail(isEnd, isLast)}`}
        >
          {bubble.text === '' ? null : <MessageText text={bubble.text} />}
          <MessageFiles files={bubble.files} />
        </div>
        {bubble.sentAt === null ? null : (
          <Moment
            at={bubble.sentAt}
            words={clock}
            className="shrink-0 self-center whitespace-nowrap text-12 text-text-faint tabular-nums opacity-0 transition-opacity [.group:hover_&]:opacity-100 [[role=log]:focus-visible_&]:opacity-100"
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

function surface(bubble: BubbleEntry, isEnd: boolean): string {
  if (bubble.state === 'failed') return 'bg-bad-bg text-text';
  return isEnd ? 'bg-accent text-accent-text' : 'bg-bg-sunken text-text';
}

function tail(isEnd: boolean, isLast: boolean): string {
  if (!isLast) return '';
  return isEnd ? 'rounded-ee-tail' : 'rounded-es-tail';
}
