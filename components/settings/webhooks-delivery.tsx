'use client';

import { useState } from 'react';
import { Badge } from '#/components/settings/settings-rows.tsx';
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
      <p role="status" className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{word}</Badge>
        {delivery.nextAttemptAt === null ? null : (
          <span className="text-text-muted">
            next attempt <Moment at={delivery.nextAttemptAt} say={momentText} />
          </span>
        )}
      </p>
      <SettingsBlock title="Attempts" lead="The newest first.">
        {delivery.log.length === 0 ? (
          <p className="text-text-muted">None yet.</p>
        ) : (
          delivery.log.map((attempt) => <Attempt key={attempt.number} attempt={attempt} />)
        )}
      </SettingsBlock>
      <SettingsBlock title="What is sent">
        <Code label="Body of the event" text={readableJson(delivery.body)} />
      </SettingsBlock>
    </SettingsPage>
  );
}

function Attempt({ attempt }: { attempt: AttemptRecord }) {
  const { number, at, durationMs, url, requestHeaders, answerHeaders } = attempt;
  return (
    <details className="rounded-card border border-line bg-bg-raised px-4 py-3">
      <summary className="cursor-pointer">
        {answerText(attempt.status, attempt.problem)} <span className="text-text-muted">·</span>{' '}
        <Moment at={at} say={momentText} className="text-text-muted" />{' '}
        <span className="tabular text-text-muted">· {durationMs.toLocaleString('en')} ms</span>
      </summary>
      <div className="flex flex-col gap-3 pt-3">
        <Code label={`Request of attempt ${number}`} text={`POST ${url}\n${linesOf(requestHeaders)}`} />
        {answerHeaders === null ? null : (
          <Code
            label={`Answer to attempt ${number}`}
            text={`${attempt.status ?? ''}\n${linesOf(answerHeaders)}\n\n${attempt.answerText ?? ''}`}
          />
        )}
      </div>
    </details>
  );
}

function Code({ label, text }: { label: string; text: string }) {
  return (
    <section
      aria-label={label}
      dir="ltr"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard.
      tabIndex={0}
      className="max-h-80 overflow-auto rounded-control border border-line bg-bg-sunken p-3"
    >
      <pre className="wrap-anywhere whitespace-pre-wrap font-mono text-13">{text}</pre>
    </section>
  );
}

function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function readableJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
