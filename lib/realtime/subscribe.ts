import type { Channel, PresenceChannel } from 'pusher-js';
import Pusher from 'pusher-js';
import type { Result } from '#/lib/errors.ts';
import { ask, systemClock } from '#/lib/sync/clock.ts';
import type { ChannelMember, Clock, LiveConnection } from '#/lib/sync/transport.ts';

/** Ping after this much silence, and give up on the socket this much later: dead ones are noticed within 20 s. */
const activityMs = 15_000;
const pongMs = 5_000;
const answerMsMax = 10_000;
/** How long an attempt may take before the next; the library itself would wait 15, 30, then 60 s. */
const attemptMsMin = 3_000;
const attemptMsMax = 10_000;
/** After the server said "never again": it may have been wrong. */
const refusedMs = 60_000;
/** The server ended this user's connections: all that may have changed is which channels are still granted. */
const endedCode = 4009;
const endedMsMax = 30_000;

export type ChannelAuthorization = { auth: string; channel_data?: string };
/** What `POST /api/realtime/auth` answers; null for a channel that this reader may not join. */
export type Authorization = {
  channels: Record<string, ChannelAuthorization | null>;
  user?: { auth: string; user_data: string };
};

type Handlers = Parameters<LiveConnection['subscribe']>[1];
type Answer<Value> = (error: Error | null, value: Value | null) => void;
type Batch = {
  socketId: string;
  channels: Map<string, Answer<ChannelAuthorization>>;
  user: Answer<{ auth: string; user_data: string }> | null;
};
type Followed = {
  channel: Channel;
  handlers: Set<Handlers>;
  isSubscribed: boolean;
  isRefused: boolean;
  failures: number;
  timer: unknown;
};

/**
 * A connection to any server of the Pusher protocol, made at the first `subscribe`. Channels asked for in one tick are
 * authorised in one call, again on each new socket; a failed call is repeated, a null is final until the next socket.
 * With `isSignin` the user is signed in as well, so that the server can end all connections of one person. An ended
 * one comes back with new authorisations; where those answer `unauthenticated`, it rests and says `onSignedOut`.
 */
export function connectLive(options: {
  key: string;
  host: string;
  port: number;
  tls: boolean;
  cluster?: string | null;
  isSignin?: boolean;
  authorize(socketId: string, channels: string[], isSignin: boolean): Promise<Result<Authorization>>;
  onSignedOut?: () => void;
  clock?: Clock;
}): LiveConnection {
  const { clock = systemClock } = options;
  const followed = new Map<string, Followed>();
  const listeners = new Set<() => void>();
  let pusher: Pusher | null = null;
  let asked: Batch | null = null;
  let state: ReturnType<LiveConnection['state']> = 'connecting';
  let attemptMs = attemptMsMin;
  let timer: unknown = null;
  let isRestarting = false;
  let isClosed = false;
  let closedWith = 0;
  let endings = 0;
  let endedAt = Number.NEGATIVE_INFINITY;

  /** Collects what the library asks for in one tick. */
  function batchFor(socketId: string): Batch {
    if (asked?.socketId === socketId) return asked;
    const batch: Batch = { socketId, channels: new Map(), user: null };
    asked = batch;
    queueMicrotask(() => settle(batch));
    return batch;
  }

  async function settle(batch: Batch) {
    if (asked === batch) asked = null;
    const { socketId, channels, user: answerUser } = batch;
    const result = await ask(clock, answerMsMax, () =>
      options.authorize(socketId, [...channels.keys()], answerUser !== null),
    );
    // A newer socket has asked for itself, and these signatures are not for it.
    if (isClosed || pusher?.connection.socket_id !== socketId) return;
    const user = result.ok ? result.value.user : undefined;
    answerUser?.(user === undefined ? new Error('refused') : null, user ?? null);
    for (const [name, answer] of channels) {
      const authorization = result.ok ? (result.value.channels[name] ?? null) : null;
      const each = followed.get(name);
      if (each !== undefined) each.isRefused = result.ok && authorization === null;
      answer(authorization === null ? new Error('refused') : null, authorization);
      if (each === undefined) pusher.unsubscribe(name);
    }
    if (!result.ok && result.error.code === 'unauthenticated') signOut();
  }

  function signOut() {
    clock.clearTimeout(timer);
    hangUp();
    report('unavailable');
    options.onSignedOut?.();
  }

  function hangUp() {
    isRestarting = true;
    pusher?.disconnect();
    isRestarting = false;
  }

  function connect(): Pusher {
    const made = new Pusher(options.key, {
      wsHost: options.host,
      wsPort: options.port,
      wssPort: options.port,
      forceTLS: options.tls,
      cluster: options.cluster ?? '',
      enabledTransports: ['ws', 'wss'],
      enableStats: false,
      activityTimeout: activityMs,
      pongTimeout: pongMs,
      channelAuthorization: {
        customHandler({ socketId, channelName }, answer) {
          batchFor(socketId).channels.set(channelName, answer);
        },
      },
      userAuthentication: {
        customHandler({ socketId }, answer) {
          batchFor(socketId).user = answer;
        },
      },
    });
    made.connection.bind('state_change', onState);
    made.connection.bind('error', ({ data }: { data?: { code?: unknown } }) => {
      // Told a second time, wrapped and without it.
      if (data !== undefined) closedWith = Number(data.code);
    });
    // The library would come back after exactly 1 s, and so would everybody else's.
    made.connection.bind('connecting_in', () => queueMicrotask(() => restart(clock.random() * 2_000)));
    if (options.isSignin === true) made.signin();
    wait(attemptMs);
    return made;
  }

  function onState({ current }: { current: string }) {
    if (isRestarting || isClosed) return;
    if (current === 'connected') {
      clock.clearTimeout(timer);
      attemptMs = attemptMsMin;
      report('connected');
    } else if (current === 'connecting') {
      wait(attemptMs);
      if (state === 'connected') report('unavailable');
    } else if (current === 'disconnected' || current === 'failed') {
      wait(closedWith === endedCode ? endedMs() : refusedMs);
      closedWith = 0;
      report('unavailable');
    }
  }

  /** At once the first time, and ever later if it goes on. */
  function endedMs(): number {
    endings = clock.now() - endedAt > 2 * endedMsMax ? 0 : endings + 1;
    endedAt = clock.now();
    return Math.min(endedMsMax, 200 * 3 ** endings);
  }

  function report(next: typeof state) {
    if (next !== 'connected') for (const each of followed.values()) each.isSubscribed = false;
    state = next;
    for (const listener of [...listeners]) listener();
  }

  function wait(ms: number) {
    clock.clearTimeout(timer);
    timer = clock.setTimeout(() => restart(0), ms * (0.75 + clock.random() / 2));
  }

  /** Gives the present attempt up and starts the next one. */
  function restart(inMs: number) {
    if (pusher === null || isClosed) return;
    clock.clearTimeout(timer);
    hangUp();
    if (state !== 'unavailable') report('unavailable');
    attemptMs = Math.min(attemptMsMax, attemptMs * 1.5);
    timer = clock.setTimeout(() => pusher?.connect(), inMs);
  }

  function follow(name: string): Followed {
    pusher ??= connect();
    const channel = pusher.subscribe(name);
    const each: Followed = {
      channel,
      handlers: new Set(),
      isSubscribed: false,
      isRefused: false,
      failures: 0,
      timer: null,
    };
    followed.set(name, each);
    const everyone = (tell: (handlers: Handlers) => void) => [...each.handlers].forEach(tell);
    channel.bind_global((event: string, data: unknown) => {
      if (event === 'pusher:subscription_succeeded') {
        each.isSubscribed = true;
        each.failures = 0;
        everyone((handlers) => handlers.onSubscribed());
      } else if (event === 'pusher:subscription_error') {
        if (each.isRefused) everyone((handlers) => handlers.onRefused?.());
        else again(name, each);
      } else if (!event.startsWith('pusher:')) {
        everyone((handlers) => handlers.onEvent(event, data));
        return;
      }
      const members = membersOf(channel);
      if (members !== null) everyone((handlers) => handlers.onMembers?.(members));
    });
    return each;
  }

  function again(name: string, each: Followed) {
    const waitMs = Math.min(30_000, 1_000 * 2 ** each.failures++) * (0.5 + clock.random());
    clock.clearTimeout(each.timer);
    each.timer = clock.setTimeout(() => {
      if (followed.get(name) !== each || each.isSubscribed || state !== 'connected') return;
      // The server refused by itself: the library would take it for pending until the next socket.
      each.channel.disconnect();
      pusher?.subscribe(name);
    }, waitMs);
  }

  return {
    state: () => state,
    onState(listener) {
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    subscribe(name, handlers) {
      if (isClosed) return () => undefined;
      const each = followed.get(name) ?? follow(name);
      const own = { ...handlers };
      each.handlers.add(own);
      if (each.isSubscribed) {
        queueMicrotask(() => {
          if (!each.handlers.has(own) || !each.isSubscribed) return;
          own.onSubscribed();
          const members = membersOf(each.channel);
          if (members !== null) own.onMembers?.(members);
        });
      }
      return () => {
        if (!each.handlers.delete(own) || each.handlers.size > 0 || followed.get(name) !== each) return;
        followed.delete(name);
        clock.clearTimeout(each.timer);
        each.channel.unbind_all();
        pusher?.unsubscribe(name);
      };
    },
    retry() {
      if (state === 'connected') return;
      attemptMs = attemptMsMin;
      restart(0);
    },
    close() {
      isClosed = true;
      clock.clearTimeout(timer);
      for (const each of followed.values()) clock.clearTimeout(each.timer);
      followed.clear();
      listeners.clear();
      pusher?.disconnect();
      // The library keeps every instance for ever; in Node it keeps this very array, so another one would not help.
      const place = pusher === null ? -1 : Pusher.instances.indexOf(pusher);
      if (place >= 0) Pusher.instances.splice(place, 1);
    },
  };
}

function isPresence(channel: Channel): channel is PresenceChannel {
  return channel.name.startsWith('presence-');
}

function membersOf(channel: Channel): ChannelMember[] | null {
  if (!isPresence(channel)) return null;
  const members: ChannelMember[] = [];
  channel.members.each((member: { id: string; info?: { name?: unknown } }) => {
    const name = member.info?.name;
    members.push({ id: member.id, name: typeof name === 'string' ? name : '' });
  });
  return members;
}
