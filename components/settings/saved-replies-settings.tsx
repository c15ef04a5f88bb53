'use client';

import { Ellipsis, MessageSquareText, Plus } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '#/components/settings/form-dialog.tsx';
import { SavedReplyDialog } from '#/components/settings/saved-reply-dialog.tsx';
import { Badge, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsBlock, SettingsPage } from '#/components/settings/settings-shell.tsx';
import { Button } from '#/components/ui/button.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { SearchField } from '#/components/ui/field.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct } from '#/components/ui/menu.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import type { Result } from '#/lib/errors.ts';
import type { SavedReply, SaveReplyInput } from '#/lib/saved-replies/schema.ts';

export type SavedReplyActs = {
  saveReply(input: SaveReplyInput): Promise<Result<unknown>>;
  deleteReply(input: { id: string }): Promise<Result<unknown>>;
};

type Open =
  | { dialog: 'edit'; reply: SavedReply | null; isShared: boolean }
  | { dialog: 'delete'; reply: SavedReply };

const searchableFrom = 6;

/** Answers that are given often: one's own, and everybody's. */
export function SavedRepliesSettings({
  replies,
  fields,
  me,
  workspaceName,
  newId,
  acts,
  onChanged,
}: {
  replies: readonly SavedReply[];
  /** Their keys are variables too. */
  fields: readonly CustomField[];
  me: { id: string; name: string; isAdmin: boolean };
  workspaceName: string;
  newId(): string;
  acts: SavedReplyActs;
  onChanged(): void;
}) {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState<Open | null>(null);
  const found = replies.filter((reply) => matches(reply, query));
  const add = (isShared: boolean) => setOpen({ dialog: 'edit', reply: null, isShared });

  async function remove(reply: SavedReply) {
    setOpen(null);
    const result = await acts.deleteReply({ id: reply.id });
    showToast(
      result.ok ? `“${reply.title}” is deleted.` : failureText(result.error),
      result.ok ? 'plain' : 'bad',
    );
    if (result.ok) onChanged();
  }

  const list = (name: string, shown: readonly SavedReply[], canChange: boolean) => (
    <Rows label={name}>
      {shown.map((reply) => (
        <Row
          key={reply.id}
          title={reply.title}
          onOpen={() => setOpen({ dialog: 'edit', reply, isShared: reply.ownerId === null })}
          badges={reply.shortcut === null ? null : <Badge>/{reply.shortcut}</Badge>}
          detail={reply.text.replace(/\s+/g, ' ').slice(0, 160)}
          menu={
            canChange ? (
              <Menu
                align="end"
                trigger={
                  <IconButton label={`More about ${reply.title}`}>
                    <Ellipsis aria-hidden="true" />
                  </IconButton>
                }
              >
                <MenuAct
                  onChoose={() => setOpen({ dialog: 'edit', reply, isShared: reply.ownerId === null })}
                >
                  Edit…
                </MenuAct>
                <MenuAct tone="bad" onChoose={() => setOpen({ dialog: 'delete', reply })}>
                  Delete…
                </MenuAct>
              </Menu>
            ) : null
          }
        />
      ))}
    </Rows>
  );

  const own = found.filter(({ ownerId }) => ownerId !== null);
  const shared = found.filter(({ ownerId }) => ownerId === null);
  return (
    <SettingsPage
      title="Saved replies"
      lead="Answers you give often. Type / in a reply to find one; names and numbers are filled in for each customer."
      actions={
        <Button tone="primary" onClick={() => add(false)}>
          <Plus className="size-4" aria-hidden="true" />
          New reply
        </Button>
      }
    >
      {replies.length >= searchableFrom ? (
        <SearchField label="Find a saved reply" value={query} onChange={setQuery} />
      ) : null}
      {query !== '' && found.length === 0 ? (
        <p role="status" className="text-text-muted">
          Nothing with “{query}” in its title, shortcut or text.
        </p>
      ) : null}
      {replies.length === 0 ? (
        <div className="rounded-card border border-line bg-bg-raised">
          <EmptyState
            icon={<MessageSquareText aria-hidden="true" />}
            title="Write it once"
            actions={<Button onClick={() => add(false)}>Write the first one</Button>}
          >
            “Your parcel left today, {'{{customer.first_name|there}}'}.” Give it the shortcut sent, and /sent
            writes it for you.
          </EmptyState>
        </div>
      ) : (
        <>
          {own.length > 0 || query === '' ? (
            <SettingsBlock title="Yours" lead="Nobody else sees them.">
              {own.length === 0 ? (
                <p className="text-text-muted">None yet.</p>
              ) : (
                list('Your saved replies', own, true)
              )}
            </SettingsBlock>
          ) : null}
          {shared.length > 0 || query === '' ? (
            <SettingsBlock
              title="Everybody’s"
              lead={
                me.isAdmin
                  ? 'All agents use them; admins write them.'
                  : 'All agents use them. Your admins write them: tell them when one is out of date.'
              }
              actions={me.isAdmin ? <Button onClick={() => add(true)}>New for everybody</Button> : undefined}
            >
              {shared.length === 0 ? (
                <p className="text-text-muted">None yet.</p>
              ) : (
                list('Everybody’s saved replies', shared, me.isAdmin)
              )}
            </SettingsBlock>
          ) : null}
        </>
      )}
      {open?.dialog === 'edit' ? (
        <SavedReplyDialog
          reply={open.reply}
          id={open.reply?.id ?? newId()}
          isShared={open.isShared}
          canShare={me.isAdmin}
          canChange={open.reply === null || open.reply.ownerId !== null || me.isAdmin}
          fields={fields}
          agentName={me.name}
          workspaceName={workspaceName}
          saveReply={acts.saveReply}
          onDone={() => {
            setOpen(null);
            showToast('Saved.');
            onChanged();
          }}
          onClose={() => setOpen(null)}
        />
      ) : null}
      <ConfirmDialog
        title={`Delete “${open?.dialog === 'delete' ? open.reply.title : ''}”?`}
        verb="Delete"
        isOpen={open?.dialog === 'delete'}
        onConfirm={() => {
          if (open?.dialog === 'delete') void remove(open.reply);
        }}
        onClose={() => setOpen(null)}
      >
        <p>
          {open?.dialog === 'delete' && open.reply.ownerId === null
            ? 'It is gone for all agents. What was sent with it stays.'
            : 'What was sent with it stays.'}
        </p>
      </ConfirmDialog>
    </SettingsPage>
  );
}

function matches(reply: SavedReply, query: string): boolean {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = `${reply.title} /${reply.shortcut ?? ''} ${reply.text}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}
