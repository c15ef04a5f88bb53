'use client';

import {
  Bookmark,
  CheckCheck,
  ChevronDown,
  CircleUserRound,
  Code,
  Inbox as InboxIcon,
  Keyboard,
  LogOut,
  Moon,
  Search,
  Settings,
  UserRound,
  UserRoundX,
  Users,
} from 'lucide-react';
import { type ReactNode, Suspense, useState } from 'react';
import { countText } from '#/components/inbox/list/count-text.ts';
import type { InboxSidebarProps } from '#/components/inbox/list/list-props.ts';
import {
  currentRowLook,
  type SidebarIcon,
  SidebarRow,
  shownView,
  sidebarRowLook,
  sidebarWordLook,
} from '#/components/inbox/list/sidebar-row.tsx';
import { SidebarViews } from '#/components/inbox/list/sidebar-views.tsx';
import { type Place, placeAfter, placeHref, viewNames } from '#/components/inbox/place.ts';
import { later } from '#/components/inbox/shell/later.tsx';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import { Menu, MenuAct, MenuChoices, MenuHeading, MenuLine, MenuLink } from '#/components/ui/menu.tsx';
import { Tooltip } from '#/components/ui/tooltip.tsx';
import { type FixedView, fixedViews, type ViewKey } from '#/lib/tickets/schema.ts';
import type { SavedView } from '#/lib/views/schema.ts';

/** Only phones have a bar, and with it a sheet. */
const Sheet = later(async () => (await import('#/components/ui/dialog.tsx')).Dialog);

const viewIcons: Record<FixedView, SidebarIcon> = {
  mine: CircleUserRound,
  unassigned: UserRoundX,
  all: InboxIcon,
  snoozed: Moon,
  resolved: CheckCheck,
};

/** Views and the person, down the side of the page; a rail of icons where it is narrower. Hidden on phones. */
export function InboxSidebar(props: InboxSidebarProps) {
  return (
    <nav
      aria-label="Main"
      className="side flex min-h-0 w-[216px] shrink-0 flex-col border-line border-e p-2 pt-1.5 tablet:max-laptop:w-[56px] max-tablet:hidden"
    >
      <div className="flex items-center gap-1 tablet:max-laptop:flex-col">
        <WorkspaceMenu {...props} />
        {props.notifications}
      </div>
      <div className="mt-2 flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto overflow-x-hidden [scrollbar-width:thin]">
        <Places {...props} />
      </div>
      <ul className="mb-1 flex flex-col gap-px border-line border-t pt-2">
        <li>
          <Tooltip label="Settings" side="right">
            <a
              href="/settings"
              aria-current={props.current === 'settings' ? 'page' : undefined}
              className={`${sidebarRowLook} ${props.current === 'settings' ? currentRowLook : ''}`}
            >
              <Settings className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
              <span className={sidebarWordLook}>Settings</span>
            </a>
          </Tooltip>
        </li>
      </ul>
      <PersonMenu {...props} />
    </nav>
  );
}

/** The same places at the thumb, on phones; those that have no room there are in a sheet. */
export function InboxBottomBar(props: InboxSidebarProps) {
  const [isSheetOpen, setIsSheetOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  const { place, counts } = props;
  const isElsewhere = place !== null && !barViews.some((view) => view === place.view);
  const close =
    <Given,>(act: ((given: Given) => void) | undefined) =>
    (given: Given) => {
      setIsSheetOpen(false);
      act?.(given);
    };
  return (
    <nav
      aria-label="Main"
      className="flex shrink-0 border-line border-t bg-bg-raised pb-[env(safe-area-inset-bottom)] tablet:hidden"
    >
      {barViews.map((view) => {
        const ViewIcon = viewIcons[view];
        const isCurrent = shownView(place) === view;
        return (
          <a
            key={view}
            href={hrefOf(place, view)}
            onClick={(event) => {
              if (props.onGo === undefined || event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              props.onGo({ view, filter: {}, ticketId: null });
            }}
            aria-current={isCurrent ? 'page' : undefined}
            className={`${barLook} flex-col-reverse ${isCurrent ? 'text-accent-ink' : 'text-text-muted'}`}
          >
            <span className="max-w-full truncate">{viewNames[view]}</span>
            <span className="relative">
              <ViewIcon className="size-5" strokeWidth={1.75} aria-hidden="true" />
              {counts === null || counts[view] === 0 ? null : (
                <span className="tabular absolute start-full -top-1 ms-0.5 font-medium leading-4">
                  <span className="sr-only"> </span>
                  <bdi>{countText(counts[view])}</bdi>
                </span>
              )}
            </span>
          </a>
        );
      })}
      <button
        type="button"
        aria-expanded={isSheetOpen}
        aria-haspopup="dialog"
        onPointerEnter={() => void Sheet.fetch()}
        onClick={() => {
          setWasOpened(true);
          setIsSheetOpen(true);
        }}
        className={`${barLook} flex-col ${isElsewhere ? 'text-accent-ink' : 'text-text-muted'}`}
      >
        <Bookmark className="size-5" strokeWidth={1.75} aria-hidden="true" />
        Views
      </button>
      <Menu
        align="end"
        side="top"
        trigger={
          <button type="button" className={`${barLook} flex-col text-text-muted`}>
            <PersonFace {...props} size={20} />
            You
          </button>
        }
      >
        <PersonActs {...props} />
      </Menu>
      <Suspense fallback={null}>
        {wasOpened ? (
          <Sheet.Component title="Views" isOpen={isSheetOpen} onOpenChange={setIsSheetOpen}>
            <div className="-m-2 flex flex-col gap-3">
              <Places
                {...props}
                {...(props.onGo === undefined ? {} : { onGo: close(props.onGo) })}
                {...(props.onSearch === undefined ? {} : { onSearch: close<void>(props.onSearch) })}
                {...(props.onSaveView === undefined ? {} : { onSaveView: close<void>(props.onSaveView) })}
              />
            </div>
          </Sheet.Component>
        ) : null}
      </Suspense>
    </nav>
  );
}

const barViews = ['mine', 'unassigned', 'all'] as const;
const barLook =
  'relative flex h-14 min-w-0 flex-1 items-center justify-center gap-0.5 px-0.5 text-12 no-underline';

/** Search, the views that everybody has, departments, and the saved views. */
function Places(props: InboxSidebarProps) {
  const { place, counts, departments, onGo, keysOf } = props;
  const follow = (view: ViewKey) =>
    onGo === undefined ? {} : { onFollow: () => onGo({ view, filter: {}, ticketId: null }) };
  return (
    <>
      <ul aria-label="Inbox" className="flex flex-col gap-px">
        <li>
          <SearchEntry {...props} />
        </li>
        {fixedViews.map((view) => (
          <li key={view} className="flex">
            <SidebarRow
              icon={viewIcons[view]}
              name={viewNames[view]}
              count={counts === null || view === 'resolved' ? null : counts[view]}
              keys={view === 'resolved' ? undefined : keysOf(view)}
              href={hrefOf(place, view)}
              isCurrent={shownView(place) === view}
              {...follow(view)}
            />
          </li>
        ))}
      </ul>
      {departments.length === 0 ? null : (
        <section aria-label="Departments">
          <SectionHeading>Departments</SectionHeading>
          <ul aria-label="Departments" className="flex flex-col gap-px">
            {departments.map(({ id, name }) => (
              <li key={id} className="flex">
                <SidebarRow
                  icon={null}
                  name={name}
                  count={counts === null ? null : (counts.departments[id] ?? 0)}
                  href={hrefOf(place, `department:${id}`)}
                  isCurrent={shownView(place) === `department:${id}`}
                  {...follow(`department:${id}`)}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Saved views">
        <SidebarViews
          views={props.views}
          place={place}
          counts={counts?.saved ?? null}
          acts={props.viewActs ?? null}
          hrefOf={(view) => hrefOf(place, `saved:${view.id}`, view)}
          onAdd={place !== null && props.onSaveView !== undefined ? props.onSaveView : null}
          {...(onGo === undefined
            ? {}
            : {
                onFollow: (view: SavedView) =>
                  onGo({ view: `saved:${view.id}`, filter: {}, sort: view.sort, ticketId: null }),
                onGone: () => onGo({ view: 'all', filter: {}, ticketId: null }),
              })}
        />
      </section>
    </>
  );
}

function SectionHeading({ children }: { children: ReactNode }) {
  return (
    <h2 className="flex h-8 items-center px-2 font-medium text-12 text-text-muted tablet:max-laptop:hidden">
      {children}
    </h2>
  );
}

function SearchEntry({ onSearch, keysOf, place }: InboxSidebarProps) {
  const keys = keysOf('search');
  const words = (
    <>
      <Search className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
      <span className={sidebarWordLook}>Search</span>
      {keys === '' ? null : (
        <span className="max-laptop:hidden">
          <Kbd keys={keys} />
        </span>
      )}
    </>
  );
  const isCurrent = place !== null && place.search !== null;
  const look = `${sidebarRowLook} w-full ${isCurrent ? currentRowLook : ''}`;
  return (
    <Tooltip label="Search" keys={keys === '' ? undefined : keys} side="right">
      {onSearch === undefined ? (
        <a href={placeHref({ ...usualPlace, search: '' })} className={look}>
          {words}
        </a>
      ) : (
        <button type="button" onClick={onSearch} aria-pressed={isCurrent} className={look}>
          {words}
        </button>
      )}
    </Tooltip>
  );
}

function WorkspaceMenu({ workspaceName, me }: InboxSidebarProps) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex h-9 min-w-0 flex-1 items-center gap-2.5 rounded-control px-1.5 text-start transition-colors duration-120 hover:bg-bg-hover aria-expanded:bg-bg-hover tablet:max-laptop:w-full tablet:max-laptop:flex-none tablet:max-laptop:justify-center tablet:max-laptop:px-0"
        >
          <span
            aria-hidden="true"
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-control bg-accent font-semibold text-12 text-accent-text"
          >
            {Array.from(workspaceName)[0]?.toLocaleUpperCase() ?? 'P'}
          </span>
          <span dir="auto" className="min-w-0 flex-1 truncate font-semibold tablet:max-laptop:sr-only">
            {workspaceName}
          </span>
          <span className="sr-only">, workspace menu</span>
          <ChevronDown
            className="size-3.5 shrink-0 text-text-muted tablet:max-laptop:hidden"
            aria-hidden="true"
          />
        </button>
      }
    >
      <MenuLink href="/settings/team" icon={<Users aria-hidden="true" strokeWidth={1.75} />}>
        Team
      </MenuLink>
      <MenuLink href="/settings/widget" icon={<Code aria-hidden="true" strokeWidth={1.75} />}>
        Put the chat on your site
      </MenuLink>
      {me.role === 'admin' ? (
        <MenuLink href="/settings/workspace" icon={<Settings aria-hidden="true" strokeWidth={1.75} />}>
          Workspace settings
        </MenuLink>
      ) : null}
    </Menu>
  );
}

function PersonMenu(props: InboxSidebarProps) {
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className="flex h-10 items-center gap-2.5 rounded-control px-1.5 text-start transition-colors duration-120 hover:bg-bg-hover aria-expanded:bg-bg-hover tablet:max-laptop:justify-center tablet:max-laptop:px-0"
        >
          <PersonFace {...props} size={24} />
          <span dir="auto" className="min-w-0 flex-1 truncate font-medium tablet:max-laptop:sr-only">
            {props.me.name}
          </span>
          <span className="sr-only">, {availabilityNames[props.availability].toLowerCase()}, your menu</span>
          <ChevronDown
            className="size-3.5 shrink-0 text-text-muted tablet:max-laptop:hidden"
            aria-hidden="true"
          />
        </button>
      }
    >
      <PersonActs {...props} />
    </Menu>
  );
}

type Availability = InboxSidebarProps['availability'];
const availabilityNames: Record<Availability, string> = { online: 'Online', away: 'Away' };

function PersonFace({ me, availability, size }: InboxSidebarProps & { size: 20 | 24 }) {
  return (
    <span className="relative inline-flex">
      <Avatar name={me.name} size={size} />
      <span className="absolute -end-1 -bottom-1 rounded-full bg-bg p-0.5">
        <AvailabilityDot availability={availability} />
      </span>
    </span>
  );
}

/** Filled for here, a ring for away: told by shape as well as colour. */
function AvailabilityDot({ availability }: { availability: Availability }) {
  return (
    <span
      aria-hidden="true"
      className={`block size-2 rounded-full ${availability === 'online' ? 'bg-good' : 'border-2 border-text-muted bg-bg'}`}
    />
  );
}

function PersonActs({ me, availability, onAvailability, onHelp, onSignOut, keysOf }: InboxSidebarProps) {
  return (
    <>
      <MenuHeading>
        <span className="block truncate">{me.email}</span>
      </MenuHeading>
      {onAvailability === undefined ? null : (
        <>
          <MenuChoices
            label="Availability"
            value={availability}
            choices={(['online', 'away'] as const).map((value) => ({
              value,
              label: availabilityNames[value],
              glyph: (
                <span className="inline-flex w-4 justify-center">
                  <AvailabilityDot availability={value} />
                </span>
              ),
            }))}
            onChoose={(value) => onAvailability(value === 'away' ? 'away' : 'online')}
          />
          <MenuLine />
        </>
      )}
      <MenuLink href="/settings/profile" icon={<UserRound aria-hidden="true" strokeWidth={1.75} />}>
        Profile and notifications
      </MenuLink>
      {onHelp === undefined ? null : (
        <MenuAct
          icon={<Keyboard aria-hidden="true" strokeWidth={1.75} />}
          hint={keysOf('help') === '' ? null : <Kbd keys={keysOf('help')} />}
          onChoose={onHelp}
        >
          Keyboard shortcuts
        </MenuAct>
      )}
      <MenuLink href="/settings" icon={<Settings aria-hidden="true" strokeWidth={1.75} />}>
        Settings
      </MenuLink>
      <MenuLine />
      <MenuAct icon={<LogOut aria-hidden="true" strokeWidth={1.75} />} onChoose={onSignOut}>
        Sign out
      </MenuAct>
    </>
  );
}

const usualPlace: Place = {
  ticketId: null,
  view: 'all',
  filter: {},
  sort: 'waiting',
  search: null,
  at: null,
};

function hrefOf(place: Place | null, view: ViewKey, saved?: SavedView): string {
  const sort = saved?.sort ?? place?.sort ?? usualPlace.sort;
  return placeHref(
    placeAfter({ ...usualPlace, ...place }, { view, filter: {}, sort, ticketId: null, search: null }),
  );
}
