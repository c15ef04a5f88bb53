'use client';

import { use, useEffect, useRef, useState } from 'react';
import { DropHint } from '#/components/conversation/attachments/drop-hint.tsx';
import { useAttachments } from '#/components/conversation/attachments/use-attachments.tsx';
import { Avatar } from '#/components/conversation/avatar.tsx';
import { Composer } from '#/components/conversation/composer.tsx';
import { ConnectionLine } from '#/components/conversation/connection-line.tsx';
import { FacesContext } from '#/components/conversation/faces.ts';
import { MessageList } from '#/components/conversation/message-list.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import { HeaderButton } from '#/components/widget/header-button.tsx';
import type { Messenger, Thread } from '#/components/widget/messenger.ts';
import { Presence } from '#/components/widget/presence.tsx';
import { ThreadEnd } from '#/components/widget/thread-end.tsx';
import { ThreadMenu } from '#/components/widget/thread-menu.tsx';
import { useList } from '#/components/widget/use-list.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import type { ConversationSnapshot } from '#/lib/sync/conversation.ts';
import { useStore } from '#/lib/sync/hooks.ts';
import type { CustomerListStore } from '#/lib/sync/widget.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';

/** One conversation: who answers, the thread, and where to write. */
export function ThreadView({
  config,
  messenger,
  thread,
  list,
  isWatched,
  focusTurn,
  draftTurn,
  takesFocus,
}: {
  config: FrameConfig;
  messenger: Messenger;
  thread: Thread;
  list: CustomerListStore | null;
  isWatched: boolean;
  focusTurn: number;
  draftTurn: number;
  /** The person came here themselves, so the composer may take the focus. */
  takesFocus: boolean;
}) {
  const { say } = useWords();
  const { store, conversationId } = thread;
  const snapshot = useStore(store);
  const conversation = useConversation(list, conversationId);
  const draftKey = snapshot.isStarted ? conversationId : '';
  const [text, setText] = useState(() => messenger.drafts.get(draftKey) ?? '');
  const [readTurn, setReadTurn] = useState(draftTurn);
  // The page put words into the draft, beside those that are typed.
  if (readTurn !== draftTurn) {
    setReadTurn(draftTurn);
    setText(messenger.drafts.get(draftKey) ?? '');
  }
  const input = useRef<HTMLTextAreaElement>(null);
  const files = useAttachments(conversationId);
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
    const bubble = snapshot.bubbles.find((each) => each.id === id);
    const taken = store.takeBack(id);
    if (taken === null) return;
    write(text.trim() === '' ? taken : `${taken}\n${text}`.trim());
    files.putBack(bubble?.files);
    input.current?.focus();
  }

  const answering = lastAgent(snapshot);
  useNewFace(list, snapshot.isLoading, answering?.id ?? null);
  const agent = answering ?? conversation?.assignee ?? null;
  return (
    <section className="relative flex min-h-0 flex-1 flex-col" {...files.dropArea}>
      {files.isDragging ? <DropHint /> : null}
      <header className="flex items-center gap-1 border-b border-line px-2 py-1.5">
        <HeaderButton shape="back" label={say('thread.back')} onClick={messenger.leaveThread} />
        {agent === null ? null : <Avatar name={agent.name} id={agent.id} size={32} />}
        <div className={`min-w-0 flex-1 ${agent === null ? '' : 'ps-2'}`}>
          <h1 className="truncate text-15 font-semibold">
            <bdi>{agent?.name ?? config.name}</bdi>
          </h1>
          <StatusLine conversation={conversation} isNamed={agent !== null} config={config} />
        </div>
        <ThreadMenu messenger={messenger} conversation={conversation} />
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
            outro={
              snapshot.isStarted ? (
                <ThreadEnd config={config} messenger={messenger} list={list} conversation={conversation} />
              ) : null
            }
          />
        )}
      </div>
      <footer className="px-3 pt-1 pb-3">
        <Composer
          label={say('composer.label')}
          placeholder={say(snapshot.isStarted ? 'composer.reply' : 'composer.first')}
          sendLabel={say('composer.send')}
          text={text}
          onText={write}
          onSend={(sent) => {
            const taken = files.take();
            store.send(sent, 'reply', taken.length === 0 ? {} : { files: taken });
            write('');
          }}
          onTyping={store.typed}
          onStopTyping={store.stoppedTyping}
          inputRef={input}
          files={files}
        />
      </footer>
    </section>
  );
}

function Intro({ config }: { config: FrameConfig }) {
  const { say } = useWords();
  return (
    <div className="mb-auto flex flex-col items-center px-6 pt-8 pb-10 text-center">
      <p className="text-16 font-semibold text-balance wrap-anywhere">{say('home.greeting')}</p>
      <p className="pt-1 text-13 text-balance text-text-muted">
        {say('thread.intro', { company: config.name })}
      </p>
    </div>
  );
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

function useConversation(list: CustomerListStore | null, id: string): CustomerConversation | null {
  return useList(list)?.conversations.find((conversation) => conversation.id === id) ?? null;
}

/** Whoever answers for the first time while the thread is open may have a picture, of which only the state tells. */
function useNewFace(list: CustomerListStore | null, isLoading: boolean, agentId: string | null): void {
  const faces = use(FacesContext);
  const met = useRef<(string | null)[] | null>(null);
  useEffect(() => {
    if (isLoading || met.current?.includes(agentId)) return;
    if (met.current !== null && agentId !== null && faces[agentId] === undefined) void list?.refresh();
    met.current = [...(met.current ?? []), agentId];
  }, [list, faces, isLoading, agentId]);
}

function lastAgent(snapshot: ConversationSnapshot): { id: string; name: string } | null {
  const bubble = snapshot.bubbles.findLast(
    ({ kind, sender }) => kind === 'reply' && sender !== 'me' && sender.kind === 'agent',
  );
  return bubble !== undefined && bubble.sender !== 'me' && bubble.sender.kind === 'agent'
    ? bubble.sender
    : null;
}

function StatusLine({
  conversation,
  isNamed,
  config,
}: {
  conversation: CustomerConversation | null;
  isNamed: boolean;
  config: FrameConfig;
}) {
  const { say } = useWords();
  const look = 'truncate text-12 text-text-muted';
  const number = `#${conversation?.number}`;
  if (conversation?.status === 'resolved') {
    return <p className={look}>{say('thread.resolvedLine', { number })}</p>;
  }
  if (conversation?.status === 'closed') {
    return <p className={look}>{say('thread.closedLine', { number })}</p>;
  }
  return (
    <div className={look}>
      <Presence config={config} fallback={isNamed ? config.name : say('thread.answersHere')} />
    </div>
  );
}
