'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { isShown, withJob } from '#/components/inbox/list/bulk-words.ts';
import type { BulkDesk } from '#/components/inbox/list/list-props.ts';
import { useClock } from '#/components/ui/clock.tsx';
import type { BulkJob, StartBulkInput, UndoBulkInput } from '#/lib/bulk/schema.ts';
import type { Result } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { channels } from '#/lib/realtime/events.ts';
import { bulkChanged } from '#/lib/realtime/staff-events.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

/** What bulk work asks of the world. */
export type BulkPorts = {
  /** Those that run, and the last ones that ended, newest first. */
  fetchBulk(): Promise<Result<readonly BulkJob[]>>;
  startBulk(input: StartBulkInput): Promise<Result<BulkJob>>;
  cancelBulk(input: { id: string }): Promise<Result<BulkJob>>;
  undoBulk(input: UndoBulkInput): Promise<Result<BulkJob>>;
};

/** While something runs and no event comes, it is asked for. */
const askEveryMs = 4_000;
const dismissedKey = 'parley.bulk-dismissed';

/** This agent's bulk work: what runs, also since before a reload, and what ended a short while ago. */
export function useBulk(ports: BulkPorts, live: LiveConnection | null, me: { id: string }): BulkDesk {
  const [jobs, setJobs] = useState<readonly BulkJob[]>([]);
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const { now } = useClock();
  const latest = useRef(ports);
  useEffect(() => {
    latest.current = ports;
  });

  const take = useCallback((news: BulkJob) => setJobs((before) => withJob(before, news)), []);
  const ask = useCallback(async () => {
    const result = await latest.current.fetchBulk();
    if (result.ok) for (const job of result.value.toReversed()) take(job);
  }, [take]);

  useEffect(() => {
    setDismissed(readDismissed());
    void ask();
  }, [ask]);
  useEffect(() => {
    if (live === null) return;
    return live.subscribe(channels.agent(me.id), {
      onEvent(name, data) {
        if (name !== 'bulk.changed') return;
        const parsed = bulkChanged.safeParse(data);
        if (parsed.success) take(parsed.data.job);
        else void ask();
      },
      onSubscribed: () => void ask(),
    });
  }, [live, me.id, ask, take]);
  const isRunning = jobs.some((job) => job.state === 'running');
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void ask(), askEveryMs);
    return () => clearInterval(timer);
  }, [isRunning, ask]);

  return useMemo(() => {
    async function learn(result: Promise<Result<BulkJob>>): Promise<Result<unknown>> {
      const answer = await result;
      if (answer.ok) take(answer.value);
      return answer;
    }
    return {
      jobs: jobs.filter((job) => isShown(job, now, dismissed)),
      start: (act, on) => learn(latest.current.startBulk({ id: newId(), act, on })),
      cancel: (id) => learn(latest.current.cancelBulk({ id })),
      undo: (of) => learn(latest.current.undoBulk({ id: newId(), of })),
      dismiss(id) {
        const next = new Set([...dismissed, id].slice(-50));
        setDismissed(next);
        keepDismissed(next);
      },
    };
  }, [jobs, now, dismissed, take]);
}

function readDismissed(): ReadonlySet<string> {
  try {
    return new Set((sessionStorage.getItem(dismissedKey) ?? '').split(' ').filter(Boolean));
  } catch {
    return new Set();
  }
}

function keepDismissed(ids: ReadonlySet<string>) {
  try {
    sessionStorage.setItem(dismissedKey, [...ids].join(' '));
  } catch {
    // Blocked storage: it comes back after a reload, for a quarter of an hour.
  }
}
