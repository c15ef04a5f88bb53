'use client';

import {
  ArrowLeft,
  ArrowRight,
  Ban,
  Check,
  ChevronDown,
  Copy,
  Ellipsis,
  GitMerge,
  Hash,
  Link,
  Link2,
  Link2Off,
  MailQuestionMark,
  Moon,
  PanelRight,
  RotateCcw,
  Tag as TagIcon,
  X,
} from 'lucide-react';
import { useKeysOf } from '#/components/inbox/shell/keys-context.tsx';
import { FloatPanel } from '#/components/inbox/ticket/float-panel.tsx';
import { SnoozeChoices } from '#/components/inbox/ticket/snooze-choices.tsx';
import { snoozeText } from '#/components/inbox/ticket/snooze-times.ts';
import { TagPicker } from '#/components/inbox/ticket/tag-picker.tsx';
import { type Fact, factsOf } from '#/components/inbox/ticket/ticket-facts.tsx';
import type { TicketMenu, TicketPaneProps } from '#/components/inbox/ticket/ticket-pane-props.ts';
import { TicketSubject } from '#/components/inbox/ticket/ticket-subject.tsx';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';
import { Menu, MenuAct, MenuChoices, MenuHeading, MenuLine } from '#/components/ui/menu.tsx';
import { StatusGlyph } from '#/components/ui/status-glyph.tsx';
import { TagChip } from '#/components/ui/tag-chip.tsx';
import { Tooltip } from '#/components/ui/tooltip.tsx';
import type { TicketChange } from '#/lib/tickets/schema.ts';
import type { Viewer } from '#/lib/viewing/schema.ts';

/** A change that was refused: said beside its control, which shows the new value already. */
export type Refusal = {
  field: TicketChange['field'];
  words: string;
  change: TicketChange;
  /** The same change may be wanted all the same. */
  canRepeat: boolean;
};

export type TicketHeaderProps = Omit<TicketPaneProps, 'onReload' | 'onSeen' | 'onTyping' | 'engine'> & {
  isNarrow: boolean;
  /** Nothing of it can be changed here any more. */
  isClosed: boolean;
  isBlocked: boolean;
  openMenu: TicketMenu | null;
  refusal: Refusal | null;
  onMenu(menu: TicketMenu | null): void;
  onSheet(): void;
  onForgetRefusal(): void;
  onCopy(what: 'number' | 'title' | 'link'): void;
  onBlock(): void;
};

/** What the ticket is and where it stands, each fact its own menu. */
export function TicketHeader(props: TicketHeaderProps) {
  return (
    <header className="relative shrink-0 border-line border-b">
      <TitleRow {...props} />
      {props.isNarrow ? <NarrowFacts {...props} /> : <Facts {...props} />}
      {props.refusal === null ? null : <RefusalLine {...props} refusal={props.refusal} />}
    </header>
  );
}

function TitleRow(props: TicketHeaderProps) {
  const { row, isClosed } = props;
  const keysOf = useKeysOf();
  return (
    <div className="flex h-12 items-center gap-1 border-line border-b pe-2 ps-4 max-tablet:ps-2">
      <div className="tablet:hidden">
        <IconButton label="Back to the list" onClick={props.onBack}>
          <ArrowLeft aria-hidden="true" className="rtl:rotate-180" />
        </IconButton>
      </div>
      <TicketSubject
        subject={row.subject}
        isOnlyHeading={props.isNarrow}
        onRename={(to) => props.onChange({ field: 'subject', to })}
      />
      <Viewers viewers={props.viewers} />
      {isClosed ? null : <ResolveButton {...props} />}
      {props.isNarrow ? (
        <IconButton label="Actions" onClick={props.onSheet}>
          <Ellipsis aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      ) : (
        <>
          <MoreMenu {...props} />
          <IconButton
            label={props.panel.isOpen ? 'Hide customer panel' : 'Show customer panel'}
            keys={keysOf('panel')}
            isPressed={props.panel.isOpen}
            onClick={props.panel.toggle}
          >
            <PanelRight aria-hidden="true" strokeWidth={1.75} className="rtl:rotate-180" />
          </IconButton>
        </>
      )}
    </div>
  );
}

function ResolveButton(props: TicketHeaderProps) {
  const { row } = props;
  const keysOf = useKeysOf();
  if (row.status === 'resolved' || row.status === 'closed') {
    return (
      <Tooltip label="Reopen" keys={keysOf('reopen')}>
        <Button onClick={() => props.onChange({ field: 'status', to: 'open' })}>
          <RotateCcw className="size-4" strokeWidth={1.75} aria-hidden="true" />
          <span className="max-phone:sr-only">Reopen</span>
        </Button>
      </Tooltip>
    );
  }
  return (
    <span className="flex">
      <Tooltip label="Resolve" keys={keysOf('resolve')}>
        <Button onClick={() => props.onChange({ field: 'status', to: 'resolved' })}>
          <Check className="size-4" strokeWidth={1.75} aria-hidden="true" />
          <span className="max-phone:sr-only">Resolve</span>
        </Button>
      </Tooltip>
      {props.isNarrow ? null : (
        <Menu
          align="end"
          trigger={
            <IconButton label="More ways to finish">
              <ChevronDown aria-hidden="true" strokeWidth={1.75} />
            </IconButton>
          }
        >
          <MenuAct
            icon={<ArrowRight aria-hidden="true" strokeWidth={1.75} className="rtl:rotate-180" />}
            hint={<KeyHint keys={keysOf('resolveNext')} />}
            onChoose={props.onResolveNext}
          >
            Resolve and open the next
          </MenuAct>
          <MenuAct
            icon={<StatusGlyph status="pending" />}
            onChoose={() => props.onChange({ field: 'status', to: 'pending' })}
          >
            Wait for the customer
          </MenuAct>
          <MenuAct
            icon={<StatusGlyph status="snoozed" />}
            hint={<KeyHint keys={keysOf('snooze')} />}
            onChoose={() => props.onMenu('snooze')}
          >
            Snooze…
          </MenuAct>
        </Menu>
      )}
    </span>
  );
}

function KeyHint({ keys }: { keys: string }) {
  return keys === '' ? null : <Kbd keys={keys} />;
}

/** One entry of what else can be done with a ticket; the menu and the phone's sheet are both made from it. */
export type TicketAct = { name: string; words: string; icon: React.ReactNode; isBad?: boolean; run(): void };

/** In groups, in their order. */
export function ticketActs(
  props: Pick<
    TicketHeaderProps,
    | 'isClosed'
    | 'isBlocked'
    | 'onMenu'
    | 'onCopy'
    | 'onMarkUnread'
    | 'onShareLink'
    | 'onRevokeLinks'
    | 'onBlock'
  >,
): TicketAct[][] {
  const icon = { 'aria-hidden': true, strokeWidth: 1.75 } as const;
  return [
    [
      {
        name: 'number',
        words: 'Copy the number',
        icon: <Hash {...icon} />,
        run: () => props.onCopy('number'),
      },
      { name: 'title', words: 'Copy the title', icon: <Copy {...icon} />, run: () => props.onCopy('title') },
      {
        name: 'link',
        words: 'Copy a link for colleagues',
        icon: <Link {...icon} />,
        run: () => props.onCopy('link'),
      },
    ],
    [
      {
        name: 'share',
        words: 'Copy a status link for the customer',
        icon: <Link2 {...icon} />,
        run: props.onShareLink,
      },
      {
        name: 'revoke',
        words: 'Switch off all status links',
        icon: <Link2Off {...icon} />,
        run: props.onRevokeLinks,
      },
    ],
    [
      {
        name: 'unread',
        words: 'Mark as unread',
        icon: <MailQuestionMark {...icon} />,
        run: props.onMarkUnread,
      },
      ...(props.isClosed
        ? []
        : [
            {
              name: 'merge',
              words: 'Merge with another ticket…',
              icon: <GitMerge {...icon} />,
              run: () => props.onMenu('merge'),
            },
          ]),
      {
        name: 'block',
        words: props.isBlocked ? 'Unblock the customer' : 'Block the customer…',
        icon: <Ban {...icon} />,
        isBad: !props.isBlocked,
        run: props.onBlock,
      },
    ],
  ];
}

function MoreMenu(props: TicketHeaderProps) {
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="More">
          <Ellipsis aria-hidden="true" strokeWidth={1.75} />
        </IconButton>
      }
    >
      {ticketActs(props).map((group, index) => (
        <div key={group[0]?.name}>
          {index === 0 ? null : <MenuLine />}
          {group.map((act) => (
            <MenuAct
              key={act.name}
              icon={act.icon}
              {...(act.isBad === true ? { tone: 'bad' as const } : {})}
              onChoose={act.run}
            >
              {act.words}
            </MenuAct>
          ))}
        </div>
      ))}
    </Menu>
  );
}

const factLook =
  'inline-flex h-7 min-w-0 max-w-48 items-center gap-1.5 rounded-control px-2 text-13 transition-colors duration-120 hover:bg-bg-hover hover:text-text aria-expanded:bg-bg-hover aria-expanded:text-text aria-disabled:pointer-events-none [&_svg]:size-4 [&_svg]:shrink-0';

function Facts(props: TicketHeaderProps) {
  const { row, openMenu, onMenu, catalogue } = props;
  const { now } = useClock();
  const isAsleep = row.status === 'snoozed' && row.snoozedUntil !== null;
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-0.5 px-2 py-1 text-text-muted">
      <button
        type="button"
        title="Copy the number"
        aria-label={`Ticket number ${row.number}, copy`}
        onClick={() => props.onCopy('number')}
        className={`${factLook} tabular shrink-0`}
      >
        #{row.number}
      </button>
      {factsOf(row, props.me, catalogue).map((fact) => (
        <FactMenu key={fact.menu} {...props} fact={fact} />
      ))}
      <FloatPanel
        title="Snooze"
        isSheet={false}
        isOpen={openMenu === 'snooze'}
        onOpenChange={(isOpen) => onMenu(isOpen ? 'snooze' : null)}
        trigger={
          <button
            type="button"
            aria-label={isAsleep ? 'Snoozed, change' : 'Snooze'}
            title="Snooze"
            className={factLook}
          >
            {isAsleep ? <StatusGlyph status="snoozed" /> : <Moon aria-hidden="true" strokeWidth={1.75} />}
            {isAsleep ? (
              <span className="truncate">until {snoozeText(row.snoozedUntil ?? '', now, props.zone)}</span>
            ) : null}
          </button>
        }
      >
        <SnoozeChoices
          row={row}
          zone={props.zone}
          onChoose={(until) => {
            onMenu(null);
            props.onChange({ field: 'snooze', until });
          }}
        />
      </FloatPanel>
      <Tags {...props} />
    </div>
  );
}

function Tags(props: TicketHeaderProps) {
  const { row, openMenu, onMenu } = props;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-1 ps-1">
      {row.tags.map((tag) => (
        <TagChip
          key={tag.id}
          name={tag.name}
          color={tag.color}
          onRemove={() => props.onChange({ field: 'tags', add: [], remove: [tag.id] })}
        />
      ))}
      <FloatPanel
        title="Tags"
        isSheet={false}
        isOpen={openMenu === 'tags'}
        onOpenChange={(isOpen) => onMenu(isOpen ? 'tags' : null)}
        trigger={
          <button type="button" aria-label="Tags" title="Tags" className={factLook}>
            <TagIcon aria-hidden="true" strokeWidth={1.75} />
            {row.tags.length === 0 ? 'Tags' : null}
          </button>
        }
      >
        <TagPicker
          chosen={row.tags}
          tags={props.catalogue.tags}
          createTag={props.ports.createTag}
          onChange={props.onChange}
        />
      </FloatPanel>
    </span>
  );
}

function FactMenu({ fact, openMenu, onMenu, onChange }: TicketHeaderProps & { fact: Fact }) {
  const keysOf = useKeysOf();
  const toMe = keysOf('assignToMe');
  const choices = fact.choices.map((choice, index) =>
    fact.menu === 'assignee' && index === 0 && toMe !== ''
      ? { ...choice, hint: <Kbd keys={toMe} /> }
      : choice,
  );
  return (
    <Menu
      isOpen={openMenu === fact.menu}
      onOpenChange={(isOpen) => onMenu(isOpen ? fact.menu : null)}
      trigger={
        <button type="button" aria-label={`${fact.name}: ${fact.words}`} className={factLook}>
          {fact.glyph}
          <span dir="auto" className="truncate">
            {fact.words}
          </span>
        </button>
      }
    >
      <MenuHeading>{fact.name}</MenuHeading>
      <MenuChoices
        label={fact.name}
        value={fact.value}
        choices={choices}
        onChoose={(value) => {
          const change = fact.changeFor(value);
          if (change !== null) onChange(change);
        }}
      />
    </Menu>
  );
}

/** All facts in one line, which opens the sheet where they are changed. */
function NarrowFacts(props: TicketHeaderProps) {
  const { row, catalogue, me } = props;
  const facts = factsOf(row, me, catalogue);
  return (
    <button
      type="button"
      onClick={props.onSheet}
      className="flex h-11 w-full items-center gap-3 overflow-hidden px-4 text-12 text-text-muted"
    >
      <span className="tabular shrink-0">#{row.number}</span>
      {facts
        // The sheet has all of them; the line has what one looks for.
        .filter(
          (fact) => fact.menu !== 'department' && (fact.menu !== 'priority' || row.priority !== 'normal'),
        )
        .map((fact) => (
          <span
            key={fact.menu}
            className={`flex items-center gap-1 [&_svg]:size-4 [&_svg]:shrink-0 ${fact.menu === 'assignee' ? 'min-w-5 overflow-hidden' : 'shrink-0'}`}
          >
            {fact.glyph}
            <bdi className="truncate">{fact.words}</bdi>
          </span>
        ))}
      {row.tags.length === 0 ? null : (
        <span className="ms-auto flex shrink-0 items-center gap-1">
          <span className="flex max-w-24">
            <TagChip name={row.tags[0]?.name ?? ''} color={row.tags[0]?.color ?? 'grey'} />
          </span>
          {row.tags.length > 1 ? `+${row.tags.length - 1}` : null}
        </span>
      )}
      <span className="sr-only">, change</span>
    </button>
  );
}

/** Floats below the facts, so that nothing moves; stays until it is answered. */
function RefusalLine({ refusal, onChange, onForgetRefusal }: TicketHeaderProps & { refusal: Refusal }) {
  return (
    <div
      role="status"
      className="absolute inset-x-2 top-full z-20 mt-1 flex w-fit max-w-[calc(100%-16px)] animate-fade items-center gap-3 rounded-card border border-line bg-bg-overlay py-1 ps-3 pe-1 shadow-float"
    >
      <span className="min-w-0">{refusal.words}</span>
      {refusal.canRepeat ? (
        <Button
          size="small"
          onClick={() => {
            onForgetRefusal();
            onChange(refusal.change);
          }}
        >
          Change it anyway
        </Button>
      ) : null}
      <IconButton label="Leave it so" onClick={onForgetRefusal}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}

/** Colleagues who have the same ticket open. */
function Viewers({ viewers }: { viewers: readonly Viewer[] }) {
  if (viewers.length === 0) return null;
  const names = viewers.map((viewer) => viewer.name).join(', ');
  return (
    <ul
      aria-label="Also looking at this ticket"
      title={`${names} ${viewers.length === 1 ? 'is' : 'are'} looking at this ticket`}
      className="me-2 flex shrink-0 -space-x-1.5"
    >
      {viewers.slice(0, 4).map((viewer) => (
        <li key={viewer.id} className="flex rounded-full ring-2 ring-bg">
          <Avatar
            name={viewer.name}
            size={24}
            title={viewer.isTyping ? `${viewer.name}, writing` : viewer.name}
          />
        </li>
      ))}
      {viewers.length > 4 ? (
        <li className="tabular flex size-6 items-center justify-center rounded-full bg-bg-sunken text-12 ring-2 ring-bg">
          +{viewers.length - 4}
        </li>
      ) : null}
    </ul>
  );
}
