import {
  type FieldValues,
  type FixedView,
  type TicketFilter,
  type TicketRow,
  type TicketSort,
  ticketFilterParts,
  ticketPriorities,
  type ViewKey,
  viewKeySchema,
} from '#/lib/tickets/schema.ts';

/** What a ticket list shows and in which order: the same here and in `db/ticket-filter.ts`. */

const live = ['open', 'pending'] as const;
const fixedFilters: Record<FixedView, TicketFilter> = {
  mine: { assignee: ['me'], status: [...live] },
  unassigned: { assignee: ['none'], status: [...live] },
  all: { status: [...live] },
  snoozed: { status: ['snoozed'] },
  resolved: { status: ['resolved', 'closed'] },
};

export type ParsedView =
  | { kind: 'fixed'; view: FixedView }
  | { kind: 'department'; id: string }
  | { kind: 'saved'; id: string };

export function parseView(view: ViewKey): ParsedView {
  const [kind = '', id] = view.split(':');
  if (id !== undefined) return { kind: kind === 'saved' ? 'saved' : 'department', id: id.toLowerCase() };
  return { kind: 'fixed', view: isFixedView(kind) ? kind : 'all' };
}

function isFixedView(word: string): word is FixedView {
  return Object.hasOwn(fixedFilters, word);
}

/** The conditions of a view that is not saved; of a saved one only its row knows. */
export function filterOfView(view: ViewKey): TicketFilter {
  const parsed = parseView(view);
  if (parsed.kind === 'fixed') return fixedFilters[parsed.view];
  return parsed.kind === 'department' ? { department: [parsed.id], status: [...live] } : {};
}

/** A view's conditions with others on top, each of which replaces the view's; what is no condition is left out. */
export function resolveFilter(view: TicketFilter, onTop: TicketFilter): TicketFilter {
  const resolved: TicketFilter = {};
  for (const [part, value] of Object.entries({ ...view, ...onTop })) {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    Object.assign(resolved, { [part]: value });
  }
  return resolved;
}

const partNames = new Map<string, keyof TicketFilter>(
  Object.keys(ticketFilterParts).map((name) => [name, partName(name)]),
);
/** Safe: only called with the parts' own names. */
function partName(name: string): keyof TicketFilter {
  return name as keyof TicketFilter;
}

/**
 * As much of a filter as makes sense, of whatever was typed into an address or stored long ago. `ignored` names the
 * parts of which something was left out.
 */
export function readFilter(given: unknown): { filter: TicketFilter; ignored: string[] } {
  const filter: TicketFilter = {};
  const ignored = new Set<string>();
  if (given === undefined || given === null) return { filter, ignored: [] };
  if (typeof given !== 'object' || Array.isArray(given)) return { filter, ignored: ['filter'] };
  for (const [name, value] of Object.entries(given)) {
    const part = partNames.get(name);
    const parsed = part === undefined ? null : readPart(part, value);
    if (parsed === null || !parsed.isWhole) ignored.add(part ?? 'filter');
    if (parsed !== null && parsed.value !== undefined) Object.assign(filter, { [name]: parsed.value });
  }
  return { filter, ignored: [...ignored] };
}

function readPart(part: keyof TicketFilter, value: unknown): { value: unknown; isWhole: boolean } | null {
  const schema = ticketFilterParts[part];
  const whole = schema.safeParse(value);
  if (whole.success) return { value: whole.data, isWhole: true };
  if (!Array.isArray(value)) return null;
  const items = value.slice(0, 50).flatMap((item: unknown): unknown[] => {
    const single = schema.safeParse([item]).data;
    return Array.isArray(single) ? single : [];
  });
  // Nothing of it makes sense: then it is no condition, rather than one that takes the view's own away.
  const some = items.length === 0 ? null : schema.safeParse(items);
  return some === null || !some.success ? null : { value: some.data, isWhole: false };
}

/** As `readFilter`, of JSON text. */
export function readFilterText(text: string): { filter: TicketFilter; ignored: string[] } {
  if (text === '') return { filter: {}, ignored: [] };
  try {
    return readFilter(JSON.parse(text));
  } catch {
    return { filter: {}, ignored: ['filter'] };
  }
}

/** Whether a list of this filter shows the row to this agent. Says what the SQL says. */
export function matches(row: TicketRow, filter: TicketFilter, me: { id: string }, nowMs: number): boolean {
  const { customer, createdFrom, createdTo, waitingMinutes, fields } = filter;
  return (
    isAnyOf(filter.status, (status) => status === row.status) &&
    isAnyOf(filter.priority, (priority) => priority === row.priority) &&
    isAnyOf(filter.assignee, (who) => idOfAssignee(who, me) === (row.assignee?.id ?? null)) &&
    isAnyOf(filter.department, (id) => (id === 'none' ? null : id) === (row.department?.id ?? null)) &&
    isAnyOf(filter.tag, (id) => row.tags.some((tag) => tag.id === id)) &&
    (customer == null || customer === row.customer.id) &&
    (createdFrom == null || row.createdAt >= createdFrom) &&
    (createdTo == null || row.createdAt < createdTo) &&
    (waitingMinutes == null || hasWaited(row.waitingSince, waitingMinutes, nowMs)) &&
    (fields === undefined || hasFields(row, fields))
  );
}

function isAnyOf<Value>(wanted: readonly Value[] | undefined, isIt: (value: Value) => boolean): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.some(isIt);
}

export function idOfAssignee(who: string, me: { id: string }): string | null {
  return who === 'me' ? me.id : who === 'none' ? null : who;
}

function hasWaited(since: string | null, minutes: number, nowMs: number): boolean {
  return since !== null && Date.parse(since) <= nowMs - minutes * 60_000;
}

type FieldConditions = NonNullable<TicketFilter['fields']>;

function hasFields(row: TicketRow, conditions: FieldConditions): boolean {
  return groupFields(conditions).every((group) =>
    group.some(({ subject, key, is }) => {
      const values: FieldValues = subject === 'ticket' ? row.fields : row.customer.fields;
      return Object.hasOwn(values, key) && values[key] === is;
    }),
  );
}

/** Conditions on one field belong together: any of them is enough. */
export function groupFields(conditions: FieldConditions): FieldConditions[] {
  const groups = new Map<string, FieldConditions>();
  for (const condition of conditions) {
    const name = `${condition.subject}.${condition.key}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [condition]);
    else group.push(condition);
  }
  return [...groups.values()];
}

/** What filters name by id. */
export type Named = { tags: string[]; departments: string[]; agents: string[]; customers: string[] };
/** What there is of it, and every custom field as `subject.key`. */
export type Known = Record<keyof Named | 'fields', ReadonlySet<string>>;

export function namedIn(filters: readonly TicketFilter[]): Named {
  return {
    tags: filters.flatMap(({ tag = [] }) => tag),
    departments: filters.flatMap(({ department = [] }) => department.filter((id) => id !== 'none')),
    agents: filters.flatMap(({ assignee = [] }) => assignee.filter((who) => who !== 'me' && who !== 'none')),
    customers: filters.flatMap(({ customer }) => (customer == null ? [] : [customer])),
  };
}

export function namesNothing(filter: TicketFilter): boolean {
  const { tags, departments, agents, customers } = namedIn([filter]);
  const count = tags.length + departments.length + agents.length + customers.length;
  return count === 0 && (filter.fields ?? []).length === 0;
}

/** The filter without what is gone; `ignored` names the parts of which something was left out. */
export function withoutGone(
  filter: TicketFilter,
  known: Known,
): { filter: TicketFilter; ignored: (keyof TicketFilter)[] } {
  const kept: TicketFilter = { ...filter };
  const ignored: (keyof TicketFilter)[] = [];
  const keep = <Item>(
    items: Item[] | undefined,
    isThere: (item: Item) => boolean,
    part: keyof TicketFilter,
  ) => {
    if (items === undefined || items.every(isThere)) return;
    ignored.push(part);
    const rest = items.filter(isThere);
    // Empty it would be no condition on purpose, which takes a view's own away.
    if (rest.length === 0) delete kept[part];
    else Object.assign(kept, { [part]: rest });
  };
  keep(filter.tag, (id) => known.tags.has(id), 'tag');
  keep(filter.department, (id) => id === 'none' || known.departments.has(id), 'department');
  keep(filter.assignee, (who) => who === 'me' || who === 'none' || known.agents.has(who), 'assignee');
  keep(filter.fields, ({ subject, key }) => known.fields.has(`${subject}.${key}`), 'fields');
  if (filter.customer != null && !known.customers.has(filter.customer)) {
    ignored.push('customer');
    delete kept.customer;
  }
  return { filter: kept, ignored };
}

/** Negative when `a` stands before `b`. Moments of one format compare as text. */
export function compareRows(a: TicketRow, b: TicketRow, sort: TicketSort): number {
  switch (sort) {
    case 'newest':
      return compareText(b.lastActivityAt, a.lastActivityAt) || compareText(b.id, a.id);
    case 'priority':
      return (
        ticketPriorities.indexOf(b.priority) - ticketPriorities.indexOf(a.priority) || compareWaiting(a, b)
      );
    case 'waiting':
      if (a.wokeAt === null && b.wokeAt === null) return compareWaiting(a, b);
      if (a.wokeAt === null || b.wokeAt === null) return a.wokeAt === null ? 1 : -1;
      return compareText(b.wokeAt, a.wokeAt) || compareText(b.id, a.id);
  }
}

function compareWaiting(a: TicketRow, b: TicketRow): number {
  if (a.waitingSince === b.waitingSince) return compareText(a.id, b.id);
  if (a.waitingSince === null || b.waitingSince === null) return a.waitingSince === null ? 1 : -1;
  return compareText(a.waitingSince, b.waitingSince);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether time alone can bring a ticket into the list or take it out. */
export function dependsOnTime(filter: TicketFilter): boolean {
  return filter.waitingMinutes != null;
}

/*
 * In the address bar a filter is flat and readable: `?view=mine&status=open,pending&waiting=60&field.ticket.plan=gold`.
 * `any` takes the view's own condition away.
 */
const any = 'any';
const names = {
  status: 'status',
  priority: 'priority',
  assignee: 'assignee',
  department: 'department',
  tag: 'tag',
  customer: 'customer',
  createdFrom: 'from',
  createdTo: 'to',
  waitingMinutes: 'waiting',
} as const satisfies Record<Exclude<keyof TicketFilter, 'fields'>, string>;
const lists = ['status', 'priority', 'assignee', 'department', 'tag'] as const;
const singles = ['customer', 'createdFrom', 'createdTo', 'waitingMinutes'] as const;
const fieldName = /^field\.(ticket|customer)\.(.+)$/s;
const valueTextMax = 4_000;

/** The parameters of a filter, for an address. */
export function filterSearch(filter: TicketFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const part of lists) {
    const values = filter[part];
    if (values !== undefined) search.set(names[part], values.length === 0 ? any : values.join(','));
  }
  for (const part of singles) {
    const value = filter[part];
    if (value !== undefined) search.set(names[part], value === null ? any : String(value));
  }
  if (filter.fields?.length === 0) search.set('field', any);
  for (const { subject, key, is } of filter.fields ?? []) {
    search.append(`field.${subject}.${key}`, typeof is === 'string' ? textValue(is) : JSON.stringify(is));
  }
  return search;
}

/** Text that could be read as something else stands in quotation marks. */
function textValue(text: string): string {
  return /^(true|false|-?\d.*|".*)$/s.test(text) ? JSON.stringify(text) : text;
}

function fieldValue(text: string): unknown {
  if (!/^(true|false|-?\d.*|".*)$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The filter that an address names; what makes no sense in it is left out and named. Other parameters are not its. */
export function parseFilterSearch(search: URLSearchParams): { filter: TicketFilter; ignored: string[] } {
  const given: Record<string, unknown> = {};
  for (const part of lists) {
    const text = search.get(names[part]);
    if (text === null) continue;
    given[part] = text === any ? [] : text.slice(0, valueTextMax).split(',');
  }
  for (const part of singles) {
    const text = search.get(names[part]);
    if (text === null) continue;
    given[part] = text === any ? null : part === 'waitingMinutes' ? Number(text) : text;
  }
  const fields = [...search].flatMap(([name, text]) => {
    const [, subject, key] = fieldName.exec(name) ?? [];
    return subject === undefined ? [] : [{ subject, key, is: fieldValue(text) }];
  });
  if (fields.length > 0) given.fields = fields;
  else if (search.has('field')) given.fields = search.get('field') === any ? [] : 'not a field';
  const { filter, ignored } = readFilter(given);
  return { filter, ignored: ignored.map((part) => nameInAddress(part)) };
}

function nameInAddress(part: string): string {
  return Object.entries(names).find(([own]) => own === part)?.[1] ?? part;
}

/** The view that an address names; null for none that makes sense. */
export function parseViewKey(text: string | null): ViewKey | null {
  return viewKeySchema.safeParse(text?.toLowerCase()).data ?? null;
}
