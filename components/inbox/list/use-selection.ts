'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import type { Selection } from '#/components/inbox/list/list-props.ts';
import {
  extendTo,
  nothingSelected,
  pruned,
  type SelectionState,
  tickedMax,
  toggle,
} from '#/components/inbox/list/selection.ts';
import type { Place } from '#/components/inbox/place.ts';

/** What is ticked in a list. Another view or filter begins anew; what leaves the list is no longer ticked. */
export function useSelection(
  rows: readonly { id: string }[],
  isLoading: boolean,
  place: Pick<Place, 'view' | 'filter'>,
): Selection {
  const [state, setState] = useState<SelectionState>(nothingSelected);
  const latest = useRef(rows);
  useEffect(() => {
    latest.current = rows;
    if (!isLoading) setState((before) => pruned(before, rows));
  }, [rows, isLoading]);

  const list = `${place.view} ${JSON.stringify(place.filter)}`;
  const shownList = useRef(list);
  useEffect(() => {
    if (shownList.current === list) return;
    shownList.current = list;
    setState(nothingSelected);
  }, [list]);

  return useMemo(
    () => ({
      ids: state.ids,
      isAll: state.isAll,
      has: (id) => state.isAll || state.ids.has(id),
      toggle: (id) => setState((before) => toggle(before, id, latest.current)),
      extendTo: (id) => setState((before) => extendTo(before, id, latest.current)),
      selectLoaded: () =>
        setState({
          ids: new Set(latest.current.slice(0, tickedMax).map((row) => row.id)),
          isAll: false,
          anchor: null,
        }),
      selectAll: () => setState({ ids: new Set(), isAll: true, anchor: null }),
      clear: () => setState(nothingSelected),
    }),
    [state],
  );
}
