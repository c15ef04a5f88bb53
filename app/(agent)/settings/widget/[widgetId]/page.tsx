import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { OneWidgetPage } from '#/app/(agent)/settings/widget/one-widget-page.tsx';
import { scriptTag } from '#/lib/embed/snippet.ts';
import { ownOrigin } from '#/lib/links.ts';
import { can } from '#/lib/permissions/can.ts';
import { listSightings, listWidgets } from '#/lib/widgets/service.ts';

export const metadata: Metadata = { title: 'Chat on your site' };

type Props = { params: Promise<{ widgetId: string }> };

export default async function Page({ params }: Props) {
  const { widgetId } = await params;
  const { agent, catalogue, shell } = await settingsShell(`/settings/widget/${widgetId}`);
  if (!can(agent, 'widget.manage', { widgetId })) redirect('/settings/widget');
  const widgets = await listWidgets(agent);
  const widget = widgets.find(({ id }) => id === widgetId);
  if (widget === undefined) notFound();
  return (
    <OneWidgetPage
      shell={shell}
      widget={widget}
      isOnly={widgets.length === 1}
      workspaceName={catalogue.workspace.name}
      departments={catalogue.departments}
      sightings={await listSightings(agent, widgetId)}
      snippet={scriptTag(await ownOrigin(), widget.key)}
    />
  );
}
