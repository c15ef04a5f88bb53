import { UserRoundPlus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { InboxMe, Named } from '#/components/inbox/ports.ts';
import { Avatar } from '#/components/ui/avatar.tsx';
import type { MenuChoice } from '#/components/ui/menu.tsx';
import { PriorityGlyph, priorityNames, StatusGlyph, statusNames } from '#/components/ui/status-glyph.tsx';
import {
  choosableStatuses,
  type TicketChange,
  type TicketRow,
  ticketPriorities,
} from '#/lib/tickets/schema.ts';

export type FactName = 'status' | 'priority' | 'department' | 'assignee';

/** One thing about a ticket that is chosen from a list. */
export type Fact = {
  menu: FactName;
  name: string;
  value: string;
  words: string;
  glyph: ReactNode;
  choices: readonly MenuChoice[];
  /** The change that a choice means; null where it is so already. */
  changeFor(value: string): TicketChange | null;
};

const nobody = 'none';

/** Where a ticket stands, each with what else it could be. */
export function factsOf(
  row: TicketRow,
  me: Pick<InboxMe, 'id' | 'name'>,
  people: { agents: readonly Named[]; departments: readonly Named[] },
): Fact[] {
  return [
    statusFact(row),
    priorityFact(row),
    departmentFact(row, people.departments),
    assigneeFact(row, me, people.agents),
  ];
}

function statusFact(row: TicketRow): Fact {
  return {
    menu: 'status',
    name: 'Status',
    value: row.status,
    words: statusNames[row.status],
    glyph: <StatusGlyph status={row.status} />,
    choices: choosableStatuses.map((status) => ({
      value: status,
      label: statusNames[status],
      glyph: <StatusGlyph status={status} />,
    })),
    changeFor(value) {
      const to = choosableStatuses.find((status) => status === value);
      return to === undefined || to === row.status ? null : { field: 'status', to };
    },
  };
}

function priorityFact(row: TicketRow): Fact {
  return {
    menu: 'priority',
    name: 'Priority',
    value: row.priority,
    words: priorityNames[row.priority],
    glyph: <PriorityGlyph priority={row.priority} />,
    choices: ticketPriorities.toReversed().map((priority) => ({
      value: priority,
      label: priorityNames[priority],
      glyph: <PriorityGlyph priority={priority} />,
    })),
    changeFor(value) {
      const to = ticketPriorities.find((priority) => priority === value);
      return to === undefined || to === row.priority ? null : { field: 'priority', to };
    },
  };
}

function departmentFact(row: TicketRow, departments: readonly Named[]): Fact {
  return {
    menu: 'department',
    name: 'Department',
    value: row.department?.id ?? nobody,
    words: row.department?.name ?? 'No department',
    glyph: null,
    choices: [
      ...departments.map((department) => ({ value: department.id, label: department.name })),
      { value: nobody, label: 'No department' },
    ],
    changeFor(value) {
      const to = value === nobody ? null : value;
      return to === (row.department?.id ?? null) ? null : { field: 'department', to };
    },
  };
}

function assigneeFact(row: TicketRow, me: Pick<InboxMe, 'id' | 'name'>, agents: readonly Named[]): Fact {
  const others = agents.filter((agent) => agent.id !== me.id);
  const choiceOf = (agent: Named, label = agent.name) => ({
    value: agent.id,
    label,
    glyph: <Avatar name={agent.name} size={20} />,
  });
  return {
    menu: 'assignee',
    name: 'Assignee',
    value: row.assignee?.id ?? nobody,
    words: row.assignee?.name ?? 'Unassigned',
    glyph: row.assignee === null ? <Nobody /> : <Avatar name={row.assignee.name} size={16} />,
    choices: [
      choiceOf(me, `${me.name} (you)`),
      ...others.map((agent) => choiceOf(agent)),
      { value: nobody, label: 'Unassigned', glyph: <Nobody isWide /> },
    ],
    changeFor(value) {
      const to = value === nobody ? null : value;
      return to === (row.assignee?.id ?? null) ? null : { field: 'assignee', to };
    },
  };
}

function Nobody({ isWide = false }: { isWide?: boolean }) {
  return (
    <span
      className={`flex items-center justify-center text-text-muted ${isWide ? 'size-5' : ''} [&_svg]:size-4`}
    >
      <UserRoundPlus aria-hidden="true" strokeWidth={1.75} />
    </span>
  );
}
