import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { TextsPage } from '#/app/(agent)/settings/widget/texts-page.tsx';
import { can } from '#/lib/permissions/can.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { listWidgets } from '#/lib/widgets/service.ts';
import { findWidgetTexts } from '#/lib/widgets/texts.ts';

export const metadata: Metadata = { title: 'Texts and languages' };

type Props = { params: Promise<{ widgetId: string }> };

export default async function Page({ params }: Props) {
  const { widgetId } = await params;
  const { agent, catalogue, shell } = await settingsShell(`/settings/widget/${widgetId}/texts`);
  if (!can(agent, 'widget.manage', { widgetId })) redirect('/settings/widget');
  const widgets = await listWidgets(agent);
  const widget = widgets.find(({ id }) => id === widgetId);
  if (widget === undefined) notFound();
  return (
    <TextsPage
      shell={shell}
      siteName={widgets.length === 1 ? 'Chat on your site' : widget.name}
      widget={widget}
      workspaceName={catalogue.workspace.name}
      catalogues={catalogues}
      {...(await findWidgetTexts(agent, widgetId))}
    />
  );
}
