import type { Metadata } from 'next';
import { FieldsPage } from '#/app/(agent)/settings/fields/fields-page.tsx';
import { settingsShell } from '#/app/(agent)/settings/shell.ts';
import { can } from '#/lib/permissions/can.ts';

export const metadata: Metadata = { title: 'Custom fields' };

export default async function Page() {
  const { agent, catalogue, shell } = await settingsShell('/settings/fields');
  return <FieldsPage shell={shell} fields={catalogue.fields} isAdmin={can(agent, 'field.manage', {})} />;
}
