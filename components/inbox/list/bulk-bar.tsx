'use client';

import { Building2, CircleDashed, Moon, SignalHigh, Tag as TagIcon, UserRound, X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { actWords, ticketsText } from '#/components/inbox/list/bulk-words.ts';
import { ChoiceList } from '#/components/inbox/list/choice-list.tsx';
import { FloatingPanel } from '#/components/inbox/list/floating-panel.tsx';
import type { BulkDesk, BulkField, ListCatalogue, Selection } from '#/components/inbox/list/list-props.ts';
import { NobodyGlyph } from '#/components/inbox/list/part-editor.tsx';
import { tickedMax } from '#/components/inbox/list/selection.ts';
import { SnoozePicker } from '#/components/inbox/list/snooze-picker.tsx';
import { ConfirmDialog } from '#/components/inbox/list/view-dialogs.tsx';
import type { Place } from '#/components/inbox/place.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { IconButton } from '#/components/ui/icon-button.tsx';
import { PriorityGlyph, priorityNames, StatusGlyph, statusNames } from '#/components/ui/status-glyph.tsx';
import { TagDot } from '#/components/ui/tag-chip.tsx';
import { showToast } from '#/components/ui/toast.tsx';
import type { BulkAct } from '#/lib/bulk/schema.ts';
import { choosableStatuses, ticketPriorities } from '#/lib/tickets/schema.ts';

const menus = [
  { field: 'assignee', label: 'Assign', icon: UserRound },
  { field: 'status', label: 'Status', icon: CircleDashed },
  { field: 'priority', label: 'Priority', icon: SignalHigh },
  { field: 'department', label: 'Department', icon: Building2 },
  { field: 'tags', label: 'Tags', icon: TagIcon },
  { field: 'snooze', label: 'Snooze', icon: Moon },
] as const;

/** So many are changed without asking. */
const unaskedMax = 50;

type BulkBarProps = {
  selection: Selection;
  bulk: BulkDesk;
  /** How many the view and filter match, bounded. */
  matching: number;
  place: Place;
  catalogue: ListCatalogue;
  me: { id: string; name: string };
  zone: string | null;
  /** Which menu is open; keys open them too. */
  openField: BulkField | null;
  onOpenField(field: BulkField | null): void;
  onClose(): void;
};

/** What can be done to the ticked tickets. It stands below the list and covers no row. */
export function BulkBar(props: BulkBarProps) {
  const { selection, matching, catalogue, me, openField, onOpenField } = props;
  const [asked, setAsked] = useState<BulkAct | null>(null);
  const count = selection.isAll ? matching : selection.ids.size;
  const buttons = useRef(new Map<BulkField, HTMLButtonElement>());
  // What was open last is what fades out.
  const [shown, setShown] = useState<BulkField>(openField ?? 'assignee');
  if (openField !== null && openField !== shown) setShown(openField);
  const chosen = (act: BulkAct) => void choose(act);

  async function start(act: BulkAct) {
    const { view, filter } = props.place;
    const result = await props.bulk.start(
      act,
      selection.isAll ? { view, filter } : { ids: [...selection.ids] },
    );
    if (result.ok) selection.clear();
    return result.ok ? null : result.error;
  }
  async function choose(act: BulkAct) {
    onOpenField(null);
    if (count > unaskedMax) return setAsked(act);
    const problem = await start(act);
    if (problem !== null) showToast(failureText(problem), 'bad');
  }
  const bodies: Record<BulkField, () => ReactNode> = {
    assignee: () => <AssigneePicker agents={catalogue.agents} me={me} onChoose={chosen} />,
    status: () => <StatusPicker onChoose={chosen} />,
    priority: () => <PriorityPicker onChoose={chosen} />,
    department: () => <DepartmentPicker departments={catalogue.departments} onChoose={chosen} />,
    tags: () => <TagPicker tags={catalogue.tags} onChoose={chosen} />,
    snooze: () => <SnoozePicker zone={props.zone} onChoose={(until) => chosen({ field: 'snooze', until })} />,
  };
  return (
    <section
      aria-label="Selected tickets"
      className="shrink-0 border-line border-t bg-bg-raised px-2 pt-2 pb-1.5"
    >
      <div className="flex min-h-7 items-center gap-2 ps-2">
        <p role="status" className="tabular min-w-0 flex-1 truncate font-medium">
          {count === 0 ? 'Nothing selected' : `${ticketsText(count)} selected`}
        </p>
        {!selection.isAll && matching > selection.ids.size ? (
          <Button size="small" tone="quiet" onClick={selection.selectAll}>
            Select all {matching > 999 ? '999+' : matching} matching
          </Button>
        ) : null}
        <IconButton label="Clear the selection" keys="Escape" onClick={props.onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
      {selection.ids.size >= tickedMax ? (
        <p className="ps-2 text-12 text-text-muted">{tickedMax} is the most that can be ticked one by one.</p>
      ) : null}
      <div
        role="toolbar"
        aria-label="Change the selected tickets"
        className="flex flex-wrap items-center [&_svg]:size-4"
      >
        {menus.map(({ field, label, icon: Icon }) => (
          <Button
            key={field}
            ref={(element: HTMLButtonElement | null) => {
              if (element === null) buttons.current.delete(field);
              else buttons.current.set(field, element);
            }}
            size="small"
            tone="quiet"
            disabled={count === 0}
            aria-haspopup="dialog"
            aria-expanded={openField === field}
            onClick={() => onOpenField(openField === field ? null : field)}
          >
            <Icon aria-hidden="true" strokeWidth={1.75} />
            {label}
          </Button>
        ))}
      </div>
      <FloatingPanel
        label={menus.find(({ field }) => field === shown)?.label ?? ''}
        anchor={() => buttons.current.get(shown) ?? null}
        isOpen={openField !== null}
        onClose={() => onOpenField(null)}
        side="top"
        align="center"
      >
        {bodies[shown]()}
      </FloatingPanel>
      {asked === null ? null : (
        <ConfirmDialog
          title={`${actWords(asked, count, catalogue)}?`}
          verb={verbOf(asked)}
          isOpen
          onOpenChange={() => setAsked(null)}
          onConfirm={() => start(asked)}
        >
          It is done one after the other, also when you leave this page. You can stop it on the way and undo
          it afterwards.
        </ConfirmDialog>
      )}
    </section>
  );
}

function verbOf(act: BulkAct): string {
  switch (act.field) {
    case 'status':
      return act.to === 'resolved' ? 'Resolve' : 'Change';
    case 'assignee':
      return act.to === null ? 'Unassign' : 'Assign';
    case 'department':
      return 'Move';
    case 'priority':
      return 'Change';
    case 'tags':
      return act.remove.length > 0 ? 'Change tags' : 'Tag';
    case 'snooze':
      return act.until === null ? 'Wake' : 'Snooze';
  }
}

type Choose = { onChoose(act: BulkAct): void };

function AssigneePicker({
  agents,
  me,
  onChoose,
}: Choose & { agents: ListCatalogue['agents']; me: { id: string; name: string } }) {
  return (
    <ChoiceList
      label="Assign to"
      choices={[
        { id: me.id, label: 'Me', glyph: <Avatar name={me.name} size={20} /> },
        { id: '', label: 'Nobody', glyph: <NobodyGlyph /> },
        ...agents
          .filter((agent) => agent.id !== me.id)
          .map(({ id, name }) => ({ id, label: name, glyph: <Avatar name={name} size={20} /> })),
      ]}
      chosen={new Set()}
      onChoose={(id) => onChoose({ field: 'assignee', to: id === '' ? null : id })}
    />
  );
}

function StatusPicker({ onChoose }: Choose) {
  return (
    <ChoiceList
      label="Status"
      choices={choosableStatuses.map((id) => ({
        id,
        label: statusNames[id],
        glyph: <StatusGlyph status={id} />,
      }))}
      chosen={new Set()}
      onChoose={(id) => {
        const to = choosableStatuses.find((each) => each === id);
        if (to !== undefined) onChoose({ field: 'status', to });
      }}
    />
  );
}

function PriorityPicker({ onChoose }: Choose) {
  return (
    <ChoiceList
      label="Priority"
      choices={ticketPriorities.toReversed().map((id) => ({
        id,
        label: priorityNames[id],
        glyph: <PriorityGlyph priority={id} />,
      }))}
      chosen={new Set()}
      onChoose={(id) => {
        const to = ticketPriorities.find((each) => each === id);
        if (to !== undefined) onChoose({ field: 'priority', to });
      }}
    />
  );
}

function DepartmentPicker({ departments, onChoose }: Choose & { departments: ListCatalogue['departments'] }) {
  return (
    <ChoiceList
      label="Move to"
      choices={[
        { id: '', label: 'No department' },
        ...departments.map(({ id, name }) => ({ id, label: name })),
      ]}
      chosen={new Set()}
      onChoose={(id) => onChoose({ field: 'department', to: id === '' ? null : id })}
    />
  );
}

function TagPicker({ tags, onChoose }: { tags: ListCatalogue['tags']; onChoose(act: BulkAct): void }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  if (tags.length === 0) {
    return <p className="p-4 text-13 text-text-muted">There are no tags yet. Add some in the settings.</p>;
  }
  const none: string[] = [];
  return (
    <>
      <ChoiceList
        label="Tags"
        isMultiple
        choices={tags.map(({ id, name, color }) => ({ id, label: name, glyph: <TagDot color={color} /> }))}
        chosen={new Set(chosen)}
        onChoose={(id) =>
          setChosen(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id].slice(-20))
        }
      />
      <div className="flex gap-2 border-line border-t p-2">
        <Button
          size="small"
          tone="primary"
          disabled={chosen.length === 0}
          onClick={() => onChoose({ field: 'tags', add: [...chosen], remove: none })}
        >
          Add
        </Button>
        <Button
          size="small"
          disabled={chosen.length === 0}
          onClick={() => onChoose({ field: 'tags', add: none, remove: [...chosen] })}
        >
          Take off
        </Button>
      </div>
    </>
  );
}
