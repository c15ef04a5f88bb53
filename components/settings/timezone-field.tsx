'use client';

import { useMemo } from 'react';
import { TextField } from '#/components/ui/field.tsx';

const listId = 'timezones';

/** An IANA zone by name, with the browser's own completion and what time it is there. */
export function TimezoneField({
  value,
  onChange,
  problem,
}: {
  value: string;
  onChange(value: string): void;
  problem: string | null;
}) {
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], []);
  return (
    <>
      <TextField
        label="Time zone"
        name="timezone"
        list={listId}
        autoComplete="off"
        hint="By city, such as Europe/Berlin."
        value={value}
        onChange={onChange}
        problem={problem}
      />
      <datalist id={listId}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
