'use client';

import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { ChoiceList } from '#/components/inbox/list/choice-list.tsx';
import type { FilterProps } from '#/components/inbox/list/filter-bar.tsx';
import { type FilterPart, fieldPart } from '#/components/inbox/list/filter-parts.ts';
import { partName } from '#/components/inbox/list/filter-words.ts';
import { FirstFocus, FloatingPanel } from '#/components/inbox/list/floating-panel.tsx';
import { PartEditor } from '#/components/inbox/list/part-editor.tsx';

/** Which condition is being chosen or changed, and at what the panel hangs. A null part: first what to filter by. */
export type OpenFilter = { part: FilterPart | null; anchor: HTMLElement };

/** First what to filter by, then its values, in one panel; straight to the values from a chip. */
export function FilterPanel({
  open,
  onClose,
  ...props
}: FilterProps & { open: OpenFilter | null; onClose(): void }) {
  // What was open last is what fades out.
  const [last, setLast] = useState(open);
  const [step, setStep] = useState<FilterPart | null>(null);
  if (open !== null && open !== last) {
    setLast(open);
    setStep(null);
  }
  if (last === null) return null;
  const part = last.part ?? step;
  const { fields } = props.catalogue;
  return (
    <FloatingPanel
      label={part === null ? 'Filter by' : partName(part, fields)}
      anchor={() => last.anchor}
      isOpen={open !== null}
      onClose={onClose}
      align={last.part === null ? 'end' : 'start'}
    >
      {part === null ? (
        <PartList fields={fields} onPart={setStep} />
      ) : (
        <>
          {last.part !== null ? null : (
            <button
              type="button"
              onClick={() => setStep(null)}
              className="flex h-9 w-full items-center gap-2 border-line border-b px-3 text-start font-medium text-13 hover:bg-bg-hover max-tablet:h-11"
            >
              <ArrowLeft className="size-4 text-text-muted rtl:rotate-180" aria-hidden="true" />
              <span className="sr-only">Back to all filters from </span>
              {partName(part, fields)}
            </button>
          )}
          <FirstFocus key={part}>
            <PartEditor {...props} part={part} onTop={props.place.filter} onDone={onClose} />
          </FirstFocus>
        </>
      )}
    </FloatingPanel>
  );
}

function PartList({
  fields,
  onPart,
}: {
  fields: FilterProps['catalogue']['fields'];
  onPart(part: FilterPart): void;
}) {
  const parts: FilterPart[] = [
    'status',
    'priority',
    'assignee',
    'department',
    'tag',
    'customer',
    'created',
    'waiting',
    ...fields.filter((field) => !field.isArchived).map(fieldPart),
  ];
  return (
    <ChoiceList
      label="Filter by"
      placeholder="Filter by…"
      choices={parts.map((each) => ({
        id: each,
        label: each === 'waiting' ? 'Waiting longer than' : partName(each, fields),
        ...(each.startsWith('field:customer') ? { hint: 'Customer' } : {}),
        ...(each.startsWith('field:ticket') ? { hint: 'Ticket' } : {}),
      }))}
      chosen={new Set()}
      onChoose={(id) => {
        const part = parts.find((each) => each === id);
        if (part !== undefined) onPart(part);
      }}
    />
  );
}
