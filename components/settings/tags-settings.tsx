'use client';

import { Ellipsis, Plus, Tag as TagIcon } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '#/components/settings/form-dialog.tsx';
import { MergeTagDialog } from '#/components/settings/merge-tag-dialog.tsx';
import { AdminsOnly, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { TagDialog } from '#/components/settings/tag-dialog.tsx';
import { Button } from '#/components/ui/button.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { SearchField } from '#/components/ui/field.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Menu, MenuAct, MenuLine } from '#/components/ui/menu.tsx';
import { TagDot } from '#/components/ui/tag-chip.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { Result } from '#/lib/errors.ts';
import type { ChangeTagInput, CreateTagInput, MergeTagInput, TagInUse } from '#/lib/tags/schema.ts';

export type TagActs = {
  createTag(input: CreateTagInput): Promise<Result<unknown>>;
  changeTag(input: ChangeTagInput): Promise<Result<unknown>>;
  mergeTag(input: MergeTagInput): Promise<Result<unknown>>;
  deleteTag(input: { id: string }): Promise<Result<unknown>>;
};

type Open =
  | { dialog: 'new' }
  | { dialog: 'edit'; tag: TagInUse }
  | { dialog: 'merge'; tag: TagInUse }
  | { dialog: 'delete'; tag: TagInUse };

const searchableFrom = 10;

/** The tags, how many tickets carry each, and what can be done to them. */
export function TagsSettings({
  tags,
  isAdmin,
  newId,
  acts,
  onChanged,
}: {
  tags: readonly TagInUse[];
  isAdmin: boolean;
  newId(): string;
  acts: TagActs;
  onChanged(): void;
}) {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState<Open | null>(null);
  const wanted = query.trim().toLocaleLowerCase();
  const found = tags.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));

  function done(words: string) {
    setOpen(null);
    showToast(words);
    onChanged();
  }
  async function remove(tag: TagInUse) {
    setOpen(null);
    const result = await acts.deleteTag({ id: tag.id });
    if (result.ok) done(`“${tag.name}” is deleted.`);
    else showToast(failureText(result.error), 'bad');
  }

  return (
    <SettingsPage
      title="Tags"
      lead="Words on tickets, to find and count them by. A ticket can carry several."
      actions={
        <Button tone="primary" onClick={() => setOpen({ dialog: 'new' })}>
          <Plus className="size-4" aria-hidden="true" />
          New tag
        </Button>
      }
    >
      {isAdmin ? null : (
        <AdminsOnly>Everybody may add tags. Your admins rename, merge and delete them.</AdminsOnly>
      )}
      {tags.length >= searchableFrom ? (
        <SearchField label="Find a tag" value={query} onChange={setQuery} />
      ) : null}
      {tags.length === 0 ? (
        <div className="rounded-card border border-line bg-bg-raised">
          <EmptyState
            icon={<TagIcon aria-hidden="true" />}
            title="No tags yet"
            actions={<Button onClick={() => setOpen({ dialog: 'new' })}>Make the first one</Button>}
          >
            Start with the questions you get most: refund, delivery, bug. On a ticket, press L to tag it.
          </EmptyState>
        </div>
      ) : found.length === 0 ? (
        <p role="status" className="text-text-muted">
          No tag with “{query}” in its name.
        </p>
      ) : (
        <Rows label="Tags">
          {found.map((tag) => (
            <Row
              key={tag.id}
              face={<TagDot color={tag.color} />}
              title={tag.name}
              {...(isAdmin ? { onOpen: () => setOpen({ dialog: 'edit', tag }) } : {})}
              facts={<TicketCount tag={tag} />}
              menu={
                isAdmin ? (
                  <Menu
                    align="end"
                    trigger={
                      <IconButton label={`More about ${tag.name}`}>
                        <Ellipsis aria-hidden="true" />
                      </IconButton>
                    }
                  >
                    <MenuAct onChoose={() => setOpen({ dialog: 'edit', tag })}>Rename or recolour…</MenuAct>
                    <MenuAct isDisabled={tags.length < 2} onChoose={() => setOpen({ dialog: 'merge', tag })}>
                      Merge into another…
                    </MenuAct>
                    <MenuLine />
                    <MenuAct tone="bad" onChoose={() => setOpen({ dialog: 'delete', tag })}>
                      Delete…
                    </MenuAct>
                  </Menu>
                ) : null
              }
            />
          ))}
        </Rows>
      )}
      {open?.dialog === 'new' || open?.dialog === 'edit' ? (
        <TagDialog
          tag={open.dialog === 'edit' ? open.tag : null}
          newId={newId}
          createTag={acts.createTag}
          changeTag={acts.changeTag}
          onDone={(name) => done(`“${name}” is saved.`)}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open?.dialog === 'merge' ? (
        <MergeTagDialog
          tag={open.tag}
          others={tags.filter(({ id }) => id !== open.tag.id)}
          mergeTag={acts.mergeTag}
          onDone={(into) => done(`“${open.tag.name}” is part of “${into}” now.`)}
          onClose={() => setOpen(null)}
        />
      ) : null}
      <ConfirmDialog
        title={`Delete “${open?.dialog === 'delete' ? open.tag.name : ''}”?`}
        verb="Delete"
        isOpen={open?.dialog === 'delete'}
        onConfirm={() => {
          if (open?.dialog === 'delete') void remove(open.tag);
        }}
        onClose={() => setOpen(null)}
      >
        <p>
          {open?.dialog === 'delete' && open.tag.tickets > 0
            ? `It comes off ${open.tag.tickets === 1 ? 'one ticket' : `${open.tag.tickets.toLocaleString('en')} tickets`}. To keep them together, merge it into another tag instead.`
            : 'No ticket carries it.'}
        </p>
      </ConfirmDialog>
    </SettingsPage>
  );
}

/** Leads to those tickets, whatever their status. */
function TicketCount({ tag }: { tag: TagInUse }) {
  if (tag.tickets === 0) return <span className="shrink-0 text-text-muted">No tickets</span>;
  return (
    <a
      href={`/inbox?view=all&tag=${tag.id}&status=open,pending,snoozed,resolved,closed`}
      className="tabular relative flex shrink-0 items-center text-text-muted hover:text-text max-tablet:h-11"
    >
      {tag.tickets === 1 ? '1 ticket' : `${tag.tickets.toLocaleString('en')} tickets`}
    </a>
  );
}
