'use client';

import { Building2, Plus } from 'lucide-react';
import { AdminsOnly, Badge, Fact, Row, Rows } from '#/components/settings/settings-rows.tsx';
import { SettingsPage } from '#/components/settings/settings-shell.tsx';
import { ButtonLink } from '#/components/ui/button.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { EmptyState } from '#/components/ui/empty-state.tsx';
import { hoursText, isOpenAt } from '#/lib/departments/rules.ts';
import type { DepartmentDetail } from '#/lib/departments/schema.ts';

/** The departments at a glance: who is in them, when they are there, and what waits in them. */
export function DepartmentsSettings({
  departments,
  isAdmin,
}: {
  departments: readonly DepartmentDetail[];
  isAdmin: boolean;
}) {
  const { now } = useClock();
  return (
    <SettingsPage
      title="Departments"
      lead="A ticket belongs to one department, or to none. A department says when its people are there, and it can keep its tickets to itself."
      actions={
        isAdmin ? (
          <ButtonLink tone="primary" href="/settings/departments/new">
            <Plus className="size-4" aria-hidden="true" />
            New department
          </ButtonLink>
        ) : undefined
      }
    >
      {isAdmin ? null : <AdminsOnly>Your admins make departments and say who is in them.</AdminsOnly>}
      {departments.length === 0 ? (
        <div className="rounded-card border border-line bg-bg-raised">
          <EmptyState icon={<Building2 aria-hidden="true" />} title="No departments yet">
            A small team needs none. Make one when not everybody answers everything, such as Billing or
            Returns.
          </EmptyState>
        </div>
      ) : (
        <Rows label="Departments">
          {departments.map((department) => {
            const { id, name, memberIds, openTickets, businessHours, timezone } = department;
            const isOpen = isOpenAt(businessHours, timezone, now);
            return (
              <Row
                key={id}
                title={name}
                {...(isAdmin ? { href: `/settings/departments/${id}` } : {})}
                badges={
                  <>
                    {department.isRestricted ? <Badge>restricted</Badge> : null}
                    {businessHours === null ? null : isOpen ? (
                      <Badge tone="good">open now</Badge>
                    ) : (
                      <Badge>closed now</Badge>
                    )}
                  </>
                }
                detail={
                  businessHours === null
                    ? hoursText(null)
                    : `${hoursText(businessHours)} (${timezone.replaceAll('_', ' ')})`
                }
                facts={
                  <>
                    <Fact width="w-24">
                      {memberIds.length === 1 ? '1 member' : `${memberIds.length} members`}
                    </Fact>
                    <Fact width="w-20">
                      {openTickets === 0 ? '—' : `${openTickets.toLocaleString('en')} open`}
                    </Fact>
                  </>
                }
              />
            );
          })}
        </Rows>
      )}
    </SettingsPage>
  );
}
