'use client';

import { BookOpen, Ellipsis, KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { KeyTokenDialog, NewKeyDialog, RotateKeyDialog } from '#/components/settings/api-key-dialogs.tsx';
import { scopesInWords } from '#/components/settings/api-key-words.ts';
import { ConfirmDialog } from '#/components/settings/form-dialog.tsx';
import { Badge, Fact, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { Button, ButtonLink } from '#/components/ui/button.tsx';
import { Moment } from '#/components/ui/clock.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct } from '#/components/ui/menu.tsx';
import { agoText, dateText, momentText } from '#/components/ui/time-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { Department } from '#/lib/agents/schema.ts';
import type {
  ApiKeyInfo,
  CreateKeyInput,
  KeyRef,
  NewKeyToken,
  RotateKeyInput,
} from '#/lib/api-keys/schema.ts';
import type { Result } from '#/lib/errors.ts';

export type ApiKeyActs = {
  createKey(input: CreateKeyInput): Promise<Result<NewKeyToken>>;
  rotateKey(input: RotateKeyInput): Promise<Result<NewKeyToken>>;
  revokeKey(input: KeyRef): Promise<Result<ApiKeyInfo[]>>;
};
type Open =
  | { dialog: 'new' }
  | { dialog: 'rotate'; key: ApiKeyInfo }
  | { dialog: 'revoke'; key: ApiKeyInfo }
  | { dialog: 'token'; token: string };

/** The keys that programs come with: made here, shown once, changed over and ended. */
export function ApiKeysSettings({
  keys: known,
  departments,
  acts,
}: {
  keys: readonly ApiKeyInfo[];
  departments: readonly Department[];
  acts: ApiKeyActs;
}) {
  const [keys, setKeys] = useState(known);
  const [open, setOpen] = useState<Open | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const live = keys.filter(({ revokedAt }) => revokedAt === null);
  const revoked = keys.filter(({ revokedAt }) => revokedAt !== null);
  const close = () => setOpen(null);
  const departmentName = (id: string | null) => departments.find((each) => each.id === id)?.name ?? null;

  function show(made: NewKeyToken) {
    setKeys(made.keys);
    setOpen({ dialog: 'token', token: made.token });
  }

  async function revoke(key: ApiKeyInfo) {
    setIsBusy(true);
    const result = await acts.revokeKey({ id: key.id });
    setIsBusy(false);
    if (result.ok) {
      setKeys(result.value);
      close();
    }
    showToast(
      result.ok ? `${key.name} opens nothing any more.` : failureText(result.error),
      result.ok ? 'plain' : 'bad',
    );
  }

  const rows = (some: readonly ApiKeyInfo[]) =>
    some.map((key) => (
      <KeyRow
        key={key.id}
        info={key}
        departmentName={departmentName(key.departmentId)}
        onRotate={() => setOpen({ dialog: 'rotate', key })}
        onRevoke={() => setOpen({ dialog: 'revoke', key })}
      />
    ));
  return (
    <SettingsPage
      title="API keys"
      lead="For programs that read and write here: your shop, your data warehouse, a bot. Each has a key of its own, and what it does stands under its name."
      actions={
        <>
          <ButtonLink href="/docs/api">
            <BookOpen className="size-4" aria-hidden="true" />
            How to use it
          </ButtonLink>
          <Button tone="primary" onClick={() => setOpen({ dialog: 'new' })}>
            <Plus className="size-4" aria-hidden="true" />
            New key
          </Button>
        </>
      }
    >
      <SettingsBlock title="Keys">
        {live.length === 0 ? (
          <EmptyState icon={<KeyRound aria-hidden="true" />} title="No key yet">
            Make one for each program, with no more rights than it needs.
          </EmptyState>
        ) : (
          <Rows label="Keys">{rows(live)}</Rows>
        )}
      </SettingsBlock>
      {revoked.length === 0 ? null : (
        <SettingsBlock title="Revoked" lead="They open nothing. What they did keeps their names.">
          <Rows label="Revoked keys">{rows(revoked)}</Rows>
        </SettingsBlock>
      )}
      {open?.dialog === 'new' ? (
        <NewKeyDialog departments={departments} create={acts.createKey} onMade={show} onClose={close} />
      ) : null}
      {open?.dialog === 'rotate' ? (
        <RotateKeyDialog info={open.key} rotate={acts.rotateKey} onMade={show} onClose={close} />
      ) : null}
      {open?.dialog === 'token' ? <KeyTokenDialog token={open.token} onClose={close} /> : null}
      {open?.dialog === 'revoke' ? (
        <RevokeDialog
          info={open.key}
          isBusy={isBusy}
          onConfirm={() => void revoke(open.key)}
          onClose={close}
        />
      ) : null}
    </SettingsPage>
  );
}

function RevokeDialog({
  info,
  isBusy,
  onConfirm,
  onClose,
}: {
  info: ApiKeyInfo;
  isBusy: boolean;
  onConfirm(): void;
  onClose(): void;
}) {
  return (
    <ConfirmDialog
      title={`Revoke ${info.name}?`}
      verb="Revoke"
      isOpen
      isBusy={isBusy}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>Every program that uses it is refused from the next second on. It cannot be taken back.</p>
      {info.lastUsedAt === null ? (
        <p>It was never used.</p>
      ) : (
        <p>
          It was used last <Moment at={info.lastUsedAt} say={(at, now) => agoText(at, now).toLowerCase()} />.
        </p>
      )}
    </ConfirmDialog>
  );
}

function KeyRow({
  info,
  departmentName,
  onRotate,
  onRevoke,
}: {
  info: ApiKeyInfo;
  /** Null where it is of all departments, or of one that is gone. */
  departmentName: string | null;
  onRotate(): void;
  onRevoke(): void;
}) {
  const { name, scopes, revokedAt } = info;
  return (
    <Row
      title={name}
      badges={<KeyBadges info={info} />}
      detail={
        <span className="block whitespace-normal text-pretty">
          <span className="block">
            {scopesInWords(scopes)}
            <KeyReach info={info} departmentName={departmentName} />
          </span>
          <span className="block">
            <KeyLife info={info} />
          </span>
          <span className="block first-letter:uppercase tablet:hidden">
            <LastUse info={info} />
          </span>
        </span>
      }
      facts={
        <Fact width="w-32">
          <LastUse info={info} />
        </Fact>
      }
      menu={
        revokedAt !== null ? (
          <span className="size-8 max-tablet:size-11" />
        ) : (
          <Menu
            align="end"
            trigger={
              <IconButton label={`More about ${name}`}>
                <Ellipsis aria-hidden="true" />
              </IconButton>
            }
          >
            <MenuAct onChoose={onRotate}>New token…</MenuAct>
            <MenuAct tone="bad" onChoose={onRevoke}>
              Revoke…
            </MenuAct>
          </Menu>
        )
      }
    />
  );
}

function KeyReach({ info, departmentName }: { info: ApiKeyInfo; departmentName: string | null }) {
  if (info.reach === 'all') return ', in all departments';
  return departmentName === null ? null : (
    <>
      , in <bdi>{departmentName}</bdi> only
    </>
  );
}

function LastUse({ info: { lastUsedAt, revokedAt } }: { info: ApiKeyInfo }) {
  if (lastUsedAt === null) return revokedAt === null ? 'not used yet' : 'never used';
  return (
    <>
      used <Moment at={lastUsedAt} say={(at, now) => agoText(at, now).toLowerCase()} />
    </>
  );
}

function KeyBadges({ info: { problem, tokens } }: { info: ApiKeyInfo }) {
  return (
    <>
      {problem === 'key_expired' ? <Badge tone="warn">expired</Badge> : null}
      {problem === 'key_without_department' ? <Badge tone="warn">its department is gone</Badge> : null}
      {problem === null && tokens.length > 1 ? <Badge tone="warn">changing over</Badge> : null}
    </>
  );
}

/** By which token one tells it, until when the former one goes on, and when it ends. */
function KeyLife({ info }: { info: ApiKeyInfo }) {
  const [newest, former] = info.tokens;
  const { createdAt, createdBy, expiresAt, revokedAt, revokedBy } = info;
  const say = (at: string, now: number, zone: 'UTC' | undefined) => dateText(at, now, 'short', zone);
  if (revokedAt !== null) {
    return (
      <>
        Revoked <Moment at={revokedAt} say={say} />
        <By name={revokedBy} />
      </>
    );
  }
  return (
    <>
      <span className="font-mono">parley_…{newest?.hint}</span>, made <Moment at={createdAt} say={say} />
      <By name={createdBy} />
      {expiresAt === null ? null : (
        <>
          , {info.problem === 'key_expired' ? 'ended' : 'until'} <Moment at={expiresAt} say={say} />
        </>
      )}
      {former === undefined || former.endsAt === null ? null : (
        <span className="block">
          …{former.hint} goes on until <Moment at={former.endsAt} say={momentText} />
        </span>
      )}
    </>
  );
}

function By({ name }: { name: string | null }) {
  return name === null ? null : (
    <>
      {' '}
      by <bdi>{name}</bdi>
    </>
  );
}
