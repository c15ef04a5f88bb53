'use client';

import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { deleteDepartment, saveDepartment } from '#/app/(agent)/settings/actions.ts';
import { SettingsFrame, type Shell } from '#/app/(agent)/settings/settings-frame.tsx';
import { DepartmentForm } from '#/components/settings/department-form.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import { answered } from '#/lib/sync/outdated.ts';

type Form = Omit<ComponentProps<typeof DepartmentForm>, 'acts' | 'onSaved' | 'onDeleted'>;

export function DepartmentPage({ shell, ...form }: { shell: Shell } & Form) {
  const router = useRouter();
  return (
    <SettingsFrame shell={shell} part="departments">
      <DepartmentForm
        {...form}
        acts={{
          saveDepartment: (input) => answered(() => saveDepartment(input)),
          deleteDepartment: (input) => answered(() => deleteDepartment(input)),
        }}
        onSaved={() => {
          showToast('Saved.');
          if (form.isNew) router.push('/settings/departments');
          else router.refresh();
        }}
        onDeleted={() => {
          showToast(`${form.department.name} is deleted. Its tickets are moving.`);
          router.push('/settings/departments');
        }}
      />
    </SettingsFrame>
  );
}
