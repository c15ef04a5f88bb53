'use client';

import { Check } from 'lucide-react';
import { useState } from 'react';
import { FormDialog } from '#/components/settings/form-dialog.tsx';
import { useSave } from '#/components/settings/use-save.ts';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { TextField } from '#/components/ui/field.tsx';
import { TagChip } from '#/components/ui/tag-chip.tsx';
import type { Result } from '#/lib/errors.ts';
import {
  type ChangeTagInput,
  type CreateTagInput,
  type Tag,
  type TagColor,
  tagColors,
  tagNameMax,
} from '#/lib/tags/schema.ts';

/** A tag's name and colour, as it will look. */
export function TagDialog({
  tag,
  newId,
  createTag,
  changeTag,
  onDone,
  onClose,
}: {
  /** Null for a new one. */
  tag: Tag | null;
  newId(): string;
  createTag(input: CreateTagInput): Promise<Result<unknown>>;
  changeTag(input: ChangeTagInput): Promise<Result<unknown>>;
  onDone(name: string): void;
  onClose(): void;
}) {
  const [id] = useState(() => tag?.id ?? newId());
  const [name, setName] = useState(tag?.name ?? '');
  const [color, setColor] = useState<TagColor>(tag?.color ?? 'blue');
  const isDirty = name !== (tag?.name ?? '') || (tag !== null && color !== tag.color);
  const { failure, isBusy, save } = useSave(
    () => (tag === null ? createTag : changeTag)({ id, name, color }),
    () => onDone(name.trim()),
  );
  return (
    <FormDialog
      title={tag === null ? 'New tag' : `Edit “${tag.name}”`}
      {...(tag === null ? {} : { description: 'It changes on every ticket that carries it.' })}
      verb={tag === null ? 'Make the tag' : 'Save'}
      isDirty={isDirty}
      isBusy={isBusy}
      canSave={isDirty}
      failure={failure}
      fields={['name']}
      onSave={(form) => void save(form)}
      onClose={onClose}
    >
      <TextField
        label="Name"
        name="name"
        autoComplete="off"
        required
        maxLength={tagNameMax}
        value={name}
        onChange={setName}
        problem={fieldProblem(failure, 'name')}
      />
      <fieldset>
        <legend className="pb-1 font-medium text-13">Colour</legend>
        <div className="grid w-fit grid-cols-8 gap-1 max-tablet:grid-cols-4">
          {tagColors.map((each) => (
            <label
              key={each}
              title={each}
              className={`tag-${each} tag-dot relative inline-flex size-8 cursor-pointer items-center justify-center rounded-full has-focus-visible:outline-2 has-focus-visible:outline-accent-ink has-focus-visible:outline-offset-2 max-tablet:size-11`}
            >
              <input
                type="radio"
                name="color"
                aria-label={each}
                checked={each === color}
                onChange={() => setColor(each)}
                className="absolute inset-0 cursor-pointer opacity-0"
              />
              {each === color ? <Check className="size-4 text-bg" aria-hidden="true" /> : null}
            </label>
          ))}
        </div>
      </fieldset>
      <p className="flex items-center gap-2 text-text-muted">
        On a ticket: <TagChip name={name.trim() === '' ? 'name' : name} color={color} />
      </p>
    </FormDialog>
  );
}
