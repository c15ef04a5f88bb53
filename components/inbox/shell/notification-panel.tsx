'use client';

import { Popover } from '@base-ui/react/popover';
import type { RefObject } from 'react';
import { NotificationList } from '#/components/inbox/shell/notification-list.tsx';
import type { NotificationItem } from '#/lib/notifications/schema.ts';
import type { NotificationStore } from '#/lib/sync/notifications.ts';

/** What the bell opens, at the bell. */
export function NotificationPanel({
  store,
  anchor,
  isOpen,
  onOpenChange,
  onOpenItem,
}: {
  store: NotificationStore;
  anchor: RefObject<HTMLButtonElement | null>;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  onOpenItem(item: NotificationItem): void;
}) {
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={(next, details) => {
        // The bell closes what it opened by itself.
        const { target } = details.event;
        if (!next && target instanceof Node && anchor.current?.contains(target) === true) return;
        onOpenChange(next);
      }}
    >
      <Popover.Portal>
        <Popover.Positioner
          anchor={anchor}
          side="bottom"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-40"
        >
          <Popover.Popup
            aria-label="Notifications"
            finalFocus={anchor}
            className="floating flex max-h-[min(520px,var(--available-height))] w-[380px] max-w-[calc(100vw-16px)] flex-col overflow-hidden rounded-card border border-line bg-bg-overlay shadow-float outline-none"
          >
            <NotificationList
              store={store}
              onOpenItem={(item) => {
                onOpenChange(false);
                onOpenItem(item);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
