'use client';

import { useEffect, useMemo, useRef } from 'react';
import type { AfterSend } from '#/components/inbox/ticket/ticket-composer.tsx';
import type { StaffOutbox } from '#/lib/sync/staff-outbox.ts';

type Waiting = { ticketId: string; conversationId: string; change: AfterSend };

/** What is to happen to a ticket once a message is really stored: "send and resolve". */
export type AfterSends = {
  /** Right after the message was given to the outbox. */
  add(messageId: string, waiting: Waiting): void;
  /** The message was taken back. */
  drop(messageId: string): void;
};

const storageKey = 'parley.after-send';
/** By then the outbox has read what it holds: what it does not list was stored before this page was loaded. */
const settleMs = 3_000;

/**
 * Runs changes after the messages they belong to, also when their ticket is no longer open, and after a reload. A message
 * that is held up or refused holds its change up as well.
 */
export function useAfterSends(
  outbox: Pick<StaffOutbox, 'onStored' | 'list'> | null,
  run: (ticketId: string, change: AfterSend) => void,
): AfterSends {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const waiting = useMemo(() => openWaiting(), []);
  useEffect(() => {
    if (outbox === null) return;
    const settle = (messageId: string) => {
      const due = waiting.take(messageId);
      if (due !== null) latest.current(due.ticketId, due.change);
    };
    const undo = outbox.onStored(settle);
    const timer = setTimeout(() => {
      for (const [id, { conversationId }] of waiting.early()) {
        if (!outbox.list(conversationId).some((entry) => entry.id === id)) settle(id);
      }
    }, settleMs);
    return () => {
      undo();
      clearTimeout(timer);
    };
  }, [outbox, waiting]);
  return waiting;
}

/** Kept for this tab, also over a reload. `early`: what was there before this page was. */
export function openWaiting(storage: Pick<Storage, 'getItem' | 'setItem'> | null = tabStorage()) {
  const all = new Map<string, Waiting>(readAll(storage));
  const before = new Set(all.keys());
  function keep() {
    try {
      storage?.setItem(storageKey, JSON.stringify([...all]));
    } catch {
      // Storage is full or blocked: it lives as long as the page does.
    }
  }
  return {
    add(messageId: string, entry: Waiting) {
      all.set(messageId, entry);
      keep();
    },
    drop(messageId: string) {
      if (all.delete(messageId)) keep();
    },
    take(messageId: string): Waiting | null {
      const found = all.get(messageId) ?? null;
      if (all.delete(messageId)) keep();
      return found;
    },
    early: (): [string, Waiting][] => [...all].filter(([id]) => before.has(id)),
  };
}

function tabStorage(): Storage | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage;
  } catch {
    return null;
  }
}

function readAll(storage: Pick<Storage, 'getItem'> | null): [string, Waiting][] {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(storageKey) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored.flatMap((pair: unknown) => {
      if (!Array.isArray(pair)) return [];
      const [id, entry]: unknown[] = pair;
      const waiting = waitingOf(entry);
      return typeof id === 'string' && waiting !== null ? [[id, waiting]] : [];
    });
  } catch {
    return [];
  }
}

function waitingOf(value: unknown): Waiting | null {
  if (typeof value !== 'object' || value === null) return null;
  const ticketId: unknown = Reflect.get(value, 'ticketId');
  const conversationId: unknown = Reflect.get(value, 'conversationId');
  const change: unknown = Reflect.get(value, 'change');
  if (typeof ticketId !== 'string' || typeof conversationId !== 'string') return null;
  if (typeof change !== 'object' || change === null) return null;
  const to: unknown = Reflect.get(change, 'to');
  const until: unknown = Reflect.get(change, 'until');
  if (Reflect.get(change, 'field') === 'snooze' && typeof until === 'string')
    return { ticketId, conversationId, change: { field: 'snooze', until } };
  if (Reflect.get(change, 'field') === 'status' && (to === 'resolved' || to === 'pending'))
    return { ticketId, conversationId, change: { field: 'status', to } };
  return null;
}
