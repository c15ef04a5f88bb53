'use client';

import {
  Building2,
  ChevronLeft,
  Fingerprint,
  KeyRound,
  type LucideIcon,
  MessageSquareText,
  MessagesSquare,
  SlidersHorizontal,
  Tag,
  TextCursorInput,
  UserRound,
  Users,
  Webhook,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { InboxBottomBar, InboxSidebar } from '#/components/inbox/list/inbox-sidebar.tsx';
import type { InboxSidebarProps } from '#/components/inbox/list/list-props.ts';

export const settingsParts = [
  'profile',
  'saved-replies',
  'team',
  'departments',
  'tags',
  'fields',
  'widget',
  'identity',
  'workspace',
  'api-keys',
  'webhooks',
] as const;
export type SettingsPart = (typeof settingsParts)[number];

type Part = { name: string; lead: string; icon: LucideIcon };
const parts: Record<SettingsPart, Part> = {
  profile: { name: 'Profile', lead: 'Your name, notifications and keys.', icon: UserRound },
  'saved-replies': {
    name: 'Saved replies',
    lead: 'Answers you give often, a slash away.',
    icon: MessageSquareText,
  },
  team: { name: 'Team', lead: 'The people who answer customers here.', icon: Users },
  departments: { name: 'Departments', lead: 'Who answers what, and when.', icon: Building2 },
  tags: { name: 'Tags', lead: 'Words to find tickets by.', icon: Tag },
  fields: {
    name: 'Custom fields',
    lead: 'What else you want to know of customers and tickets.',
    icon: TextCursorInput,
  },
  widget: { name: 'Chat on your site', lead: 'How it looks, and where it may appear.', icon: MessagesSquare },
  identity: { name: 'Identity', lead: 'Who your site says its visitors are.', icon: Fingerprint },
  workspace: { name: 'Workspace', lead: 'What belongs to all of you.', icon: SlidersHorizontal },
  webhooks: { name: 'Webhooks', lead: 'What happens here, told to your own programs.', icon: Webhook },
  'api-keys': { name: 'API keys', lead: 'For programs that read and write here.', icon: KeyRound },
};
const groups: readonly { name: string; parts: readonly SettingsPart[] }[] = [
  { name: 'You', parts: ['profile', 'saved-replies'] },
  { name: 'Team', parts: ['team', 'departments', 'tags', 'fields'] },
  { name: 'Company', parts: ['widget', 'identity', 'workspace'] },
  { name: 'Developers', parts: ['api-keys', 'webhooks'] },
];

const hrefOf = (part: SettingsPart) => `/settings/${part}`;

/** What stands around every settings page: the inbox's sidebar, the parts, and one column of content. */
export function SettingsShell({
  sidebar,
  part,
  notice,
  children,
}: {
  sidebar: InboxSidebarProps;
  /** Null on the list of the parts itself. */
  part: SettingsPart | null;
  /** What somebody should look after, above every part. */
  notice?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex h-dvh flex-col">
      <div className="flex min-h-0 flex-1">
        <InboxSidebar {...sidebar} />
        <nav
          aria-label="Settings"
          className="flex w-[208px] shrink-0 flex-col gap-4 overflow-y-auto border-line border-e px-3 py-4 max-laptop:hidden"
        >
          {groups.map((group) => (
            <div key={group.name}>
              <h2 className="px-2 pb-1 font-medium text-12 text-text-muted">{group.name}</h2>
              <ul className="flex flex-col gap-px">
                {group.parts.map((each) => (
                  <li key={each}>
                    <PartLink part={each} isCurrent={each === part} />
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <main
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard.
          tabIndex={0}
          className="min-w-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
        >
          {part === null ? null : (
            <div className="sticky top-0 z-10 flex h-12 items-center border-line border-b bg-bg px-2 laptop:hidden">
              <a
                href="/settings"
                className="flex h-9 items-center gap-1 rounded-control px-2 text-text-muted no-underline hover:bg-bg-hover hover:text-text max-tablet:h-11"
              >
                <ChevronLeft className="size-4 rtl:-scale-x-100" aria-hidden="true" />
                Settings
              </a>
            </div>
          )}
          {notice}
          {children}
        </main>
      </div>
      <InboxBottomBar {...sidebar} />
    </div>
  );
}

function PartLink({ part, isCurrent }: { part: SettingsPart; isCurrent: boolean }) {
  const { name, icon: Icon } = parts[part];
  return (
    <a
      href={hrefOf(part)}
      aria-current={isCurrent ? 'page' : undefined}
      className={`flex h-8 items-center gap-2.5 rounded-control px-2 no-underline transition-colors duration-120 ${
        isCurrent
          ? 'bg-bg-selected font-medium text-text'
          : 'text-text-muted hover:bg-bg-hover hover:text-text'
      }`}
    >
      <Icon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
      {name}
    </a>
  );
}

/** The parts with a word on each: the way in on a phone. */
export function SettingsIndex() {
  return (
    <SettingsPage title="Settings" lead="For you, your team and your company.">
      {groups.map((group) => (
        <SettingsBlock key={group.name} title={group.name}>
          <ul className="overflow-hidden rounded-card border border-line bg-bg-raised">
            {group.parts.map((part) => {
              const { name, lead, icon: Icon } = parts[part];
              return (
                <li key={part} className="border-line border-b last:border-b-0">
                  <a
                    href={hrefOf(part)}
                    className="flex min-h-14 items-center gap-3 px-4 py-2 text-text no-underline hover:bg-bg-hover"
                  >
                    <Icon className="size-4 shrink-0 text-text-muted" strokeWidth={1.75} aria-hidden="true" />
                    <span className="min-w-0 flex-1">
                      <span className="block font-medium">{name}</span>
                      <span className="block text-text-muted">{lead}</span>
                    </span>
                    <ChevronLeft
                      className="size-4 shrink-0 -scale-x-100 text-text-faint rtl:scale-x-100"
                      aria-hidden="true"
                    />
                  </a>
                </li>
              );
            })}
          </ul>
        </SettingsBlock>
      ))}
    </SettingsPage>
  );
}

/** One page of settings: what it is about, what one can do here, and its blocks. */
export function SettingsPage({
  back,
  title,
  lead,
  actions,
  width = 'narrow',
  children,
}: {
  /** What this page is a part of. */
  back?: { name: string; href: string };
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  width?: 'narrow' | 'wide';
  children: ReactNode;
}) {
  return (
    <div
      className={`mx-auto flex w-full flex-col gap-8 px-6 py-10 max-tablet:px-4 max-tablet:py-6 ${width === 'wide' ? 'max-w-[1040px]' : 'max-w-[768px]'}`}
    >
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="min-w-0">
          {back === undefined ? null : (
            <a
              href={back.href}
              className="-ms-1 mb-1 inline-flex h-6 items-center gap-1 rounded-control pe-2 text-text-muted no-underline hover:text-text max-tablet:h-11"
            >
              <ChevronLeft className="size-4 rtl:-scale-x-100" aria-hidden="true" />
              {back.name}
            </a>
          )}
          <h1 className="font-semibold text-20 wrap-anywhere" dir="auto">
            {title}
          </h1>
          {lead === undefined ? null : (
            <p className="max-w-[560px] text-pretty text-14 text-text-muted">{lead}</p>
          )}
        </div>
        {actions === undefined ? null : <div className="flex gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** One block of settings with its heading. */
export function SettingsBlock({
  title,
  lead,
  actions,
  children,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <h2 className="font-semibold text-14">{title}</h2>
          {lead === undefined ? null : <p className="max-w-[560px] text-pretty text-text-muted">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
