import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

const popup =
  'floating max-h-[min(420px,var(--available-height))] min-w-44 max-w-80 overflow-y-auto rounded-card border border-line bg-bg-overlay p-1 shadow-float outline-none';
const row =
  'flex min-h-8 cursor-default select-none items-center gap-2 rounded-control px-2 py-1 text-13 outline-none data-highlighted:bg-bg-hover data-disabled:opacity-50 max-tablet:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0';

type MenuProps = {
  /** The element that opens it, with its own accessible name. */
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'end' | 'center';
  side?: 'top' | 'bottom';
  isOpen?: boolean;
  onOpenChange?(isOpen: boolean): void;
};

/** A menu that drops from its trigger; arrows, type-ahead, Escape and focus return come with it. */
export function Menu({
  trigger,
  children,
  align = 'start',
  side = 'bottom',
  isOpen,
  onOpenChange,
}: MenuProps) {
  return (
    <BaseMenu.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange: (next: boolean) => onOpenChange(next) })}
      modal={false}
    >
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner align={align} side={side} sideOffset={4} collisionPadding={8} className="z-40">
          <BaseMenu.Popup className={popup}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

/** One act in a menu. */
export function MenuAct({
  icon,
  children,
  hint,
  tone = 'plain',
  isDisabled = false,
  onChoose,
}: {
  icon?: ReactNode;
  children: ReactNode;
  hint?: ReactNode;
  tone?: 'plain' | 'bad';
  isDisabled?: boolean;
  onChoose(): void;
}) {
  return (
    <BaseMenu.Item
      onClick={onChoose}
      disabled={isDisabled}
      className={`${row} ${tone === 'bad' ? 'text-bad' : ''} [&>svg]:text-text-muted`}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint}
    </BaseMenu.Item>
  );
}

/** A menu entry that leads to another page. */
export function MenuLink({ icon, children, href }: { icon?: ReactNode; children: ReactNode; href: string }) {
  return (
    <BaseMenu.LinkItem
      href={href}
      closeOnClick
      className={`${row} text-text no-underline [&>svg]:text-text-muted`}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </BaseMenu.LinkItem>
  );
}

export type MenuChoice = { value: string; label: string; glyph?: ReactNode; hint?: ReactNode };

/** One of several values, the present one ticked. */
export function MenuChoices({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string;
  value: string;
  choices: readonly MenuChoice[];
  onChoose(value: string): void;
}) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={(next: string) => onChoose(next)} aria-label={label}>
      {choices.map((choice) => (
        <BaseMenu.RadioItem key={choice.value} value={choice.value} closeOnClick className={row}>
          {choice.glyph}
          <span className="min-w-0 flex-1 truncate" dir="auto">
            {choice.label}
          </span>
          {choice.hint}
          <span className="flex w-4 justify-end text-accent">
            <BaseMenu.RadioItemIndicator>
              <Check aria-hidden="true" />
            </BaseMenu.RadioItemIndicator>
          </span>
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  );
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return <div className="px-2 pt-2 pb-1 text-12 text-text-muted">{children}</div>;
}

export function MenuLine() {
  return <hr className="-mx-1 my-1 border-line border-t" />;
}
