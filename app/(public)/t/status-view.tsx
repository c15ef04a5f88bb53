'use client';

import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { Moment } from '#/components/conversation/moment.tsx';
import { useFragmentToken } from '#/components/entry/use-fragment-token.ts';
import { BrandMark } from '#/components/ui/brand.tsx';
import { Button } from '#/components/ui/button.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { momentText } from '#/components/ui/time-text.ts';
import type { Failure, Result } from '#/lib/errors.ts';
import { resultOf } from '#/lib/sync/answers.ts';
import type { TicketStatusPage } from '#/lib/tickets/rules.ts';

type View =
  | { kind: 'asking' }
  | { kind: 'shown'; ticket: TicketStatusPage }
  | { kind: 'refused'; failure: Failure };

/** What the holder of a status link may know: number, subject, status, and when it changed. Nothing that was written. */
export function StatusView() {
  const token = useFragmentToken('status');
  const [view, setView] = useState<View>({ kind: 'asking' });

  const ask = useCallback(async () => {
    if (token === undefined) return;
    if (token === null) return setView({ kind: 'refused', failure: { code: 'not_found' } });
    setView({ kind: 'asking' });
    const result = await exchange(token);
    setView(result.ok ? { kind: 'shown', ticket: result.value } : { kind: 'refused', failure: result.error });
  }, [token]);
  useEffect(() => {
    ask();
  }, [ask]);

  switch (view.kind) {
    case 'asking':
      return (
        <Frame>
          <div aria-busy="true" className="flex animate-fade flex-col gap-3 [animation-delay:300ms]">
            <span className="sr-only">Loading…</span>
            <span className="h-4 w-16 rounded-control bg-bg-sunken" />
            <span className="h-6 w-4/5 rounded-control bg-bg-sunken" />
            <span className="h-6 w-24 rounded-control bg-bg-sunken" />
          </div>
        </Frame>
      );
    case 'refused':
      return <Refused failure={view.failure} onRetry={ask} />;
    case 'shown':
      return <Shown ticket={view.ticket} />;
  }
}

const statusWords = { open: 'Open', resolved: 'Resolved', closed: 'Closed' };
const stepWords = { opened: 'Opened', resolved: 'Resolved', reopened: 'Opened again', closed: 'Closed' };

function Shown({ ticket }: { ticket: TicketStatusPage }) {
  const { number, subject, status } = ticket;
  const timeline = ticket.timeline.toReversed();
  return (
    <Frame>
      <p className="text-13 text-text-muted tabular-nums">Ticket #{number}</p>
      <h1 className="mt-1 font-semibold text-20 text-balance wrap-anywhere">
        <bdi>{subject}</bdi>
      </h1>
      <p
        className={`mt-4 inline-flex items-center gap-2 rounded-full py-1 ps-2 pe-3 font-medium text-14 ${
          status === 'open' ? 'bg-accent-bg text-accent-ink' : 'bg-good-bg text-good'
        }`}
      >
        <StatusGlyph status={status} isNamed={true} />
        {statusWords[status]}
      </p>
      <p className="mt-3 text-14 text-text-muted">
        {status === 'open'
          ? 'We are on it. This page always shows the latest.'
          : 'Nothing more to do. If something is still missing, write in the chat where you started.'}
      </p>
      <h2 className="mt-8 mb-3 font-medium text-13 text-text-muted">What happened</h2>
      <ol className="flex flex-col">
        {timeline.map((step, index) => (
          <li key={`${step.what}-${step.at}`} className="relative flex gap-3 pb-5 last:pb-0">
            {index < timeline.length - 1 ? (
              <span
                aria-hidden="true"
                className="absolute start-[5.5px] top-4 bottom-0 w-px bg-line-strong"
              />
            ) : null}
            <span
              aria-hidden="true"
              className={`mt-1 size-3 shrink-0 rounded-full border-2 ${
                index === 0 ? 'border-accent bg-accent' : 'border-line-strong bg-bg-raised'
              }`}
            />
            <span className="flex flex-1 flex-wrap items-baseline justify-between gap-x-4 text-14">
              <span className={index === 0 ? 'font-medium' : ''}>{stepWords[step.what]}</span>
              <Moment
                at={step.at}
                words={(at) => momentText(at, Date.now())}
                className="text-13 text-text-muted tabular-nums"
              />
            </span>
          </li>
        ))}
      </ol>
    </Frame>
  );
}

function Refused({ failure, onRetry }: { failure: Failure; onRetry(): void }) {
  const isGone = failure.code === 'not_found' || failure.code === 'invalid';
  return (
    <Frame>
      <div role="alert">
        <h1 className="font-semibold text-20 text-balance">
          {isGone ? 'This link does not work any more' : 'The status could not be loaded'}
        </h1>
        <p className="mt-2 text-14 text-text-muted">
          {isGone
            ? 'It has expired, was withdrawn, or part of it is missing. Ask in the chat for a new one.'
            : failure.code === 'rate_limited'
              ? 'Too many tries from here. Wait a minute, then try again.'
              : 'Our side did not answer. Trying again usually helps.'}
        </p>
      </div>
      {isGone ? null : (
        <div className="mt-6">
          <Button onClick={onRetry}>Try again</Button>
        </div>
      )}
    </Frame>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[480px] flex-col justify-center px-6 py-12">
      <div className="rounded-card border border-line bg-bg-raised p-6 phone:p-8">{children}</div>
      <p className="mt-6 flex items-center justify-center gap-2 text-12 text-text-faint">
        <BrandMark size={16} />
        Parley
      </p>
    </main>
  );
}

function exchange(token: string): Promise<Result<TicketStatusPage>> {
  return resultOf(() =>
    fetch('/api/ticket-status', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    }),
  );
}
