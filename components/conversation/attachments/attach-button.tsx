import { useRef } from 'react';
import type { Attachments } from '#/components/conversation/attachments/use-attachments.tsx';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';

/** Opens the browser's own choice of files. */
export function AttachButton({ files }: { files: Attachments }) {
  const { say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          files.add([...(event.target.files ?? [])]);
          // The same file may be chosen again.
          event.target.value = '';
        }}
      />
      <button
        type="button"
        aria-label={say('files.add')}
        onClick={() => input.current?.click()}
        onPointerEnter={files.warm}
        onFocus={files.warm}
        className="flex size-11 shrink-0 items-center justify-center rounded-full text-text-muted hover:text-text"
      >
        <Glyph shape="clip" size={20} />
      </button>
    </>
  );
}
