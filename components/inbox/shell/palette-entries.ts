import {
  type ActionGroup,
  type ActionId,
  actions,
  type KeyBindings,
  shownKeys,
} from '#/components/inbox/shell/actions.ts';
import type { Choosing, Desk, Scene } from '#/components/inbox/shell/desk.ts';
import { fuzzySort } from '#/components/inbox/shell/fuzzy.ts';
import { snoozePresets, snoozeText } from '#/components/inbox/ticket/snooze-times.ts';
import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';
import type { Catalogue } from '#/lib/catalogue/schema.ts';
import type { TagColor } from '#/lib/tags/schema.ts';
import {
  choosableStatuses,
  type TicketPriority,
  type TicketStatus,
  ticketPriorities,
} from '#/lib/tickets/schema.ts';

/** What an entry is drawn with; the words say the same. */
export type EntryGlyph =
  | { kind: 'status'; status: TicketStatus }
  | { kind: 'priority'; priority: TicketPriority }
  | { kind: 'person'; name: string }
  | { kind: 'tag'; color: TagColor };

/** A list inside the palette. */
export type Step = Choosing | 'departments';

/** One line of the palette. */
export type PaletteEntry = {
  id: string;
  words: string;
  group: ActionGroup | 'Recent' | 'Choose' | 'Views' | 'Find';
  /** The keys that do the same, or lead to the same choice. */
  keys: string;
  hint?: string;
  glyph?: EntryGlyph;
  /** What the tickets have already. */
  isTicked?: boolean;
  /** Kept among the recent ones under this id. */
  recent?: ActionId;
} & ({ step: Step } | { run(): void });

export type PaletteWorld = {
  scene: Scene;
  desk: Desk;
  bindings: KeyBindings;
  catalogue: Catalogue;
  nowMs: number;
  zone: string | undefined;
};

export const stepNames: Record<Step, string> = {
  status: 'Status',
  assignee: 'Assign to',
  priority: 'Priority',
  tags: 'Tags',
  department: 'Move to department',
  snooze: 'Snooze until',
  savedReply: 'Saved reply',
  departments: 'Go to department',
};

const steps: Partial<Record<ActionId, Step>> = {
  assign: 'assignee',
  priority: 'priority',
  tag: 'tags',
  department: 'department',
  snooze: 'snooze',
  departments: 'departments',
};
const stepActions: Record<Exclude<Step, 'status' | 'savedReply'>, ActionId> = {
  assignee: 'assign',
  priority: 'priority',
  tags: 'tag',
  department: 'department',
  snooze: 'snooze',
  departments: 'departments',
};
const shownMax = 60;
const recentMax = 5;

/**
 * What the palette shows: in a step its choices; else, with nothing typed, the recent actions and then all by group;
 * with something typed whatever matches best, choices of the steps included.
 */
export function paletteEntries(
  world: PaletteWorld,
  step: Step | null,
  typed: string,
  recent: readonly string[],
): PaletteEntry[] {
  const text = (entry: PaletteEntry) => `${entry.words} ${entry.hint ?? ''}`;
  if (step !== null) return fuzzySort(choicesOf(step, world), typed, text).slice(0, shownMax);
  const possible = actionEntries(world);
  if (typed.trim() === '') return [...recentEntries(possible, recent), ...possible];
  const hasTarget = world.scene.target.count > 0;
  const ofTickets: Step[] = hasTarget
    ? ['status', 'assignee', 'priority', 'tags', 'department', 'snooze']
    : [];
  const choices = [...ofTickets, 'departments' as const].flatMap((each) =>
    choicesOf(each, world).map((choice) => ({ ...choice, words: `${stepNames[each]}: ${choice.words}` })),
  );
  const found = fuzzySort([...possible, ...viewEntries(world), ...choices], typed, text);
  return [...numberEntries(world, typed), ...found.slice(0, shownMax), searchEntry(world, typed)];
}

function actionEntries({ scene, desk, bindings }: PaletteWorld): PaletteEntry[] {
  return actions
    .filter((action) => action.isKeyOnly !== true && (action.when?.(scene) ?? true))
    .map((action): PaletteEntry => {
      const { id, group } = action;
      // Away from its group's heading it has to say what it does.
      const words = group === 'Go to' ? `Go to ${action.words}` : action.words;
      const entry = { id, words, group, keys: shownKeys(bindings, id), recent: id };
      const step = steps[id];
      return step === undefined ? { ...entry, run: () => void action.run(desk, scene) } : { ...entry, step };
    });
}

function recentEntries(possible: readonly PaletteEntry[], recent: readonly string[]): PaletteEntry[] {
  return recent
    .flatMap((id) => possible.find((entry) => entry.id === id) ?? [])
    .slice(0, recentMax)
    .map((entry) => ({ ...entry, id: `recent ${entry.id}`, group: 'Recent' }));
}

function viewEntries({ desk, catalogue }: PaletteWorld): PaletteEntry[] {
  return catalogue.views.map((view) => ({
    id: `view ${view.id}`,
    words: `Go to ${view.name}`,
    group: 'Views',
    keys: '',
    hint: view.ownerId === null ? 'shared view' : 'your view',
    run: () => void desk.go({ view: `saved:${view.id}`, sort: view.sort, ticketId: null }),
  }));
}

function numberEntries({ desk }: PaletteWorld, typed: string): PaletteEntry[] {
  const [, digits] = /^\s*#?(\d{1,9})\s*$/.exec(typed) ?? [];
  if (digits === undefined || Number(digits) === 0) return [];
  const number = Number(digits);
  return [
    {
      id: 'number',
      words: `Open ticket #${number}`,
      group: 'Find',
      keys: '',
      run: () => void desk.openNumber(number),
    },
  ];
}

function searchEntry({ desk, bindings }: PaletteWorld, typed: string): PaletteEntry {
  return {
    id: 'find',
    words: `Search for “${typed.trim()}”`,
    group: 'Find',
    keys: shownKeys(bindings, 'search'),
    run: () => void desk.go({ search: typed.trim() }),
  };
}

function choicesOf(step: Step, world: PaletteWorld): PaletteEntry[] {
  const { scene, desk, bindings, catalogue } = world;
  const { target } = scene;
  const all = (is: (row: Scene['target']['rows'][number]) => boolean) =>
    target.rows.length > 0 && target.rows.length === target.count && target.rows.every(is);
  const keys = step === 'status' || step === 'savedReply' ? '' : shownKeys(bindings, stepActions[step]);
  const base = { group: 'Choose', keys } as const;
  switch (step) {
    case 'status':
      return choosableStatuses.map((status) => ({
        ...base,
        id: `status ${status}`,
        words: statusNames[status],
        glyph: { kind: 'status', status },
        isTicked: all((row) => row.status === status),
        run: () => void desk.change(target, { field: 'status', to: status }),
      }));
    case 'assignee': {
      const me = catalogue.agents.filter((agent) => agent.id === scene.me.id);
      const others = catalogue.agents.filter((agent) => agent.id !== scene.me.id);
      return [
        ...[...me, ...others].map(
          (agent): PaletteEntry => ({
            ...base,
            id: `assignee ${agent.id}`,
            words: agent.name,
            ...(agent.id === scene.me.id ? { hint: 'you' } : {}),
            glyph: { kind: 'person', name: agent.name },
            isTicked: all((row) => row.assignee?.id === agent.id),
            run: () => void desk.change(target, { field: 'assignee', to: agent.id }),
          }),
        ),
        {
          ...base,
          id: 'assignee nobody',
          words: 'Nobody',
          isTicked: all((row) => row.assignee === null),
          run: () => void desk.change(target, { field: 'assignee', to: null }),
        },
      ];
    }
    case 'priority':
      return ticketPriorities.toReversed().map((priority) => ({
        ...base,
        id: `priority ${priority}`,
        words: priorityNames[priority],
        glyph: { kind: 'priority', priority },
        isTicked: all((row) => row.priority === priority),
        run: () => void desk.change(target, { field: 'priority', to: priority }),
      }));
    case 'tags':
      return catalogue.tags.map((tag) => {
        const isTicked = all((row) => row.tags.some(({ id }) => id === tag.id));
        return {
          ...base,
          id: `tag ${tag.id}`,
          words: tag.name,
          glyph: { kind: 'tag', color: tag.color },
          isTicked,
          run: () =>
            void desk.change(target, {
              field: 'tags',
              add: isTicked ? [] : [tag.id],
              remove: isTicked ? [tag.id] : [],
            }),
        };
      });
    case 'department':
      return [...catalogue.departments, { id: null, name: 'No department' }].map(({ id, name }) => ({
        ...base,
        id: `department ${id ?? 'none'}`,
        words: name,
        isTicked: all((row) => (row.department?.id ?? null) === id),
        run: () => void desk.change(target, { field: 'department', to: id }),
      }));
    case 'snooze':
      return snoozePresets(world.nowMs, world.zone).map(({ name, at }) => ({
        ...base,
        id: `snooze ${name}`,
        words: name,
        hint: snoozeText(at, world.nowMs, world.zone),
        run: () => void desk.change(target, { field: 'snooze', until: at }),
      }));
    case 'savedReply':
      return [];
    case 'departments':
      return catalogue.departments.map(({ id, name }) => ({
        ...base,
        id: `go ${id}`,
        words: name,
        run: () => void desk.go({ view: `department:${id}`, ticketId: null }),
      }));
  }
}

/** What the palette is about, for its head. */
export function targetWords({ target }: Scene): string {
  if (target.isSelection)
    return target.count === 1 ? '1 ticket selected' : `${target.count} tickets selected`;
  const [row] = target.rows;
  return row === undefined ? 'No ticket is chosen' : `#${row.number} ${row.subject}`;
}
