import type { Metadata } from 'next';
import { acceptInvite } from '#/app/(public)/invite/actions.ts';
import { InviteForm } from '#/components/entry/invite-form.tsx';
import { findWorkspaceName } from '#/lib/workspace/service.ts';

export const metadata: Metadata = { title: 'Join the team' };

export default async function InvitePage() {
  return <InviteForm workspaceName={await findWorkspaceName()} acceptInvite={acceptInvite} />;
}
