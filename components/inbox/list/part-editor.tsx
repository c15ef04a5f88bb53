'use client';

import { type FormEvent, useState } from 'react';
import { ChoiceList, type GlyphChoice } from '#/components/inbox/list/choice-list.tsx';
import { waitingMinutesFor } from '#/components/inbox/list/choices.ts';
import { dayAgo, daysOf, rangeFilter, rangePresets } from '#/components/inbox/list/created-range.ts';
import { CustomerEditor } from '#/components/inbox/list/customer-editor.tsx';
import {
  type FilterPart,
  fieldOfPart,
  fieldValuesOf,
  type ListPart,
  listParts,
  toggled,
  valuesOf,
  withField,
  withValues,
} from '#/components/inbox/list/filter-parts.ts';
import { partName, spanText } from '#/components/inbox/list/filter-words.ts';
import type { ListCatalogue } from '#/components/inbox/list/list-props.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { useClock } from '#/components/ui/clock.tsx';
import { PriorityGlyph, priorityNames, StatusGlyph, statusNames } from '#/components/ui/status-glyph.tsx';
import { TagDot } from '#/components/ui/tag-chip.tsx';
import type { CustomField, FieldValue } from '#/lib/custom-fields/schema.ts';
import type { SearchTransport } from '#/lib/sync/search.ts';
import { resolveFilter } from '#/lib/tickets/filter.ts';
import {
  type TicketFilter,
  type TicketListRow,
  ticketPriorities,
  ticketStatuses,
} from '#/lib/tickets/schema.ts';

export type PartEditorProps = {
  part: FilterPart;
  /** The view's own conditions, and what was set on top of them. */
  base: TicketFilter;
  onTop: TicketFilter;
  catalogue: ListCatalogue;
  me: { id: string; name: string };
  rows: readonly TicketListRow[];
  zone: string | null;
  search: SearchTransport;
  onFilter(next: TicketFilter): void;
  /** Something was chosen of which there is only one. */
  onDone(): void;
};

/** Where the values of one condition are picked or typed. */
export function PartEditor(props: PartEditorProps) {
  const { part } = props;
  const field = fieldOfPart(part);
  const listPart = listParts.find((each) => each === part);
  if (listPart !== undefined) return <ValuesEditor {...props} listPart={listPart} />;
  if (field !== null) {
    const known = props.catalogue.fields.find(
      (each) => each.subject === field.subject && each.key === field.key,
    );
    return <FieldEditor {...props} field={known ?? unknownField(field)} />;
  }
  switch (part) {
    case 'customer':
      return <CustomerEditor {...props} />;
    case 'created':
      return <CreatedEditor {...props} />;
    default:
      return <WaitingEditor {...props} />;
  }
}

function ValuesEditor({ listPart, ...props }: PartEditorProps & { listPart: ListPart }) {
  const { base, onTop } = props;
  const values = valuesOf(base, onTop, listPart);
  return (
    <ChoiceList
      label={partName(listPart, [])}
      isMultiple
      choices={choicesOf(listPart, props)}
      chosen={new Set(values)}
      emptyText={listPart === 'tag' ? 'No tag is called that' : 'Nothing is called that'}
      onChoose={(id) => props.onFilter(withValues(base, onTop, listPart, toggled(values, id)))}
    />
  );
}

function choicesOf(part: ListPart, { catalogue, me }: PartEditorProps): GlyphChoice[] {
  switch (part) {
    case 'status':
      return ticketStatuses.map((id) => ({ id, label: statusNames[id], glyph: <StatusGlyph status={id} /> }));
    case 'priority':
      return ticketPriorities
        .toReversed()
        .map((id) => ({ id, label: priorityNames[id], glyph: <PriorityGlyph priority={id} /> }));
    case 'assignee':
      return [
        { id: 'me', label: 'Me', glyph: <Avatar name={me.name} size={20} /> },
        { id: 'none', label: 'Unassigned', glyph: <NobodyGlyph /> },
        ...catalogue.agents
          .filter((agent) => agent.id !== me.id)
          .map((agent) => ({
            id: agent.id,
            label: agent.name,
            glyph: <Avatar name={agent.name} size={20} />,
          })),
      ];
    case 'department':
      return [
        { id: 'none', label: 'No department' },
        ...catalogue.departments.map(({ id, name }) => ({ id, label: name })),
      ];
    case 'tag':
      return catalogue.tags.map(({ id, name, color }) => ({
        id,
        label: name,
        glyph: <TagDot color={color} />,
      }));
  }
}

/** Nobody: the empty place of an assignee. */
export function NobodyGlyph() {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-5 shrink-0 rounded-full border border-line-strong border-dashed"
    />
  );
}

function WaitingEditor({ base, onTop, onFilter, onDone }: PartEditorProps) {
  const chosen = resolveFilter(base, onTop).waitingMinutes ?? null;
  const choicesFor = (text: string) =>
    waitingMinutesFor(text).map((minutes) => ({ id: String(minutes), label: `Over ${spanText(minutes)}` }));
  return (
    <ChoiceList
      label="Waiting longer than"
      placeholder="Type a time, such as 45 min"
      emptyText="Type a number of minutes, hours or days"
      choices={[]}
      choicesFor={choicesFor}
      chosen={new Set(chosen === null ? [] : [String(chosen)])}
      onChoose={(id) => {
        onFilter({ ...onTop, waitingMinutes: Number(id) });
        onDone();
      }}
    />
  );
}

const dateField =
  'h-9 w-full min-w-0 rounded-control border border-line-strong bg-bg-raised px-2 text-13 text-text max-tablet:h-11 max-tablet:text-16';

function CreatedEditor({ base, onTop, zone, onFilter, onDone }: PartEditorProps) {
  const { now } = useClock();
  const theirs = zone ?? undefined;
  const days = daysOf(resolveFilter(base, onTop), theirs);
  function put(next: { first: string; last: string }) {
    const { createdFrom: _from, createdTo: _to, ...rest } = onTop;
    onFilter({ ...rest, ...rangeFilter(next, theirs) });
  }
  return (
    <div className="flex flex-col gap-2 p-3">
      <div className="grid grid-cols-2 gap-1.5">
        {rangePresets.map(({ name, from, to }) => {
          const preset = { first: dayAgo(from, now, theirs), last: dayAgo(to, now, theirs) };
          const isChosen = preset.first === days.first && preset.last === days.last;
          return (
            <Button
              key={name}
              size="small"
              aria-pressed={isChosen}
              onClick={() => {
                put(preset);
                onDone();
              }}
            >
              {name}
            </Button>
          );
        })}
      </div>
      <div className="grid grid-cols-2 gap-2 pt-1">
        <label className="flex min-w-0 flex-col gap-1 text-12 text-text-muted">
          First day
          <input
            type="date"
            value={days.first}
            max={days.last === '' ? undefined : days.last}
            onChange={(event) => put({ ...days, first: event.target.value })}
            className={dateField}
          />
        </label>
        <label className="flex min-w-0 flex-col gap-1 text-12 text-text-muted">
          Last day
          <input
            type="date"
            value={days.last}
            min={days.first === '' ? undefined : days.first}
            onChange={(event) => put({ ...days, last: event.target.value })}
            className={dateField}
          />
        </label>
      </div>
    </div>
  );
}

function FieldEditor({ field, base, onTop, onFilter, onDone }: PartEditorProps & { field: CustomField }) {
  const values = fieldValuesOf(base, onTop, field);
  const put = (next: readonly FieldValue[]) => onFilter(withField(base, onTop, field, next));
  if (field.type === 'boolean' || field.type === 'choice') {
    const choices: GlyphChoice[] =
      field.type === 'boolean'
        ? [
            { id: 'true', label: 'Yes' },
            { id: 'false', label: 'No' },
          ]
        : field.options.map((option) => ({ id: option, label: option }));
    const chosen = values.map(String);
    return (
      <ChoiceList
        label={field.label}
        isMultiple
        choices={choices}
        chosen={new Set(chosen)}
        onChoose={(id) => {
          const next = toggled(chosen, id);
          put(field.type === 'boolean' ? next.map((each) => each === 'true') : next);
        }}
      />
    );
  }
  return (
    <ValueForm
      field={field}
      value={values[0] ?? null}
      onSubmit={(value) => {
        put(value === null ? [] : [value]);
        onDone();
      }}
    />
  );
}

const inputTypes = { text: 'text', number: 'number', date: 'date', boolean: 'text', choice: 'text' } as const;

function ValueForm({
  field,
  value,
  onSubmit,
}: {
  field: CustomField;
  value: FieldValue | null;
  onSubmit(value: FieldValue | null): void;
}) {
  const [text, setText] = useState(value === null ? '' : String(value));
  function submit(event: FormEvent) {
    event.preventDefault();
    const typed = text.trim();
    if (typed === '') onSubmit(null);
    else if (field.type !== 'number') onSubmit(typed);
    else if (Number.isFinite(Number(typed))) onSubmit(Number(typed));
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 p-3">
      <label className="flex flex-col gap-1 text-12 text-text-muted">
        {field.label} is
        <input
          type={inputTypes[field.type]}
          step="any"
          value={text}
          maxLength={500}
          onChange={(event) => setText(event.target.value)}
          className={dateField}
        />
      </label>
      <Button type="submit" tone="primary" size="small">
        Filter
      </Button>
    </form>
  );
}

/** A field that an address names and nobody defined (any more): it can be looked at and taken away. */
function unknownField({ subject, key }: { subject: 'ticket' | 'customer'; key: string }): CustomField {
  return {
    id: key,
    subject,
    key,
    label: key,
    type: 'text',
    options: [],
    defaultValue: null,
    position: 0,
    isArchived: true,
  };
}
