import { Button as BaseButton } from '@base-ui/react/button';
import type { ComponentProps, ReactNode } from 'react';
import { Tooltip } from '#/components/ui/tooltip.tsx';

type IconButtonProps = Omit<ComponentProps<typeof BaseButton>, 'className' | 'aria-label' | 'children'> & {
  /** Its accessible name, also shown as a tooltip. */
  label: string;
  keys?: string;
  isPressed?: boolean;
  children: ReactNode;
};

/** A square button with one 16 px icon. */
export function IconButton({ label, keys, isPressed, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <BaseButton
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={isPressed}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-text-muted transition-colors duration-120 hover:bg-bg-hover hover:text-text aria-expanded:bg-bg-hover aria-expanded:text-text aria-pressed:bg-bg-hover aria-pressed:text-text data-disabled:pointer-events-none data-disabled:opacity-40 max-tablet:size-11 [&_svg]:size-4"
      >
        {children}
      </BaseButton>
    </Tooltip>
  );
}
