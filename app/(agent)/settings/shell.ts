import { redirect } from 'next/navigation';
import { currentAgent } from '#/lib/auth/session.ts';
import { getCatalogue } from '#/lib/catalogue/service.ts';
import { getProfile } from '#/lib/profile/service.ts';
import { findTicketList } from '#/lib/tickets/list.ts';
import { countStoppedWebhooks } from '#/lib/webhooks/service.ts';

/** The signed-in agent and what stands around every settings page; leads to sign-in where nobody is. */
export async function settingsShell(path: string) {
  const agent = await currentAgent();
  if (agent === null) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  const [profile, catalogue, list, stoppedWebhooks] = await Promise.all([
    getProfile(agent),
    getCatalogue(agent),
    findTicketList(agent, { view: 'all', filter: {}, sort: 'waiting', limit: 1 }),
    countStoppedWebhooks(agent),
  ]);
  const { id, name, email, role, departmentId } = agent;
  return {
    agent,
    catalogue,
    shell: {
      preferences: profile.preferences,
      stoppedWebhooks,
      sidebar: {
        workspaceName: catalogue.workspace.name,
        me: { id, name, email, role, departmentId },
        availability: profile.availability,
        place: null,
        counts: list?.counts ?? null,
        departments: catalogue.departments,
        views: catalogue.views,
        current: 'settings' as const,
      },
    },
  };
}
