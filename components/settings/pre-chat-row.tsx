'use client';

import { ArrowDown, ArrowUp, GripVertical, X } from 'lucide-react';
import type { PointerEvent } from 'react';
import { fieldProblem } from '#/components/ui/failure-text.ts';
import { TextArea, TextField } from '#/components/ui/field.tsx';
import { IconButton } from '#/components/ui/icon-button.tsx';
import type { Failure } from '#/lib/errors.ts';
import type { PreChatField } from '#/lib/pre-chat/schema.ts';

/** One thing that is asked: its place, whether it must be answered, and what it needs to be asked at all. */
export function PreChatRow({
  field,
  name,
  departments,
  failure,
  path,
  isFirst,
  isLast,
  isDragged,
  handle,
  onMove,
  onChange,
  onRemove,
}: {
  field: PreChatField;
  name: string;
  departments: readonly { id: string; name: string }[];
  failure: Failure | null;
  /** Of this field in what is saved. */
  path: string;
  isFirst: boolean;
  isLast: boolean;
  isDragged: boolean;
  handle: { onPointerDown(event: PointerEvent<HTMLElement>): void };
  onMove(by: -1 | 1): void;
  onChange(next: PreChatField): void;
  onRemove(): void;
}) {
  return (
    <li
      className={`flex flex-col gap-3 border-line border-b py-2 pe-2 last:border-b-0 ${isDragged ? 'bg-bg-selected' : ''}`}
    >
      <div className="flex min-h-10 items-center gap-2">
        <span
          {...handle}
          aria-hidden="true"
          className="flex h-10 w-8 shrink-0 cursor-grab touch-none items-center justify-center text-text-faint active:cursor-grabbing"
        >
          <GripVertical className="size-4" />
        </span>
        <bdi className="min-w-0 flex-1 truncate font-medium">{name}</bdi>
        <label className="flex h-8 shrink-0 cursor-pointer items-center gap-2 text-text-muted max-tablet:h-11">
          <input
            type="checkbox"
            checked={field.isRequired}
            onChange={(event) => onChange({ ...field, isRequired: event.target.checked })}
            className="size-4 accent-accent"
          />
          Required
        </label>
        <span className="flex shrink-0">
          <IconButton label={`Move ${name} up`} disabled={isFirst} onClick={() => onMove(-1)}>
            <ArrowUp aria-hidden="true" />
          </IconButton>
          <IconButton label={`Move ${name} down`} disabled={isLast} onClick={() => onMove(1)}>
            <ArrowDown aria-hidden="true" />
          </IconButton>
          <IconButton label={`Do not ask for ${name}`} onClick={onRemove}>
            <X aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      {field.kind === 'department' ? (
        <Departments field={field} departments={departments} onChange={onChange} />
      ) : null}
      {field.kind === 'consent' ? (
        <Consent field={field} failure={failure} path={path} onChange={onChange} />
      ) : null}
    </li>
  );
}

function Departments({
  field,
  departments,
  onChange,
}: {
  field: Extract<PreChatField, { kind: 'department' }>;
  departments: readonly { id: string; name: string }[];
  onChange(next: PreChatField): void;
}) {
  const chosen = new Set(field.departmentIds);
  return (
    <fieldset className="flex flex-wrap gap-x-4 gap-y-1 ps-10 pe-2 pb-1">
      <legend className="pb-1 text-text-muted">Visitors may choose between these</legend>
      {departments.map((department) => (
        <label key={department.id} className="flex h-8 cursor-pointer items-center gap-2 max-tablet:h-11">
          <input
            type="checkbox"
            checked={chosen.has(department.id)}
            onChange={(event) => {
              const ids = departments
                .map(({ id }) => id)
                .filter((id) => (id === department.id ? event.target.checked : chosen.has(id)));
              onChange({ ...field, departmentIds: ids });
            }}
            className="size-4 accent-accent"
          />
          <bdi>{department.name}</bdi>
        </label>
      ))}
    </fieldset>
  );
}

function Consent({
  field,
  failure,
  path,
  onChange,
}: {
  field: Extract<PreChatField, { kind: 'consent' }>;
  failure: Failure | null;
  path: string;
  onChange(next: PreChatField): void;
}) {
  const { link } = field;
  const linked = (part: Partial<{ label: string; url: string }>) => {
    const next = { label: link?.label ?? '', url: link?.url ?? '', ...part };
    onChange({ ...field, link: next.label === '' && next.url === '' ? null : next });
  };
  return (
    <div className="flex flex-col gap-3 ps-10 pe-2 pb-2">
      <TextArea
        label="What they agree to"
        name="text"
        rows={2}
        value={field.text}
        onChange={(text) => onChange({ ...field, text })}
        problem={fieldProblem(failure, `${path}.text`)}
      />
      <div className="grid gap-3 tablet:grid-cols-2">
        <TextField
          label="Name of the link"
          name="label"
          autoComplete="off"
          placeholder="Privacy policy"
          value={link?.label ?? ''}
          onChange={(label) => linked({ label })}
          problem={fieldProblem(failure, `${path}.link.label`)}
        />
        <TextField
          label="Address of the link"
          name="url"
          type="url"
          autoComplete="off"
          placeholder="https://shop.example/privacy"
          value={link?.url ?? ''}
          onChange={(url) => linked({ url })}
          problem={fieldProblem(failure, `${path}.link.url`)}
        />
      </div>
    </div>
  );
}
