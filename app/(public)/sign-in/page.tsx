import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { signIn } from '#/app/(public)/sign-in/actions.ts';
import { SignInForm } from '#/components/entry/sign-in-form.tsx';
import { currentAgent } from '#/lib/auth/session.ts';
import { findWorkspaceName } from '#/lib/workspace/service.ts';

export const metadata: Metadata = { title: 'Sign in' };

type Props = { searchParams: Promise<{ next?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const next = ownPath((await searchParams).next);
  if ((await currentAgent()) !== null) redirect(next);
  return <SignInForm workspaceName={await findWorkspaceName()} next={next} signIn={signIn} />;
}

/** Only a path of the inbox or the settings, so that no link can lead elsewhere after signing in. */
function ownPath(next: string | string[] | undefined): string {
  return typeof next === 'string' && /^\/(inbox|settings)([/?][\w\-/?=&%]*)?$/.test(next) ? next : '/inbox';
}
