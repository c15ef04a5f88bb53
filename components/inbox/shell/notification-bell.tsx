'use client';

import { Bell } from 'lucide-react';
import { Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useKeysOf } from '#/components/inbox/shell/keys-context.tsx';
import { later } from '#/components/inbox/shell/later.tsx';
import { Tooltip } from '#/components/ui/tooltip.tsx';
import type { NotificationItem } from '#/lib/notifications/schema.ts';
import type { NotificationStore } from '#/lib/sync/notifications.ts';

const NotificationPanel = later(
  async () => (await import('#/components/inbox/shell/notification-panel.tsx')).NotificationPanel,
);

const shownMax = 99;
const nothing = () => () => {};

/** The bell with how much is unread; opens what the agent was told. */
export function NotificationBell({
  store,
  isOpen,
  onOpenChange,
  onOpenItem,
}: {
  store: NotificationStore | null;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  onOpenItem(item: NotificationItem): void;
}) {
  const keysOf = useKeysOf();
  const button = useRef<HTMLButtonElement>(null);
  // Once it was opened it stays, so that it can also go as it came.
  const [wasOpened, setWasOpened] = useState(false);
  useEffect(() => {
    if (isOpen) setWasOpened(true);
  }, [isOpen]);
  const unread = useSyncExternalStore(
    store?.subscribe ?? nothing,
    () => store?.getSnapshot().unread ?? 0,
    () => 0,
  );
  const count = unread > shownMax ? `${shownMax}+` : String(unread);
  return (
    <>
      <Tooltip label="Notifications" keys={keysOf('notifications') || undefined} side="right">
        <button
          ref={button}
          type="button"
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          aria-label={unread === 0 ? 'Notifications' : `Notifications, ${count} unread`}
          onPointerEnter={() => void NotificationPanel.fetch()}
          onClick={() => onOpenChange(!isOpen)}
          className="relative inline-flex size-8 shrink-0 items-center justify-center rounded-control text-text-muted transition-colors duration-120 hover:bg-bg-hover hover:text-text aria-expanded:bg-bg-hover aria-expanded:text-text max-tablet:size-11"
        >
          <Bell className="size-4" strokeWidth={1.75} aria-hidden="true" />
          {unread === 0 ? null : (
            <span
              aria-hidden="true"
              className="tabular absolute top-0 right-0 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 font-semibold text-[10px] text-accent-text leading-none max-tablet:top-1.5 max-tablet:right-1.5"
            >
              {count}
            </span>
          )}
        </button>
      </Tooltip>
      <Suspense fallback={null}>
        {store === null || !(isOpen || wasOpened) ? null : (
          <NotificationPanel.Component
            store={store}
            anchor={button}
            isOpen={isOpen}
            onOpenChange={onOpenChange}
            onOpenItem={onOpenItem}
          />
        )}
      </Suspense>
    </>
  );
}
