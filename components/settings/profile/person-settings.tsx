'use client';

import { useState } from 'react';
import type { ProfileActs } from '#/components/settings/profile/profile-settings.tsx';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { TimezoneField } from '#/components/settings/timezone-field.tsx';
import { useLeaveGuard, useSave } from '#/components/settings/use-save.ts';
import { Button } from '#/components/ui/button.tsx';
import { failureText, fieldProblem } from '#/components/ui/failure-text.ts';
import { ChoiceField, TextField } from '#/components/ui/field.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import { type AgentAvailability, agentAvailabilities } from '#/lib/agents/schema.ts';

export type PersonValues = { name: string; timezone: string | null; availability: AgentAvailability };

const availabilityNames: Record<AgentAvailability, string> = { online: 'Online', away: 'Away' };

/** Who one is for colleagues and customers. */
export function PersonSettings({
  email,
  person,
  acts,
  onSaved,
}: {
  email: string;
  person: PersonValues;
  acts: Pick<ProfileActs, 'saveProfile'>;
  onSaved(): void;
}) {
  const [stored, setStored] = useState(person);
  const [name, setName] = useState(person.name);
  const [timezone, setTimezone] = useState(person.timezone ?? '');
  const [availability, setAvailability] = useState(person.availability);
  const to = { name, timezone: timezone.trim() === '' ? null : timezone.trim(), availability };
  const isDirty =
    to.name !== stored.name || to.timezone !== stored.timezone || to.availability !== stored.availability;
  useLeaveGuard(isDirty);
  const { failure, isBusy, save } = useSave(
    () => acts.saveProfile(to),
    () => {
      setStored(to);
      showToast('Your profile is saved.');
      onSaved();
    },
  );
  return (
    <SettingsBlock title="You" lead={`You sign in as ${email}.`}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <TextField
          label="Name"
          name="name"
          autoComplete="name"
          hint="Customers see it beside your answers."
          value={name}
          onChange={setName}
          problem={fieldProblem(failure, 'name')}
        />
        <TimezoneField value={timezone} onChange={setTimezone} problem={fieldProblem(failure, 'timezone')} />
        <p className="-mt-3 text-text-muted">Empty follows the computer that you work at.</p>
        <ChoiceField
          label="Availability"
          name="availability"
          value={availability}
          choices={agentAvailabilities.map((value) => ({ value, label: availabilityNames[value] }))}
          onChange={(value) => {
            const next = agentAvailabilities.find((each) => each === value);
            if (next !== undefined) setAvailability(next);
          }}
        />
        <div className="flex items-center gap-3">
          <Button type="submit" tone="primary" isBusy={isBusy} disabled={!isDirty}>
            Save
          </Button>
          {failure !== null && failure.field === undefined ? (
            <p role="alert" className="text-bad">
              {failureText(failure)}
            </p>
          ) : null}
        </div>
      </form>
    </SettingsBlock>
  );
}
