import { Button as BaseButton } from '@base-ui/react/button';
import { type ComponentProps, type ReactNode, useSyncExternalStore } from 'react';

export type ButtonTone = 'primary' | 'plain' | 'quiet' | 'note' | 'bad';

const tones: Record<ButtonTone, string> = {
  primary: 'bg-accent text-accent-text hover:brightness-110 border border-transparent',
  plain: 'bg-bg-raised text-text border border-line-strong hover:bg-bg-sunken',
  quiet: 'text-text-muted border border-transparent hover:bg-bg-hover hover:text-text',
  note: 'bg-note-bg text-note-text border border-note-line hover:brightness-[0.97]',
  bad: 'bg-bg-raised text-bad border border-line-strong hover:bg-bad-bg',
};
const sizes = {
  small: 'h-7 px-2 text-13 gap-1.5',
  medium: 'h-8 px-3 text-13 gap-2',
  large: 'h-10 px-4 text-14 gap-2',
} as const;

type ButtonProps = Omit<ComponentProps<typeof BaseButton>, 'className'> & {
  tone?: ButtonTone;
  size?: keyof typeof sizes;
  /** Keeps its width and stays focusable while something it started is under way. */
  isBusy?: boolean;
  isWide?: boolean;
  children: ReactNode;
};

/**
 * A button with words. `type` is `button` unless told otherwise. A `submit` waits until the page has come to life: the
 * browser's own submit, by click or Enter, would load the page anew and put what was typed into its address.
 */
export function Button({
  tone = 'plain',
  size = 'medium',
  isBusy = false,
  isWide = false,
  disabled = false,
  children,
  ...rest
}: ButtonProps) {
  const isAlive = useAlive();
  const isWaiting = rest.type === 'submit' && !isAlive;
  return (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled || isBusy || isWaiting}
      focusableWhenDisabled={isBusy}
      aria-busy={isBusy || undefined}
      className={`inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-control font-medium transition-colors duration-120 data-disabled:pointer-events-none max-tablet:min-h-11 max-tablet:min-w-11 ${tones[tone]} ${sizes[size]} ${isWide ? 'w-full' : ''} ${isWaiting && !disabled ? '' : 'data-disabled:opacity-50'}`}
    >
      {children}
    </BaseButton>
  );
}

/** False in the server's page, until the browser has taken it over. */
function useAlive(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  tone = 'plain',
  size = 'medium',
  children,
  ...rest
}: Omit<ComponentProps<'a'>, 'className'> & { tone?: ButtonTone; size?: keyof typeof sizes }) {
  return (
    <a
      {...rest}
      className={`inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-control font-medium no-underline transition-colors duration-120 max-tablet:min-h-11 ${tones[tone]} ${sizes[size]}`}
    >
      {children}
    </a>
  );
}
