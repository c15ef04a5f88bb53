'use client';

import { ShieldX, Unplug } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { MessageList } from '#/components/conversation/message-list.tsx';
import { customerName } from '#/components/inbox/customer-name.ts';
import type { OpenedTicket } from '#/components/inbox/ports.ts';
import { type ComposerMode, keepDraft, readDraft } from '#/components/inbox/ticket/drafts.ts';
import { TicketComposer } from '#/components/inbox/ticket/ticket-composer.tsx';
import { TicketHeader, type TicketHeaderProps } from '#/components/inbox/ticket/ticket-header.tsx';
import { useAttention } from '#/components/inbox/use-attention.ts';
import { Button } from '#/components/ui/button.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import type { Failure } from '#/lib/errors.ts';
import type { ConversationSnapshot, ConversationStore } from '#/lib/sync/conversation.ts';
import { useStore } from '#/lib/sync/hooks.ts';

/** How the keys reach the composer. */
export type ComposerHandle = { focus(mode: ComposerMode): void };

export type TicketViewProps = TicketHeaderProps & {
  conversation: ConversationStore | null;
  opened: OpenedTicket | null;
  composer: React.RefObject<ComposerHandle | null>;
  onSeen(order: number): void;
};

/** One ticket: what it is, the thread, and where to write. Mounted anew for each ticket (by key). */
export function TicketView(props: TicketViewProps) {
  const { conversation, row } = props;
  const name = customerName(row.customer);
  return (
    <section aria-label={`Ticket ${row.number}`} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <TicketHeader {...props} />
      {conversation === null ? (
        <Resting {...props} name={name} />
      ) : (
        <Thread key={row.conversationId} {...props} conversation={conversation} name={name} />
      )}
    </section>
  );
}

type ThreadProps = TicketViewProps & { conversation: ConversationStore; name: string };

function Thread({ conversation, name, row, composer, onSeen, onBack }: ThreadProps) {
  const snapshot = useStore(conversation);
  const isWatched = useAttention();
  const [mode, setMode] = useState<ComposerMode>('reply');
  const [drafts, setDrafts] = useState(() => readDraft(row.id));
  const input = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    composer.current = {
      focus(next) {
        setMode(next);
        input.current?.focus();
      },
    };
    return () => {
      composer.current = null;
    };
  }, [composer]);

  function write(next: ComposerMode, text: string) {
    const texts = { ...drafts, [next]: text };
    setDrafts(texts);
    keepDraft(row.id, texts);
  }

  const { failure } = snapshot;
  if (failure !== null && (snapshot.bubbles.length === 0 || failure.code === 'not_found'))
    return <TicketRefused failure={failure} onBack={onBack} />;

  return (
    <>
      <div className="thread flex min-h-0 flex-1 flex-col">
        <MessageList
          snapshot={snapshot}
          audience="staff"
          label="Conversation"
          fallbackName={name}
          isWatched={isWatched}
          onSeen={(order) => {
            conversation.markSeen(order);
            onSeen(order);
          }}
          onLoadEarlier={() => void conversation.loadEarlier()}
          onRetry={(id) => conversation.retry(id)}
          onEdit={(id) => {
            const kind =
              snapshot.bubbles.find((bubble) => bubble.id === id)?.kind === 'note' ? 'note' : 'reply';
            const text = conversation.takeBack(id);
            if (text === null) return;
            write(kind, drafts[kind] === '' ? text : `${text}\n\n${drafts[kind]}`);
            setMode(kind);
            input.current?.focus();
          }}
          empty={<EmptyThread />}
        />
      </div>
      <TicketComposer
        mode={mode}
        drafts={drafts}
        customer={name}
        inputRef={input}
        onMode={(next) => {
          if (next === 'note') conversation.stoppedTyping();
          setMode(next);
          input.current?.focus();
        }}
        onText={(text) => write(mode, text)}
        onSend={(text) => {
          conversation.send(text, mode);
          write(mode, '');
        }}
        onTyping={() => conversation.typed()}
        onStopTyping={() => conversation.stoppedTyping()}
      />
    </>
  );
}

function EmptyThread() {
  return <p className="py-8 text-center text-text-muted">Nothing was written yet.</p>;
}

const restingSnapshot: ConversationSnapshot = {
  conversationId: '',
  bubbles: [],
  isStarted: true,
  isLoading: true,
  failure: null,
  hasEarlier: false,
  isLoadingEarlier: false,
  head: 0,
  readThrough: 0,
  unreadCount: 0,
  marks: [],
  seenThrough: 0,
  typists: [],
  connection: 'connecting',
  isStorageDurable: true,
};

/** The same page a moment before the conversation is open: what is known already, in its final place. */
function Resting({ name, opened, row }: TicketViewProps & { name: string }) {
  const snapshot = opened === null ? restingSnapshot : snapshotOf(opened);
  const input = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <div className="thread flex min-h-0 flex-1 flex-col">
        <MessageList
          key={row.conversationId}
          snapshot={snapshot}
          audience="staff"
          label="Conversation"
          fallbackName={name}
          isWatched={false}
          onSeen={() => {}}
          onLoadEarlier={() => {}}
          onRetry={() => {}}
          onEdit={() => {}}
        />
      </div>
      <div inert>
        <TicketComposer
          mode="reply"
          drafts={{ reply: '', note: '' }}
          customer={name}
          inputRef={input}
          onMode={() => {}}
          onText={() => {}}
          onSend={() => {}}
          onTyping={() => {}}
          onStopTyping={() => {}}
        />
      </div>
    </>
  );
}

function snapshotOf(opened: OpenedTicket): ConversationSnapshot {
  const { page, marks } = opened;
  return {
    ...restingSnapshot,
    isLoading: false,
    bubbles: page.entries.map((entry) => ({ ...entry, state: 'sent', failure: null, isMine: false })),
    head: page.head,
    readThrough: page.head,
    marks,
  };
}

/** Why there is no ticket to show, and the way out: on a phone this is the whole page. */
export function TicketRefused({
  failure,
  onRetry,
  onBack,
}: {
  failure: Failure;
  onRetry?: () => void;
  onBack(): void;
}) {
  const back = <Button onClick={onBack}>Back to the list</Button>;
  if (failure.code === 'not_found' || failure.code === 'invalid') {
    return (
      <EmptyState icon={<Unplug aria-hidden="true" />} title="This ticket is not here" actions={back}>
        The address may have a typo, or it moved to a department that only its members see.
      </EmptyState>
    );
  }
  if (failure.code === 'forbidden') {
    return (
      <EmptyState icon={<ShieldX aria-hidden="true" />} title="You may not see this ticket" actions={back}>
        It belongs to a department that only its members can open. Ask an admin to add you.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Unplug aria-hidden="true" />}
      title="This ticket could not be loaded"
      actions={onRetry === undefined ? back : <Button onClick={onRetry}>Try again</Button>}
    >
      {failureText(failure)}
    </EmptyState>
  );
}

/** The shape of a ticket while not even its row is known. */
export function TicketSkeleton() {
  return (
    <section
      aria-label="Loading the ticket"
      aria-busy="true"
      className="flex min-h-0 min-w-0 flex-1 flex-col"
    >
      <div className="flex h-12 items-center border-line border-b px-4">
        <SkeletonLine width="40%" height={16} />
      </div>
      <div className="flex h-10 items-center border-line border-b px-4 max-tablet:h-12">
        <SkeletonLine width="60%" />
      </div>
    </section>
  );
}
