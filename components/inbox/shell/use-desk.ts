'use client';

import { type RefObject, useEffect, useRef } from 'react';
import type { BulkDesk, BulkField, InboxListHandle, Selection } from '#/components/inbox/list/list-props.ts';
import { type Place, placeHref } from '#/components/inbox/place.ts';
import type { InboxPorts } from '#/components/inbox/ports.ts';
import type { SearchPaneHandle } from '#/components/inbox/search/search-props.ts';
import type { Choosing, Desk, Scene, Target } from '#/components/inbox/shell/desk.ts';
import { offerUndo } from '#/components/inbox/shell/offer-undo.ts';
import type { Step } from '#/components/inbox/shell/palette-entries.ts';
import type { TicketReach } from '#/components/inbox/shell/use-ticket-handle.ts';
import type { Tickets } from '#/components/inbox/shell/use-tickets.ts';
import type { PanelState, TicketMenu } from '#/components/inbox/ticket/ticket-pane-props.ts';
import { copyText } from '#/components/ui/copy-button.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { Preferences, SavePreferencesInput } from '#/lib/agents/preferences.ts';
import type { InboxStore } from '#/lib/sync/inbox.ts';
import type { TicketChange, TicketListRow, TicketRow } from '#/lib/tickets/schema.ts';

export type DeskOptions = {
  ports: InboxPorts;
  inbox: InboxStore | null;
  me: { id: string };
  place: Place;
  go(next: Partial<Place>): void;
  rows: readonly TicketListRow[];
  open: TicketRow | null;
  cursorId: string | null;
  matching: number;
  selection: Selection;
  bulk: BulkDesk;
  tickets: Tickets;
  list: RefObject<InboxListHandle | null>;
  /** What was found, while somebody searches. */
  found: RefObject<SearchPaneHandle | null>;
  reach: TicketReach;
  panel: PanelState;
  preferences: Preferences;
  savePreferences(change: SavePreferencesInput): void;
  /** About what the screen showed before the palette took the focus. */
  showPalette(step: Step | null, scene: Scene): void;
  showHelp(): void;
  showNotifications(): void;
};

const menus: Record<Choosing, { bulk: BulkField | null; ticket: TicketMenu }> = {
  status: { bulk: 'status', ticket: 'status' },
  assignee: { bulk: 'assignee', ticket: 'assignee' },
  priority: { bulk: 'priority', ticket: 'priority' },
  tags: { bulk: 'tags', ticket: 'tags' },
  department: { bulk: 'department', ticket: 'department' },
  snooze: { bulk: 'snooze', ticket: 'snooze' },
  savedReply: { bulk: null, ticket: 'savedReplies' },
};

/** What the actions do to this page, as it is at the moment when one is run. */
export function useDesk(options: DeskOptions): Desk {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const desk = useRef<Desk | null>(null);
  desk.current ??= makeDesk(() => latest.current);
  return desk.current;
}

function makeDesk(now: () => DeskOptions): Desk {
  /** The row that somebody moved to, and what was open then. */
  let chosen: Chosen = { rowId: null, openId: null };

  function look(): Scene {
    const { me, place, open, selection, tickets } = now();
    return {
      me,
      place,
      open,
      target: targetOf(now(), chosen),
      hasSelection: hasSelection(selection),
      canUndo: tickets.undo.getSnapshot().canUndo,
    };
  }

  function change(target: Target, wanted: TicketChange): boolean {
    const { tickets } = now();
    if (target.isSelection) return startBulk(wanted);
    const rows = target.rows.filter((row) => differs(row, wanted));
    for (const row of rows) void tickets.change(row, wanted);
    return rows.length > 0;
  }

  function startBulk(act: TicketChange): boolean {
    if (act.field === 'subject' || act.field === 'fields') return false;
    const { bulk, selection, place, tickets } = now();
    const before = new Set(bulk.jobs.map((job) => job.id));
    const on = selection.isAll ? { view: place.view, filter: place.filter } : { ids: [...selection.ids] };
    void bulk.start(act, on).then((result) => {
      if (!result.ok) {
        showToast(failureText(result.error), 'bad');
        return;
      }
      selection.clear();
      tickets.undo.push({
        words: 'The bulk change',
        async undo() {
          const job = now().bulk.jobs.find((each) => !before.has(each.id) && each.canUndo);
          if (job === undefined) return 'It is still going on. Stop it first, or undo it when it is done.';
          const undone = await now().bulk.undo(job.id);
          return undone.ok ? null : failureText(undone.error);
        },
      });
    });
    return true;
  }

  /** Opens it first where it is not open yet. */
  function withTicket(target: Target, run: Parameters<TicketReach['whenOpen']>[1]): boolean {
    const { go, open, reach } = now();
    const [row] = target.rows;
    if (row === undefined || target.isSelection) return false;
    if (open?.id !== row.id) go({ ticketId: row.id });
    reach.whenOpen(row.id, run);
    return true;
  }

  async function copyOf(row: TicketRow, what: 'number' | 'title' | 'link'): Promise<void> {
    const { place } = now();
    const link = new URL(
      placeHref({ ...place, ticketId: row.id, view: 'all', filter: {}, search: null, at: null }),
      window.location.href,
    );
    const text = { number: `#${row.number}`, title: row.subject, link: link.href }[what];
    if (await copyText(text))
      showToast(what === 'number' ? `${text} copied` : what === 'title' ? 'Title copied' : 'Link copied');
  }

  return {
    look,
    change,
    go(next) {
      now().go(next);
      return true;
    },
    sort(sort) {
      now().go({ sort });
      now().savePreferences({ sort });
      return true;
    },
    leaveTo(href) {
      window.location.assign(href);
      return true;
    },
    moveCursor(by) {
      const { list, found, place } = now();
      if (place.search !== null) return found.current?.move(by) ?? false;
      const hasMoved = list.current?.move(by) ?? false;
      chosen = { rowId: focusedId(), openId: place.ticketId };
      return hasMoved;
    },
    openCursor() {
      const { cursorId, go } = now();
      const id = focusedId() ?? cursorId;
      if (id === null) return false;
      go({ ticketId: id });
      return true;
    },
    goBack() {
      const { selection, place, go, list } = now();
      const active = document.activeElement;
      if (
        active instanceof HTMLElement &&
        active.matches('input, textarea, select, [contenteditable="true"]')
      ) {
        active.blur();
        return true;
      }
      if (hasSelection(selection)) {
        selection.clear();
        return true;
      }
      const { ticketId } = place;
      if (ticketId !== null) {
        go({ ticketId: null });
        list.current?.focusRow(ticketId);
        return true;
      }
      if (place.search === null) return false;
      go({ search: null });
      return true;
    },
    compose: (mode, target) => withTicket(target, (handle) => handle.focusComposer(mode)),
    choose(what, target) {
      const { list, open, reach, showPalette } = now();
      const menu = menus[what];
      if (target.isSelection) return menu.bulk !== null && (list.current?.openBulk(menu.bulk) ?? false);
      const [row] = target.rows;
      if (row === undefined) return false;
      if (open?.id === row.id && reach.ref.current !== null) reach.ref.current.openMenu(menu.ticket);
      else if (what === 'savedReply') return withTicket(target, (handle) => handle.openMenu('savedReplies'));
      else showPalette(what, look());
      return true;
    },
    resolveNext(target) {
      if (target.isSelection) return change(target, { field: 'status', to: 'resolved' });
      const { list, go, place } = now();
      const [row] = target.rows;
      if (row === undefined) return false;
      const nextId = list.current?.neighbourOf(row.id) ?? null;
      change(target, { field: 'status', to: 'resolved' });
      if (place.ticketId !== null || nextId === null) go({ ticketId: nextId });
      if (nextId !== null) list.current?.focusRow(nextId);
      else showToast('That was the last one in this list.');
      return true;
    },
    markUnread(target) {
      const { ports, go, place, list } = now();
      const rows = target.rows;
      if (rows.length === 0) return false;
      for (const row of rows) {
        if (place.ticketId === row.id) go({ ticketId: null });
        now().inbox?.markUnread(row.id, true);
        void ports.setUnread({ ticketId: row.id, isUnread: true }).then((result) => {
          if (!result.ok) showToast(failureText(result.error), 'bad');
        });
      }
      const [first] = rows;
      if (first !== undefined) list.current?.focusRow(first.id);
      return true;
    },
    select() {
      const { selection, cursorId } = now();
      const id = focusedId() ?? cursorId;
      if (id === null) return false;
      selection.toggle(id);
      return true;
    },
    selectAll() {
      now().selection.selectAll();
      return true;
    },
    search() {
      const { place, go } = now();
      if (place.search === null) go({ search: '' });
      else document.querySelector<HTMLElement>('[data-search-field]')?.focus();
      return true;
    },
    filter() {
      now().list.current?.openFilter();
      return true;
    },
    saveView() {
      now().list.current?.saveView();
      return true;
    },
    departments() {
      now().showPalette('departments', look());
      return true;
    },
    togglePalette() {
      now().showPalette(null, look());
      return true;
    },
    togglePanel() {
      now().panel.toggle();
      return true;
    },
    openHelp() {
      now().showHelp();
      return true;
    },
    openNotifications() {
      now().showNotifications();
      return true;
    },
    undo() {
      const undone = now().tickets.undo.undoLatest();
      if (undone === null) return false;
      void undone.outcome.then((refused) =>
        refused === null ? showToast(`Undone: ${undone.words}`) : showToast(refused, 'bad'),
      );
      return true;
    },
    merge: (target) => withTicket(target, (handle) => handle.openMenu('merge')),
    merged(merged) {
      const { go, tickets, ports } = now();
      const { source, target } = merged;
      go({ ticketId: target.id });
      offerUndo(tickets.undo, {
        words: `#${source.number} merged into #${target.number}`,
        async undo() {
          const undone = await ports.undoMerge({ id: merged.id });
          if (!undone.ok) return failureText(undone.error);
          for (const id of [source.id, target.id]) void now().tickets.board.open(id);
          return null;
        },
      });
      return true;
    },
    openNumber(number) {
      void openNumber(now(), number);
      return true;
    },
    copy(what, target) {
      const [row] = target.rows;
      if (row === undefined) return false;
      void copyOf(row, what);
      return true;
    },
    shareLink(target) {
      const [row] = target.rows;
      if (row !== undefined) void shareLink(now().ports, row);
      return row !== undefined;
    },
    revokeLinks(target) {
      const [row] = target.rows;
      if (row !== undefined) void revokeLinks(now().ports, row);
      return row !== undefined;
    },
    editCustomer() {
      now().reach.ref.current?.editCustomer();
      return true;
    },
    blockCustomer() {
      now().reach.ref.current?.blockCustomer();
      return true;
    },
    toggleDensity() {
      const { preferences, savePreferences } = now();
      savePreferences({ density: preferences.density === 'compact' ? 'comfortable' : 'compact' });
      return true;
    },
    signOut() {
      void now().ports.signOut();
      return true;
    },
  };
}

type Chosen = { rowId: string | null; openId: string | null };

/**
 * Those selected, else the row in focus, else the open ticket, else the row that the cursor is at. Beside an open ticket
 * the focus counts only where somebody moved it: what it fell to when a row went away is nobody's choice.
 */
function targetOf(options: DeskOptions, chosen: Chosen): Target {
  const { selection, rows, open, cursorId, matching, place } = options;
  if (hasSelection(selection)) {
    const selected = rows.filter((row) => selection.has(row.id));
    return { rows: selected, count: selection.isAll ? matching : selection.ids.size, isSelection: true };
  }
  const byId = (id: string | null) => (id === null ? undefined : rows.find((row) => row.id === id));
  const focused = focusedId();
  const isMeant = place.ticketId === null || (chosen.rowId === focused && chosen.openId === place.ticketId);
  const row = (isMeant ? byId(focused) : undefined) ?? open ?? byId(focused) ?? byId(cursorId);
  return { rows: row === undefined ? [] : [row], count: row === undefined ? 0 : 1, isSelection: false };
}

function hasSelection(selection: Selection): boolean {
  return selection.isAll || selection.ids.size > 0;
}

function focusedId(): string | null {
  return document.activeElement?.closest('[data-ticket-id]')?.getAttribute('data-ticket-id') ?? null;
}

async function openNumber({ rows, go, ports }: DeskOptions, number: number): Promise<void> {
  const known = rows.find((row) => row.number === number);
  if (known !== undefined) {
    go({ ticketId: known.id });
    return;
  }
  const found = await ports.search({ q: `#${number}` });
  const hit = found.ok ? found.value.hits.find(({ ticket }) => ticket.number === number) : undefined;
  if (hit !== undefined) go({ ticketId: hit.ticket.id });
  else if (!found.ok) showToast(failureText(found.error), 'bad');
  else showToast(`There is no ticket #${number} that you can see.`, 'bad');
}

/** What it is already is nothing to do. */
function differs(row: TicketRow, change: TicketChange): boolean {
  switch (change.field) {
    case 'status':
      return row.status !== change.to;
    case 'priority':
      return row.priority !== change.to;
    case 'assignee':
      return (row.assignee?.id ?? null) !== change.to;
    case 'department':
      return (row.department?.id ?? null) !== change.to;
    case 'subject':
      return row.subject !== change.to;
    case 'snooze':
      return row.snoozedUntil !== change.until;
    case 'tags':
    case 'fields':
      return true;
  }
}

export async function shareLink(ports: InboxPorts, row: TicketRow): Promise<void> {
  const result = await ports.createTicketLink({ ticketId: row.id });
  if (!result.ok) showToast(failureText(result.error), 'bad');
  else if (await copyText(result.value.url))
    showToast('Status link copied. Anyone who has it sees subject and status.');
}

export async function revokeLinks(ports: InboxPorts, row: TicketRow): Promise<void> {
  const result = await ports.revokeTicketLinks({ ticketId: row.id });
  if (result.ok) showToast('Every status link of this ticket is switched off.');
  else showToast(failureText(result.error), 'bad');
}
