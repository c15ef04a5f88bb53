'use client';

import type { ReactNode } from 'react';
import type { InboxMe } from '#/components/inbox/ports.ts';
import { BottomBar, Sidebar, type SidebarProps } from '#/components/inbox/list/sidebar.tsx';
import type { TicketCounts } from '#/lib/tickets/schema.ts';

export type SettingsPart = 'team' | 'widget' | 'workspace';
const parts: readonly { part: SettingsPart; name: string; href: string }[] = [
  { part: 'team', name: 'Team', href: '/settings/team' },
  { part: 'widget', name: 'Chat on your site', href: '/settings/widget' },
  { part: 'workspace', name: 'Workspace', href: '/settings/workspace' },
];

/** The settings' page: the inbox's sidebar, the parts along the top, one column of content. */
export function SettingsShell({
  workspaceName,
  me,
  counts,
  part,
  title,
  lead,
  onSignOut,
  children,
}: {
  workspaceName: string;
  me: InboxMe;
  counts: TicketCounts | null;
  part: SettingsPart;
  title: string;
  lead: string;
  onSignOut(): void;
  children: ReactNode;
}) {
  const side: SidebarProps = { workspaceName, me, place: null, counts, current: 'settings', onSignOut };
  return (
    <div className="flex h-dvh flex-col">
      <div className="flex min-h-0 flex-1">
        <Sidebar {...side} />
        <main className="min-w-0 flex-1 overflow-y-auto">
          <nav
            aria-label="Settings"
            className="sticky top-0 z-10 flex h-12 items-center gap-1 border-line border-b bg-bg px-6 max-tablet:px-2"
          >
            {parts.map((each) => (
              <a
                key={each.part}
                href={each.href}
                aria-current={each.part === part ? 'page' : undefined}
                className={`flex h-8 items-center rounded-control px-2.5 no-underline transition-colors duration-120 max-tablet:h-11 ${
                  each.part === part
                    ? 'bg-bg-selected font-medium text-text'
                    : 'text-text-muted hover:bg-bg-hover hover:text-text'
                }`}
              >
                {each.name}
              </a>
            ))}
          </nav>
          <div className="mx-auto flex w-full max-w-[720px] flex-col gap-8 px-6 py-10 max-tablet:px-4 max-tablet:py-6">
            <header>
              <h1 className="font-semibold text-20">{title}</h1>
              <p className="text-pretty text-14 text-text-muted">{lead}</p>
            </header>
            {children}
          </div>
        </main>
      </div>
      <BottomBar {...side} />
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
    <section aria-label={title} className="flex flex-col gap-3">
      <div className="flex items-end justify-between gap-4">
        <div className="min-w-0">
          <h2 className="font-semibold text-14">{title}</h2>
          {lead === undefined ? null : <p className="text-pretty text-text-muted">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
