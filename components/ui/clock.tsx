'use client';

import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { fullMomentText } from '#/components/ui/time-text.ts';

const tickMs = 15_000;
let now = 0;
let handle: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  handle ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || handle === null) return;
    clearInterval(handle);
    handle = null;
    now = 0;
  };
}

function readNow(): number {
  if (now === 0) now = Date.now();
  return now;
}

const ServerNow = createContext(0);

/** Tells every `useClock` below what time the server drew the page at. */
export function ClockStart({ at, children }: { at: number; children: ReactNode }) {
  return <ServerNow value={at}>{children}</ServerNow>;
}

/**
 * The time, moving every quarter minute. `zone` is UTC while the server's page is being taken over (both draw the
 * same), then undefined: the reader's own.
 */
export function useClock(): { now: number; zone: 'UTC' | undefined } {
  const start = useContext(ServerNow);
  const time = useSyncExternalStore(subscribe, readNow, () => start);
  const isTakenOver = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  return { now: time, zone: isTakenOver ? undefined : 'UTC' };
}

/** A moment as `say` words it, with the exact moment on hover. */
export function Moment({
  at,
  say,
  className,
}: {
  at: string;
  say: (at: string, now: number, zone: 'UTC' | undefined) => string;
  className?: string;
}) {
  const { now: time, zone } = useClock();
  return (
    <time dateTime={at} title={fullMomentText(at, zone)} className={className}>
      {say(at, time, zone)}
    </time>
  );
}
