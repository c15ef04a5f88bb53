'use client';

import { Popover } from '@base-ui/react/popover';
import { Bell } from 'lucide-react';
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { useKeysOf } from '#/components/inbox/shell/keys-context.tsx';
import { SkeletonLine } from '#/components/ui/skeleton.tsx';
import { Tooltip } from '#/components/ui/tooltip.tsx';
import type { NotificationItem } from '#/lib/notifications/schema.ts';
import type { NotificationStore } from '#/lib/sync/notifications.ts';

const NotificationList = lazy(async () => ({
  default: (await import('#/components/inbox/shell/notification-list.tsx')).NotificationList,
}));

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
  const unread = useSyncExternalStore(
    store?.subscribe ?? nothing,
    () => store?.getSnapshot().unread ?? 0,
    () => 0,
  );
  const count = unread > shownMax ? `${shownMax}+` : String(unread);
  return (
    <Popover.Root open={isOpen} onOpenChange={(next) => onOpenChange(next)}>
      <Tooltip label="Notifications" keys={keysOf('notifications')} side="right">
        <Popover.Trigger
          aria-label={unread === 0 ? 'Notifications' : `Notifications, ${count} unread`}
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
        </Popover.Trigger>
      </Tooltip>
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="start" sideOffset={4} collisionPadding={8} className="z-40">
          <Popover.Popup
            aria-label="Notifications"
            className="floating flex max-h-[min(520px,var(--available-height))] w-[380px] max-w-[calc(100vw-16px)] flex-col overflow-hidden rounded-card border border-line bg-bg-overlay shadow-float outline-none"
          >
            <Suspense fallback={<Waiting />}>
              {store === null ? (
                <Waiting />
              ) : (
                <NotificationList
                  store={store}
                  onOpenItem={(item) => {
                    onOpenChange(false);
                    onOpenItem(item);
                  }}
                />
              )}
            </Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Waiting() {
  return (
    <div aria-busy="true" className="flex flex-col gap-3 p-4">
      <SkeletonLine width="60%" />
      <SkeletonLine width="80%" />
    </div>
  );
}
