import { bulkIdsMax } from '#/lib/bulk/schema.ts';

/** Which tickets are ticked. `anchor` is where a range begins: the one last ticked by itself. */
export type SelectionState = { ids: ReadonlySet<string>; isAll: boolean; anchor: string | null };

export const nothingSelected: SelectionState = { ids: new Set(), isAll: false, anchor: null };
/** More by hand than this are not ticked; "all that match" has no such bound. */
export const tickedMax = bulkIdsMax;
type Order = readonly { id: string }[];

/** Ticks or unticks one. Out of "all that match" it leaves the loaded ones, without that one. */
export function toggle(state: SelectionState, id: string, order: Order): SelectionState {
  const ids = new Set(state.isAll ? order.slice(0, tickedMax).map((row) => row.id) : state.ids);
  if (!ids.delete(id) && ids.size < tickedMax) ids.add(id);
  return { ids, isAll: false, anchor: id };
}

/** Ticks everything between the anchor and this one, in the list's order. */
export function extendTo(state: SelectionState, id: string, order: Order): SelectionState {
  const from = state.anchor === null ? -1 : order.findIndex((row) => row.id === state.anchor);
  const to = order.findIndex((row) => row.id === id);
  if (to === -1) return state;
  if (from === -1) return toggle({ ...state, isAll: false }, id, order);
  const between = order.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id);
  // From the anchor on, so that a bound leaves out what is farthest.
  const all = new Set([...state.ids, ...(from <= to ? between : between.toReversed())]);
  return { ids: new Set([...all].slice(0, tickedMax)), isAll: false, anchor: state.anchor };
}

/** Without those that left the list: what is not shown must not be acted on. */
export function pruned(state: SelectionState, order: Order): SelectionState {
  if (state.isAll || state.ids.size === 0) return state;
  const held = new Set(order.map((row) => row.id));
  const ids = new Set([...state.ids].filter((id) => held.has(id)));
  return ids.size === state.ids.size ? state : { ...state, ids };
}
