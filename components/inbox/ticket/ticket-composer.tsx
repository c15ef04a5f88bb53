'use client';

import { Lock } from 'lucide-react';
import type { RefObject } from 'react';
import { Composer } from '#/components/conversation/composer.tsx';
import { keysOf } from '#/components/inbox/shortcuts.ts';
import type { ComposerMode, DraftTexts } from '#/components/inbox/ticket/drafts.ts';
import { Kbd } from '#/components/ui/kbd.tsx';

export type TicketComposerProps = {
  mode: ComposerMode;
  drafts: DraftTexts;
  customer: string;
  inputRef: RefObject<HTMLTextAreaElement | null>;
  onMode(mode: ComposerMode): void;
  onText(text: string): void;
  onSend(text: string): void;
  /** Only replies tell that somebody types: a note being written is the team's own business. */
  onTyping(): void;
  onStopTyping(): void;
};

/** Reply or note: told apart by colour, line, words and the button; nothing moves between the two. */
export function TicketComposer(props: TicketComposerProps) {
  const { mode, drafts } = props;
  const isNote = mode === 'note';
  return (
    <div className="mx-auto w-full max-w-[728px] px-4 pb-4 max-tablet:px-2 max-tablet:pb-2">
      <Composer
        look="box"
        tone={mode}
        sendOn="mod-enter"
        linesMax={14}
        label={isNote ? 'Note to your team' : 'Reply to the customer'}
        placeholder={isNote ? 'Write something only your team sees' : `Write to ${props.customer}`}
        text={drafts[mode]}
        onText={props.onText}
        onSend={props.onSend}
        {...(isNote ? {} : { onTyping: props.onTyping, onStopTyping: props.onStopTyping })}
        sendLabel={isNote ? 'Add note' : 'Send'}
        inputRef={props.inputRef}
        before={<ModeTabs {...props} />}
        tools={
          <span className="ml-auto flex items-center gap-2 text-12 text-text-muted max-tablet:hidden">
            <Kbd keys={keysOf('send')} />
          </span>
        }
      />
    </div>
  );
}

function ModeTabs({ mode, drafts, onMode }: TicketComposerProps) {
  return (
    <fieldset className="flex h-10 items-center gap-1 px-2 pt-1 max-tablet:h-12" aria-label="What you write">
      {(['reply', 'note'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={mode === each}
          onClick={() => onMode(each)}
          className={`flex h-7 items-center gap-1.5 rounded-control px-2 font-medium text-13 transition-colors duration-120 max-tablet:h-11 ${
            mode === each
              ? each === 'note'
                ? 'text-note-text'
                : 'text-text'
              : 'text-text-muted hover:text-text'
          }`}
        >
          <span className={`border-b-2 ${mode === each ? 'border-current' : 'border-transparent'}`}>
            {each === 'note' ? 'Note' : 'Reply'}
          </span>
          {mode !== each && drafts[each] !== '' ? (
            <span role="img" aria-label="has a draft" className="size-1.5 rounded-full bg-warn" />
          ) : null}
        </button>
      ))}
      <span
        className={`ml-auto flex items-center gap-1.5 pr-1 text-12 text-note-text ${mode === 'note' ? '' : 'invisible'}`}
      >
        <Lock className="size-3.5" aria-hidden="true" />
        Only your team sees this
      </span>
    </fieldset>
  );
}
