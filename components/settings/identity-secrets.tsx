'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '#/components/settings/form-dialog.tsx';
import { Badge, Fact, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { ShownOnceDialog } from '#/components/settings/shown-once-dialog.tsx';
import { Button } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { agoText, dateText } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { Result } from '#/lib/errors.ts';
import { liveSecretsMax, type SecretInfo } from '#/lib/identity/schema.ts';

/** The secrets that a site signs with: made here, shown once, two at most while one takes the other's place. */
export function IdentitySecrets({
  secrets: known,
  createSecret,
  revokeSecret,
}: {
  secrets: readonly SecretInfo[];
  createSecret(): Promise<Result<{ secret: string; secrets: SecretInfo[] }>>;
  revokeSecret(secretId: string): Promise<Result<SecretInfo[]>>;
}) {
  const [secrets, setSecrets] = useState(known);
  const [made, setMade] = useState<string | null>(null);
  const [ending, setEnding] = useState<SecretInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const live = secrets.filter(({ revokedAt }) => revokedAt === null);

  async function perform<Value>(act: Promise<Result<Value>>, onDone: (value: Value) => void) {
    setIsBusy(true);
    const result = await act;
    setIsBusy(false);
    if (result.ok) onDone(result.value);
    else showToast(failureText(result.error), 'bad');
  }

  return (
    <SettingsBlock
      title="Secrets"
      lead={
        live.length < liveSecretsMax
          ? 'Your server signs with a secret; it never goes into a page. To change it, add a second one, switch your server over, then revoke the first.'
          : 'Both are accepted. Once your server signs with the new one, revoke the other.'
      }
      actions={
        <Button
          isBusy={isBusy && ending === null}
          disabled={live.length >= liveSecretsMax}
          onClick={() =>
            void perform(createSecret(), (value) => {
              setSecrets(value.secrets);
              setMade(value.secret);
            })
          }
        >
          <Plus className="size-4" aria-hidden="true" />
          {live.length === 0 ? 'Make a secret' : 'Add a second one'}
        </Button>
      }
    >
      {secrets.length === 0 ? (
        <EmptyState icon={<KeyRound aria-hidden="true" />} title="No secret yet">
          Until there is one, nobody can be signed in, and every visitor is anonymous.
        </EmptyState>
      ) : (
        <Rows label="Secrets">
          {secrets.map((secret) => (
            <SecretRow key={secret.id} secret={secret} onRevoke={() => setEnding(secret)} />
          ))}
        </Rows>
      )}
      {made === null ? null : (
        <ShownOnceDialog
          title="Your new secret"
          whereTo="Put it where your server keeps its secrets, never into a page or an app."
          secret={made}
          copyLabel="Copy the secret"
          ifLost="your server needs another one"
          onClose={() => setMade(null)}
        />
      )}
      <ConfirmDialog
        title={`Revoke the secret …${ending?.hint ?? ''}?`}
        verb="Revoke"
        isOpen={ending !== null}
        isBusy={isBusy}
        onClose={() => setEnding(null)}
        onConfirm={() => {
          if (ending === null) return;
          void perform(revokeSecret(ending.id), (value) => {
            setSecrets(value);
            setEnding(null);
          });
        }}
      >
        <p>
          {live.length < 2
            ? 'It is the only one: until your server signs with another, nobody can be signed in.'
            : 'Tokens that your server signs with it are refused from now on.'}{' '}
          Whoever is signed in stays so until their session ends, within a day.
        </p>
        {ending === null || ending.lastUsedAt === null ? null : (
          <p>
            It was used last{' '}
            <Moment at={ending.lastUsedAt} say={(at, now) => agoText(at, now).toLowerCase()} />.
          </p>
        )}
      </ConfirmDialog>
    </SettingsBlock>
  );
}

function SecretRow({ secret, onRevoke }: { secret: SecretInfo; onRevoke(): void }) {
  const { hint, createdAt, createdBy, lastUsedAt, revokedAt } = secret;
  const isLive = revokedAt === null;
  return (
    <Row
      title={<span className="font-mono text-13">ps_…{hint}</span>}
      badges={isLive ? <Badge tone="good">accepted</Badge> : <Badge>revoked</Badge>}
      detail={
        <>
          Made <Moment at={createdAt} say={(at, now, zone) => dateText(at, now, 'short', zone)} />
          {createdBy === null ? null : (
            <>
              {' '}
              by <bdi>{createdBy}</bdi>
            </>
          )}
        </>
      }
      facts={
        <Fact width="w-40">
          {revokedAt !== null ? (
            <>
              revoked <Moment at={revokedAt} say={(at, now) => agoText(at, now).toLowerCase()} />
            </>
          ) : lastUsedAt === null ? (
            'not used yet'
          ) : (
            <>
              used <Moment at={lastUsedAt} say={(at, now) => agoText(at, now).toLowerCase()} />
            </>
          )}
        </Fact>
      }
      menu={
        isLive ? (
          <Button
            size="small"
            tone="bad"
            aria-label={`Revoke the secret ending in ${hint}`}
            onClick={onRevoke}
          >
            Revoke
          </Button>
        ) : null
      }
    />
  );
}
