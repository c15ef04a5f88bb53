import { systemClock } from '#/lib/sync/clock.ts';
import { type Outbox, openOutbox } from '#/lib/sync/outbox.ts';
import { onHide } from '#/lib/sync/wake.ts';

/** How long an outbox that nobody looks at any more goes on with what it held. */
const lingerMsMax = 10_000;

export type StaffOutbox = Outbox & {
  /** Hears of each message that turned out to be stored: by the server's answer or, as often, by the log itself. */
  onStored(listener: (messageId: string) => void): () => void;
};

/**
 * An outbox whose holds end when the page that made them is hidden or left: who cannot see "Undo" does not need it, and
 * what was sent should be sent. Closing it lets what was held go first.
 */
export function openStaffOutbox(
  options: Parameters<typeof openOutbox>[0] & { onHide?: (run: () => void) => () => void },
): StaffOutbox {
  const { clock = systemClock } = options;
  const inner = openOutbox(options);
  const own = new Set<string>();
  const storedListeners = new Set<(messageId: string) => void>();
  const leave = (options.onHide ?? onHide)(releaseOwn);

  function releaseOwn() {
    inner.release([...own]);
    own.clear();
  }

  function tellStored(id: string) {
    for (const listener of [...storedListeners]) listener(id);
  }
  inner.onConfirmed((message) => tellStored(message.id));

  return {
    ...inner,
    settle(entry) {
      inner.settle(entry);
      tellStored(entry.id);
    },
    onStored(listener) {
      storedListeners.add(listener);
      return () => storedListeners.delete(listener);
    },
    add(message) {
      if (message.heldUntil !== undefined) own.add(message.id);
      inner.add(message);
    },
    close() {
      leave();
      const wasHolding = own.size > 0;
      releaseOwn();
      if (!wasHolding) return inner.close();
      const isWaiting = () =>
        inner.conversationIds().some((id) => inner.list(id).some(({ failure }) => failure === null));
      const timer = clock.setTimeout(finish, lingerMsMax);
      const unsubscribe = inner.subscribe(() => isWaiting() || finish());
      function finish() {
        clock.clearTimeout(timer);
        unsubscribe();
        inner.close();
      }
    },
  };
}
