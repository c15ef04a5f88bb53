import { shortcuts } from '#/components/inbox/shortcuts.ts';
import { Dialog } from '#/components/ui/dialog.tsx';
import { Kbd } from '#/components/ui/kbd.tsx';

const spoken: Record<string, string> = { mod: 'Control or Command', '.': 'full stop', '?': 'question mark' };

/** Every key of the inbox, printed from the table that the keys act by. */
export function ShortcutsDialog({
  isOpen,
  onOpenChange,
}: {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
}) {
  const groups = [...new Set(shortcuts.map((shortcut) => shortcut.group))];
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onOpenChange={onOpenChange} width="wide">
      <div className="grid gap-x-10 gap-y-5 tablet:grid-cols-2">
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3 className="mb-1 font-medium text-12 text-text-muted">{group}</h3>
            <dl className="flex flex-col">
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.act} className="flex min-h-8 items-center justify-between gap-4">
                    <dt>{shortcut.words}</dt>
                    <dd className="flex items-center gap-1.5 text-12 text-text-faint">
                      <span className="sr-only">
                        {shortcut.keys
                          .split('+')
                          .map((key) => spoken[key] ?? key)
                          .join(' then ')}
                      </span>
                      <Kbd keys={shortcut.keys} />
                      {shortcut.also === null ? null : (
                        <>
                          or <Kbd keys={shortcut.also} />
                        </>
                      )}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
