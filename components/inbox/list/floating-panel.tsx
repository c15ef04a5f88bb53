'use client';

import { Popover } from '@base-ui/react/popover';
import { type ReactElement, type ReactNode, useRef } from 'react';

/** A small panel at its trigger. The first field in it takes the focus; Escape gives it back. */
export function FloatingPanel({
  label,
  trigger,
  isOpen,
  onOpenChange,
  side = 'bottom',
  align = 'start',
  children,
}: {
  label: string;
  trigger: ReactElement;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  side?: 'top' | 'bottom';
  align?: 'start' | 'end' | 'center';
  children: ReactNode;
}) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Popover.Root open={isOpen} onOpenChange={(next) => onOpenChange(next)}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner side={side} align={align} sideOffset={4} collisionPadding={8} className="z-40">
          <Popover.Popup
            aria-label={label}
            initialFocus={() => body.current?.querySelector<HTMLElement>('input, button') ?? true}
            className="floating w-72 max-w-[calc(100vw-16px)] overflow-hidden rounded-card border border-line bg-bg-overlay shadow-float outline-none"
          >
            <div ref={body}>{children}</div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
