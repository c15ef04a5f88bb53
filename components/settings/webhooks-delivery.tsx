'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Badge, DetailLine, DetailLines } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { answerText, deliveryStateOf } from '#/components/settings/webhooks-words.ts';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { momentText } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { AttemptRecord, DeliveryWithLogRecord } from '#/lib/api/records/webhooks.ts';
import type { Result } from '#/lib/errors.ts';

/** One event on its way to a webhook: what was sent, what came back each time. */
export function WebhookDelivery({
  webhookName,
  delivery,
  resend,
  onSent,
}: {
  webhookName: string;
  delivery: DeliveryWithLogRecord;
  resend(input: { webhookId: string; deliveryId: string }): Promise<Result<unknown>>;
  onSent(): void;
}) {
  const [isBusy, setIsBusy] = useState(false);
  const { tone, word } = deliveryStateOf(delivery);

  async function sendAgain() {
    setIsBusy(true);
    const result = await resend({ webhookId: delivery.webhookId, deliveryId: delivery.id });
    setIsBusy(false);
    showToast(result.ok ? 'It is on its way again.' : failureText(result.error), result.ok ? 'plain' : 'bad');
    if (result.ok) onSent();
  }
  return (
    <SettingsPage
      back={{ name: webhookName, href: `/settings/webhooks/${delivery.webhookId}` }}
      title={delivery.type}
      actions={
        <Button isBusy={isBusy} onClick={() => void sendAgain()}>
          Send again
        </Button>
      }
    >
      <div className="rounded-card border border-line bg-bg-raised">
        <p role="status" className="flex flex-wrap items-center gap-2 px-4 py-3">
          <Badge tone={tone}>{word}</Badge>
          <span>
            <Outcome delivery={delivery} />
          </span>
        </p>
        <DetailLines>
          <DetailLine name="webhook-id">
            <span dir="ltr" className="font-mono text-13">
              {delivery.eventId}
            </span>
          </DetailLine>
          <DetailLine name="Queued">
            <Moment at={delivery.createdAt} say={momentText} />
          </DetailLine>
        </DetailLines>
      </div>
      <SettingsBlock title="Attempts" lead="The newest first.">
        {delivery.log.length === 0 ? (
          <p className="text-text-muted">None yet.</p>
        ) : (
          delivery.log.map((attempt, index) => (
            <Attempt key={attempt.number} attempt={attempt} isNewest={index === 0} />
          ))
        )}
      </SettingsBlock>
      <SettingsBlock title="What is sent">
        <Code label="Body of the event" text={readableJson(delivery.body)} />
      </SettingsBlock>
    </SettingsPage>
  );
}

/** What became of it, and what to do. */
function Outcome({ delivery: { state, nextAttemptAt, finishedAt } }: { delivery: DeliveryWithLogRecord }) {
  if (state === 'failed') return 'It is not tried any more. Send it again once your program is well.';
  const at = state === 'delivered' ? finishedAt : nextAttemptAt;
  if (at === null) return null;
  return (
    <>
      {state === 'delivered' ? 'Your program took it ' : 'Next attempt '}
      <Moment at={at} say={momentText} />
    </>
  );
}

function Attempt({ attempt, isNewest }: { attempt: AttemptRecord; isNewest: boolean }) {
  const { number, at, durationMs, url, requestHeaders, answerHeaders } = attempt;
  return (
    <details open={isNewest} className="group rounded-card border border-line bg-bg-raised">
      <summary className="flex min-h-11 cursor-pointer items-center gap-2 rounded-card px-4 py-2">
        <ChevronRight
          className="size-4 shrink-0 text-text-muted group-open:rotate-90 rtl:-scale-x-100"
          aria-hidden="true"
        />
        <span className="flex min-w-0 flex-1 flex-wrap justify-between gap-x-3">
          {answerText(attempt.status, attempt.problem)}
          <span className="tabular text-text-muted">
            <Moment at={at} say={momentText} /> · {durationMs.toLocaleString('en')} ms
          </span>
        </span>
      </summary>
      <div className="flex flex-col gap-3 px-4 pb-4">
        <Code
          title="Request"
          label={`Request of attempt ${number}`}
          text={`POST ${url}\n${linesOf(requestHeaders)}`}
        />
        {answerHeaders === null ? null : (
          <Code
            title="Answer"
            label={`Answer to attempt ${number}`}
            text={`HTTP ${attempt.status ?? ''}\n${linesOf(answerHeaders)}\n\n${attempt.answerText ?? ''}`.trimEnd()}
          />
        )}
      </div>
    </details>
  );
}

function Code({ title, label, text }: { title?: string; label: string; text: string }) {
  return (
    <div>
      {title === undefined ? null : <p className="pb-1 text-12 text-text-muted">{title}</p>}
      <section
        aria-label={label}
        dir="ltr"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard.
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-control border border-line bg-bg-sunken p-3"
      >
        <pre className="wrap-anywhere whitespace-pre-wrap font-mono text-13">{text}</pre>
      </section>
    </div>
  );
}

/** In the order of their names: the database keeps another one. */
function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .toSorted((one, other) => one.localeCompare(other, 'en'))
    .join('\n');
}

function readableJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
