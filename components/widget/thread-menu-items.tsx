'use client';

import { type ReactNode, useState } from 'react';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import type { Messenger } from '#/components/widget/messenger.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import { useStore } from '#/lib/sync/hooks.ts';

/** A link to the conversation's status page, the conversation as a file, and the sound of new messages. */
export function ThreadMenuItems({
  messenger,
  conversation,
}: {
  messenger: Messenger;
  conversation: CustomerConversation | null;
}) {
  const { say } = useWords();
  const { isQuiet } = useStore(messenger);
  return (
    <>
      <button
        type="button"
        role="switch"
        aria-checked={!isQuiet}
        onClick={() => messenger.setQuiet(!isQuiet)}
        className={itemLook}
      >
        <span className="text-text-muted">
          <Glyph shape="bell" size={16} />
        </span>
        <span className="flex-1">{say('menu.sound')}</span>
        <span
          aria-hidden="true"
          className={`flex h-6 w-10 shrink-0 items-center rounded-full p-0.5 transition-colors ${isQuiet ? 'bg-text-faint' : 'bg-accent-ink'}`}
        >
          <span
            className={`size-5 rounded-full bg-bg-raised transition-transform ${isQuiet ? '' : 'translate-x-4 rtl:-translate-x-4'}`}
          />
        </span>
      </button>
      {conversation === null ? null : (
        <>
          <Transcript messenger={messenger} conversation={conversation} />
          <StatusLink messenger={messenger} conversation={conversation} />
        </>
      )}
    </>
  );
}

const itemLook =
  'flex min-h-11 w-full items-center gap-3 rounded-control px-3 py-2 text-start text-14 hover:bg-bg-hover focus-visible:-outline-offset-2';

type ItemProps = { messenger: Messenger; conversation: CustomerConversation };

function Transcript({ messenger, conversation }: ItemProps) {
  const { say, language } = useWords();
  const [state, setState] = useState<'idle' | 'asking' | 'ready' | 'failed'>('idle');

  async function download() {
    if (state === 'asking') return;
    setState('asking');
    const result = await messenger.services().then(
      (services) => services.fetchTranscript(conversation.id, localeOf(language)),
      () => null,
    );
    if (result?.ok === true) save(result.value);
    setState(result?.ok === true ? 'ready' : 'failed');
  }

  return (
    <>
      <Item isBusy={state === 'asking'} isDone={state === 'ready'} shape="arrow-down" onClick={download}>
        {say(state === 'ready' ? 'menu.transcriptReady' : 'menu.transcript')}
      </Item>
      {state === 'failed' ? <Problem>{say('menu.transcriptFailed')}</Problem> : null}
    </>
  );
}

/** The reader's own variety of the language, for dates and clocks. */
function localeOf(language: string): string {
  return navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}

function save({ name, file }: { name: string; file: Blob }) {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

type LinkState =
  | { kind: 'idle' }
  | { kind: 'asking' }
  | { kind: 'copied' }
  | { kind: 'shown'; url: string }
  | { kind: 'failed' };

function StatusLink({ messenger, conversation }: ItemProps) {
  const { say } = useWords();
  const [link, setLink] = useState<LinkState>({ kind: 'idle' });

  async function copy() {
    setLink({ kind: 'asking' });
    const result = await messenger.askForLink(conversation.ticketId);
    if (!result.ok) return setLink({ kind: 'failed' });
    const isCopied = await navigator.clipboard.writeText(result.value.url).then(
      () => true,
      () => false,
    );
    setLink(isCopied ? { kind: 'copied' } : { kind: 'shown', url: result.value.url });
  }

  return (
    <>
      <Item isBusy={link.kind === 'asking'} isDone={link.kind === 'copied'} shape="link" onClick={copy}>
        {say(link.kind === 'copied' ? 'menu.linkCopied' : 'menu.copyLink')}
      </Item>
      {link.kind === 'shown' ? (
        <input
          readOnly
          aria-label={say('menu.link')}
          value={link.url}
          onFocus={(event) => event.target.select()}
          className="mx-1 mb-1 h-11 w-[calc(100%-8px)] rounded-control border border-line bg-bg-sunken px-2 text-13 pointer-coarse:text-16"
        />
      ) : null}
      {link.kind === 'failed' ? (
        <Problem>{say('menu.linkFailed')}</Problem>
      ) : (
        <p className="ps-10 pe-3 pb-2 text-12 text-pretty text-text-muted">
          {say('menu.linkShows', { number: `#${conversation.number}` })}
        </p>
      )}
    </>
  );
}

function Item({
  isBusy,
  isDone,
  shape,
  onClick,
  children,
}: {
  isBusy: boolean;
  isDone: boolean;
  shape: 'link' | 'arrow-down';
  onClick(): void;
  children: ReactNode;
}) {
  return (
    <button type="button" onClick={onClick} aria-disabled={isBusy} className={itemLook}>
      <span className={isDone ? 'text-good' : 'text-text-muted'}>
        <Glyph shape={isDone ? 'check' : shape} size={16} />
      </span>
      <span aria-live="polite">{children}</span>
    </button>
  );
}

function Problem({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="ps-10 pe-3 pb-2 text-12 text-bad">
      {children}
    </p>
  );
}
