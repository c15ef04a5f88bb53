import type { Metadata } from 'next';
import { IdentityPage } from '#/app/(agent)/settings/identity/identity-page.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { listSecrets } from '#/lib/identity/service.ts';
import { can } from '#/lib/permissions/can.ts';
import { listWidgets } from '#/lib/widgets/service.ts';

export const metadata: Metadata = { title: 'Identity' };

type Props = { searchParams: Promise<{ widget?: string | string[] }> };

/** Each site signs with secrets of its own: which site's is in the address, else the first one's. */
export default async function Page({ searchParams }: Props) {
  const { widget: asked } = await searchParams;
  const { agent, shell } = await settingsShell('/settings/identity');
  if (!can(agent, 'widget.manage', {})) return <IdentityPage shell={shell} site={null} />;
  const widgets = await listWidgets(agent);
  const widget = widgets.find(({ id }) => id === asked) ?? widgets[0];
  if (widget === undefined) return <IdentityPage shell={shell} site={null} />;
  return (
    <IdentityPage
      key={widget.id}
      shell={shell}
      site={{
        widget: { id: widget.id, key: widget.key, name: widget.name },
        sites: widgets.map(({ id, name }) => ({ id, name })),
        secrets: await listSecrets(agent, widget.id),
      }}
    />
  );
}
