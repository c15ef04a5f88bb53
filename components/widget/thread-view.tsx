'use client';

import { useEffect, useRef, useState } from 'react';
import { Avatar } from '#/components/conversation/avatar.tsx';
import { Composer } from '#/components/conversation/composer.tsx';
import { ConnectionLine } from '#/components/conversation/connection-line.tsx';
import { MessageList } from '#/components/conversation/message-list.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import { HeaderButton } from '#/components/widget/header-button.tsx';
import type { Messenger, Thread } from '#/components/widget/messenger.ts';
import { ThreadMenu } from '#/components/widget/thread-menu.tsx';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { ConversationSnapshot } from '#/lib/sync/conversation.ts';
import { useStore } from '#/lib/sync/hooks.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { CustomerListStore } from '#/lib/sync/widget.ts';
import type { Say } from '#/lib/texts/words.ts';
import type { WidgetConfig } from '#/lib/widgets/schema.ts';

/** One conversation: who answers, the thread, and where to write. */
export function ThreadView({
  config,
  messenger,
  thread,
  list,
  isWatched,
  focusTurn,
  takesFocus,
}: {
  config: WidgetConfig;
  messenger: Messenger;
  thread: Thread;
  list: CustomerListStore | null;
  isWatched: boolean;
  focusTurn: number;
  /** The person came here themselves, so the composer may take the focus. */
  takesFocus: boolean;
}) {
  const { say } = useWords();
  const { store, conversationId } = thread;
  const snapshot = useStore(store);
  const conversation = useConversation(list, conversationId);
  const draftKey = snapshot.isStarted ? conversationId : '';
  const [text, setText] = useState(() => messenger.drafts.get(draftKey) ?? '');
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focusTurn > 0 || takesFocus) input.current?.focus();
  }, [focusTurn, takesFocus]);

  function write(next: string) {
    setText(next);
    if (next === '') messenger.drafts.delete(draftKey);
    else messenger.drafts.set(draftKey, next);
  }

  // What is being written now is not lost to what is taken back.
  function edit(id: string) {
    const taken = store.takeBack(id);
    if (taken === null) return;
    write(text.trim() === '' ? taken : `${taken}\n${text}`);
    input.current?.focus();
  }

  const agent = lastAgent(snapshot) ?? conversation?.assignee ?? null;
  return (
    <>
      <header className="flex items-center gap-1 border-b border-line px-2 py-1.5">
        <HeaderButton shape="back" label={say('thread.back')} onClick={messenger.leaveThread} />
        {agent === null ? null : <Avatar name={agent.name} id={agent.id} size={32} />}
        <div className={`min-w-0 flex-1 ${agent === null ? '' : 'ps-2'}`}>
          <h1 className="truncate text-15 font-semibold">
            <bdi>{agent?.name ?? config.name}</bdi>
          </h1>
          <p className="truncate text-12 text-text-muted">
            <bdi>{statusLine(conversation, agent !== null, config.name, say)}</bdi>
          </p>
        </div>
        {conversation === null ? null : (
          <ThreadMenu
            number={conversation.number}
            onAskForLink={() => messenger.askForLink(conversation.ticketId)}
          />
        )}
        <HeaderButton shape="close" label={say('panel.close')} onClick={messenger.closePanel} />
      </header>
      <div className="relative flex min-h-0 flex-1 flex-col">
        {snapshot.isStarted ? <ConnectionLine connection={snapshot.connection} /> : null}
        {snapshot.failure !== null && snapshot.bubbles.length === 0 ? (
          <Refused
            onBack={messenger.leaveThread}
            onRetry={store.wake}
            isGone={snapshot.failure.code === 'not_found'}
          />
        ) : (
          <MessageList
            snapshot={snapshot}
            label={say('thread.messages')}
            fallbackName={config.name}
            isWatched={isWatched}
            onSeen={(order) => messenger.markSeen(conversationId, order)}
            onLoadEarlier={store.loadEarlier}
            onRetry={store.retry}
            onEdit={edit}
            onFollowUp={messenger.followUp}
            intro={<Intro config={config} />}
          />
        )}
      </div>
      <footer className="px-3 pt-1 pb-[max(12px,env(safe-area-inset-bottom))]">
        <HowToGoOn conversation={conversation} />
        <Composer
          label={say('composer.label')}
          placeholder={say(snapshot.isStarted ? 'composer.reply' : 'composer.first')}
          sendLabel={say('composer.send')}
          text={text}
          onText={write}
          onSend={(sent) => {
            store.send(sent);
            write('');
          }}
          onTyping={store.typed}
          onStopTyping={store.stoppedTyping}
          inputRef={input}
        />
      </footer>
    </>
  );
}

function Intro({ config }: { config: WidgetConfig }) {
  const { say } = useWords();
  return (
    <div className="mb-auto flex flex-col items-center px-6 pt-8 pb-10 text-center">
      <p className="text-16 font-semibold text-balance wrap-anywhere">{say('home.greeting')}</p>
      <p className="pt-1 text-13 text-text-muted">{say('thread.intro', { company: config.name })}</p>
    </div>
  );
}

function HowToGoOn({ conversation }: { conversation: CustomerConversation | null }) {
  const { say } = useWords();
  if (conversation?.status === 'resolved') {
    return <p className="px-2 pb-2 text-center text-12 text-text-muted">{say('thread.afterResolved')}</p>;
  }
  if (conversation?.status === 'closed') {
    return <p className="px-2 pb-2 text-center text-12 text-text-muted">{say('thread.afterClosed')}</p>;
  }
  return null;
}

function Refused({ isGone, onBack, onRetry }: { isGone: boolean; onBack(): void; onRetry(): void }) {
  const { say } = useWords();
  return (
    <div role="alert" className="m-auto flex flex-col items-center gap-3 px-8 text-center">
      <p className="text-15 font-semibold">{say(isGone ? 'thread.gone' : 'thread.failed')}</p>
      <button
        type="button"
        onClick={isGone ? onBack : onRetry}
        className="h-11 rounded-control border border-line-strong px-4 text-14 font-medium hover:bg-bg-hover"
      >
        {say(isGone ? 'thread.seeAll' : 'panel.tryAgain')}
      </button>
    </div>
  );
}

const emptyList = openStore(() => null);
function useConversation(list: CustomerListStore | null, id: string): CustomerConversation | null {
  const snapshot = useStore<ReturnType<CustomerListStore['getSnapshot']> | null>(list ?? emptyList);
  return snapshot?.conversations.find((conversation) => conversation.id === id) ?? null;
}

function lastAgent(snapshot: ConversationSnapshot): { id: string; name: string } | null {
  const bubble = snapshot.bubbles.findLast(
    ({ kind, sender }) => kind === 'reply' && sender !== 'me' && sender.kind === 'agent',
  );
  return bubble !== undefined && bubble.sender !== 'me' && bubble.sender.kind === 'agent'
    ? bubble.sender
    : null;
}

function statusLine(
  conversation: CustomerConversation | null,
  isNamed: boolean,
  company: string,
  say: Say,
): string {
  const number = `#${conversation?.number}`;
  switch (conversation?.status) {
    case 'resolved':
      return say('thread.resolvedLine', { number });
    case 'closed':
      return say('thread.closedLine', { number });
    case undefined:
      return isNamed ? company : say('thread.answersHere');
    default:
      return isNamed ? `${company} · ${number}` : `${number} · ${conversation?.subject}`;
  }
}
