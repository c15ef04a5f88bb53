import { useEffect, useRef, useState } from 'react';
import type { FileAccess } from '#/components/conversation/attachments/files-context.ts';
import { useSaving } from '#/components/conversation/attachments/use-saving.ts';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import { isRaster } from '#/lib/files/rules.ts';
import type { FileRef } from '#/lib/files/schema.ts';

/** One picture as large as there is room for, over everything; Escape, the button or a press beside it close it. */
export function PictureDialog({
  file,
  access,
  small,
  onClose,
}: {
  file: FileRef;
  access: FileAccess;
  /** Shown until the whole one is there. */
  small: string | null;
  onClose(): void;
}) {
  const { say } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const whole = useWhole(file, access);
  const { state, save } = useSaving(file, access);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const address = whole ?? small;
  return (
    <dialog
      ref={dialog}
      aria-label={file.name}
      onClose={onClose}
      // Of the picture alone: the panel around would close as well.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
      // Dark whatever the theme is: a picture is looked at, not the page.
      data-theme="dark"
      className="m-0 h-dvh max-h-none w-dvw max-w-none animate-fade bg-bg/95 p-0 text-text"
    >
      <div className="pointer-events-none flex h-full flex-col">
        <div className="pointer-events-auto flex items-center gap-1 p-2">
          <bdi className="min-w-0 flex-1 truncate px-2 text-13">{file.name}</bdi>
          <DialogButton
            label={say('files.save', { name: file.name })}
            isBusy={state === 'busy'}
            onClick={save}
            shape="arrow-down"
          />
          <DialogButton label={say('panel.close')} onClick={() => dialog.current?.close()} shape="close" />
        </div>
        <div className="flex min-h-0 flex-1 items-center justify-center p-3">
          {address === null ? null : (
            // biome-ignore lint/performance/noImgElement: an address of the browser's own has nothing to be optimised.
            <img
              src={address}
              alt={file.name}
              className="pointer-events-auto max-h-full max-w-full rounded-control object-contain"
            />
          )}
        </div>
      </div>
    </dialog>
  );
}

/** Only what is nothing but pixels is ever drawn in a page of ours. */
function useWhole(file: FileRef, access: FileAccess): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isLeft = false;
    void access()
      .then((ports) => ports.read(file.id, 'whole'))
      .then((result) => {
        if (isLeft || !result.ok || !isRaster(result.value.type)) return;
        made = URL.createObjectURL(result.value);
        setAddress(made);
      })
      .catch(() => undefined);
    return () => {
      isLeft = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [file, access]);
  return address;
}

function DialogButton({
  label,
  shape,
  isBusy = false,
  onClick,
}: {
  label: string;
  shape: 'arrow-down' | 'close';
  isBusy?: boolean;
  onClick(): void;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-busy={isBusy}
      onClick={onClick}
      className="flex size-11 items-center justify-center rounded-full text-text-muted transition-colors hover:bg-bg-hover hover:text-text focus-visible:-outline-offset-2"
    >
      <Glyph shape={shape} size={20} />
    </button>
  );
}
