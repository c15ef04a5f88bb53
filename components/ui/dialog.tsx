import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';

type DialogProps = {
  title: string;
  description?: string;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  width?: 'narrow' | 'wide';
  children: ReactNode;
};

/** A modal dialog; a sheet from the bottom on phones. Focus is kept inside and given back on close. */
export function Dialog({
  title,
  description,
  isOpen,
  onOpenChange,
  width = 'narrow',
  children,
}: DialogProps) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(next) => onOpenChange(next)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fade fixed inset-0 z-40 bg-scrim" />
        <BaseDialog.Popup
          // Into the first field of a form; else where the library puts it.
          initialFocus={() => body.current?.querySelector('input') ?? true}
          className={`floating fixed z-50 flex max-h-[calc(100dvh-48px)] flex-col overflow-hidden border border-line bg-bg-overlay shadow-float outline-none max-tablet:inset-x-0 max-tablet:bottom-0 max-tablet:rounded-t-panel tablet:top-[12vh] tablet:left-1/2 tablet:max-h-[76vh] tablet:-translate-x-1/2 tablet:rounded-card ${width === 'wide' ? 'tablet:w-[640px]' : 'tablet:w-[440px]'}`}
        >
          <div className="flex items-start gap-4 border-line border-b py-3 pr-3 pl-5">
            <div className="min-w-0 flex-1 py-1">
              <BaseDialog.Title className="font-semibold text-16">{title}</BaseDialog.Title>
              {description === undefined ? null : (
                <BaseDialog.Description className="text-text-muted text-13">
                  {description}
                </BaseDialog.Description>
              )}
            </div>
            <BaseDialog.Close
              aria-label="Close"
              className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-text-muted hover:bg-bg-hover hover:text-text max-tablet:size-11"
            >
              <X className="size-4" aria-hidden="true" />
            </BaseDialog.Close>
          </div>
          <div ref={body} className="overflow-y-auto p-5">
            {children}
          </div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** A panel that slides in from the side, for what has no room beside the page. */
export function Drawer({
  title,
  isOpen,
  onOpenChange,
  children,
}: {
  title: string;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  children: ReactNode;
}) {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(next) => onOpenChange(next)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fade fixed inset-0 z-40 bg-scrim" />
        <BaseDialog.Popup className="drawer fixed inset-y-0 right-0 z-50 flex w-[min(320px,calc(100vw-40px))] flex-col border-line border-l bg-bg-overlay shadow-float outline-none">
          <div className="flex h-12 items-center justify-between border-line border-b pr-2 pl-4">
            <BaseDialog.Title className="font-semibold text-13">{title}</BaseDialog.Title>
            <BaseDialog.Close
              aria-label="Close"
              className="inline-flex size-8 items-center justify-center rounded-control text-text-muted hover:bg-bg-hover hover:text-text max-tablet:size-11"
            >
              <X className="size-4" aria-hidden="true" />
            </BaseDialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
