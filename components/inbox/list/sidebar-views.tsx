'use client';

import {
  ArrowDown,
  ArrowUp,
  Bookmark,
  Ellipsis,
  Lock,
  Pencil,
  Plus,
  Trash2,
  TriangleAlert,
  Users,
} from 'lucide-react';
import { type DragEvent, type KeyboardEvent, useEffect, useState } from 'react';
import { useLaterParts } from '#/components/inbox/list/later-parts.ts';
import type { ViewActs } from '#/components/inbox/list/list-props.ts';
import { SidebarRow, shownView } from '#/components/inbox/list/sidebar-row.tsx';
import { moved, ordered } from '#/components/inbox/list/view-order.ts';
import type { Place } from '#/components/inbox/place.ts';
import { failureText } from '#/components/ui/failure-text.ts';
import { Menu, MenuAct, MenuLine } from '#/components/ui/menu.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { Result } from '#/lib/errors.ts';
import type { SavedView } from '#/lib/views/schema.ts';

type SidebarViewsProps = {
  views: readonly SavedView[];
  place: Place | null;
  counts: Record<string, number> | null;
  acts: ViewActs | null;
  hrefOf(view: SavedView): string;
  onFollow?: ((view: SavedView) => void) | undefined;
  /** The view that was open is gone. */
  onGone?: (() => void) | undefined;
  /** Keeps the present filter as a view; null where there is none to keep. */
  onAdd: (() => void) | null;
};

/** The saved views, in the order that people gave them: by dragging, by the menu, or with Alt and the arrows. */
export function SidebarViews(props: SidebarViewsProps) {
  const { acts, place } = props;
  const [wish, setWish] = useState<readonly string[] | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const [told, setTold] = useState('');
  const [renaming, setRenaming] = useState<SavedView | null>(null);
  const [deleting, setDeleting] = useState<SavedView | null>(null);
  const views = wish === null ? props.views : ordered(props.views, wish);
  const ids = views.map((view) => view.id);
  const later = useLaterParts(renaming !== null || deleting !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stored order has come: nothing is wished any more.
  useEffect(() => setWish(null), [props.views]);

  async function put(id: string, to: number) {
    const next = moved(ids, id, to);
    if (acts === null || next === ids) return;
    setWish(next);
    const name = views.find((view) => view.id === id)?.name ?? '';
    setTold(`${name} is now number ${next.indexOf(id) + 1} of ${next.length}.`);
    const result = await acts.order([...next]);
    if (!result.ok) {
      setWish(null);
      showToast(failureText(result.error), 'bad');
    }
  }
  async function say(result: Promise<Result<unknown>>, words: string) {
    const answer = await result;
    if (answer.ok) showToast(words);
    else showToast(failureText(answer.error), 'bad');
  }
  function onKeyDown(event: KeyboardEvent, id: string) {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    void put(id, ids.indexOf(id) + (event.key === 'ArrowUp' ? -1 : 1));
  }
  function onDrop(event: DragEvent, id: string) {
    event.preventDefault();
    if (dragged !== null) void put(dragged, ids.indexOf(id));
    setDragged(null);
    setOver(null);
  }

  return (
    <>
      <div className="flex h-8 items-center ps-2 pe-1 tablet:max-laptop:hidden">
        <h2 className="min-w-0 flex-1 font-medium text-12 text-text-muted">Views</h2>
        {props.onAdd === null ? null : (
          <button
            type="button"
            aria-label="Save the present filter as a view"
            title="Save the present filter as a view"
            onClick={props.onAdd}
            className="inline-flex size-7 items-center justify-center rounded-control text-text-muted hover:bg-bg-hover hover:text-text max-tablet:size-11"
          >
            <Plus className="size-4" strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
      </div>
      {views.length === 0 ? (
        <p className="px-2 pb-1 text-12 text-text-faint tablet:max-laptop:hidden">
          Filter the list, then keep it here.
        </p>
      ) : null}
      <ul aria-label="Views" className="flex flex-col gap-px">
        {views.map((view, index) => (
          <li
            key={view.id}
            draggable={acts !== null}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', view.name);
              setDragged(view.id);
            }}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(view.id);
            }}
            onDrop={(event) => onDrop(event, view.id)}
            onKeyDown={(event) => onKeyDown(event, view.id)}
            className={`group/view relative flex items-center ${dragged === view.id ? 'opacity-50' : ''} ${
              over === view.id && dragged !== null && dragged !== view.id
                ? ids.indexOf(dragged) > index
                  ? 'before:absolute before:inset-x-1 before:-top-px before:h-0.5 before:rounded-full before:bg-accent'
                  : 'before:absolute before:inset-x-1 before:-bottom-px before:h-0.5 before:rounded-full before:bg-accent'
                : ''
            }`}
          >
            <SidebarRow
              icon={view.isBroken ? TriangleAlert : Bookmark}
              name={view.name}
              note={
                view.isBroken
                  ? 'something that it names is gone'
                  : view.ownerId === null
                    ? 'shared with everybody'
                    : null
              }
              isShared={view.ownerId === null}
              isBroken={view.isBroken}
              count={props.counts?.[view.id] ?? null}
              href={props.hrefOf(view)}
              isCurrent={shownView(place) === `saved:${view.id}`}
              hasMenu={acts !== null}
              {...(props.onFollow === undefined ? {} : { onFollow: () => props.onFollow?.(view) })}
            />
            {acts === null ? null : (
              <ViewMenu
                view={view}
                isFirst={index === 0}
                isLast={index === views.length - 1}
                onMove={(by) => void put(view.id, index + by)}
                onRename={() => setRenaming(view)}
                onShare={(isShared) =>
                  void say(
                    acts.change({ id: view.id, isShared }),
                    isShared ? `Everybody sees “${view.name}” now.` : `Only you see “${view.name}” now.`,
                  )
                }
                onDelete={() => setDeleting(view)}
              />
            )}
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">
        {told}
      </p>
      {acts === null || renaming === null || later === null ? null : (
        <later.RenameViewDialog view={renaming} acts={acts} isOpen onOpenChange={() => setRenaming(null)} />
      )}
      {acts === null || deleting === null || later === null ? null : (
        <later.ConfirmDialog
          title={`Delete “${deleting.name}”?`}
          verb="Delete"
          tone="bad"
          isOpen
          onOpenChange={() => setDeleting(null)}
          onConfirm={async () => {
            const result = await acts.remove(deleting.id);
            if (result.ok && place?.view === `saved:${deleting.id}`) props.onGone?.();
            return result.ok ? null : result.error;
          }}
        >
          {deleting.ownerId === null
            ? 'It goes from everybody’s sidebar. The tickets in it stay as they are.'
            : 'The tickets in it stay as they are.'}
        </later.ConfirmDialog>
      )}
    </>
  );
}

function ViewMenu({
  view,
  isFirst,
  isLast,
  onMove,
  onRename,
  onShare,
  onDelete,
}: {
  view: SavedView;
  isFirst: boolean;
  isLast: boolean;
  onMove(by: 1 | -1): void;
  onRename(): void;
  onShare(isShared: boolean): void;
  onDelete(): void;
}) {
  const isShared = view.ownerId === null;
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-label={`More about the view ${view.name}`}
          className="absolute end-1 inline-flex size-6 items-center justify-center rounded-control text-text-muted opacity-0 hover:bg-bg-selected hover:text-text focus-visible:opacity-100 group-focus-within/view:opacity-100 group-hover/view:opacity-100 aria-expanded:opacity-100 tablet:max-laptop:hidden max-tablet:size-11 max-tablet:opacity-100"
        >
          <Ellipsis className="size-4" aria-hidden="true" />
        </button>
      }
    >
      <MenuAct icon={<ArrowUp aria-hidden="true" />} isDisabled={isFirst} onChoose={() => onMove(-1)}>
        Move up
      </MenuAct>
      <MenuAct icon={<ArrowDown aria-hidden="true" />} isDisabled={isLast} onChoose={() => onMove(1)}>
        Move down
      </MenuAct>
      {view.canChange ? (
        <>
          <MenuLine />
          <MenuAct icon={<Pencil aria-hidden="true" />} onChoose={onRename}>
            Rename
          </MenuAct>
          <MenuAct
            icon={isShared ? <Lock aria-hidden="true" /> : <Users aria-hidden="true" />}
            onChoose={() => onShare(!isShared)}
          >
            {isShared ? 'Keep it to myself' : 'Share with everybody'}
          </MenuAct>
          <MenuLine />
          <MenuAct icon={<Trash2 aria-hidden="true" />} tone="bad" onChoose={onDelete}>
            Delete
          </MenuAct>
        </>
      ) : null}
    </Menu>
  );
}
