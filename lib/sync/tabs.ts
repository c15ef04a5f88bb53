import { openChannel } from '#/lib/sync/tab-channel.ts';

/** The other tabs of the same person in this browser: a way to tell them something, and one of them that decides. */
export type Tabs = {
  post(message: unknown): void;
  /** Hears what the others post, until the returned undo is called. */
  listen(onMessage: (message: unknown) => void): () => void;
  /**
   * Makes this tab the only one with the role as soon as it is free, and calls `onLead` then. The returned undo gives it
   * up; a tab that closes or dies gives it up as well.
   */
  lead(role: string, onLead: () => void): () => void;
  close(): void;
};

const leaseMs = 6_000;
const renewMs = 2_000;

/** `scope` is the person, so that two people at one computer hear nothing of each other. */
export function browserTabs(scope: string): Tabs {
  const name = `parley:tabs:${scope}`;
  const channel = openChannel(name);
  const undos = new Set<() => void>();

  function own(undo: () => void): () => void {
    const once = () => {
      if (undos.delete(once)) undo();
    };
    undos.add(once);
    return once;
  }

  return {
    post(message) {
      if (channel !== null) channel.postMessage(message);
      else keep(name, JSON.stringify({ message, nonce: Math.random() }));
    },
    listen(onMessage) {
      if (channel !== null) {
        const onEvent = (event: MessageEvent<unknown>) => onMessage(event.data);
        channel.addEventListener('message', onEvent);
        return own(() => channel.removeEventListener('message', onEvent));
      }
      // Storage events reach every tab but the one that wrote, as a channel's messages do.
      const onStorage = (event: StorageEvent) => {
        if (event.key === name && event.newValue !== null) onMessage(messageOf(event.newValue));
      };
      window.addEventListener('storage', onStorage);
      return own(() => window.removeEventListener('storage', onStorage));
    },
    lead(role, onLead) {
      const lock = `${name}:${role}`;
      return own(navigator.locks === undefined ? leadByLease(lock, onLead) : leadByLock(lock, onLead));
    },
    close() {
      for (const undo of [...undos]) undo();
      channel?.close();
    },
  };
}

function leadByLock(name: string, onLead: () => void): () => void {
  const giveUp = new AbortController();
  let release: () => void = () => {};
  void navigator.locks
    .request(name, { signal: giveUp.signal }, () => {
      onLead();
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    })
    .catch(() => {});
  return () => {
    giveUp.abort();
    release();
  };
}

/** Where there are no locks: whoever renews the lease has the role; one that was not renewed is free. */
function leadByLease(name: string, onLead: () => void): () => void {
  const id = `${Math.random()}`;
  let isLeading = false;
  function turn() {
    const [holder = '', until = '0'] = (kept(name) ?? '').split(' ');
    if (holder !== id && Number(until) > Date.now()) {
      isLeading = false;
      return;
    }
    keep(name, `${id} ${Date.now() + leaseMs}`);
    if (isLeading || kept(name)?.startsWith(`${id} `) !== true) return;
    isLeading = true;
    onLead();
  }
  turn();
  const timer = setInterval(turn, renewMs);
  return () => {
    clearInterval(timer);
    if (kept(name)?.startsWith(`${id} `) === true) keep(name, '');
  };
}

function messageOf(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'message' in parsed ? parsed.message : null;
  } catch {
    return null;
  }
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without storage every tab decides for itself.
  }
}
