'use client';

import { X } from 'lucide-react';
import { jobWords, type Names, reasonWords, ticketsText } from '#/components/inbox/list/bulk-words.ts';
import type { BulkDesk } from '#/components/inbox/list/list-props.ts';
import { Button } from '#/components/ui/button.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { BulkJob } from '#/lib/bulk/schema.ts';
import type { Result } from '#/lib/errors.ts';

const stripsMax = 3;

/** Bulk work that goes on or has just ended: how far it is, what it left alone and why, and the way back. */
export function BulkStrips({ bulk, names }: { bulk: BulkDesk; names: Names }) {
  const shown = bulk.jobs.slice(0, stripsMax);
  if (shown.length === 0) return null;
  return (
    <ul aria-label="Changes of many tickets" className="shrink-0 border-line border-t bg-bg-raised">
      {shown.map((job) => (
        <BulkStrip key={job.id} job={job} bulk={bulk} names={names} />
      ))}
    </ul>
  );
}

function BulkStrip({ job, bulk, names }: { job: BulkJob; bulk: BulkDesk; names: Names }) {
  const reached = job.done + job.skipped;
  const isRunning = job.state === 'running';
  async function say(result: Promise<Result<unknown>>) {
    const answer = await result;
    if (!answer.ok) showToast(failureText(answer.error), 'bad');
  }
  return (
    <li className="flex flex-col gap-1 border-line px-4 py-2 not-first:border-t">
      <div className="flex min-h-7 items-center gap-2">
        <p role="status" className="min-w-0 flex-1 truncate" title={jobWords(job, names)}>
          {jobWords(job, names)}
        </p>
        {isRunning ? (
          <Button size="small" tone="quiet" onClick={() => void say(bulk.cancel(job.id))}>
            Stop
          </Button>
        ) : (
          <>
            {job.canUndo ? (
              <Button size="small" tone="quiet" onClick={() => void say(bulk.undo(job.id))}>
                Undo
              </Button>
            ) : null}
            <IconButton label="Dismiss" onClick={() => bulk.dismiss(job.id)}>
              <X aria-hidden="true" />
            </IconButton>
          </>
        )}
      </div>
      {isRunning ? (
        <div className="flex items-center gap-2">
          <progress
            aria-label={jobWords(job, names)}
            value={reached}
            max={Math.max(1, job.total)}
            className="h-1 min-w-0 flex-1 appearance-none overflow-hidden rounded-full bg-bg-selected [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-bg-selected [&::-webkit-progress-value]:bg-accent"
          />
          <span className="tabular shrink-0 text-12 text-text-muted">
            {reached} of {job.total}
          </span>
        </div>
      ) : null}
      {job.skipped > 0 && !isRunning ? (
        <details className="text-12 text-text-muted">
          <summary className="cursor-pointer rounded-tail py-0.5">
            {ticketsText(job.skipped)} left alone: why?
          </summary>
          <ul className="ps-4 pt-1 pb-0.5">
            {job.reasons.map((each) => (
              <li key={each.reason}>{reasonWords(each)}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </li>
  );
}
