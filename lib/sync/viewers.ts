import type { Clock } from '#/lib/sync/transport.ts';
import { type Viewer, type ViewingState, viewingShownMs } from '#/lib/viewing/schema.ts';

/** Which colleagues look at which ticket, each until `viewingShownMs` after the last word of them. */
export type Viewers = {
  of(ticketId: string): Viewer[];
  hear(ticketId: string, agent: { id: string; name: string }, state: ViewingState): void;
  /** What the server answered: all of them. */
  set(ticketId: string, viewers: readonly Viewer[]): void;
  close(): void;
};

/** `onChanged` is told of each ticket whose viewers changed by a word of one or by silence, not by `set`. */
export function openViewers(clock: Clock, ownId: string, onChanged: (ticketId: string) => void): Viewers {
  const tickets = new Map<string, Map<string, Viewer & { until: number }>>();
  let timer: unknown = null;

  function note(ticketId: string, viewer: Viewer) {
    const there = tickets.get(ticketId) ?? new Map<string, Viewer & { until: number }>();
    tickets.set(ticketId, there);
    there.set(viewer.id, { ...viewer, until: clock.now() + viewingShownMs });
    timer ??= clock.setTimeout(expire, viewingShownMs);
  }

  function drop(ticketId: string, agentId: string): boolean {
    const there = tickets.get(ticketId);
    const wasThere = there?.delete(agentId) ?? false;
    if (there?.size === 0) tickets.delete(ticketId);
    return wasThere;
  }

  function expire() {
    timer = null;
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    const changed = new Set<string>();
    for (const [ticketId, there] of [...tickets]) {
      for (const [agentId, { until }] of [...there]) {
        if (until > now) next = Math.min(next, until);
        else if (drop(ticketId, agentId)) changed.add(ticketId);
      }
    }
    if (tickets.size > 0) {
      // A clock that was set back must not make it wait for years, which timers take for no time at all.
      timer = clock.setTimeout(expire, Math.min(viewingShownMs, Math.max(1, next - now)));
    }
    for (const ticketId of changed) onChanged(ticketId);
  }

  function listOf(ticketId: string): Viewer[] {
    const there = [...(tickets.get(ticketId)?.values() ?? [])];
    return there
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, name, isTyping }) => ({ id, name, isTyping }));
  }

  return {
    of: listOf,
    hear(ticketId, agent, state) {
      if (agent.id === ownId) return;
      const before = JSON.stringify(listOf(ticketId));
      if (state === 'gone') drop(ticketId, agent.id);
      else note(ticketId, { ...agent, isTyping: state === 'typing' });
      if (JSON.stringify(listOf(ticketId)) !== before) onChanged(ticketId);
    },
    set(ticketId, viewers) {
      tickets.delete(ticketId);
      for (const viewer of viewers) {
        if (viewer.id !== ownId) note(ticketId, viewer);
      }
    },
    close: () => clock.clearTimeout(timer),
  };
}
