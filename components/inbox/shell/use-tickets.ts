'use client';

import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { InboxMe, InboxPorts, InboxStart } from '#/components/inbox/ports.ts';
import { doneWords, isTold } from '#/components/inbox/shell/deed-words.ts';
import { offerUndo } from '#/components/inbox/shell/offer-undo.ts';
import { openUndoStack, type UndoStack } from '#/components/inbox/shell/undo.ts';
import { refusalWords } from '#/components/inbox/ticket/conflict-words.ts';
import { openTicketBoard, presentRow, type TicketBoard } from '#/components/inbox/ticket-board.ts';
import { inverseOf } from '#/components/inbox/ticket-preview.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { Catalogue } from '#/lib/catalogue/schema.ts';
import type { Failure } from '#/lib/errors.ts';
import type { AgentMe } from '#/lib/sync/inbox.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';
import type { TicketChange, TicketRow } from '#/lib/tickets/schema.ts';

export type Tickets = {
  board: TicketBoard;
  undo: UndoStack;
  /** A row as it should be shown: with this agent's unsettled changes on top. */
  present<Row extends TicketRow>(row: Row): Row;
  /** Changes it at once, with a way back; says why when it was refused. */
  change(row: TicketRow, change: TicketChange): Promise<boolean>;
};

/** The tickets that this page knows, and how they are changed, taken back and refused. */
export function useTickets(options: {
  start: InboxStart;
  ports: InboxPorts;
  live: LiveConnection | null;
  catalogue: Catalogue;
  zone: string | undefined;
  /** Says a refusal beside its control; false when it is not shown there. */
  tellRefusal(ticketId: string, change: TicketChange, failure: Failure): boolean;
}): Tickets {
  const { start, ports, live, catalogue } = options;
  const me: InboxMe & AgentMe = start.me;
  const [board] = useState(() => openTicketBoard(ports, start.ticket));
  const [undo] = useState(() => openUndoStack(() => Date.now()));
  const snapshot = useSyncExternalStore(board.subscribe, board.getSnapshot, board.getSnapshot);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    if (live !== null) return board.listen(live, me);
  }, [board, live, me]);

  const names = useMemo(
    () => ({ me, agents: catalogue.agents, departments: catalogue.departments, tags: catalogue.tags }),
    [me, catalogue],
  );
  const present = useCallback(
    <Row extends TicketRow>(row: Row): Row => presentRow(row, snapshot, names),
    [snapshot, names],
  );

  const change = useCallback(
    async (row: TicketRow, wanted: TicketChange): Promise<boolean> => {
      const inverse = inverseOf(row, wanted, Date.now());
      const result = await board.change(row, wanted);
      const { zone, tellRefusal, catalogue: names } = latest.current;
      if (!result.ok) {
        const words = `#${row.number}: ${refusalWords(wanted.field, result.error, Date.now(), zone)}`;
        if (!tellRefusal(row.id, wanted, result.error)) showToast(words, 'bad');
        return false;
      }
      if (inverse === null) return true;
      const words = doneWords(row, wanted, names, Date.now(), zone);
      const deed = {
        words,
        async undo() {
          // What it is by now is compared with what this change made it: a colleague's later change stays.
          const undone = await board.change(result.value, inverse);
          return undone.ok ? null : refusalWords(inverse.field, undone.error, Date.now(), zone);
        },
      };
      if (isTold(wanted)) offerUndo(undo, deed);
      else undo.push(deed);
      return true;
    },
    [board, undo],
  );
  return useMemo(() => ({ board, undo, present, change }), [board, undo, present, change]);
}
