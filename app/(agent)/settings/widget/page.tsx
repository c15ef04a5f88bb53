import type { Metadata } from 'next';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { OneWidgetPage } from '#/app/(agent)/settings/widget/one-widget-page.tsx';
import { WidgetsPage } from '#/app/(agent)/settings/widget/widgets-page.tsx';
import { scriptTag } from '#/lib/embed/snippet.ts';
import { ownOrigin } from '#/lib/links.ts';
import { can } from '#/lib/permissions/can.ts';
import { listSightings, listWidgets } from '#/lib/widgets/service.ts';

export const metadata: Metadata = { title: 'Chat on your site' };

/** The only site's settings, or the list where there are several. */
export default async function Page() {
  const { agent, catalogue, shell } = await settingsShell('/settings/widget');
  if (!can(agent, 'widget.manage', {})) return <WidgetsPage shell={shell} widgets={null} />;
  const widgets = await listWidgets(agent);
  const [only, ...others] = widgets;
  if (only !== undefined && others.length === 0) {
    return (
      <OneWidgetPage
        shell={shell}
        widget={only}
        isOnly
        workspaceName={catalogue.workspace.name}
        departments={catalogue.departments}
        sightings={await listSightings(agent, only.id)}
        snippet={scriptTag(await ownOrigin(), only.key)}
      />
    );
  }
  const summaries = await Promise.all(
    widgets.map(async ({ id, name, allowedOrigins, look }) => {
      const sightings = await listSightings(agent, id);
      return {
        id,
        name,
        allowedOrigins,
        accent: look.accent,
        isSeen: sightings.some(({ isAllowed }) => isAllowed),
      };
    }),
  );
  return <WidgetsPage shell={shell} widgets={summaries} />;
}
