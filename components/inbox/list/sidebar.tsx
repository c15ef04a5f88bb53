'use client';

import {
  ChevronDown,
  CircleUserRound,
  Code,
  Inbox as InboxIcon,
  Keyboard,
  LogOut,
  Settings,
  UserRoundX,
  Users,
} from 'lucide-react';
import type { ComponentType, MouseEvent, ReactElement } from 'react';
import { countText } from '#/components/inbox/list/ticket-list.tsx';
import { type Place, placeHref, viewNames } from '#/components/inbox/place.ts';
import type { InboxMe } from '#/components/inbox/ports.ts';
import { keysOf } from '#/components/inbox/shortcuts.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import { Menu, MenuAct, MenuHeading, MenuLine, MenuLink } from '#/components/ui/menu.tsx';
import { Tooltip } from '#/components/ui/tooltip.tsx';
import { type TicketCounts, type TicketView, ticketViews } from '#/lib/tickets/schema.ts';

type Icon = ComponentType<{ className?: string; strokeWidth?: number; 'aria-hidden'?: 'true' }>;
const viewIcons: Record<TicketView, Icon> = { mine: CircleUserRound, unassigned: UserRoundX, all: InboxIcon };

export type SidebarProps = {
  workspaceName: string;
  me: InboxMe;
  /** Null outside the inbox, where no view is current. */
  place: Place | null;
  counts: TicketCounts | null;
  current: 'inbox' | 'settings';
  onGo?: (next: Partial<Place>) => void;
  onHelp?: () => void;
  onSignOut(): void;
};

/** Views and the person, down the side of the page; a rail of icons where it is narrower. Hidden on phones. */
export function Sidebar(props: SidebarProps) {
  return (
    <nav
      aria-label="Main"
      className="side flex min-h-0 w-[216px] shrink-0 flex-col border-line border-r p-2 pt-1.5 max-laptop:w-[56px] max-tablet:hidden"
    >
      <WorkspaceMenu {...props} />
      <ul className="mt-3 flex flex-col gap-px">
        {ticketViews.map((view) => (
          <li key={view}>
            <ViewLink {...props} view={view} />
          </li>
        ))}
      </ul>
      <div className="flex-1" />
      <ul className="mb-2 flex flex-col gap-px border-line border-t pt-2">
        {props.onHelp === undefined ? null : (
          <li>
            <SideRow label="Shortcuts" keys="?">
              <button type="button" onClick={props.onHelp} className={`${rowLook} w-full`}>
                <Keyboard className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
                <span className={wordLook}>Shortcuts</span>
                <span className="max-laptop:hidden">
                  <Kbd keys="?" />
                </span>
              </button>
            </SideRow>
          </li>
        )}
        <li>
          <SideRow label="Settings">
            <a
              href="/settings"
              aria-current={props.current === 'settings' ? 'page' : undefined}
              className={`${rowLook} ${props.current === 'settings' ? currentLook : ''}`}
            >
              <Settings className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
              <span className={wordLook}>Settings</span>
            </a>
          </SideRow>
        </li>
      </ul>
      <PersonMenu {...props} />
    </nav>
  );
}

/** The same places at the thumb, on phones. */
export function BottomBar(props: SidebarProps) {
  return (
    <nav
      aria-label="Main"
      className="flex shrink-0 border-line border-t bg-bg-raised pb-[env(safe-area-inset-bottom)] tablet:hidden"
    >
      {ticketViews.map((view) => {
        const ViewIcon = viewIcons[view];
        const isCurrent = props.place?.view === view;
        return (
          <a
            key={view}
            href={viewHref(props.place, view)}
            onClick={(event) => followView(event, view, props.onGo)}
            aria-current={isCurrent ? 'page' : undefined}
            className={`relative flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-12 no-underline ${isCurrent ? 'text-accent-ink' : 'text-text-muted'}`}
          >
            <ViewIcon className="size-5" strokeWidth={1.75} aria-hidden="true" />
            <span>
              {viewNames[view]}
              {props.counts === null ? null : (
                <span className="tabular"> {countText(props.counts[view])}</span>
              )}
            </span>
          </a>
        );
      })}
      <Menu
        align="end"
        side="top"
        trigger={
          <button
            type="button"
            className="flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-12 text-text-muted"
          >
            <Avatar name={props.me.name} size={20} />
            You
          </button>
        }
      >
        <PersonActs {...props} />
      </Menu>
    </nav>
  );
}

const rowLook =
  'flex h-8 items-center gap-2.5 rounded-control px-2 text-start text-text-muted no-underline transition-colors duration-120 hover:bg-bg-hover hover:text-text max-laptop:justify-center max-laptop:px-0';
const currentLook = 'bg-bg-selected font-medium text-text';
const wordLook = 'min-w-0 flex-1 truncate max-laptop:sr-only';

// The words are hidden on the rail, where a tooltip says them.
function SideRow({ label, keys, children }: { label: string; keys?: string; children: ReactElement }) {
  return (
    <Tooltip label={label} keys={keys} side="right">
      {children}
    </Tooltip>
  );
}

function ViewLink({ view, place, counts, onGo }: SidebarProps & { view: TicketView }) {
  const ViewIcon = viewIcons[view];
  const isCurrent = place?.view === view;
  const count = counts === null ? null : counts[view];
  return (
    <SideRow label={viewNames[view]} keys={keysOf(view)}>
      <a
        href={viewHref(place, view)}
        onClick={(event) => followView(event, view, onGo)}
        aria-current={isCurrent ? 'page' : undefined}
        className={`${rowLook} ${isCurrent ? currentLook : ''}`}
      >
        <ViewIcon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
        <span className={wordLook}>{viewNames[view]}</span>
        {count === null ? null : (
          <span className="tabular text-12 text-text-muted max-laptop:sr-only">{countText(count)}</span>
        )}
      </a>
    </SideRow>
  );
}

function WorkspaceMenu({ workspaceName, me }: SidebarProps) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${workspaceName}, workspace menu`}
          className="flex h-9 items-center gap-2.5 rounded-control px-1.5 text-start transition-colors duration-120 hover:bg-bg-hover aria-expanded:bg-bg-hover max-laptop:justify-center max-laptop:px-0"
        >
          <span className="inline-flex size-6 shrink-0 items-center justify-center rounded-control bg-accent font-semibold text-12 text-accent-text">
            {Array.from(workspaceName)[0]?.toLocaleUpperCase() ?? 'P'}
          </span>
          <span dir="auto" className="min-w-0 flex-1 truncate font-semibold max-laptop:hidden">
            {workspaceName}
          </span>
          <ChevronDown className="size-3.5 shrink-0 text-text-muted max-laptop:hidden" aria-hidden="true" />
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

function PersonMenu(props: SidebarProps) {
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          aria-label={`${props.me.name}, your menu`}
          className="flex h-10 items-center gap-2.5 rounded-control px-1.5 text-start transition-colors duration-120 hover:bg-bg-hover aria-expanded:bg-bg-hover max-laptop:justify-center max-laptop:px-0"
        >
          <Avatar name={props.me.name} size={24} />
          <span dir="auto" className="min-w-0 flex-1 truncate font-medium max-laptop:hidden">
            {props.me.name}
          </span>
          <ChevronDown className="size-3.5 shrink-0 text-text-muted max-laptop:hidden" aria-hidden="true" />
        </button>
      }
    >
      <PersonActs {...props} />
    </Menu>
  );
}

function PersonActs({ me, onHelp, onSignOut }: SidebarProps) {
  return (
    <>
      <MenuHeading>
        <span className="block truncate">{me.email}</span>
      </MenuHeading>
      {onHelp === undefined ? null : (
        <MenuAct
          icon={<Keyboard aria-hidden="true" strokeWidth={1.75} />}
          hint={<Kbd keys="?" />}
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

function viewHref(place: Place | null, view: TicketView): string {
  return placeHref({ ticketId: null, view, status: 'active', sort: place?.sort ?? 'waiting' });
}

function followView(event: MouseEvent, view: TicketView, onGo: SidebarProps['onGo']) {
  if (onGo === undefined || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  onGo({ view, status: 'active', ticketId: null });
}
