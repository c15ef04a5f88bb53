import type { Result } from '#/lib/errors.ts';
import type { Sender } from '#/lib/messages/schema.ts';
import type { Clock } from '#/lib/sync/transport.ts';

/** A signal is repeated this often while keys are pressed; the other side shows it for twice as long. */
const repeatMs = 2_500;
const stopMs = 5_000;

export type Typist = { kind: 'customer' | 'agent'; id: string; name: string | null };

/** Tells the other side that somebody types: at once, then rarely, and that they stopped. Signals keep their order. */
export function openTypingSignal(clock: Clock, signal: (isTyping: boolean) => Promise<Result<null>>) {
  let isTyping = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  let stopTimer: unknown = null;
  let isTelling = false;
  let isOutdated = false;

  async function tell() {
    isOutdated = isTelling;
    if (isTelling) return;
    isTelling = true;
    toldAt = clock.now();
    await signal(isTyping);
    isTelling = false;
    if (isOutdated) tell();
  }

  function stop() {
    clock.clearTimeout(stopTimer);
    if (!isTyping) return;
    isTyping = false;
    tell();
  }

  return {
    typed() {
      clock.clearTimeout(stopTimer);
      stopTimer = clock.setTimeout(stop, stopMs);
      const elapsedMs = clock.now() - toldAt;
      // A clock that was set back must not silence the signal.
      if (isTyping && elapsedMs >= 0 && elapsedMs < repeatMs) return;
      isTyping = true;
      tell();
    },
    stop,
  };
}

/** Who else is typing; everybody disappears by themselves when nothing more is heard of them. */
export function openTypists(clock: Clock, changed: () => void) {
  const shown = new Map<string, { typist: Typist; timer: unknown }>();
  let turns = 0;
  const keyOf = (sender: Sender) => (sender.kind === 'system' ? '' : `${sender.kind}:${sender.id}`);

  /** Whether anything was there to remove. */
  function remove(sender: Sender): boolean {
    turns++;
    clock.clearTimeout(shown.get(keyOf(sender))?.timer);
    return shown.delete(keyOf(sender));
  }

  return {
    /** Grows with all that is heard. */
    turn: () => turns,
    list: (): Typist[] => [...shown.values()].map(({ typist }) => typist),
    remove,
    hear(sender: Sender, isTyping: boolean, forMs: number) {
      if (sender.kind === 'system') return;
      const wasShown = remove(sender);
      if (isTyping) {
        const timer = clock.setTimeout(() => {
          remove(sender);
          changed();
        }, forMs);
        const { kind, id, name } = sender;
        shown.set(keyOf(sender), { typist: { kind, id, name }, timer });
      }
      if (isTyping || wasShown) changed();
    },
    close() {
      for (const { timer } of shown.values()) clock.clearTimeout(timer);
      shown.clear();
    },
  };
}
