'use client';

import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { ChoiceField } from '#/components/ui/field.tsx';
import type { Result } from '#/lib/errors.ts';
import type { MergeTagInput, TagInUse } from '#/lib/tags/schema.ts';

/** One tag goes, and its tickets carry another instead. */
export function MergeTagDialog({
  tag,
  others,
  mergeTag,
  onDone,
  onClose,
}: {
  tag: TagInUse;
  others: readonly TagInUse[];
  mergeTag(input: MergeTagInput): Promise<Result<unknown>>;
  onDone(into: string): void;
  onClose(): void;
}) {
  const [into, setInto] = useState(others[0]?.id ?? '');
  const target = others.find(({ id }) => id === into);
  const { failure, isBusy, save } = useSave(
    () => mergeTag({ id: tag.id, into }),
    () => onDone(target?.name ?? ''),
  );
  return (
    <FormDialog
      title={`Merge “${tag.name}” into another tag`}
      verb="Merge"
      isDirty={false}
      isBusy={isBusy}
      failure={failure}
      fields={[]}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <ChoiceField
        label="Into"
        name="into"
        value={into}
        choices={others.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setInto}
      />
      <p className="text-pretty text-text-muted">
        {tag.tickets === 0
          ? `No ticket carries “${tag.name}”; it only goes away.`
          : `${tag.tickets === 1 ? 'One ticket carries' : `${tag.tickets.toLocaleString('en')} tickets carry`} “${target?.name ?? ''}” instead of “${tag.name}”. This cannot be taken back.`}
      </p>
    </FormDialog>
  );
}
