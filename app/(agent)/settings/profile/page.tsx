import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { ProfilePage } from '#/app/(agent)/settings/profile/profile-page.tsx';
import { currentAgent } from '#/lib/auth/session.ts';
import { getCatalogue } from '#/lib/catalogue/service.ts';
import { findPictureId } from '#/lib/profile/picture.ts';
import { getProfile } from '#/lib/profile/service.ts';
import { listTickets } from '#/lib/tickets/list.ts';

export const metadata: Metadata = { title: 'Profile' };

export default async function Page() {
  const agent = await currentAgent();
  if (agent === null) redirect('/sign-in?next=/settings/profile');
  const [profile, pictureId, catalogue, list] = await Promise.all([
    getProfile(agent),
    findPictureId(agent),
    getCatalogue(agent),
    listTickets(agent, { view: 'all', filter: {}, sort: 'waiting', limit: 1 }),
  ]);
  const { id, name, email, role, departmentId } = agent;
  const { preferences, ...person } = profile;
  return (
    <ProfilePage
      sidebar={{
        workspaceName: catalogue.workspace.name,
        me: { id, name, email, role, departmentId },
        availability: person.availability,
        place: null,
        counts: list.counts,
        departments: catalogue.departments,
        views: catalogue.views,
        current: 'settings',
      }}
      email={email}
      person={person}
      pictureId={pictureId}
      preferences={preferences}
    />
  );
}
