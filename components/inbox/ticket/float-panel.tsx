import { Popover } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import { Dialog } from '#/components/ui/dialog.tsx';

/** What a control opens when it is more than a menu: beside it where there is room, a sheet on phones. */
export function FloatPanel({
  title,
  trigger,
  isSheet,
  isOpen,
  onOpenChange,
  children,
}: {
  title: string;
  trigger: ReactElement;
  isSheet: boolean;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  children: ReactNode;
}) {
  if (isSheet) {
    return (
      <Dialog title={title} isOpen={isOpen} onOpenChange={onOpenChange}>
        {children}
      </Dialog>
    );
  }
  return (
    <Popover.Root open={isOpen} onOpenChange={(next) => onOpenChange(next)}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner align="start" sideOffset={4} collisionPadding={8} className="z-40">
          <Popover.Popup
            aria-label={title}
            className="floating w-72 rounded-card border border-line bg-bg-overlay shadow-float outline-none"
          >
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
