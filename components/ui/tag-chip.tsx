import { X } from 'lucide-react';
import type { TagColor } from '#/lib/tags/schema.ts';

/** A tag: its word on its colour. With `onRemove` it has a button that takes it away. */
export function TagChip({ name, color, onRemove }: { name: string; color: TagColor; onRemove?: () => void }) {
  return (
    <span
      className={`tag-${color} tag-chip inline-flex h-5 min-w-0 max-w-40 items-center rounded-full text-12 ${onRemove === undefined ? 'px-2' : 'ps-2 pe-0.5'}`}
    >
      <bdi className="truncate">{name}</bdi>
      {onRemove === undefined ? null : (
        <button
          type="button"
          aria-label={`Remove ${name}`}
          onClick={onRemove}
          className="relative inline-flex size-4 shrink-0 items-center justify-center rounded-full after:absolute after:-inset-1 hover:bg-bg-selected max-tablet:after:-inset-3.5"
        >
          <X className="size-3" aria-hidden="true" />
        </button>
      )}
    </span>
  );
}

/** A tag's colour alone, before its word. Decorative. */
export function TagDot({ color }: { color: TagColor }) {
  return <span aria-hidden="true" className={`tag-${color} tag-dot size-2 shrink-0 rounded-full`} />;
}
