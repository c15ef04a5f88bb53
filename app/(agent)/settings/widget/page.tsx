import { ShieldX } from 'lucide-react';
import type { Metadata } from 'next';
import { WidgetPage } from '#/app/(agent)/settings/settings-pages.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { scriptTag } from '#/lib/embed/snippet.ts';
import { ownOrigin } from '#/lib/links.ts';
import { can } from '#/lib/permissions/can.ts';
import { listWidgets } from '#/lib/widgets/service.ts';

export const metadata: Metadata = { title: 'Chat on your site' };

export default async function Page() {
  const { agent, shell } = await settingsShell('/settings/widget');
  const isAdmin = can(agent, 'widget.manage', {});
  const [widget] = isAdmin ? await listWidgets(agent) : [];
  return (
    <WidgetPage
      shell={shell}
      isAdmin={isAdmin}
      snippet={widget === undefined ? '' : scriptTag(await ownOrigin(), widget.key)}
      widget={
        widget === undefined
          ? null
          : { id: widget.id, key: widget.key, name: widget.name, allowedOrigins: widget.allowedOrigins }
      }
      notice={
        <EmptyState icon={<ShieldX aria-hidden="true" />} title="Only admins can see this">
          The chat's key and the sites that may show it are looked after by your admins.
        </EmptyState>
      }
    />
  );
}
