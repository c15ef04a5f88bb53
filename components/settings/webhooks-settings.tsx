'use client';

import { Plus, Webhook } from 'lucide-react';
import { useState } from 'react';
import { Badge, Fact, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { NewWebhookDialog, WebhookSecretDialog } from '#/components/settings/webhooks-dialogs.tsx';
import { stateOf } from '#/components/settings/webhooks-words.ts';
import { Button } from '#/components/ui/button.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import type { Department } from '#/lib/agents/schema.ts';
import type { WebhookRecord, WebhookWithSecretRecord } from '#/lib/api/records/webhooks.ts';
import type { Result } from '#/lib/errors.ts';
import type { CreateWebhookInput } from '#/lib/webhooks/schema.ts';

/** Where events go, and whether they get there. */
export function WebhooksSettings({
  webhooks,
  departments,
  create,
  onMade,
}: {
  webhooks: readonly WebhookRecord[];
  departments: readonly Department[];
  create(input: CreateWebhookInput): Promise<Result<WebhookWithSecretRecord>>;
  onMade(): void;
}) {
  const [isMaking, setIsMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const departmentName = (id: string | null) => departments.find((each) => each.id === id)?.name ?? null;
  return (
    <SettingsPage
      title="Webhooks"
      lead={
        <>
          Your own programs are told what happens here, within seconds. Each event is signed, and tried for a
          day until it is taken.{' '}
          <a
            href="/docs/api#webhooks"
            className="whitespace-nowrap font-medium text-accent-ink underline underline-offset-2"
          >
            How to receive them
          </a>
        </>
      }
      actions={
        <Button tone="primary" onClick={() => setIsMaking(true)}>
          <Plus className="size-4" aria-hidden="true" />
          New webhook
        </Button>
      }
    >
      {webhooks.length === 0 ? (
        <div className="rounded-card border border-line bg-bg-raised">
          <EmptyState
            icon={<Webhook aria-hidden="true" />}
            title="No webhook yet"
            actions={<Button onClick={() => setIsMaking(true)}>Make the first one</Button>}
          >
            Tell your order system of every message, or your data warehouse of every change.
          </EmptyState>
        </div>
      ) : (
        <Rows label="Webhooks">
          {webhooks.map((webhook) => {
            const { tone, word, sentence } = stateOf(webhook);
            const department = departmentName(webhook.departmentId);
            return (
              <Row
                key={webhook.id}
                title={webhook.name}
                href={`/settings/webhooks/${webhook.id}`}
                badges={
                  <>
                    <Badge tone={tone}>{word}</Badge>
                    {department === null ? null : <Badge>{department}</Badge>}
                  </>
                }
                detail={sentence ?? <bdi dir="ltr">{webhook.url}</bdi>}
                facts={
                  <Fact width="w-36 text-end">
                    {webhook.types.length === 1
                      ? '1 kind of event'
                      : `${webhook.types.length} kinds of events`}
                  </Fact>
                }
              />
            );
          })}
        </Rows>
      )}
      {isMaking ? (
        <NewWebhookDialog
          departments={departments}
          create={create}
          onMade={(made) => {
            setIsMaking(false);
            setSecret(made.secret);
            onMade();
          }}
          onClose={() => setIsMaking(false)}
        />
      ) : null}
      {secret === null ? null : <WebhookSecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </SettingsPage>
  );
}
