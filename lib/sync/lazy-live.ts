import type { LiveConnection } from '#/lib/sync/transport.ts';

type Followed = {
  channel: string;
  handlers: Parameters<LiveConnection['subscribe']>[1];
  leave: (() => void) | null;
};

const againMs = 5_000;

/**
 * A live connection whose library arrives only when something is followed: a visitor who has not written yet needs
 * none, and whoever opens the widget can type before it is there. `connecting` until then, `unavailable` while it fails.
 */
export function openLazyLive(open: () => Promise<LiveConnection>): LiveConnection {
  const followed = new Set<Followed>();
  const listeners = new Set<() => void>();
  let real: LiveConnection | null = null;
  let isLoading = false;
  let hasFailed = false;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const changed = () => {
    for (const listener of [...listeners]) listener();
  };

  async function load() {
    clearTimeout(timer);
    if (isLoading || isClosed || real !== null) return;
    isLoading = true;
    try {
      const opened = await open();
      if (isClosed) return opened.close();
      real = opened;
      opened.onState(changed);
      for (const one of followed) one.leave = opened.subscribe(one.channel, one.handlers);
    } catch {
      hasFailed = true;
      timer = setTimeout(load, againMs);
    } finally {
      isLoading = false;
    }
    changed();
  }

  return {
    state: () => real?.state() ?? (hasFailed ? 'unavailable' : 'connecting'),
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribe(channel, handlers) {
      const one: Followed = { channel, handlers, leave: real?.subscribe(channel, handlers) ?? null };
      followed.add(one);
      load();
      return () => {
        followed.delete(one);
        one.leave?.();
      };
    },
    retry() {
      if (real === null && hasFailed) load();
      else real?.retry?.();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      real?.close();
    },
  };
}
