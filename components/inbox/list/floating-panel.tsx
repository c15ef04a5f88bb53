'use client';

import { Popover } from '@base-ui/react/popover';
import { type ReactNode, useEffect, useRef } from 'react';

/**
 * A small panel at the element that opened it. The first field in it takes the focus; closing gives it back. Keep it
 * drawn with `isOpen` false once it was open, so that it can do so.
 */
export function FloatingPanel({
  label,
  anchor,
  isOpen,
  onClose,
  side = 'bottom',
  align = 'start',
  children,
}: {
  label: string;
  /** What opened it, looked up when it opens. */
  anchor(): HTMLElement | null;
  isOpen: boolean;
  onClose(): void;
  side?: 'top' | 'bottom';
  align?: 'start' | 'end' | 'center';
  children: ReactNode;
}) {
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={(next, { event }) => {
        // A press on what opened it closes it by that element's own act.
        const to = event instanceof FocusEvent ? event.relatedTarget : event.target;
        const isOnAnchor = to instanceof Node && anchor()?.contains(to) === true;
        if (!next && !isOnAnchor) onClose();
      }}
    >
      <Popover.Portal>
        <Popover.Positioner
          anchor={anchor}
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-40"
        >
          <Popover.Popup
            aria-label={label}
            initialFocus={false}
            finalFocus={() => anchor() ?? true}
            className="floating w-72 max-w-[calc(100vw-16px)] overflow-hidden rounded-card border border-line bg-bg-overlay shadow-float outline-none"
          >
            <FirstFocus>{children}</FirstFocus>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Takes the focus into its first field when it appears: with the panel, or as another step in it. */
export function FirstFocus({ children }: { children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    body.current?.querySelector<HTMLElement>('input, button')?.focus({ preventScroll: true });
  }, []);
  return <div ref={body}>{children}</div>;
}
