import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

const manager = Toast.createToastManager();

/** A button on a toast. The toast goes when it was pressed. */
export type ToastAct = { words: string; run(): void };

/**
 * Says something once, at the edge of the page, and to screen readers. `bad` is announced at once; one with a button
 * stays longer. Answers a way to take it away again.
 */
export function showToast(text: string, tone: 'plain' | 'bad' = 'plain', act?: ToastAct): () => void {
  const id = manager.add({
    title: text,
    type: tone,
    priority: tone === 'bad' ? 'high' : 'low',
    timeout: tone === 'bad' || act !== undefined ? 8_000 : 4_000,
    ...(act === undefined
      ? {}
      : {
          actionProps: {
            children: act.words,
            onClick: () => {
              manager.close(id);
              act.run();
            },
          },
        }),
  });
  return () => manager.close(id);
}

/** Put it once around a section: what `showToast` says appears here. */
export function ToastPlace({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport
          aria-label="What was just done"
          className="fixed bottom-4 z-50 flex flex-col gap-2 max-tablet:inset-x-4 max-tablet:top-14 max-tablet:bottom-auto tablet:left-16 tablet:w-[284px] laptop:left-[224px] laptop:w-[304px]"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="floating flex items-start gap-3 rounded-card border border-line bg-bg-overlay py-2.5 pr-2 pl-4 shadow-float"
    >
      <span
        aria-hidden="true"
        className={`mt-1.5 size-2 shrink-0 rounded-full ${toast.type === 'bad' ? 'bg-bad' : 'bg-good'}`}
      />
      <Toast.Content className="min-w-0 flex-1">
        <Toast.Title className="text-13" render={<p />} />
      </Toast.Content>
      {toast.actionProps === undefined ? null : (
        <Toast.Action className="relative -my-0.5 inline-flex h-6 shrink-0 items-center rounded-control px-2 font-medium text-13 text-accent-ink after:absolute after:-inset-2.5 after:right-0 hover:bg-bg-hover" />
      )}
      <Toast.Close
        aria-label="Dismiss"
        className="relative inline-flex size-6 shrink-0 after:absolute after:-inset-2.5 items-center justify-center rounded-control text-text-muted hover:bg-bg-hover hover:text-text"
      >
        <X className="size-3.5" aria-hidden="true" />
      </Toast.Close>
    </Toast.Root>
  ));
}
