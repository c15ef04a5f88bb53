'use client';

import { MessageSquareText } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { ConnectionLine } from '#/components/conversation/connection-line.tsx';
import { customerName } from '#/components/inbox/customer-name.ts';
import type { Place } from '#/components/inbox/place.ts';
import type { InboxPorts, InboxStart, TimelineChange } from '#/components/inbox/ports.ts';
import { keysOf, type ShortcutAct } from '#/components/inbox/shortcuts.ts';
import { ShortcutsDialog } from '#/components/inbox/shortcuts-dialog.tsx';
import { BottomBar, Sidebar, type SidebarProps } from '#/components/inbox/list/sidebar.tsx';
import { CustomerPanel } from '#/components/inbox/ticket/customer-panel.tsx';
import type { HeaderMenu } from '#/components/inbox/ticket/ticket-header.tsx';
import {
  type ComposerHandle,
  TicketRefused,
  TicketSkeleton,
  TicketView,
} from '#/components/inbox/ticket/ticket-view.tsx';
import { openTicketBoard, presentRow } from '#/components/inbox/ticket-board.ts';
import { TicketList } from '#/components/inbox/list/ticket-list.tsx';
import { useConversation } from '#/components/inbox/use-conversation.ts';
import { useInbox } from '#/components/inbox/use-inbox.ts';
import { usePlace } from '#/components/inbox/use-place.ts';
import { useShortcuts } from '#/components/inbox/use-shortcuts.ts';
import { Banner } from '#/components/ui/banner.tsx';
import { copyText } from '#/components/ui/copy-button.tsx';
import { Drawer } from '#/components/ui/dialog.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { Kbd } from '#/components/ui/kbd.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { ErrorCode } from '#/lib/errors.ts';
import { channels } from '#/lib/realtime/events.ts';
import type { ChannelMember, LiveConnection } from '#/lib/sync/transport.ts';
import type { TicketChange, TicketRow } from '#/lib/tickets/schema.ts';

const refusals: readonly ErrorCode[] = ['not_found', 'forbidden', 'invalid'];

/** The agent's whole page: views, list, ticket, customer. Nothing in it asks the server for a page. */
export function Inbox({ start, ports }: { start: InboxStart; ports: InboxPorts }) {
  const { me, agents, departments } = start;
  const people = useMemo(() => ({ agents, departments }), [agents, departments]);
  const [place, go] = usePlace({ ticketId: start.ticketId, ...pickQuery(start) });
  const { engine, inbox, snapshot } = useInbox(start, ports, place);
  const [board] = useState(() => openTicketBoard(ports, start.ticket));
  const boardSnapshot = useSyncExternalStore(board.subscribe, board.getSnapshot, board.getSnapshot);
  const rows = useMemo(
    () => snapshot.rows.map((row) => presentRow(row, boardSnapshot, people)),
    [snapshot.rows, boardSnapshot, people],
  );

  const live = engine?.live ?? null;
  useEffect(() => {
    if (live !== null) return board.listen(live, me);
  }, [board, live, me]);
  const { ticketId } = place;
  useEffect(() => {
    if (ticketId !== null) void board.open(ticketId);
  }, [board, ticketId]);

  const state = ticketId === null ? undefined : boardSnapshot.opened.get(ticketId);
  const base =
    ticketId === null
      ? null
      : (snapshot.rows.find((row) => row.id === ticketId) ?? state?.value?.ticket ?? null);
  const row: TicketRow | null = base === null ? null : presentRow(base, boardSnapshot, people);
  const isRefused = state?.failure != null && (row === null || refusals.includes(state.failure.code));
  const opened = state?.value ?? null;
  const conversation = useConversation(engine, isRefused ? null : (row?.conversationId ?? null), me, opened);
  const timeline = useTimeline(ports, ticketId, row?.version ?? 0);
  const colleagues = useColleagues(live, isRefused ? null : ticketId, me.id);

  const [cursorId, setCursorId] = useState<string | null>(ticketId);
  const [menu, setMenu] = useState<HeaderMenu | null>(null);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const panel = usePanel();
  const composer = useRef<ComposerHandle | null>(null);
  useTitle(row, snapshot.rows.filter((each) => each.unreadCount > 0).length);
  useCursorFollows(ticketId, setCursorId);

  const change = useCallback(
    async (target: TicketRow, what: TicketChange) => {
      const result = await board.change(target.id, what);
      if (!result.ok) showToast(failureText(result.error), 'bad');
    },
    [board],
  );
  /** What a key acts on: the row in focus, else the open ticket. */
  function target(): TicketRow | null {
    const focused = document.activeElement?.getAttribute('data-ticket-id') ?? null;
    return (focused === null ? undefined : rows.find((each) => each.id === focused)) ?? row;
  }
  function changeTarget(differs: (on: TicketRow) => boolean, what: TicketChange): boolean {
    const on = target();
    if (on === null || !differs(on)) return false;
    void change(on, what);
    return true;
  }

  function moveCursor(by: 1 | -1): boolean {
    const at = rows.findIndex((each) => each.id === cursorId);
    const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : at + by];
    if (next === undefined) return false;
    setCursorId(next.id);
    board.prefetch(next.id);
    focusRow(next.id);
    return true;
  }

  function onAct(act: ShortcutAct): boolean {
    switch (act) {
      case 'next':
        return moveCursor(1);
      case 'previous':
        return moveCursor(-1);
      case 'open':
        if (cursorId === null) return false;
        go({ ticketId: cursorId });
        return true;
      case 'back':
        return goBack();
      case 'reply':
      case 'note':
        composer.current?.focus(act);
        return composer.current !== null;
      case 'send':
        // The composer sends by itself; this entry is for the help list.
        return false;
      case 'resolve':
        return changeTarget((on) => on.status !== 'resolved', { field: 'status', to: 'resolved' });
      case 'reopen':
        return changeTarget((on) => on.status !== 'open', { field: 'status', to: 'open' });
      case 'assignToMe':
        return changeTarget((on) => on.assignee?.id !== me.id, { field: 'assignee', to: me.id });
      case 'assign':
      case 'priority':
        if (row === null) return false;
        setMenu(act === 'assign' ? 'assignee' : 'priority');
        return true;
      case 'mine':
      case 'unassigned':
      case 'all':
        go({ view: act, status: 'active', ticketId: null });
        return true;
      case 'panel':
        if (row === null) return false;
        panel.toggle();
        return true;
      case 'help':
        setIsHelpOpen(true);
        return true;
    }
  }
  function goBack(): boolean {
    const active = document.activeElement;
    if (active instanceof HTMLTextAreaElement || active instanceof HTMLInputElement) {
      active.blur();
      return true;
    }
    if (ticketId === null) return false;
    go({ ticketId: null });
    focusRow(ticketId);
    return true;
  }
  useShortcuts(onAct);

  async function shareLink(target: TicketRow) {
    const result = await ports.createTicketLink({ ticketId: target.id });
    if (!result.ok) showToast(failureText(result.error), 'bad');
    else if (await copyText(result.value.url))
      showToast('Status link copied. Anyone who has it sees subject and status.');
  }
  async function revokeLinks(target: TicketRow) {
    const result = await ports.revokeTicketLinks({ ticketId: target.id });
    if (result.ok) showToast('Every status link of this ticket is switched off.');
    else showToast(failureText(result.error), 'bad');
  }

  const side: SidebarProps = {
    workspaceName: start.workspaceName,
    me,
    place,
    counts: snapshot.counts,
    current: 'inbox',
    onGo: go,
    onHelp: () => setIsHelpOpen(true),
    onSignOut: () => void ports.signOut(),
  };
  const hasTicket = ticketId !== null;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where list and ticket are two pages, the link that had the focus is gone.
    if (ticketId !== null && document.activeElement === document.body) main.current?.focus();
  }, [ticketId]);
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      {snapshot.failure?.code === 'unauthenticated' ? <SignedOut /> : null}
      <div className="relative flex min-h-0 flex-1">
        <Sidebar {...side} />
        <div
          className={`flex w-[376px] shrink-0 flex-col border-line border-r max-[1180px]:w-[320px] max-laptop:w-[300px] max-tablet:w-full max-tablet:border-r-0 ${hasTicket ? 'max-tablet:hidden' : ''}`}
        >
          <TicketList
            snapshot={snapshot}
            rows={rows}
            place={place}
            cursorId={cursorId}
            hasHistory={start.hasHistory}
            onGo={go}
            onCursor={setCursorId}
            onNear={(id) => board.prefetch(id)}
            onLoadMore={() => void inbox?.loadMore()}
            onRetry={() => void inbox?.refresh()}
          />
          <BottomBar {...side} />
        </div>
        <main
          ref={main}
          tabIndex={-1}
          className={`outline-none relative flex min-w-0 flex-1 flex-col ${hasTicket ? '' : 'max-tablet:hidden'}`}
          aria-label="Ticket"
        >
          <div className={`absolute inset-x-0 h-0 ${hasTicket ? 'top-[88px] max-tablet:top-24' : 'top-0'}`}>
            <ConnectionLine connection={snapshot.connection} />
          </div>
          {!hasTicket ? (
            <NothingOpen isListEmpty={rows.length === 0 && !snapshot.isLoading} />
          ) : isRefused && state?.failure != null ? (
            <TicketRefused
              failure={state.failure}
              onRetry={() => void board.open(ticketId)}
              onBack={() => go({ ticketId: null })}
            />
          ) : row === null ? (
            <TicketSkeleton />
          ) : (
            <TicketView
              key={row.id}
              row={row}
              me={me}
              agents={agents}
              departments={departments}
              colleagues={colleagues}
              conversation={conversation}
              opened={opened}
              composer={composer}
              isPanelOpen={panel.isOpen}
              openMenu={menu}
              onMenu={setMenu}
              onChange={(what) => void change(row, what)}
              onBack={() => go({ ticketId: null })}
              onPanel={panel.toggle}
              onShareLink={() => void shareLink(row)}
              onRevokeLinks={() => void revokeLinks(row)}
              onSeen={(order) => inbox?.markSeen(row.conversationId, order)}
            />
          )}
        </main>
        {row === null || isRefused ? null : (
          <>
            {panel.isDocked ? (
              <aside
                aria-label="Customer"
                className="w-[296px] shrink-0 overflow-y-auto border-line border-l max-wide:hidden [scrollbar-width:thin]"
              >
                <CustomerPanel row={row} opened={opened} timeline={timeline} place={place} onGo={go} />
              </aside>
            ) : null}
            <Drawer title="Customer" isOpen={panel.isDrawn} onOpenChange={panel.setDrawn}>
              <CustomerPanel
                row={row}
                opened={opened}
                timeline={timeline}
                place={place}
                onGo={(next) => {
                  panel.setDrawn(false);
                  go(next);
                }}
              />
            </Drawer>
          </>
        )}
      </div>
      <ShortcutsDialog isOpen={isHelpOpen} onOpenChange={setIsHelpOpen} />
    </div>
  );
}

function pickQuery(start: InboxStart): Omit<Place, 'ticketId'> {
  const { view, status, sort } = start.query;
  return { view, status, sort };
}

function focusRow(ticketId: string) {
  const link = document.querySelector(`[data-ticket-id="${CSS.escape(ticketId)}"]`);
  if (!(link instanceof HTMLElement)) return;
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: 'nearest' });
}

/** Colleagues on the same ticket, without the agent's own other tabs. */
function useColleagues(
  live: LiveConnection | null,
  ticketId: string | null,
  myId: string,
): readonly ChannelMember[] {
  const [members, setMembers] = useState<readonly ChannelMember[]>([]);
  useEffect(() => {
    setMembers([]);
    if (live === null || ticketId === null) return;
    return live.subscribe(channels.ticketPresence(ticketId), {
      onEvent() {},
      onSubscribed() {},
      onMembers: (all) => setMembers(all.filter((member) => member.id !== myId)),
    });
  }, [live, ticketId, myId]);
  return members;
}

/** The timeline of a ticket, read again with each version; what is shown stays until the new one is there. */
function useTimeline(
  ports: InboxPorts,
  ticketId: string | null,
  version: number,
): readonly TimelineChange[] | null {
  const [shown, setShown] = useState<{ ticketId: string; changes: readonly TimelineChange[] } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version means a new entry.
  useEffect(() => {
    if (ticketId === null) return;
    let isCurrent = true;
    void ports.fetchTimeline(ticketId).then((result) => {
      if (isCurrent && result.ok) setShown({ ticketId, changes: result.value });
    });
    return () => {
      isCurrent = false;
    };
  }, [ports, ticketId, version]);
  return shown !== null && shown.ticketId === ticketId ? shown.changes : null;
}

const panelKey = 'parley.panel';
const wideQuery = '(min-width: 1360px)';

/** The customer panel: beside the thread where there is room (and remembered), else a drawer. */
function usePanel() {
  const [isDocked, setIsDocked] = useState(true);
  const [isDrawn, setDrawn] = useState(false);
  const isWide = useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(wideQuery);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => window.matchMedia(wideQuery).matches,
    () => true,
  );
  useEffect(() => {
    setIsDocked(readFlag(panelKey) !== 'hidden');
  }, []);
  return {
    isDocked,
    isDrawn: isDrawn && !isWide,
    isOpen: isWide ? isDocked : isDrawn,
    setDrawn,
    toggle() {
      if (!isWide) {
        setDrawn(!isDrawn);
        return;
      }
      keepFlag(panelKey, isDocked ? 'hidden' : 'shown');
      setIsDocked(!isDocked);
    },
  };
}

function readFlag(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keepFlag(key: string, value: string) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked storage: the choice lasts as long as the page.
  }
}

/** The tab's title: what is open, and how many tickets have something unread. */
function useTitle(row: TicketRow | null, unreadCount: number) {
  const name = row === null ? 'Inbox' : `${row.subject} · ${customerName(row.customer)}`;
  useEffect(() => {
    document.title = `${unreadCount > 0 ? `(${unreadCount > 99 ? '99+' : unreadCount}) ` : ''}${name} · Parley`;
  }, [name, unreadCount]);
}

function useCursorFollows(ticketId: string | null, setCursorId: (ticketId: string) => void) {
  useEffect(() => {
    if (ticketId !== null) setCursorId(ticketId);
  }, [ticketId, setCursorId]);
}

function NothingOpen({ isListEmpty }: { isListEmpty: boolean }) {
  const hints: readonly { act: ShortcutAct; words: string }[] = [
    { act: 'next', words: 'Down the list' },
    { act: 'previous', words: 'Up the list' },
    { act: 'open', words: 'Open a ticket' },
    { act: 'help', words: 'All shortcuts' },
  ];
  return (
    <div className="flex h-full flex-col items-center justify-center gap-6 text-text-muted">
      <MessageSquareText className="size-8 text-text-faint" strokeWidth={1.25} aria-hidden="true" />
      <p className="font-medium text-14 text-text">
        {isListEmpty ? 'Conversations open here' : 'Choose a ticket to read it here'}
      </p>
      <dl className="grid grid-cols-[auto_auto] items-center gap-x-4 gap-y-2">
        {hints.map((hint) => (
          <div key={hint.act} className="contents">
            <dt>{hint.words}</dt>
            <dd className="justify-self-end">
              <span className="sr-only">{keysOf(hint.act)}</span>
              <Kbd keys={keysOf(hint.act)} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function SignedOut() {
  return (
    <Banner tone="bad">
      You are signed out, so nothing new arrives. What you wrote is kept.
      <a href="/sign-in" className="font-medium text-inherit underline underline-offset-2">
        Sign in again
      </a>
    </Banner>
  );
}
