'use client';

import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { InboxList } from '#/components/inbox/list/inbox-list.tsx';
import { InboxBottomBar, InboxSidebar } from '#/components/inbox/list/inbox-sidebar.tsx';
import type { InboxListHandle } from '#/components/inbox/list/list-props.ts';
import { useBulk } from '#/components/inbox/list/use-bulk.ts';
import { useSelection } from '#/components/inbox/list/use-selection.ts';
import type { InboxPorts, InboxStart } from '#/components/inbox/ports.ts';
import type { SearchPaneHandle } from '#/components/inbox/search/search-props.ts';
import { bindingsOf, shownKeys } from '#/components/inbox/shell/actions.ts';
import type { Scene } from '#/components/inbox/shell/desk.ts';
import { KeysProvider } from '#/components/inbox/shell/keys-context.tsx';
import { later } from '#/components/inbox/shell/later.tsx';
import { NothingOpen, SignedOut } from '#/components/inbox/shell/nothing-open.tsx';
import { NotificationBell } from '#/components/inbox/shell/notification-bell.tsx';
import type { Step } from '#/components/inbox/shell/palette-entries.ts';
import { useAlerts } from '#/components/inbox/shell/use-alerts.ts';
import { useCatalogue } from '#/components/inbox/shell/use-catalogue.ts';
import { useDesk } from '#/components/inbox/shell/use-desk.ts';
import { useKeys } from '#/components/inbox/shell/use-keys.ts';
import { useOpenTicket } from '#/components/inbox/shell/use-open-ticket.ts';
import { usePanel } from '#/components/inbox/shell/use-panel.ts';
import { usePreferences } from '#/components/inbox/shell/use-preferences.ts';
import { useTicketHandle } from '#/components/inbox/shell/use-ticket-handle.ts';
import { useTickets } from '#/components/inbox/shell/use-tickets.ts';
import { useTitle } from '#/components/inbox/shell/use-title.ts';
import { useViewing } from '#/components/inbox/shell/use-viewing.ts';
import { useWhenIdle } from '#/components/inbox/shell/use-when-idle.ts';
import { useAfterSends } from '#/components/inbox/ticket/after-sends.ts';
import { TicketRefused, TicketSkeleton } from '#/components/inbox/ticket/ticket-empty.tsx';
import { useInbox } from '#/components/inbox/use-inbox.ts';
import { usePlace } from '#/components/inbox/use-place.ts';
import { useClock } from '#/components/ui/clock.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { showToast } from '#/components/ui/toast.tsx';

const TicketPane = later(async () => (await import('#/components/inbox/ticket/ticket-pane.tsx')).TicketPane);
const Palette = later(async () => (await import('#/components/inbox/shell/palette.tsx')).Palette);
const HelpDialog = later(async () => (await import('#/components/inbox/shell/help-dialog.tsx')).HelpDialog);
const SearchPlace = later(
  async () => (await import('#/components/inbox/search/search-place.tsx')).SearchPlace,
);
async function fetchLater(): Promise<void> {
  for (const part of [TicketPane, Palette, SearchPlace, HelpDialog]) await part.fetch();
}

/** The agent's whole page: views, list, ticket, customer. Nothing in it asks the server for a page. */
export function Inbox({ start, ports }: { start: InboxStart; ports: InboxPorts }) {
  const { me } = start;
  const zone = me.timezone ?? undefined;
  const { place, ignored, go } = usePlace({ place: start.place, ignored: start.ignored });
  const { ticketId } = place;
  const { engine, inbox, drafts, snapshot } = useInbox(start, ports, place);
  const live = engine?.live ?? null;
  const [preferences, savePreferences] = usePreferences(me.preferences, ports);
  const { catalogue, viewActs } = useCatalogue(start.catalogue, ports, live);
  const bulk = useBulk(ports, live, me);
  const reach = useTicketHandle();
  const tickets = useTickets({
    start,
    ports,
    live,
    catalogue,
    zone,
    tellRefusal: (id, change, failure) =>
      id === ticketId && (reach.ref.current?.tellRefusal(change, failure) ?? false),
  });
  const { present } = tickets;
  const rows = useMemo(() => snapshot.rows.map(present), [snapshot.rows, present]);
  const { row, opened, failure } = useOpenTicket(tickets, rows, ticketId);
  const selection = useSelection(rows, snapshot.isLoading, place);
  const { viewers, setTyping } = useViewing(ports, live, me, failure === null ? ticketId : null);
  const attention = useAlerts({
    start,
    ports,
    live,
    preferences,
    rows: snapshot.rows,
    openTicketId: failure === null ? ticketId : null,
    ticketOf: (conversationId) =>
      tickets.board.ticketOf(conversationId) ?? ticketIn(snapshot.rows, conversationId),
    onOpen: go,
    onRead: (conversationId, through) => inbox?.markSeen(conversationId, through),
  });
  useTitle(row, attention.count);
  const afterSends = useAfterSends(engine?.outbox ?? null, (id, change) => {
    const known = tickets.board.rowOf(id) ?? rows.find((each) => each.id === id);
    if (known !== undefined) void tickets.change(known, change);
  });

  useWhenIdle(fetchLater);

  const [cursorId, setCursorId] = useState<string | null>(ticketId);
  const [palette, setPalette] = useState<{ step: Step | null; scene: Scene } | null>(null);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [openBell, setOpenBell] = useState<'side' | 'list' | null>(null);
  const [availability, setAvailability] = useState(start.availability);
  const list = useRef<InboxListHandle | null>(null);
  const found = useRef<SearchPaneHandle | null>(null);
  const panel = usePanel();
  const bindings = useMemo(() => bindingsOf(preferences), [preferences]);
  useEffect(() => {
    reach.opened(ticketId);
    if (ticketId !== null) setCursorId(ticketId);
  }, [reach, ticketId]);

  const desk = useDesk({
    ports,
    inbox,
    me,
    place,
    go,
    rows,
    open: row,
    cursorId,
    matching: snapshot.matching,
    selection,
    bulk,
    tickets,
    list,
    found,
    reach,
    panel,
    preferences,
    savePreferences,
    showPalette: (step, scene) => setPalette({ step, scene }),
    showHelp: () => setIsHelpOpen(true),
    showNotifications: () => setOpenBell(window.matchMedia('(max-width: 720px)').matches ? 'list' : 'side'),
  });
  useKeys(bindings, (action) => {
    const scene = desk.look();
    return (action.when?.(scene) ?? true) && action.run(desk, scene);
  });
  const { now } = useClock();

  const onSeen = useCallback(
    (conversationId: string, order: number) => {
      inbox?.markSeen(conversationId, order);
      if (ticketId !== null) attention.alerts?.seen(ticketId);
    },
    [inbox, ticketId, attention.alerts],
  );
  const { board } = tickets;
  const onReload = useCallback(() => {
    if (ticketId !== null) void board.open(ticketId);
  }, [board, ticketId]);
  // A ticket that was put back among the unread ones is read again when it is opened again.
  const isUnread = row !== null && (snapshot.rows.find(({ id }) => id === row.id)?.unreadCount ?? 0) > 0;
  useEffect(() => {
    if (ticketId === null) return;
    inbox?.markUnread(ticketId, false);
    if (isUnread) void ports.setUnread({ ticketId, isUnread: false });
  }, [inbox, ports, ticketId, isUnread]);

  async function changeAvailability(next: typeof availability) {
    setAvailability(next);
    const result = await ports.setAvailability(next);
    if (result.ok) return;
    setAvailability(availability);
    showToast(failureText(result.error), 'bad');
  }
  const bell = (at: 'side' | 'list') => (
    <NotificationBell
      store={attention.notifications}
      isOpen={openBell === at}
      onOpenChange={(isOpen) => setOpenBell(isOpen ? at : null)}
      onOpenItem={({ ticket, conversationId, seq }) =>
        go({
          ticketId: ticket.id,
          at: conversationId === null || seq === null ? null : { conversationId, seq },
        })
      }
    />
  );
  const side = {
    workspaceName: catalogue.workspace.name,
    me,
    availability,
    place,
    // A list that never came counted nothing.
    counts: start.list === null && snapshot.failure !== null ? null : snapshot.counts,
    departments: catalogue.departments,
    views: catalogue.views,
    current: 'inbox' as const,
    keysOf: (id: Parameters<typeof shownKeys>[1]) => shownKeys(bindings, id),
    onGo: go,
    onSearch: () => desk.search(),
    onHelp: () => setIsHelpOpen(true),
    onAvailability: (next: typeof availability) => void changeAvailability(next),
    viewActs,
    onSaveView: () => desk.saveView(),
    onSignOut: () => void ports.signOut(),
  };
  const hasTicket = ticketId !== null;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where list and ticket are two pages, the link that had the focus is gone.
    if (ticketId !== null && document.activeElement === document.body) main.current?.focus();
  }, [ticketId]);

  return (
    <KeysProvider bindings={bindings}>
      <div className="flex h-dvh flex-col overflow-hidden">
        {snapshot.failure?.code === 'unauthenticated' ? <SignedOut /> : null}
        <div className="relative flex min-h-0 flex-1">
          <InboxSidebar {...side} notifications={bell('side')} />
          <main className="relative flex min-w-0 flex-1">
            <div
              className={`flex w-[376px] shrink-0 flex-col border-line border-e max-[1180px]:w-[320px] max-laptop:w-[300px] max-tablet:w-full max-tablet:border-e-0 ${hasTicket ? 'max-tablet:hidden' : ''}`}
            >
              {place.search === null ? (
                <InboxList
                  me={me}
                  place={place}
                  ignored={[...ignored, ...snapshot.ignored]}
                  zone={me.timezone}
                  rows={rows}
                  state={snapshot}
                  catalogue={catalogue}
                  search={ports}
                  density={preferences.density}
                  cursorId={cursorId}
                  selection={selection}
                  bulk={bulk}
                  hasHistory={start.hasHistory}
                  handle={list}
                  viewActs={viewActs}
                  onGo={go}
                  onSort={(sort) => desk.sort(sort)}
                  onSearch={() => desk.search()}
                  onCursor={setCursorId}
                  onNear={board.prefetch}
                  onLoadMore={() => void inbox?.loadMore()}
                  onRetry={() => void inbox?.refresh()}
                  notifications={bell('list')}
                />
              ) : (
                <Suspense fallback={<div className="flex-1" />}>
                  <SearchPlace.Component
                    transport={ports}
                    place={place}
                    isOffline={snapshot.connection === 'offline'}
                    singleKeys={preferences.singleKeys}
                    tags={catalogue.tags}
                    agents={catalogue.agents}
                    handle={found}
                    onGo={go}
                  />
                </Suspense>
              )}
              <InboxBottomBar {...side} />
            </div>
            <section
              ref={main}
              tabIndex={-1}
              className={`relative flex min-w-0 flex-1 flex-col outline-none ${hasTicket ? '' : 'max-tablet:hidden'}`}
              aria-label="Ticket"
            >
              {!hasTicket ? (
                <NothingOpen isListEmpty={rows.length === 0 && !snapshot.isLoading} />
              ) : failure !== null ? (
                <TicketRefused failure={failure} onRetry={onReload} onBack={() => desk.goBack()} />
              ) : row === null ? (
                <TicketSkeleton />
              ) : (
                <Suspense fallback={<TicketSkeleton />}>
                  <TicketPane.Component
                    key={row.id}
                    row={row}
                    me={me}
                    catalogue={catalogue}
                    zone={zone}
                    opened={opened}
                    engine={engine}
                    ports={ports}
                    viewers={viewers}
                    place={place}
                    openAt={place.at}
                    holdSeconds={preferences.holdSeconds}
                    drafts={drafts}
                    afterSends={afterSends}
                    panel={panel}
                    handle={reach.ref}
                    onChange={(change) => void tickets.change(row, change)}
                    onGo={go}
                    onBack={() => desk.goBack()}
                    onResolveNext={() => desk.resolveNext({ rows: [row], count: 1, isSelection: false })}
                    onMarkUnread={() => desk.markUnread({ rows: [row], count: 1, isSelection: false })}
                    onSeen={onSeen}
                    onTyping={setTyping}
                    onReload={onReload}
                    onMerged={(merged) => desk.merged(merged)}
                    onShareLink={() => desk.shareLink({ rows: [row], count: 1, isSelection: false })}
                    onRevokeLinks={() => desk.revokeLinks({ rows: [row], count: 1, isSelection: false })}
                  />
                </Suspense>
              )}
            </section>
          </main>
        </div>
        <Suspense fallback={null}>
          {palette === null ? null : (
            <Palette.Component
              startAt={palette.step}
              world={{ scene: palette.scene, desk, bindings, catalogue, nowMs: now, zone }}
              onClose={() => setPalette(null)}
            />
          )}
          {isHelpOpen ? (
            <HelpDialog.Component
              bindings={bindings}
              hasSingleKeys={preferences.singleKeys}
              onClose={() => setIsHelpOpen(false)}
            />
          ) : null}
        </Suspense>
      </div>
    </KeysProvider>
  );
}

function ticketIn(
  rows: readonly { id: string; conversationId: string }[],
  conversationId: string,
): string | null {
  return rows.find((row) => row.conversationId === conversationId)?.id ?? null;
}
