import type { CustomField, FieldValue } from '#/lib/custom-fields/schema.ts';
import { filterOfView, groupFields, parseView, resolveFilter } from '#/lib/tickets/filter.ts';
import { filterFieldsMax, type TicketFilter, type ViewKey } from '#/lib/tickets/schema.ts';
import type { SavedView } from '#/lib/views/schema.ts';

type FieldConditions = NonNullable<TicketFilter['fields']>;
type FieldSubject = FieldConditions[number]['subject'];

/** Conditions whose values are picked from a list, several at once. */
export const listParts = ['status', 'priority', 'assignee', 'department', 'tag'] as const;
export type ListPart = (typeof listParts)[number];
/** What one chip stands for. */
export type FilterPart = ListPart | 'customer' | 'created' | 'waiting' | `field:${FieldSubject}.${string}`;
export type Chip = {
  part: FilterPart;
  /** Set here and now, on top of the view; else it is the saved view's own. */
  isOnTop: boolean;
  /** No condition: the view's own was taken away. */
  isAny: boolean;
};

export function fieldPart(field: Pick<CustomField, 'subject' | 'key'>): FilterPart {
  return `field:${field.subject}.${field.key}`;
}

export function fieldOfPart(part: FilterPart): { subject: FieldSubject; key: string } | null {
  const [, subject, key] = /^field:(ticket|customer)\.(.+)$/s.exec(part) ?? [];
  if (key === undefined) return null;
  return { subject: subject === 'customer' ? 'customer' : 'ticket', key };
}

/** The conditions that a view comes with. */
export function filterOf(view: ViewKey, views: readonly SavedView[]): TicketFilter {
  const parsed = parseView(view);
  if (parsed.kind !== 'saved') return filterOfView(view);
  return views.find((each) => each.id === parsed.id)?.filter ?? {};
}

/** The chips of the bar: what was set on top, and what a saved view is made of. A fixed view's name says it all. */
export function chipsOf(view: ViewKey, base: TicketFilter, onTop: TicketFilter): Chip[] {
  const shown = view.startsWith('saved:') ? base : {};
  const parts: FilterPart[] = [...listParts, 'customer', 'created', 'waiting'];
  const chips: Chip[] = [];
  for (const part of parts) {
    if (isSet(onTop, part)) chips.push({ part, isOnTop: true, isAny: !isCondition(onTop, part) });
    else if (isCondition(shown, part)) chips.push({ part, isOnTop: false, isAny: false });
  }
  const fields = onTop.fields ?? shown.fields ?? [];
  for (const group of groupFields(fields)) {
    const [first] = group;
    if (first !== undefined)
      chips.push({ part: fieldPart(first), isOnTop: onTop.fields !== undefined, isAny: false });
  }
  return chips;
}

function keysOf(part: FilterPart): (keyof TicketFilter)[] {
  if (part === 'created') return ['createdFrom', 'createdTo'];
  if (part === 'waiting') return ['waitingMinutes'];
  if (fieldOfPart(part) !== null) return ['fields'];
  const own = [...listParts, 'customer' as const].find((name) => name === part);
  return own === undefined ? [] : [own];
}

function isSet(filter: TicketFilter, part: FilterPart): boolean {
  return keysOf(part).some((key) => filter[key] !== undefined);
}

function isCondition(filter: TicketFilter, part: FilterPart): boolean {
  return keysOf(part).some((key) => {
    const value = filter[key];
    return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  });
}

/** Takes a chip away: what was set on top goes, what is the view's own is overruled. */
export function withoutPart(base: TicketFilter, onTop: TicketFilter, chip: Chip): TicketFilter {
  const field = fieldOfPart(chip.part);
  if (field !== null) return withField(base, onTop, field, []);
  const next = { ...onTop };
  for (const key of keysOf(chip.part)) delete next[key];
  if (!chip.isOnTop) Object.assign(next, nothingOf(chip.part));
  return next;
}

function nothingOf(part: FilterPart): TicketFilter {
  switch (part) {
    case 'customer':
      return { customer: null };
    case 'created':
      return { createdFrom: null, createdTo: null };
    case 'waiting':
      return { waitingMinutes: null };
    default:
      return Object.fromEntries(keysOf(part).map((key) => [key, []]));
  }
}

/** A condition's values: the ones in force, whether the view's own or set on top. */
export function valuesOf(base: TicketFilter, onTop: TicketFilter, part: ListPart): readonly string[] {
  return resolveFilter(base, onTop)[part] ?? [];
}

/** Puts values on top; those that the view has anyway are no news, none at all takes the view's own away. */
export function withValues(
  base: TicketFilter,
  onTop: TicketFilter,
  part: ListPart,
  values: readonly string[],
): TicketFilter {
  const next = { ...onTop };
  delete next[part];
  const own: readonly string[] = base[part] ?? [];
  if (hasSame(own, values)) return next;
  return Object.assign(next, { [part]: [...values] });
}

export function toggled(values: readonly string[], value: string): string[] {
  return values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
}

/** Puts the values of one custom field on top; the conditions on the others stay. */
export function withField(
  base: TicketFilter,
  onTop: TicketFilter,
  field: { subject: FieldSubject; key: string },
  values: readonly FieldValue[],
): TicketFilter {
  const { fields: given, ...rest } = onTop;
  const others = (given ?? base.fields ?? []).filter(
    (each) => each.subject !== field.subject || each.key !== field.key,
  );
  const next = [...others, ...values.map((is) => ({ subject: field.subject, key: field.key, is }))];
  const own = base.fields ?? [];
  if (next.length === 0 && own.length === 0) return rest;
  if (JSON.stringify(next) === JSON.stringify(own)) return rest;
  return { ...rest, fields: next.slice(0, filterFieldsMax) };
}

/** The values asked of one custom field. */
export function fieldValuesOf(
  base: TicketFilter,
  onTop: TicketFilter,
  field: { subject: FieldSubject; key: string },
): FieldValue[] {
  return (onTop.fields ?? base.fields ?? [])
    .filter((each) => each.subject === field.subject && each.key === field.key)
    .map((each) => each.is);
}

/** Whether anything was set on top of the view. */
export function isFiltered(onTop: TicketFilter): boolean {
  return Object.values(onTop).some((value) => value !== undefined);
}

function hasSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}
