'use client';

import {
  ArrowLeft,
  Check,
  Ellipsis,
  Link2,
  Link2Off,
  PanelRight,
  RotateCcw,
  UserRoundPlus,
} from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { InboxMe, Named } from '#/components/inbox/ports.ts';
import { keysOf } from '#/components/inbox/shortcuts.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { copyText } from '#/components/ui/copy-button.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import { Menu, MenuAct, type MenuChoice, MenuChoices, MenuHeading } from '#/components/ui/menu.tsx';
import { PriorityGlyph, priorityNames, StatusGlyph, statusNames } from '#/components/ui/status-glyph.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import { Tooltip } from '#/components/ui/tooltip.tsx';
import type { ChannelMember } from '#/lib/sync/transport.ts';
import {
  choosableStatuses,
  subjectCharsMax,
  type TicketChange,
  type TicketRow,
  ticketPriorities,
} from '#/lib/tickets/schema.ts';

/** The menus that a key can open. */
export type HeaderMenu = 'status' | 'priority' | 'assignee' | 'department';

export type TicketHeaderProps = {
  row: TicketRow;
  me: InboxMe;
  agents: readonly Named[];
  departments: readonly Named[];
  colleagues: readonly ChannelMember[];
  isPanelOpen: boolean;
  openMenu: HeaderMenu | null;
  onMenu(menu: HeaderMenu | null): void;
  onChange(change: TicketChange): void;
  onBack(): void;
  onPanel(): void;
  onShareLink(): void;
  onRevokeLinks(): void;
};

/** What the ticket is and where it stands, each fact its own menu. */
export function TicketHeader(props: TicketHeaderProps) {
  const { row, colleagues } = props;
  const isDone = row.status === 'resolved' || row.status === 'closed';
  return (
    <header className="shrink-0 border-line border-b">
      <div className="flex h-12 items-center gap-1 border-line border-b pr-2 pl-4 max-tablet:pl-2">
        <div className="tablet:hidden">
          <IconButton label="Back to the list" onClick={props.onBack}>
            <ArrowLeft aria-hidden="true" />
          </IconButton>
        </div>
        <Subject subject={row.subject} onRename={(to) => props.onChange({ field: 'subject', to })} />
        <Colleagues members={colleagues} />
        {isDone ? (
          <Tooltip label="Reopen" keys={keysOf('reopen')}>
            <Button onClick={() => props.onChange({ field: 'status', to: 'open' })}>
              <RotateCcw className="size-4" strokeWidth={1.75} aria-hidden="true" />
              <span className="max-phone:sr-only">Reopen</span>
            </Button>
          </Tooltip>
        ) : (
          <Tooltip label="Resolve" keys={keysOf('resolve')}>
            <Button onClick={() => props.onChange({ field: 'status', to: 'resolved' })}>
              <Check className="size-4" strokeWidth={1.75} aria-hidden="true" />
              <span className="max-phone:sr-only">Resolve</span>
            </Button>
          </Tooltip>
        )}
        <Menu
          align="end"
          trigger={
            <IconButton label="More">
              <Ellipsis aria-hidden="true" strokeWidth={1.75} />
            </IconButton>
          }
        >
          <MenuAct icon={<Link2 aria-hidden="true" strokeWidth={1.75} />} onChoose={props.onShareLink}>
            Copy a status link for the customer
          </MenuAct>
          <MenuAct icon={<Link2Off aria-hidden="true" strokeWidth={1.75} />} onChoose={props.onRevokeLinks}>
            Switch off all status links
          </MenuAct>
        </Menu>
        <IconButton
          label={props.isPanelOpen ? 'Hide customer panel' : 'Show customer panel'}
          keys={keysOf('panel')}
          isPressed={props.isPanelOpen}
          onClick={props.onPanel}
        >
          <PanelRight aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      </div>
      <Facts {...props} />
    </header>
  );
}

function Facts(props: TicketHeaderProps) {
  const { row, me, agents, departments, onChange } = props;
  return (
    <div className="flex h-10 items-center gap-0.5 px-2 text-text-muted [scrollbar-width:none] max-tablet:h-12 max-tablet:overflow-x-auto">
      <button
        type="button"
        title="Copy the number"
        aria-label={`Ticket number ${row.number}, copy`}
        onClick={() =>
          void copyText(`#${row.number}`).then((isCopied) => {
            if (isCopied) showToast(`#${row.number} copied`);
          })
        }
        className={`${factLook} tabular shrink-0`}
      >
        #{row.number}
      </button>
      <Fact
        {...props}
        menu="status"
        name="Status"
        value={row.status}
        glyph={<StatusGlyph status={row.status} />}
        words={statusNames[row.status]}
        choices={choosableStatuses.map((status) => ({
          value: status,
          label: statusNames[status],
          glyph: <StatusGlyph status={status} />,
        }))}
        onChoose={(value) => {
          const to = choosableStatuses.find((status) => status === value);
          if (to !== undefined && to !== row.status) onChange({ field: 'status', to });
        }}
      />
      <Fact
        {...props}
        menu="priority"
        name="Priority"
        value={row.priority}
        glyph={<PriorityGlyph priority={row.priority} />}
        words={priorityNames[row.priority]}
        choices={ticketPriorities.toReversed().map((priority) => ({
          value: priority,
          label: priorityNames[priority],
          glyph: <PriorityGlyph priority={priority} />,
        }))}
        onChoose={(value) => {
          const to = ticketPriorities.find((priority) => priority === value);
          if (to !== undefined && to !== row.priority) onChange({ field: 'priority', to });
        }}
      />
      <Fact
        {...props}
        menu="department"
        name="Department"
        value={row.department?.id ?? nobody}
        words={row.department?.name ?? 'No department'}
        choices={[
          ...departments.map((department) => ({ value: department.id, label: department.name })),
          { value: nobody, label: 'No department' },
        ]}
        onChoose={(value) => {
          const to = value === nobody ? null : value;
          if (to !== (row.department?.id ?? null)) onChange({ field: 'department', to });
        }}
      />
      <Fact
        {...props}
        menu="assignee"
        name="Assignee"
        value={row.assignee?.id ?? nobody}
        glyph={
          row.assignee === null ? (
            <UserRoundPlus aria-hidden="true" />
          ) : (
            <Avatar name={row.assignee.name} size={16} />
          )
        }
        words={row.assignee?.name ?? 'Unassigned'}
        choices={assigneeChoices(agents, me)}
        onChoose={(value) => {
          const to = value === nobody ? null : value;
          if (to !== (row.assignee?.id ?? null)) onChange({ field: 'assignee', to });
        }}
      />
    </div>
  );
}

const nobody = 'none';
const factLook =
  'inline-flex h-7 min-w-0 max-w-48 items-center gap-1.5 rounded-control px-2 text-13 transition-colors duration-120 hover:bg-bg-hover hover:text-text aria-expanded:bg-bg-hover aria-expanded:text-text max-tablet:h-11 max-tablet:shrink-0 [&_svg]:size-4 [&_svg]:shrink-0';

function Fact({
  menu,
  name,
  value,
  glyph,
  words,
  choices,
  openMenu,
  onMenu,
  onChoose,
}: {
  menu: HeaderMenu;
  name: string;
  value: string;
  glyph?: React.ReactNode;
  words: string;
  choices: readonly MenuChoice[];
  openMenu: HeaderMenu | null;
  onMenu(menu: HeaderMenu | null): void;
  onChoose(value: string): void;
}) {
  return (
    <Menu
      isOpen={openMenu === menu}
      onOpenChange={(isOpen) => onMenu(isOpen ? menu : null)}
      trigger={
        <button type="button" aria-label={`${name}: ${words}`} className={factLook}>
          {glyph}
          <span dir="auto" className="truncate">
            {words}
          </span>
        </button>
      }
    >
      <MenuHeading>{name}</MenuHeading>
      <MenuChoices label={name} value={value} choices={choices} onChoose={onChoose} />
    </Menu>
  );
}

function assigneeChoices(agents: readonly Named[], me: InboxMe): MenuChoice[] {
  const others = agents.filter((agent) => agent.id !== me.id);
  return [
    {
      value: me.id,
      label: `${me.name} (you)`,
      glyph: <Avatar name={me.name} size={20} />,
      hint: <Kbd keys={keysOf('assignToMe')} />,
    },
    ...others.map((agent) => ({
      value: agent.id,
      label: agent.name,
      glyph: <Avatar name={agent.name} size={20} />,
    })),
    {
      value: nobody,
      label: 'Unassigned',
      glyph: (
        <span className="flex size-5 items-center justify-center text-text-muted">
          <UserRoundPlus aria-hidden="true" />
        </span>
      ),
    },
  ];
}

/** Colleagues who have the same ticket open. */
function Colleagues({ members }: { members: readonly ChannelMember[] }) {
  if (members.length === 0) return null;
  const names = members.map((member) => member.name);
  return (
    <ul
      aria-label="Also looking at this ticket"
      className="mr-2 flex -space-x-1.5"
      title={`${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} looking at this ticket`}
    >
      {members.slice(0, 4).map((member) => (
        <li key={member.id} className="flex rounded-full ring-2 ring-bg">
          <Avatar name={member.name} size={24} title={member.name} />
        </li>
      ))}
      {members.length > 4 ? (
        <li className="tabular flex size-6 items-center justify-center rounded-full bg-bg-sunken text-12 ring-2 ring-bg">
          +{members.length - 4}
        </li>
      ) : null}
    </ul>
  );
}

/** The subject as a heading; a field once it is pressed. Enter keeps, Escape leaves it as it was. */
function Subject({ subject, onRename }: { subject: string; onRename(to: string): void }) {
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const isEditing = draft !== null;
  useEffect(() => {
    if (isEditing) field.current?.select();
  }, [isEditing]);

  function keep() {
    const to = draft?.trim() ?? '';
    setDraft(null);
    if (to !== '' && to !== subject) onRename(to);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') keep();
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      setDraft(null);
    }
  }

  return (
    <div className="relative mr-2 min-w-0 flex-1">
      <h2 className={`-mx-1.5 min-w-0 ${isEditing ? 'invisible' : ''}`}>
        <button
          type="button"
          title="Rename"
          onClick={() => setDraft(subject)}
          className="block max-w-full cursor-text truncate rounded-control px-1.5 py-1 text-start font-semibold text-15 transition-colors duration-120 hover:bg-bg-hover max-tablet:py-3"
        >
          <bdi>{subject}</bdi>
          <span className="sr-only">, rename</span>
        </button>
      </h2>
      {isEditing ? (
        <input
          ref={field}
          aria-label="Subject"
          dir="auto"
          value={draft}
          maxLength={subjectCharsMax}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={keep}
          className="absolute inset-0 -mx-1.5 rounded-control border border-accent-ink bg-bg-raised px-[5px] font-semibold text-15 outline-none max-tablet:text-16"
        />
      ) : null}
    </div>
  );
}
