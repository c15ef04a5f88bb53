'use client';

import { GitMerge } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import { refusalWords } from '#/components/inbox/ticket/conflict-words.ts';
import { CustomerPanel } from '#/components/inbox/ticket/customer-panel.tsx';
import { type DeskHandle, TicketDesk } from '#/components/inbox/ticket/ticket-desk.tsx';
import {
  type Refusal,
  TicketHeader,
  type TicketHeaderProps,
} from '#/components/inbox/ticket/ticket-header.tsx';
import type { TicketMenu, TicketPaneProps } from '#/components/inbox/ticket/ticket-pane-props.ts';
import { useNarrow } from '#/components/inbox/ticket/use-narrow.ts';
import { useTimeline } from '#/components/inbox/ticket/use-timeline.ts';
import { Button } from '#/components/ui/button.tsx';
import { copyText } from '#/components/ui/copy-button.tsx';
import { Drawer } from '#/components/ui/dialog.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { Result } from '#/lib/errors.ts';

const ActionsSheet = lazy(async () => ({
  default: (await import('#/components/inbox/ticket/actions-sheet.tsx')).ActionsSheet,
}));
const MergeDialog = lazy(async () => ({
  default: (await import('#/components/inbox/ticket/merge-dialog.tsx')).MergeDialog,
}));
const BlockDialog = lazy(async () => ({
  default: (await import('#/components/inbox/ticket/block-dialog.tsx')).BlockDialog,
}));

/** One open ticket: what it is, its thread, where to write, and whose it is. */
export function TicketPane(props: TicketPaneProps) {
  const { row, opened, ports, panel, onReload } = props;
  const isNarrow = useNarrow();
  const [menu, setMenu] = useState<TicketMenu | null>(null);
  const [sheet, setSheet] = useState<'all' | TicketMenu | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const [isBlocking, setIsBlocking] = useState(false);
  const [editAsked, setEditAsked] = useState(0);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [desk] = useState<{ current: DeskHandle | null }>(() => ({ current: null }));
  const timeline = useTimeline(ports.fetchTimeline, row.id, row.version);
  const name = customerName(opened?.customer ?? row.customer);
  const isBlocked = opened?.customer.isBlocked === true;
  const mergedInto = opened?.mergedInto ?? null;
  const isClosed = mergedInto !== null;

  function openMenu(next: TicketMenu | null) {
    setRefusal(null);
    if (next === 'savedReplies') desk.current?.openSavedReplies();
    else if (isNarrow && next !== null && next !== 'merge') setSheet(next);
    else setMenu(next);
  }

  async function setBlocked(next: boolean) {
    setIsBlocking(true);
    const result = await ports.blockCustomer({ customerId: row.customer.id, isBlocked: next });
    setIsBlocking(false);
    setIsAsking(false);
    if (!result.ok) {
      showToast(failureText(result.error), 'bad');
      return;
    }
    showToast(next ? `${name} is blocked` : `${name} can write again`);
    onReload();
  }
  const onBlock = () => (isBlocked ? void setBlocked(false) : setIsAsking(true));

  useEffect(() => {
    props.handle.current = {
      focusComposer: (mode) => desk.current?.focus(mode),
      openMenu,
      copy: (what) => void copyOf(row, what),
      blockCustomer: onBlock,
      editCustomer() {
        if (!panel.isOpen) panel.toggle();
        setEditAsked((count) => count + 1);
      },
      tellRefusal(change, failure) {
        if (failure.code === 'unauthenticated') return false;
        const words = refusalWords(change.field, failure, Date.now(), props.zone);
        setRefusal({ field: change.field, words, change, canRepeat: failure.reason === 'changed_meanwhile' });
        return true;
      },
    };
    return () => {
      props.handle.current = null;
    };
  });

  const header: TicketHeaderProps = {
    ...props,
    isNarrow,
    isClosed,
    isBlocked,
    openMenu: menu,
    refusal,
    onMenu: openMenu,
    onSheet: () => setSheet('all'),
    onForgetRefusal: () => setRefusal(null),
    onCopy: (what) => void copyOf(row, what),
    onBlock,
  };
  const customer = (
    <CustomerPanel
      {...props}
      timeline={timeline}
      fields={props.catalogue.fields}
      editAsked={editAsked}
      isClosed={isClosed}
      onBlock={onBlock}
    />
  );
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <section aria-label={`Ticket ${row.number}`} className="flex min-h-0 min-w-0 flex-1 flex-col">
        <TicketHeader {...header} />
        {mergedInto === null ? null : (
          <MergedLine
            {...props}
            mergedInto={mergedInto}
            undo={() => ports.undoMerge({ id: mergedInto.mergeId })}
          />
        )}
        <TicketDesk {...props} handleRef={desk} name={name} isBlocked={isBlocked} onUnblock={onBlock} />
      </section>
      {panel.isDocked ? (
        <aside
          aria-label="Customer"
          className="w-[296px] shrink-0 overflow-y-auto border-line border-s max-wide:hidden [scrollbar-width:thin]"
        >
          {customer}
        </aside>
      ) : null}
      <Drawer title="Customer" isOpen={panel.isDrawn} onOpenChange={panel.setDrawn}>
        {customer}
      </Drawer>
      <Suspense fallback={null}>
        {sheet === null ? null : (
          <ActionsSheet
            {...header}
            start={sheet === 'merge' || sheet === 'savedReplies' ? 'all' : sheet}
            isOpen
            onOpenChange={(isOpen) => setSheet(isOpen ? sheet : null)}
          />
        )}
        {menu === 'merge' ? (
          <MergeDialog
            row={row}
            customer={name}
            ports={ports}
            zone={props.zone}
            isOpen
            onOpenChange={(isOpen) => setMenu(isOpen ? 'merge' : null)}
            onMerged={(merged) => {
              setMenu(null);
              onReload();
              props.onMerged(merged);
            }}
          />
        ) : null}
        {isAsking ? (
          <BlockDialog
            name={name}
            isBusy={isBlocking}
            isOpen
            onOpenChange={setIsAsking}
            onBlock={() => void setBlocked(true)}
          />
        ) : null}
      </Suspense>
    </div>
  );
}

/** Where everything of this ticket went, and the way back. */
function MergedLine({
  mergedInto,
  undo,
  onGo,
  onReload,
}: TicketPaneProps & {
  mergedInto: { id: string; number: number; subject: string };
  undo(): Promise<Result<unknown>>;
}) {
  const [isBusy, setIsBusy] = useState(false);
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-bg-sunken px-4 py-2"
    >
      <GitMerge className="size-4 shrink-0 text-text-muted" strokeWidth={1.75} aria-hidden="true" />
      <p className="min-w-0 flex-1">
        Merged into #{mergedInto.number} <bdi className="font-medium">{mergedInto.subject}</bdi>
      </p>
      <Button size="small" onClick={() => onGo({ ticketId: mergedInto.id })}>
        Open #{mergedInto.number}
      </Button>
      <Button
        size="small"
        tone="quiet"
        isBusy={isBusy}
        onClick={() => {
          setIsBusy(true);
          void undo().then((result) => {
            setIsBusy(false);
            if (result.ok) onReload();
            else showToast(failureText(result.error), 'bad');
          });
        }}
      >
        Undo the merge
      </Button>
    </div>
  );
}

async function copyOf(row: TicketPaneProps['row'], what: 'number' | 'title' | 'link') {
  const text = {
    number: `#${row.number}`,
    title: row.subject,
    link: `${window.location.origin}/inbox/${row.number}`,
  }[what];
  const words = { number: `#${row.number} copied`, title: 'Title copied', link: 'Link copied' }[what];
  if (await copyText(text)) showToast(words);
}
