import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';

/** Lies over what takes the files while they are dragged across it. */
export function DropHint() {
  const { say } = useWords();
  return (
    <div className="pointer-events-none absolute inset-2 z-10 flex animate-fade flex-col items-center justify-center gap-2 rounded-card border-2 border-accent-ink border-dashed bg-bg/90 font-medium text-14 text-accent-ink">
      <Glyph shape="clip" size={24} />
      {say('files.drop')}
    </div>
  );
}
