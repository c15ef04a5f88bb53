'use client';

import { actionGroups, actions, type KeyBindings } from '#/components/inbox/shell/actions.ts';
import { spokenKeys } from '#/components/inbox/shell/keys.ts';
import { Dialog } from '#/components/ui/dialog.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';

/** Every key of the inbox as it is bound now, printed from the table that the keys act by. */
export function HelpDialog({
  bindings,
  hasSingleKeys,
  onClose,
}: {
  bindings: KeyBindings;
  hasSingleKeys: boolean;
  onClose(): void;
}) {
  const keysOf = (id: string) => bindings.find((each) => each.id === id)?.keys ?? [];
  return (
    <Dialog title="Keyboard shortcuts" isOpen onOpenChange={onClose} width="wide">
      {hasSingleKeys ? null : (
        <p className="mb-4 rounded-control bg-bg-sunken px-3 py-2 text-text-muted">
          Single keys are switched off. You can switch them on in your profile.
        </p>
      )}
      <div className="gap-x-10 tablet:columns-2">
        {actionGroups.map((group) => {
          const shown = actions.filter((action) => action.group === group && keysOf(action.id).length > 0);
          return shown.length === 0 ? null : (
            <section key={group} aria-label={group} className="mb-5 break-inside-avoid">
              <h3 className="mb-1 font-medium text-12 text-text-muted">{group}</h3>
              <dl className="flex flex-col">
                {shown.map((action) => (
                  <div key={action.id} className="flex min-h-8 items-center justify-between gap-4">
                    <dt>{action.words}</dt>
                    <dd className="flex shrink-0 items-center gap-1.5 text-12 text-text-faint">
                      {keysOf(action.id).map((keys, index) => (
                        <span key={keys} className="flex items-center gap-1.5">
                          {index === 0 ? null : 'or'}
                          <span className="sr-only">{spokenKeys(keys)}</span>
                          <Kbd keys={keys} />
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <p className="text-text-muted">
        Everything else is in the palette.{' '}
        <a href="/settings/profile#keys" className="font-medium text-accent-ink underline underline-offset-2">
          Change these keys
        </a>
      </p>
    </Dialog>
  );
}
