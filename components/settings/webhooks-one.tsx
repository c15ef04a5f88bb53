'use client';

import { useState } from 'react';
import { ConfirmDialog } from '#/components/settings/form-dialog.tsx';
import { Badge, DetailLine, DetailLines, Fact, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { EditWebhookDialog, WebhookSecretDialog } from '#/components/settings/webhooks-dialogs.tsx';
import { answerText, deliveryStateOf, stateOf } from '#/components/settings/webhooks-words.ts';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { momentText } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { DeliveryRecord, WebhookRecord, WebhookWithSecretRecord } from '#/lib/api/records/webhooks.ts';
import type { Result } from '#/lib/errors.ts';
import type { ChangeWebhookInput } from '#/lib/webhooks/schema.ts';

export type WebhookActs = {
  change(input: ChangeWebhookInput): Promise<Result<unknown>>;
  rotate(input: { id: string }): Promise<Result<WebhookWithSecretRecord>>;
  remove(input: { id: string }): Promise<Result<unknown>>;
};
type Open = 'edit' | 'rotate' | 'delete' | { secret: string };

/** One webhook: how it does, what it was told, and what can be done about it. */
export function WebhookSettings({
  webhook,
  departmentName,
  deliveries,
  acts,
  onChanged,
  onDeleted,
}: {
  webhook: WebhookRecord;
  /** Null: it hears of all. */
  departmentName: string | null;
  /** The newest, newest first. */
  deliveries: readonly DeliveryRecord[];
  acts: WebhookActs;
  onChanged(): void;
  onDeleted(): void;
}) {
  const [open, setOpen] = useState<Open | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const { id, name, isEnabled } = webhook;

  async function perform<Value>(act: Promise<Result<Value>>, onDone: (value: Value) => void) {
    setIsBusy(true);
    const result = await act;
    setIsBusy(false);
    if (result.ok) onDone(result.value);
    else showToast(failureText(result.error), 'bad');
  }
  const close = () => setOpen(null);
  const turn = () =>
    void perform(acts.change({ id, isEnabled: !isEnabled }), () => {
      showToast(isEnabled ? `${name} is off.` : `${name} is on.`);
      onChanged();
    });

  return (
    <SettingsPage
      back={{ name: 'Webhooks', href: '/settings/webhooks' }}
      title={name}
      actions={
        <>
          <Button onClick={() => setOpen('edit')}>Edit</Button>
          <Button isBusy={isBusy && open === null} onClick={turn}>
            {isEnabled ? 'Switch off' : 'Switch on'}
          </Button>
        </>
      }
    >
      <WebhookState webhook={webhook} departmentName={departmentName} />
      <SettingsBlock title="What it was told" lead="The newest fifty; each is kept for two weeks.">
        <Deliveries webhookId={id} deliveries={deliveries} />
      </SettingsBlock>
      <SettingsBlock
        title="Secret"
        lead="A new one signs at once. The one so far signs beside it for a day, so that your program can change over."
        actions={<Button onClick={() => setOpen('rotate')}>New secret…</Button>}
      >
        <p className="text-text-muted">
          It ends in <code dir="ltr">{webhook.secretHint}</code>.{' '}
          {webhook.formerSecretUntil === null ? null : (
            <>
              The one before it signs until <Moment at={webhook.formerSecretUntil} say={momentText} />.
            </>
          )}
        </p>
      </SettingsBlock>
      <div>
        <Button tone="bad" onClick={() => setOpen('delete')}>
          Delete…
        </Button>
      </div>
      {open === 'edit' ? (
        <EditWebhookDialog
          webhook={webhook}
          change={acts.change}
          onDone={() => {
            close();
            showToast('Saved.');
            onChanged();
          }}
          onClose={close}
        />
      ) : null}
      <ConfirmDialog
        title="Make a new secret?"
        verb="Make it"
        isOpen={open === 'rotate'}
        isBusy={isBusy}
        onConfirm={() =>
          void perform(acts.rotate({ id }), ({ secret }) => {
            setOpen({ secret });
            onChanged();
          })
        }
        onClose={close}
      >
        <p>Both sign for a day. A secret from before these two does not sign any more from now on.</p>
      </ConfirmDialog>
      <ConfirmDialog
        title={`Delete “${name}”?`}
        verb="Delete"
        isOpen={open === 'delete'}
        isBusy={isBusy}
        onConfirm={() => void perform(acts.remove({ id }), onDeleted)}
        onClose={close}
      >
        <p>What waits is not sent any more, and the log of what was told goes with it.</p>
      </ConfirmDialog>
      {typeof open === 'object' && open !== null ? (
        <WebhookSecretDialog secret={open.secret} onClose={close} />
      ) : null}
    </SettingsPage>
  );
}

function WebhookState({
  webhook,
  departmentName,
}: {
  webhook: WebhookRecord;
  departmentName: string | null;
}) {
  const { tone, word, sentence } = stateOf(webhook);
  return (
    <div className="rounded-card border border-line bg-bg-raised">
      <p className="flex flex-wrap items-center gap-2 px-4 py-3" role="status">
        <Badge tone={tone}>{word}</Badge>
        {sentence ?? 'What happens is told within seconds.'}
      </p>
      <DetailLines>
        <DetailLine name="Address">
          <span dir="ltr" className="font-mono text-13">
            {webhook.url}
          </span>
        </DetailLine>
        <DetailLine name="Told of">
          <span dir="ltr">{webhook.types.join(', ')}</span>
        </DetailLine>
        {departmentName === null ? null : (
          <DetailLine name="Only of">
            <bdi>{departmentName}</bdi>
          </DetailLine>
        )}
      </DetailLines>
    </div>
  );
}

function Deliveries({ webhookId, deliveries }: { webhookId: string; deliveries: readonly DeliveryRecord[] }) {
  if (deliveries.length === 0) return <p className="text-text-muted">Nothing yet.</p>;
  return (
    <Rows label="Deliveries">
      {deliveries.map((delivery) => {
        const { tone, word } = deliveryStateOf(delivery);
        return (
          <Row
            key={delivery.id}
            title={<span className="font-mono text-13">{delivery.type}</span>}
            href={`/settings/webhooks/${webhookId}/${delivery.id}`}
            badges={<Badge tone={tone}>{word}</Badge>}
            detail={
              <>
                {answerText(delivery.lastStatus, delivery.lastProblem)}
                <span className="tablet:hidden">
                  {delivery.attempts === 0 ? null : ' · '}
                  <Moment at={delivery.createdAt} say={momentText} />
                </span>
              </>
            }
            facts={
              <Fact width="w-32 text-end">
                <Moment at={delivery.createdAt} say={momentText} />
              </Fact>
            }
          />
        );
      })}
    </Rows>
  );
}
