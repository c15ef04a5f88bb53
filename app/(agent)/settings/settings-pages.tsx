'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps, ReactNode } from 'react';
import {
  deactivateAgent,
  inviteAgent,
  reactivateAgent,
  removeExampleData,
  saveWidget,
} from '#/app/(agent)/settings/actions.ts';
import { signOut } from '#/app/(public)/sign-in/actions.ts';
import { SettingsShell } from '#/components/settings/settings-shell.tsx';
import { TeamSettings } from '#/components/settings/team-settings.tsx';
import { WidgetSettings } from '#/components/settings/widget-settings.tsx';
import { WorkspaceSettings } from '#/components/settings/workspace-settings.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Shell = Omit<ComponentProps<typeof SettingsShell>, 'onSignOut' | 'children' | 'part' | 'title' | 'lead'>;

async function leave() {
  await signOut().catch(() => {});
  window.location.assign('/sign-in');
}

export function TeamPage({
  shell,
  ...team
}: { shell: Shell } & Omit<ComponentProps<typeof TeamSettings>, 'acts' | 'onChanged'>) {
  const router = useRouter();
  return (
    <SettingsShell
      {...shell}
      part="team"
      title="Team"
      lead="The people who answer customers here."
      onSignOut={() => void leave()}
    >
      <TeamSettings
        {...team}
        acts={{
          inviteAgent: (input) => answered(() => inviteAgent(input)),
          deactivateAgent: (input) =>
            answered(() => deactivateAgent({ ...input, handOver: { to: 'nobody' } })),
          reactivateAgent: (input) => answered(() => reactivateAgent(input)),
        }}
        onChanged={() => router.refresh()}
      />
    </SettingsShell>
  );
}

export function WidgetPage({
  shell,
  widget,
  notice,
  ...settings
}: {
  shell: Shell;
  widget: ComponentProps<typeof WidgetSettings>['widget'] | null;
  /** Instead of the settings, where there is no widget to show. */
  notice: ReactNode;
} & Omit<ComponentProps<typeof WidgetSettings>, 'saveOrigins' | 'widget'>) {
  return (
    <SettingsShell
      {...shell}
      part="widget"
      title="Chat on your site"
      lead="One line of HTML puts the chat on any page."
      onSignOut={() => void leave()}
    >
      {widget === null ? (
        notice
      ) : (
        <WidgetSettings
          {...settings}
          widget={widget}
          saveOrigins={(allowedOrigins) =>
            answered(() => saveWidget({ widgetId: widget.id, allowedOrigins }))
          }
        />
      )}
    </SettingsShell>
  );
}

export function WorkspacePage({
  shell,
  ...workspace
}: { shell: Shell } & Omit<ComponentProps<typeof WorkspaceSettings>, 'removeExampleData' | 'onChanged'>) {
  const router = useRouter();
  return (
    <SettingsShell
      {...shell}
      part="workspace"
      title="Workspace"
      lead="What belongs to all of you."
      onSignOut={() => void leave()}
    >
      <WorkspaceSettings
        {...workspace}
        removeExampleData={() => answered(() => removeExampleData({}))}
        onChanged={() => router.refresh()}
      />
    </SettingsShell>
  );
}
