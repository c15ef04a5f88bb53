import type { Metadata } from 'next';
import { completeSetup } from '#/app/(public)/setup/actions.ts';
import { SetupForm } from '#/components/entry/setup-form.tsx';

export const metadata: Metadata = { title: 'Set up' };

export default function SetupPage() {
  return <SetupForm completeSetup={completeSetup} />;
}
