'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ViewActs } from '#/components/inbox/list/list-props.ts';
import type { InboxPorts } from '#/components/inbox/ports.ts';
import type { Catalogue } from '#/lib/catalogue/schema.ts';
import type { Result } from '#/lib/errors.ts';
import { channels } from '#/lib/realtime/channels.ts';
import type { LiveConnection } from '#/lib/sync/transport.ts';

/** What there is to choose from, and the saved views: fetched again whenever somebody changed any of it. */
export function useCatalogue(
  start: Catalogue,
  ports: InboxPorts,
  live: LiveConnection | null,
): { catalogue: Catalogue; viewActs: ViewActs } {
  const [catalogue, setCatalogue] = useState(start);
  /** Answers that a later question overtook are dropped. */
  const asked = useRef(0);

  const ask = useCallback(async () => {
    const turn = ++asked.current;
    const found = await ports.fetchCatalogue();
    if (turn === asked.current && found.ok) setCatalogue(found.value);
  }, [ports]);

  useEffect(() => {
    if (live === null) return;
    let isFirst = true;
    return live.subscribe(channels.staff(), {
      onEvent(name) {
        if (name === 'catalogue.changed') void ask();
      },
      onSubscribed() {
        // The page itself is new enough; after a gap it is not.
        if (!isFirst) void ask();
        isFirst = false;
      },
    });
  }, [live, ask]);

  const viewActs = useMemo<ViewActs>(() => {
    async function settled<Value>(act: Promise<Result<Value>>): Promise<Result<Value>> {
      const result = await act;
      if (result.ok) await ask();
      return result;
    }
    return {
      save: (input) => settled(ports.saveView(input)),
      change: (input) => settled(ports.changeView(input)),
      async order(ids) {
        setCatalogue((before) => ({
          ...before,
          views: ids.flatMap((id) => before.views.find((view) => view.id === id) ?? []),
        }));
        const result = await ports.orderViews({ ids });
        await ask();
        return result;
      },
      remove: (id) => settled(ports.deleteView({ id })),
    };
  }, [ports, ask]);

  return { catalogue, viewActs };
}
