import { useContext, useEffect, useState } from 'react';
import { type FileAccess, FilesContext } from '#/components/conversation/attachments/files-context.ts';
import { PictureDialog } from '#/components/conversation/attachments/picture-dialog.tsx';
import { placeOf } from '#/components/conversation/attachments/picture-place.ts';
import { findPicture } from '#/components/conversation/attachments/pictures.ts';
import { sizeText } from '#/components/conversation/attachments/size-text.ts';
import { useSaving } from '#/components/conversation/attachments/use-saving.ts';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import type { FileRef } from '#/lib/files/schema.ts';

/** Pictures small, to be opened; everything else by its name, to be saved. */
export function FileList({ files }: { files: readonly FileRef[] }) {
  const access = useContext(FilesContext);
  if (access === null) return null;
  return (
    <ul className="my-1 flex flex-col gap-1.5">
      {files.map((file) => (
        <li key={file.id} data-file-id={file.id} className="max-w-full">
          {file.hasThumbnail ? (
            <Picture file={file} access={access} />
          ) : (
            <Saved file={file} access={access} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Picture({ file, access }: { file: FileRef; access: FileAccess }) {
  const { say } = useWords();
  const [isOpen, setOpen] = useState(false);
  const address = usePicture(access, file.id);
  if (address === 'none') return <Saved file={file} access={access} />;
  return (
    <>
      <button
        type="button"
        aria-label={say('files.show', { name: file.name })}
        onClick={() => setOpen(true)}
        style={placeOf(file)}
        className="block max-w-full overflow-hidden rounded-control bg-bg-sunken"
      >
        {address === null ? null : (
          // biome-ignore lint/performance/noImgElement: an address of the browser's own has nothing to be optimised.
          <img src={address} alt={file.name} className="size-full animate-fade object-cover" />
        )}
      </button>
      {isOpen ? (
        <PictureDialog file={file} access={access} small={address} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

/** Null while it is on its way. Each view of it holds an address of its own, which ends with it. */
function usePicture(access: FileAccess, fileId: string): string | 'none' | null {
  const [address, setAddress] = useState<string | 'none' | null>(null);
  useEffect(() => {
    const left = new AbortController();
    let made: string | null = null;
    void findPicture(access, fileId, left.signal).then((picture) => {
      if (left.signal.aborted) return;
      if (picture === null) return setAddress('none');
      made = URL.createObjectURL(picture);
      setAddress(made);
    });
    return () => {
      left.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [access, fileId]);
  return address;
}

function Saved({ file, access }: { file: FileRef; access: FileAccess }) {
  const { say, language } = useWords();
  const { state, save } = useSaving(file, access);
  return (
    <button
      type="button"
      aria-label={say('files.save', { name: file.name })}
      aria-busy={state === 'busy'}
      onClick={save}
      className="flex min-h-13 w-60 max-w-full items-center gap-2.5 rounded-control border border-line bg-bg-raised px-2.5 py-1.5 text-start text-text hover:border-line-strong"
    >
      <span className="flex size-9 shrink-0 items-center justify-center rounded-control bg-bg-sunken text-text-muted">
        <Glyph shape="file" size={18} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex">
          <bdi className="min-w-0 truncate font-medium text-13">{file.name}</bdi>
        </span>
        <span
          role={state === 'failed' ? 'alert' : undefined}
          className={`block text-12 ${state === 'failed' ? 'text-bad' : 'text-text-muted'}`}
        >
          {state === 'busy'
            ? say('files.loading')
            : state === 'failed'
              ? say('files.notLoaded')
              : sizeText(file.bytes, language)}
        </span>
      </span>
      <span className="shrink-0 text-text-muted">
        <Glyph shape="arrow-down" size={16} />
      </span>
    </button>
  );
}
