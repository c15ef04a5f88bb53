import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { PreChatPage } from '#/app/(agent)/settings/widget/pre-chat-page.tsx';
import { hoursText } from '#/lib/departments/rules.ts';
import { listDepartmentsInFull } from '#/lib/departments/service.ts';
import { can } from '#/lib/permissions/can.ts';
import { getAsking } from '#/lib/pre-chat/service.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { listWidgets } from '#/lib/widgets/service.ts';

export const metadata: Metadata = { title: 'Form and rating' };

type Props = { params: Promise<{ widgetId: string }> };

export default async function Page({ params }: Props) {
  const { widgetId } = await params;
  const { agent, catalogue, shell } = await settingsShell(`/settings/widget/${widgetId}/form`);
  if (!can(agent, 'widget.manage', { widgetId })) redirect('/settings/widget');
  const [widgets, departments, asking] = await Promise.all([
    listWidgets(agent),
    listDepartmentsInFull(agent),
    getAsking(agent, widgetId),
  ]);
  const widget = widgets.find(({ id }) => id === widgetId);
  if (widget === undefined) notFound();
  const department = departments.find(({ id }) => id === widget.departmentId);
  return (
    <PreChatPage
      shell={shell}
      siteName={widgets.length === 1 ? 'Chat on your site' : widget.name}
      widget={widget}
      workspaceName={catalogue.workspace.name}
      texts={catalogues.en}
      {...asking}
      customFields={catalogue.fields}
      departments={departments.map(({ id, name }) => ({ id, name }))}
      hours={
        department === undefined
          ? {
              text: 'New tickets go to no department, so the chat counts as always open.',
              href: `/settings/widget/${widgetId}`,
            }
          : {
              text: `${department.name}: ${hoursText(department.businessHours)} (${department.timezone})`,
              href: `/settings/departments/${department.id}`,
            }
      }
    />
  );
}
