'use client';

import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { DropHint } from '#/components/conversation/attachments/drop-hint.tsx';
import { useAttachments } from '#/components/conversation/attachments/use-attachments.tsx';
import { ConnectionLine } from '#/components/conversation/connection-line.tsx';
import { seenMoment } from '#/components/conversation/own-state.tsx';
import type { MessageRef } from '#/components/inbox/place.ts';
import type { ComposerMode } from '#/components/inbox/ticket/drafts.ts';
import { restingThread } from '#/components/inbox/ticket/resting-thread.ts';
import type { SendActs } from '#/components/inbox/ticket/send-state.tsx';
import { Thread } from '#/components/inbox/ticket/thread.tsx';
import {
  type AfterSend,
  type ComposerHandle,
  TicketComposer,
} from '#/components/inbox/ticket/ticket-composer.tsx';
import { TicketRefused } from '#/components/inbox/ticket/ticket-empty.tsx';
import type { TicketPaneProps } from '#/components/inbox/ticket/ticket-pane-props.ts';
import { useDrafts } from '#/components/inbox/ticket/use-drafts.ts';
import { useSavedReplies } from '#/components/inbox/ticket/use-saved-replies.ts';
import { variableValues } from '#/components/inbox/ticket/variable-values.ts';
import { useAttention } from '#/components/inbox/use-attention.ts';
import { showToast } from '#/components/ui/toast.tsx';
import { useStore } from '#/lib/sync/hooks.ts';
import type { ThreadBubble, ThreadSnapshot, TicketThread } from '#/lib/sync/thread.ts';
import { useTicketThread } from '#/lib/sync/use-ticket-thread.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

export type DeskHandle = ComposerHandle;

export type TicketDeskProps = TicketPaneProps & {
  handleRef: RefObject<DeskHandle | null>;
  /** What the customer is called. */
  name: string;
  isBlocked: boolean;
  onUnblock(): void;
};

/** A ticket's thread and where to write under it. */
export function TicketDesk(props: TicketDeskProps) {
  const { row, me, engine, opened, onReload } = props;
  const { conversationId, createdAt } = row;
  const known = opened?.conversations;
  const parts = useMemo(() => {
    const all = (known ?? []).map(({ id, startedAt }) => ({ id, startedAt }));
    // A follow-up that the page has not read yet.
    return all.some(({ id }) => id === conversationId)
      ? all
      : [...all, { id: conversationId, startedAt: createdAt }];
  }, [known, conversationId, createdAt]);
  const isBehind = known !== undefined && parts.length !== known.length;
  useEffect(() => {
    if (isBehind) onReload();
  }, [isBehind, onReload]);
  const initial =
    opened === null
      ? null
      : { conversationId: opened.ticket.conversationId, page: opened.page, marks: opened.marks };
  const thread = useTicketThread(engine, row.id, parts, me, initial);
  const resting = useMemo(() => restingThread(opened, me.id), [opened, me.id]);
  return <Desk {...props} thread={thread} resting={resting} />;
}

type DeskProps = TicketDeskProps & { thread: TicketThread | null; resting: ThreadSnapshot };

const still = { subscribe: () => () => {} };

function Desk(props: DeskProps) {
  const { row, me, thread, resting, ports, engine, handleRef, name, onBack } = props;
  const store = useMemo(() => thread ?? { ...still, getSnapshot: () => resting }, [thread, resting]);
  const snapshot = useStore<ThreadSnapshot>(store);
  const isWatched = useAttention();
  const [mode, setMode] = useState<ComposerMode>('reply');
  const drafts = useDrafts(props.drafts, row.id, props.opened?.drafts ?? null);
  const files = { reply: useAttachments(`${row.id} reply`), note: useAttachments(`${row.id} note`) };
  const replies = useSavedReplies(ports.fetchSavedReplies);
  const target = useTarget(thread, props.openAt);
  const statusAtSend = useRef(new Map<string, TicketRow['status']>());
  useMergeReload(snapshot, props.onReload);

  const putBack = (kind: ComposerMode, text: string, taken: ThreadBubble['files']) => {
    const before = drafts.texts[kind];
    drafts.write(kind, before === '' || text === '' ? `${text}${before}` : `${text}\n\n${before}`);
    files[kind].putBack(taken);
    setMode(kind);
    handleRef.current?.focus(kind);
  };
  const kindOf = (id: string): ComposerMode =>
    snapshot.bubbles.find((bubble) => bubble.id === id)?.kind === 'note' ? 'note' : 'reply';
  const filesOf = (id: string) => snapshot.bubbles.find((bubble) => bubble.id === id)?.files;
  const acts: SendActs = {
    onRetry: (id) => thread?.retry(id),
    onEdit(id) {
      const kind = kindOf(id);
      const taken = filesOf(id);
      const text = thread?.takeBack(id) ?? null;
      props.afterSends.drop(id);
      if (text !== null) putBack(kind, text, taken);
    },
    onUndo(id) {
      const kind = kindOf(id);
      const taken = filesOf(id);
      void thread?.undo(id).then((text) => {
        if (text === null) {
          showToast('It was on its way already.');
          return;
        }
        props.afterSends.drop(id);
        putBack(kind, text, taken);
      });
    },
    onSendNow: (id) => thread?.sendNow(id),
    onSendAnyway: (id) => thread?.resend(id),
  };

  function send(text: string, mentions: string[], after: AfterSend | null) {
    if (thread === null) return;
    const isReply = mode === 'reply';
    const { id } = thread.send(text, mode, {
      ...(isReply ? { holdMs: props.holdSeconds * 1000 } : { mentions }),
      files: files[mode].take(),
    });
    statusAtSend.current.set(id, row.status);
    const conversationId = thread.getSnapshot().replyTo ?? row.conversationId;
    if (after !== null) props.afterSends.add(id, { ticketId: row.id, conversationId, change: after });
    drafts.sent(mode);
    props.onTyping(false);
  }

  const { failure } = snapshot;
  if (failure !== null && (snapshot.bubbles.length === 0 || failure.code === 'not_found'))
    return <TicketRefused failure={failure} onBack={onBack} />;

  const closedWords = closedBecause(props, mode);
  const taking = props.opened?.mergedInto == null ? files[mode] : null;
  return (
    <section
      aria-label="Conversation"
      className="relative flex min-h-0 flex-1 flex-col"
      {...taking?.dropArea}
    >
      {taking?.isDragging === true ? <DropHint /> : null}
      <div className="relative flex min-h-0 flex-1 flex-col">
        <div className="absolute inset-x-0 top-0 h-0">
          <ConnectionLine connection={snapshot.connection} />
        </div>
        <Thread
          {...snapshot}
          conversationId={snapshot.replyTo ?? row.conversationId}
          readThrough={(id) => snapshot.parts.get(id)?.readThrough ?? Number.POSITIVE_INFINITY}
          seenAt={(bubble) => {
            const part = snapshot.parts.get(bubble.conversationId);
            return part === undefined ? undefined : seenMoment(bubble.publicOrder, part, 'customer');
          }}
          newerThan={(bubble) => newerThan(snapshot, bubble, expectedOf(engine, bubble))}
          meanwhile={(bubble) => meanwhileWords(props, snapshot, statusAtSend.current.get(bubble.id))}
          fallbackName={name}
          zone={props.zone}
          isWatched={isWatched && thread !== null}
          target={target}
          acts={acts}
          onSeen={(id, order) => {
            thread?.markSeen(id, order);
            props.onSeen(id, order);
          }}
          onLoadEarlier={() => void thread?.loadEarlier()}
          onLoadLater={() => void thread?.loadLater()}
          onNewest={() => {
            thread?.backToNewest();
            props.onGo({ at: null });
          }}
        />
      </div>
      {props.opened?.mergedInto == null ? (
        <div inert={thread === null || !drafts.isOpen}>
          <TicketComposer
            mode={mode}
            drafts={drafts.texts}
            draftState={drafts.states[mode]}
            customer={name}
            people={props.catalogue.agents.filter((agent) => agent.id !== me.id)}
            replies={replies}
            values={variableValues(row, props.opened?.customer ?? null, me, props.catalogue.workspace.name)}
            viewers={props.viewers}
            zone={props.zone}
            handle={handleRef}
            closedWords={closedWords}
            onMode={(next) => {
              if (next === 'note') thread?.stoppedTyping();
              setMode(next);
            }}
            onText={(text) => {
              drafts.write(mode, text);
              props.onTyping(text !== '');
            }}
            onSend={send}
            files={files[mode]}
            onTyping={() => thread?.typed()}
            onStopTyping={() => {
              thread?.stoppedTyping();
              props.onTyping(false);
            }}
          />
        </div>
      ) : null}
    </section>
  );
}

function closedBecause({ isBlocked, onUnblock }: DeskProps, mode: ComposerMode): React.ReactNode {
  if (!isBlocked || mode === 'note') return null;
  return (
    <>
      This customer is blocked, so a reply would not reach them.{' '}
      <button type="button" onClick={onUnblock} className="font-medium underline underline-offset-2">
        Unblock
      </button>
    </>
  );
}

/** Jumps to a message of the thread, and tells the thread once it is there. */
function useTarget(thread: TicketThread | null, openAt: MessageRef | null): MessageRef | null {
  const [target, setTarget] = useState<MessageRef | null>(null);
  const { conversationId = null, seq = null } = openAt ?? {};
  useEffect(() => {
    setTarget(null);
    if (thread === null || conversationId === null || seq === null) return;
    let isCurrent = true;
    void thread.openAt(conversationId, seq).then((isThere) => {
      if (!isCurrent) return;
      if (isThere) setTarget({ conversationId, seq });
      else showToast('That message could not be found in this ticket.', 'bad');
    });
    return () => {
      isCurrent = false;
    };
  }, [thread, conversationId, seq]);
  return target;
}

/** A merge, or one that was taken back, changes which conversations a ticket has. */
function useMergeReload(snapshot: ThreadSnapshot, onReload: () => void) {
  const merges = snapshot.bubbles.filter((bubble) => bubble.change?.field === 'merge').length;
  const before = useRef<number | null>(null);
  const { isLoading } = snapshot;
  useEffect(() => {
    if (isLoading) return;
    if (before.current !== null && merges > before.current) onReload();
    before.current = merges;
  }, [merges, isLoading, onReload]);
}

function expectedOf(engine: DeskProps['engine'], bubble: ThreadBubble): number | null {
  const entry = engine?.outbox.list(bubble.conversationId).find(({ id }) => id === bubble.id);
  return entry?.expected ?? null;
}

/** What others wrote after what the writer of this message had before their eyes. */
function newerThan(
  snapshot: ThreadSnapshot,
  bubble: ThreadBubble,
  expected: number | null,
): readonly ThreadBubble[] {
  if (expected === null) return [];
  return snapshot.bubbles.filter(
    (each) =>
      each.conversationId === bubble.conversationId &&
      each.order !== null &&
      each.order > expected &&
      each.kind !== 'event' &&
      !each.isMine,
  );
}

/** "Ben resolved this meanwhile." */
function meanwhileWords(
  { row, opened }: DeskProps,
  snapshot: ThreadSnapshot,
  before: TicketRow['status'] | undefined,
): string | null {
  if (opened?.mergedInto != null) return `It was merged into #${opened.mergedInto.number} meanwhile.`;
  if (before === undefined || row.status === before) return null;
  if (row.status !== 'resolved' && row.status !== 'closed') return null;
  const event = snapshot.bubbles.findLast(
    ({ change }) => change?.field === 'status' && change.to === row.status,
  );
  const sender = event?.sender;
  const who =
    sender === undefined || sender === 'me' || event?.isMine === true
      ? 'You'
      : sender.kind === 'system'
        ? 'Parley'
        : (sender.name ?? 'The customer');
  return `${who} ${row.status} this meanwhile.`;
}
