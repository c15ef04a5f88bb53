import { customerName } from '#/components/inbox/customer-name.ts';
import { chipsOf, type FilterPart, fieldOfPart } from '#/components/inbox/list/filter-parts.ts';
import type { ListCatalogue } from '#/components/inbox/list/list-props.ts';
import { viewNames } from '#/components/inbox/place.ts';
import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';
import { dateText } from '#/components/ui/time-text.ts';
import { parseView } from '#/lib/tickets/filter.ts';
import type { TicketFilter, ViewKey } from '#/lib/tickets/schema.ts';

type Named = { id: string; name: string };
type People = Pick<ListCatalogue, 'agents' | 'departments' | 'tags' | 'fields'>;
type Reading = {
  me: { id: string };
  now: number;
  zone: string | undefined;
  /** Customers by id, as far as rows tell. */
  customers: ReadonlyMap<string, { name: string | null; email: string | null }>;
};

/** What a view is called; null for a saved one or a department that is gone. */
export function viewName(
  view: ViewKey,
  catalogue: { departments: readonly Named[]; views: readonly Named[] },
): string | null {
  const parsed = parseView(view);
  if (parsed.kind === 'fixed') return viewNames[parsed.view];
  const among = parsed.kind === 'saved' ? catalogue.views : catalogue.departments;
  return among.find((each) => each.id === parsed.id)?.name ?? null;
}

/** A condition's name: "Status", "Plan". */
export function partName(part: FilterPart, fields: People['fields']): string {
  const field = fieldOfPart(part);
  if (field !== null) {
    const known = fields.find((each) => each.subject === field.subject && each.key === field.key);
    return known?.label ?? field.key;
  }
  return partNames[part] ?? part;
}

const partNames: Partial<Record<FilterPart, string>> = {
  status: 'Status',
  priority: 'Priority',
  assignee: 'Assignee',
  department: 'Department',
  tag: 'Tag',
  customer: 'Customer',
  created: 'Created',
  waiting: 'Waiting',
};

/** What a condition asks for, in words; one for each of its values. `filter` is the one in force. */
export function partValues(
  part: FilterPart,
  filter: TicketFilter,
  people: People,
  reading: Reading,
): string[] {
  const field = fieldOfPart(part);
  if (field !== null) {
    const known = people.fields.find((each) => each.subject === field.subject && each.key === field.key);
    return (filter.fields ?? [])
      .filter((each) => each.subject === field.subject && each.key === field.key)
      .map(({ is }) => valueWords(is, known?.type, reading));
  }
  switch (part) {
    case 'status':
      return (filter.status ?? []).map((status) => statusNames[status]);
    case 'priority':
      return (filter.priority ?? []).map((priority) => priorityNames[priority]);
    case 'assignee':
      return (filter.assignee ?? []).map((who) => {
        if (who === 'none') return 'Unassigned';
        if (who === 'me' || who === reading.me.id) return 'Me';
        return nameOf(who, people.agents) ?? 'Somebody who left';
      });
    case 'department':
      return (filter.department ?? []).map((id) =>
        id === 'none' ? 'None' : (nameOf(id, people.departments) ?? 'One that is gone'),
      );
    case 'tag':
      return (filter.tag ?? []).map((id) => nameOf(id, people.tags) ?? 'One that is gone');
    case 'customer': {
      if (filter.customer == null) return [];
      const known = reading.customers.get(filter.customer);
      return [known === undefined ? 'One person' : customerName(known)];
    }
    case 'created':
      return createdWords(filter, reading);
    case 'waiting':
      return filter.waitingMinutes == null ? [] : [`over ${spanText(filter.waitingMinutes)}`];
    default:
      return [];
  }
}

/** Everything that a filter asks for, in one sentence: "Status: Open, Pending · Tag: Refund". */
export function filterSummary(filter: TicketFilter, people: People, reading: Reading): string {
  const texts = chipsOf('saved:', filter, {}).map(({ part }) =>
    chipText(partName(part, people.fields), partValues(part, filter, people, reading)),
  );
  return texts.length === 0 ? 'Every ticket that you may see' : texts.join(' · ');
}

/** "Status: Open, Pending", shortened to the first two values. */
export function chipText(name: string, values: readonly string[]): string {
  if (values.length === 0) return `${name}: any`;
  const [first, second, ...more] = values;
  const shown = second === undefined ? first : `${first}, ${second}`;
  return `${name}: ${shown}${more.length > 0 ? ` +${more.length}` : ''}`;
}

/** Minutes as people say them: "45 min", "4 h", "2 d"; what is neither whole hours nor days stays exact. */
export function spanText(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440} d`;
  if (minutes % 60 === 0) return `${minutes / 60} h`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function createdWords({ createdFrom, createdTo }: TicketFilter, { now, zone }: Reading): string[] {
  const from = createdFrom == null ? null : dateText(createdFrom, now, 'short', zone);
  // The end is not included: the day before it is the last one.
  const to =
    createdTo == null
      ? null
      : dateText(new Date(Date.parse(createdTo) - 1).toISOString(), now, 'short', zone);
  if (from === null && to === null) return [];
  if (to === null) return [`since ${from}`];
  if (from === null) return [`until ${to}`];
  return [from === to ? from : `${from} – ${to}`];
}

function valueWords(is: string | number | boolean, type: string | undefined, { now, zone }: Reading): string {
  if (typeof is === 'boolean') return is ? 'Yes' : 'No';
  // A date has no time of day: noon keeps it the same day in every zone.
  if (type === 'date' && typeof is === 'string' && /^\d{4}-\d\d-\d\d$/.test(is))
    return dateText(`${is}T12:00:00.000Z`, now, 'short', zone);
  return String(is);
}

function nameOf(id: string, among: readonly Named[]): string | undefined {
  return among.find((each) => each.id === id)?.name;
}

const gone: Record<string, string> = {
  assignee: 'a colleague',
  department: 'a department',
  tag: 'a tag',
  customer: 'a customer',
  fields: 'a custom field',
};

/** Why a saved view is marked, of the parts that the list's answer left out: "a department and a tag". */
export function goneWords(ignored: readonly string[]): string {
  const words = ignored.flatMap((part) => gone[part] ?? []);
  return words.length === 0 ? 'something' : words.join(' and ');
}
