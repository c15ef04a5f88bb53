import type { Failure } from '#/lib/errors.ts';
import { isPassing } from '#/lib/errors.ts';
import { backoffMs } from '#/lib/sync/clock.ts';
import type { ChannelMember, Clock, ConnectionState, LiveConnection } from '#/lib/sync/transport.ts';

/** Between looks while nothing is pushed. */
const pollMs = 10_000;
/** Longest wait after a failed look: below the 5 s in which a client catches up with a server that is back. */
const retryMsMax = 4_000;
/** Before the first look without the socket: longer than it usually takes to come back. */
const lostMs = 2_000;
/** Before that look when the socket is back and only its channels are not yet granted: each looks when it is. */
const grantMs = 4_000;
/** How long the first subscription may take before looking without it. */
const freshMs = 2_000;
/**
 * Between looks while events are pushed: one may have been lost, and be the last for a while. Sooner after activity,
 * and never so rare that it is not found within 30 s.
 */
const quietMsMin = 20_000;
const quietMsMax = 28_000;

export type Pulse = {
  state(): ConnectionState;
  /** The first look: now, or with the first subscription if what is shown is fresh from the server. */
  start(isFresh: boolean): void;
  /** Looks now; if a look is under way, once more after it, since that one may have been answered before. */
  look(): Promise<void>;
  /** Something happened: a lost event would be missed now, so the next quiet look comes soon, and never later. */
  touch(): void;
  /** What happened shows that nothing is missing, which is as good as a look. */
  prove(): void;
  /** Follows a channel and looks each time it is (re)subscribed. */
  follow(
    channel: string,
    onEvent: (name: string, data: unknown) => void,
    onMembers?: (members: ChannelMember[]) => void,
  ): void;
  close(): void;
};

/**
 * Keeps one view true: looks when asked, at each (re)subscription, on a timer when nothing is pushed, and with backoff
 * after a passing failure; one look at a time. `look` answers null or why it failed; a refusal rests until asked again.
 */
export function openPulse(options: {
  clock: Clock;
  live: LiveConnection | null;
  look: () => Promise<Failure | null>;
  onState: () => void;
}): Pulse {
  const { clock, live } = options;
  const joined = new Map<string, boolean>();
  const undo: (() => void)[] = [];
  let timer: unknown = null;
  let dueAt = 0;
  let quietMs = quietMsMin;
  let failures = 0;
  let answer: 'none' | 'answered' | 'lost' = 'none';
  let isRefused = false;
  let isLooking = false;
  let isWanted = false;
  let isAwaitingSocket = false;
  let isClosed = false;
  let wasLive = false;
  let lastState: ConnectionState = 'connecting';

  const isLive = () =>
    live?.state() === 'connected' && joined.size > 0 && ![...joined.values()].includes(false);

  function state(): ConnectionState {
    if (isLive()) return 'live';
    if (answer === 'lost') return 'offline';
    const isFirstAttempt = !wasLive && live?.state() === 'connecting';
    return answer === 'none' || isFirstAttempt ? 'connecting' : 'polling';
  }

  function report() {
    wasLive ||= isLive();
    if (isClosed || state() === lastState) return;
    lastState = state();
    options.onState();
  }

  function wait(ms: number) {
    clock.clearTimeout(timer);
    if (isClosed || isLooking) return;
    dueAt = clock.now() + ms;
    timer = clock.setTimeout(look, ms);
  }

  function rest() {
    if (isRefused) return;
    wait((isLive() ? quietMs : pollMs) * (0.8 + clock.random() / 5));
    quietMs = Math.min(quietMsMax, quietMs * 2);
  }

  async function look() {
    clock.clearTimeout(timer);
    isAwaitingSocket = false;
    if (isClosed) return;
    isWanted = isLooking;
    if (isLooking) return;
    isLooking = true;
    const failure = await options.look();
    isLooking = false;
    if (isClosed) return;
    isRefused = failure !== null && !isPassing(failure);
    if (failure === null || isRefused) {
      if (answer === 'lost') live?.retry?.();
      answer = 'answered';
      failures = 0;
      if (isWanted && !isRefused) look();
      else rest();
    } else {
      if (failure.code === 'unavailable') answer = 'lost';
      wait(backoffMs(clock, ++failures, failure, retryMsMax));
    }
    report();
  }

  if (live !== null) {
    undo.push(
      live.onState(() => {
        if (live.state() !== 'connected' && [...joined.values()].includes(true)) {
          for (const channel of joined.keys()) joined.set(channel, false);
          // Every client lost its socket in the same moment. Most are back within two seconds and look then: asking
          // before that would double the work of a server that is just being asked by everybody.
          if (!isRefused) {
            wait(lostMs + clock.random() * 1_000);
            isAwaitingSocket = true;
          }
        } else if (live.state() === 'connected' && isAwaitingSocket) {
          isAwaitingSocket = false;
          wait(grantMs + clock.random() * 1_000);
        }
        report();
      }),
    );
  }

  return {
    state,
    start(isFresh) {
      if (isFresh) answer = 'answered';
      if (isFresh && live !== null) wait(freshMs);
      else look();
    },
    look,
    touch() {
      quietMs = quietMsMin;
      if (answer === 'answered' && isLive() && dueAt > clock.now() + quietMs) rest();
    },
    prove() {
      quietMs = quietMsMin;
      if (answer === 'answered' && isLive()) rest();
    },
    follow(channel, onEvent, onMembers) {
      if (live === null || isClosed) return;
      joined.set(channel, false);
      undo.push(
        live.subscribe(channel, {
          onEvent,
          ...(onMembers === undefined ? {} : { onMembers }),
          onSubscribed() {
            joined.set(channel, true);
            quietMs = quietMsMin;
            look();
            report();
          },
          onRefused() {
            // Not needed for being live: whether this reader may look at all is what the look finds out.
            joined.delete(channel);
            look();
          },
        }),
      );
    },
    close() {
      isClosed = true;
      clock.clearTimeout(timer);
      for (const leave of undo) leave();
    },
  };
}
