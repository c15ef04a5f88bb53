import type { ComponentProps, Ref } from 'react';
import { Glyph } from '#/components/conversation/glyph.tsx';

/** A round icon button of the widget's headers, 44 px to touch. */
export function HeaderButton({
  shape,
  label,
  ref,
  ...rest
}: {
  shape: ComponentProps<typeof Glyph>['shape'];
  label: string;
  ref?: Ref<HTMLButtonElement>;
} & Pick<ComponentProps<'button'>, 'onClick' | 'aria-expanded' | 'aria-controls'>) {
  return (
    <button
      {...rest}
      ref={ref}
      type="button"
      aria-label={label}
      title={label}
      className={`flex size-11 shrink-0 items-center justify-center rounded-full text-text-muted transition-colors hover:bg-bg-hover hover:text-text focus-visible:-outline-offset-2 ${
        shape === 'back' ? 'rtl:-scale-x-100' : ''
      }`}
    >
      <Glyph shape={shape} size={20} />
    </button>
  );
}
