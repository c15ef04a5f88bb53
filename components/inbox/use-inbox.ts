'use client';

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { InboxEngine } from '#/components/inbox/inbox-engine.ts';
import type { Place } from '#/components/inbox/place.ts';
import type { InboxPorts, InboxStart } from '#/components/inbox/ports.ts';
import { type Drafts, openDrafts } from '#/lib/sync/drafts.ts';
import { type InboxSnapshot, type InboxStore, openInbox } from '#/lib/sync/inbox.ts';
import { openLazyLive } from '#/lib/sync/lazy-live.ts';
import { reloadOutdated } from '#/lib/sync/outdated.ts';
import { openStaffOutbox } from '#/lib/sync/staff-outbox.ts';
import { indexedDbStorage } from '#/lib/sync/storage.ts';
import { onWake } from '#/lib/sync/wake.ts';
import { noTicketCounts } from '#/lib/tickets/schema.ts';

type OpenedInbox = { engine: InboxEngine; inbox: InboxStore; drafts: Drafts };

/**
 * The live connection, the outbox and the list, opened in the browser and closed with the page. Until then the list
 * is what the server drew.
 */
export function useInbox(
  start: InboxStart,
  ports: InboxPorts,
  place: Place,
): {
  engine: InboxEngine | null;
  inbox: InboxStore | null;
  drafts: Drafts | null;
  snapshot: InboxSnapshot;
} {
  const [opened, setOpened] = useState<OpenedInbox | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once; what the server drew is only the start.
  useEffect(() => {
    const { key, host, port, tls, cluster } = start.live;
    const isTls = tls ?? window.location.protocol === 'https:';
    // The page works before its live library is there.
    const live = openLazyLive(async () => {
      const { connectLive } = await import('#/lib/realtime/subscribe.ts');
      return connectLive({
        key,
        host: host ?? window.location.hostname,
        port: port ?? (Number(window.location.port) || (isTls ? 443 : 80)),
        tls: isTls,
        cluster,
        isSignin: true,
        authorize: ports.authorizeChannels,
        onSignedOut: ports.onSignedOut,
      });
    });
    const outbox = openStaffOutbox({
      scope: `agent:${start.me.id}`,
      storage: indexedDbStorage(`agent:${start.me.id}`),
      transport: ports.conversation,
      onStuck: () => window.location.reload(),
      onOutdated: reloadOutdated,
    });
    const inbox = openInbox({
      transport: ports.inbox,
      live,
      me: start.me,
      query: { ...start.query, view: place.view, filter: place.filter, sort: place.sort },
      initial: start.list,
      onAccessChanged: () => window.location.reload(),
    });
    const drafts = openDrafts({ agentId: start.me.id, transport: ports.drafts, live });
    const unwake = onWake(() => {
      live.retry?.();
      outbox.wake();
      inbox.wake();
      drafts.wake();
    });
    setOpened({ engine: { live, outbox, transport: ports.conversation }, inbox, drafts });
    return () => {
      unwake();
      inbox.close();
      drafts.close();
      outbox.close();
      live.close();
    };
  }, []);

  const { view, filter, sort } = place;
  useEffect(() => {
    opened?.inbox.setQuery({ view, filter, sort });
  }, [opened, view, filter, sort]);

  const drawn = useMemo(() => drawnSnapshot(start), [start]);
  const inbox = opened?.inbox ?? null;
  const snapshot = useSyncExternalStore(
    inbox?.subscribe ?? subscribeNever,
    inbox?.getSnapshot ?? (() => drawn),
    () => drawn,
  );
  return { engine: opened?.engine ?? null, inbox, drafts: opened?.drafts ?? null, snapshot };
}

const subscribeNever = () => () => {};

function drawnSnapshot({ query, list }: InboxStart): InboxSnapshot {
  return {
    query,
    rows: list?.tickets ?? [],
    counts: list?.counts ?? noTicketCounts,
    filter: list?.filter ?? query.filter,
    ignored: list?.ignored ?? [],
    matching: list?.matching ?? 0,
    isLoading: list === null,
    failure: null,
    hasMore: list?.nextCursor != null,
    isLoadingMore: false,
    connection: 'connecting',
  };
}
